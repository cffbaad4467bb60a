/** M7: how many statements it takes to sign in; what one of them does at once. */
import { countQueries } from '../support/declarations';
import { makePerson, signInVia, type TestPerson } from '../support/factories';
import { openSite, type Site, type Visitor } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const browsersOf = async (accountId: number): Promise<number> =>
  Number((await site.db('device_cookies').where({ account_id: accountId }).count('* AS n'))[0]?.n);

describe('M7 what signing in costs', () => {
  /** Besides the session, which is one statement outside the counted pool. */
  const costOf = async (visitor: Visitor, account: TestPerson): Promise<number> => {
    let status = 0;
    const all = await countQueries(site, async () => {
      status = (await signInVia(site, visitor, account.loginName)).status;
    });
    expect(status).toBe(303);
    return all;
  };
  test('M7 the same few statements in a new browser and in one that is known', async () => {
    const account = await makePerson(site);
    const visitor = site.visitor();
    const first = await costOf(visitor, account);
    visitor.cookies.delete('sid');
    expect(await costOf(visitor, account)).toBe(first);
    // page: captcha, notices; the test reads the captcha; then token with captcha, name and counter; counter and log; account; session, browser, form and answer
    expect(first).toBe(8);
  });
});

describe('S02 the browsers that an account knows', () => {
  test("S02 the oldest is forgotten when the eleventh signs in, and two at the same moment do not stand in each other's way", async () => {
    const account = await makePerson(site);
    const visitors: Visitor[] = [];
    for (let n = 0; n < 10; n++) {
      const visitor = site.visitor();
      visitors.push(visitor);
      expect((await signInVia(site, visitor, account.loginName)).status).toBe(303);
    }
    expect(await browsersOf(account.accountId)).toBe(10);
    const answers = await Promise.all(
      [visitors[0], visitors[1], site.visitor(), site.visitor()].map((visitor) => {
        visitor?.cookies.delete('sid');
        return signInVia(site, visitor as Visitor, account.loginName);
      }),
    );
    expect(answers.map((a) => a.status)).toEqual([303, 303, 303, 303]);
    expect((await signInVia(site, site.visitor(), account.loginName)).status).toBe(303);
    expect(await browsersOf(account.accountId)).toBe(10);
  });
});
