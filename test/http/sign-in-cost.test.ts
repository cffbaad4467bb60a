/** M7: how many statements it takes to sign in; what one of them does at once. */
import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { openSession, type OpenedSession } from '../../src/http/open-session.store';
import { completeWithSession } from '../../src/modules/accounts/sign-in-attempt.store';
import { countQueries } from '../support/declarations';
import { knowCaptcha, makePerson, PASSWORD, signInVia, type TestPerson } from '../support/factories';
import { until } from '../support/process';
import { openSite, Page, type Site, type Visitor } from '../support/site';

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
    // page: captcha, notices; the test reads the captcha; then token, captcha, name and counter; then counter, log, session, browser, form and answer
    expect(first).toBe(5);
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

describe('S02 a browser that is forgotten while somebody signs in with it', () => {
  test("S02 is a stranger's then: its try is counted with theirs, and it is let in and known again", async () => {
    const account = await makePerson(site);
    const visitor = site.visitor();
    expect((await signInVia(site, visitor, account.loginName)).status).toBe(303);
    visitor.cookies.delete('sid');
    const forgetting = await site.db.transaction();
    await forgetting('device_cookies').where({ account_id: account.accountId }).delete();
    const signing = signInVia(site, visitor, account.loginName);
    await until('it waits for the browser', async () => {
      const { rows } = await site.db.raw<{ rows: unknown[] }>(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%device_cookies%'`,
      );
      return rows.length > 0;
    });
    await forgetting.commit();
    expect((await signing).status).toBe(303);
    expect(await browsersOf(account.accountId)).toBe(1);
    expect(await site.db('accounts').where({ id: account.accountId }).first('failed_count')).toEqual({ failed_count: 0 });
  });
});

describe('S20 an account that is disabled while somebody signs in to it', () => {
  test('S20 no session begins, no browser becomes known and nothing is recorded, from a new browser and from one that is known', async () => {
    const account = await makePerson(site);
    const { accountId } = account;
    const device = randomBytes(32);
    await site.db('device_cookies').insert({ token_hash: device, account_id: accountId, failed_count: 3 });
    await site
      .db('accounts')
      .where({ id: accountId })
      .update({ disabled_at: site.db.raw('app_now()'), failed_count: 2 });
    const opened: OpenedSession = {
      accountId,
      ended: 'none',
      sid: randomBytes(16).toString('hex'),
      content: '{}',
      seconds: 60,
      form: randomBytes(32),
      device: randomBytes(32),
      claim: 'none',
      answer: '{}',
    };
    const entry = { actorId: accountId, actorName: '', action: 'account.sign-in', subjectKind: 'account', subjectId: String(accountId) };
    expect(await completeWithSession(site.db, { account: accountId }, 2, entry, opened)).toBe(false);
    expect(await completeWithSession(site.db, { account: accountId, device }, 3, entry, { ...opened, device })).toBe(false);
    expect(await openSession(site.db, opened)).toBe(false);
    expect(await site.db('sessions').where({ sid: opened.sid })).toEqual([]);
    expect(await site.db('device_cookies').where({ account_id: accountId }).select('failed_count')).toEqual([{ failed_count: 3 }]);
    expect(await site.db('accounts').where({ id: accountId }).first('failed_count')).toEqual({ failed_count: 2 });
    expect(await site.db('audit_log').where({ actor_id: accountId })).toEqual([]);
  });

  const disable = (h: Knex, accountId: number): Promise<unknown> =>
    h('accounts')
      .where({ id: accountId })
      .update({ disabled_at: h.raw('app_now()') });
  /** all that a browser can tell of an answer, but for what is new on every page */
  const shownBy = (answer: Page): unknown => ({
    status: answer.status,
    headers: [...answer.headers].map(([name, value]) =>
      ['date', 'etag', 'content-length', 'x-request-id'].includes(name) ? name : [name, value.replace(/sid=[^;]*|Expires=[^;]*/g, '')],
    ),
    errors: answer.errors(),
    html: answer.html.replace(/(value|src|nonce)="[^"]*"/g, '$1'),
  });

  test.each(['from a new browser', 'from one that is known'])(
    'S04, S20 is answered as one that was disabled before, %s; the page goes on, nobody is signed in',
    async (from) => {
      const answers: unknown[] = [];
      for (const when of ['before', 'meanwhile']) {
        const account = await makePerson(site);
        const visitor = site.visitor();
        if (from === 'from one that is known') {
          expect((await signInVia(site, visitor, account.loginName)).status).toBe(303);
          visitor.cookies.delete('sid');
        }
        if (when === 'before') {
          await disable(site.db, account.accountId);
          const answer = await signInVia(site, visitor, account.loginName);
          answers.push(shownBy(withoutName(answer, account.loginName)));
          continue;
        }
        const known = await browsersOf(account.accountId);
        const disabling = await site.db.transaction();
        await disable(disabling, account.accountId);
        const signing = signInVia(site, visitor, account.loginName);
        await until('it waits for the account', async () => {
          const { rows } = await site.db.raw<{ rows: unknown[] }>(
            `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%accounts%'`,
          );
          return rows.length > 0;
        });
        await disabling.commit();
        const answer = await signing;
        answers.push(shownBy(withoutName(answer, account.loginName)));
        expect((await visitor.get('/home')).location).toMatch(/^\/sign-in/);
        expect(await browsersOf(account.accountId)).toBe(known);
        expect(await site.db('audit_log').where({ subject_id: String(account.accountId), action: 'account.sign-in-failed' })).toHaveLength(
          1,
        );
        // the form that was shown is a form of this browser's session: another try from it is counted
        await knowCaptcha(site, answer);
        const again = await visitor.submit(answer, { account: account.loginName, password: PASSWORD, 'captcha.answer': 'test' });
        expect(again.errors()).toEqual(['账号或者密码不正确，还可以尝试 3 次']);
      }
      expect(answers[1]).toEqual(answers[0]);
    },
  );
});

function withoutName(answer: Page, name: string): Page {
  expect(answer.status).toBe(422);
  return new Page(answer.status, answer.html.replaceAll(name, ''), answer.headers, answer.address);
}
