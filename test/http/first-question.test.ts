/** M1: what a request asks first comes with its session; who may see it is decided as ever. */
import { Pool } from 'pg';
import { notFound, type Route } from '../../src/http/route';
import { SessionStore } from '../../src/http/session.store';
import { ACTOR_QUERY } from '../../src/modules/accounts';
import type { Actor } from '../../src/policy/actor';
import type { Subject } from '../../src/policy/policy';
import { makeBatch, makeCommittee, makePerson, signInAs } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let visitor: Visitor;
let id: string;
let address: string;
beforeAll(async () => {
  site = await openSite();
  const batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
  visitor = await signInAs(site, await makePerson(site));
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
  id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
  address = `/declarations/${id}/sections/education`;
});
afterAll(() => site.close());

/** How often the policy's question was asked by itself. */
async function askedAlone(work: () => Promise<unknown>): Promise<number> {
  let asked = 0;
  const look = (q: { options?: { name?: string } }): void => void (asked += Number(/^declaration(-section)?$/.test(q.options?.name ?? '')));
  site.db.on('query', look);
  try {
    await work();
  } finally {
    site.db.removeListener('query', look);
  }
  return asked;
}

describe('S28, S34 the question that comes with the session decides nothing', () => {
  test("S28 somebody else's declaration is not there, and neither is one that never was; a stranger is asked to sign in", async () => {
    const other = await signInAs(site, await makePerson(site));
    for (const page of [address, `/declarations/${id}`, `/declarations/${id}/check`]) {
      expect((await other.get(page)).status).toBe(404);
      expect((await visitor.get(page.replace(id, 'a0000000-0000-4000-8000-000000000000'))).status).toBe(404);
      expect((await site.visitor().get(page)).location).toBe(`/sign-in?next=${encodeURIComponent(page)}`);
    }
    // a session that nobody has signed in to
    const stranger = site.visitor();
    await stranger.get('/sign-in');
    expect((await stranger.get(address)).location).toContain('/sign-in');
    expect((await visitor.get(address)).status).toBe(200);
  });
  test('S34 the account as it is at this moment: disabled, it is nobody', async () => {
    const account = await makePerson(site);
    const other = await signInAs(site, account);
    await site
      .db('accounts')
      .where({ id: account.accountId })
      .update({ disabled_at: site.db.raw('now()') });
    expect((await other.get(address)).location).toContain('/sign-in');
  });
  test('S28 the state of this moment: submitted, it is not to be edited', async () => {
    await site.db('declarations').where({ id }).update({ state: 'abandoned' });
    expect((await visitor.get(address)).status).toBe(403);
    await site.db('declarations').where({ id }).update({ state: 'draft' });
    expect((await visitor.get(address)).status).toBe(200);
  });
});

describe('S28 whom the question is answered for', () => {
  test('S28 nothing is looked up for a session that nobody has signed in to, nor for a disabled account', async () => {
    const { accountId } = await makePerson(site);
    const { accountId: disabled } = await makePerson(site);
    await site
      .db('accounts')
      .where({ id: disabled })
      .update({ disabled_at: site.db.raw('now()') });
    const sessions = [
      { sid: 'nobody', sess: { cookie: {} } },
      { sid: 'somebody', sess: { cookie: {}, accountId } },
      { sid: 'disabled', sess: { cookie: {}, accountId: disabled } },
    ];
    for (const s of sessions)
      await site.db('sessions').insert({ ...s, sess: JSON.stringify(s.sess), expire: site.db.raw("now() + interval '1 hour'") });
    // as what the policy asks: stable, and of several tables, which the planner may put where it likes
    await site.db.raw(`CREATE SEQUENCE test_looked_up;
      CREATE FUNCTION test_look(code text) RETURNS bool STABLE LANGUAGE plpgsql AS $$ BEGIN RETURN nextval('test_looked_up') > 0 AND code <> ''; END $$`);
    const pool = new Pool({ connectionString: site.deps.config.databaseUrl, max: 1 });
    const read = (): Promise<Actor> => Promise.resolve({ accountId, role: 'person', name: '', behalf: '' });
    const store = new SessionStore(pool, (sid) => sid, { query: ACTOR_QUERY, read });
    const about = {
      name: 'test',
      text: `SELECT d.name FROM divisions d ${['e', 'f', 'g', 'h'].map((t) => `JOIN divisions ${t} ON ${t}.code = d.code`).join(' ')} WHERE d.code = ? AND test_look(d.code)`,
      values: ['370000'],
      read: () => ({}) as Subject,
    };
    const route: Route = { method: 'get', path: '/x', access: 'public', audit: null, handle: () => Promise.resolve(notFound) };
    const lookedUp = async (sid: string): Promise<boolean> => {
      await site.db.raw("SELECT setval('test_looked_up', 1, false)");
      await new Promise<void>((resolve, reject) => {
        store.withQuestion(
          () => ({ route, params: {}, about }),
          () => store.get(sid, (e, found) => (found ? resolve() : reject(new Error(`no session: ${String(e)}`)))),
        );
      });
      const { rows } = await site.db.raw<{ rows: { is_called: boolean }[] }>('SELECT is_called FROM test_looked_up');
      return rows[0]?.is_called === true;
    };
    try {
      expect([await lookedUp('nobody'), await lookedUp('somebody'), await lookedUp('disabled')]).toEqual([false, true, false]);
    } finally {
      await pool.end();
    }
  });
});

const isSignedIn = (page: Page): boolean => page.find('form[action="/sign-out"]') !== null;

describe('M1 the guard asks nothing again', () => {
  test('M1 pages, forms and heads of a declaration', async () => {
    const form = await visitor.get(address);
    expect(await askedAlone(() => visitor.get(`/declarations/${id}`))).toBe(0);
    expect(await askedAlone(() => visitor.get(address))).toBe(0);
    expect(await askedAlone(() => visitor.submit(form, {}, { button: 'do=save' }))).toBe(0);
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    let head = 0;
    expect(await askedAlone(async () => (head = (await fetch(site.base + address, { method: 'HEAD', headers: { cookie } })).status))).toBe(
      0,
    );
    expect(head).toBe(200);
  });
  test('S37 an address that the table reads in another way than express is asked about as before', async () => {
    for (const [odd, status] of [
      [address.replace('sections', 'Sections'), 200],
      [`${address}/`, 200],
      [address.replace('education', 'educatio%6E'), 200],
      [address.replace('education', 'educ%00ation'), 404],
      [address.replace('education', "edu'cation"), 404],
      [`/declarations/${id}x/sections/education`, 404],
      [`/declarations/%00/sections/education`, 404],
      [`/declarations/%E0%A4%A/sections/education`, 400],
    ] as const)
      expect([odd, (await visitor.get(odd)).status]).toEqual([odd, status]);
    const form = await visitor.get(address);
    const own = { _csrf: form.fields().find(([name]) => name === '_csrf')?.[1] ?? '', _token: 'a-token-of-this-test' };
    const post = (to: string) => visitor.request('POST', to, new URLSearchParams(own));
    expect((await post(address.replace('education', 'educ%00ation'))).status).toBe(404);
  });
  test('F13 while the declarations cannot be read, sessions can: nobody is signed out, and the page comes when they are free', async () => {
    const holder = await site.db.transaction();
    let asked: Promise<Page>;
    try {
      await holder.raw('LOCK TABLE declarations IN ACCESS EXCLUSIVE MODE');
      asked = visitor.get(address);
      // longer than the server waits for a session's tables, by its own clock
      await holder.raw('SELECT pg_sleep(1.3)');
      expect(isSignedIn(await visitor.get('/profile'))).toBe(true);
    } finally {
      await holder.commit();
    }
    const page = await asked;
    expect([page.status, isSignedIn(page)]).toEqual([200, true]);
  });
});
