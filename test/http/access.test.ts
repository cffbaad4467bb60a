import { allRoutes } from '../../src/routes';
import { rolesOf, subjectOf, type Action } from '../../src/policy/policy';
import { roleTexts, type Role } from '../../src/policy/actor';
import type { Route } from '../../src/http/route';
import { makeBatch, makeCommittee, makePath, makePerson, makeStaff, makeUnit, signInAs } from '../support/factories';
import { makeJudge, makeMeeting } from '../support/meetings';
import { openSite, type Site, type Visitor } from '../support/site';

let site: Site;
let routes: Route[];
const visitors = new Map<Role, Visitor>();
const roles = Object.keys(roleTexts) as Role[];
/** somebody else's declaration, path and permission request */
const foreign: Record<string, string> = {};

beforeAll(async () => {
  site = await openSite();
  routes = allRoutes(site.deps);
  const unit = await makeUnit(site, { name: '别家文化馆' });
  const committee = await makeCommittee(site, { divisionCode: '370102' });
  const batch = await makeBatch(site, { committeeId: committee.id });
  const owner = await makePerson(site);
  const own = await signInAs(site, owner);
  const started = await own.submit(await own.open(`/declarations/new/${batch.id}`));
  foreign.declaration = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
  foreign.path = String(await makePath(site, batch, unit, { committeeId: committee.id }, 'requested'));
  const [request] = (await site
    .db('permission_requests')
    .insert({
      unit_id: unit.unitId,
      credit_code: unit.creditCode,
      division_code: '370102',
      state: 'requested',
      requested_by: unit.accountId,
    })
    .returning('id')) as { id: number }[];
  foreign.permission = String(request?.id);
  foreign.unit = String((await makeUnit(site, { name: '外地文化馆', divisionCode: '370102' })).unitId);
  // what support looks after is nothing for the administrator, and the other way round
  foreign.operator = String(unit.accountId);
  foreign.account = String((await makeStaff(site, { role: 'admin' })).accountId);
  foreign.staff = String(owner.accountId);
  foreign.correction = '999999999';
  foreign.batch = '999999999';
  const [task] = (await site
    .db('tasks')
    .insert({ kind: 'roster:xlsx', title: '别家的一览表', owner_id: unit.accountId })
    .returning('id')) as { id: number }[];
  foreign.task = String(task?.id);
  foreign.committee = String(committee.id);
  const foreignOffice = await makeStaff(site, { role: 'office', committeeId: committee.id });
  const meeting = await makeMeeting(site, committee.id, foreignOffice.accountId);
  foreign.plan = String(meeting.planId);
  foreign.meeting = String(meeting.meetingId);
  foreign.judge = String((await makeJudge(site, committee.id)).judgeId);
  const mine = await makeUnit(site, { name: '本区图书馆' });
  const myCommittee = await makeCommittee(site);
  visitors.set('person', await signInAs(site, await makePerson(site)));
  visitors.set('unit', await signInAs(site, mine));
  visitors.set('bureau', await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002' })));
  visitors.set('office', await signInAs(site, await makeStaff(site, { role: 'office', committeeId: myCommittee.id })));
  visitors.set('support', await signInAs(site, await makeStaff(site, { role: 'support' })));
  visitors.set('judge', await signInAs(site, await makeStaff(site, { role: 'judge', committeeId: myCommittee.id })));
  visitors.set('auditor', await signInAs(site, await makeStaff(site, { role: 'auditor' })));
  visitors.set('admin', await signInAs(site, await makeStaff(site, { role: 'admin' })));
});
afterAll(() => site.close());

const address = (r: Route): string => r.path.replace(/:(\w+)/g, (_m, name: string) => foreign[name] ?? '1');
const guarded = (): (Route & { access: Action })[] => routes.filter((r): r is Route & { access: Action } => r.access !== 'public');

/** the header's own form gives a valid form token of this session */
async function post(visitor: Visitor, to: string): Promise<number> {
  const page = await visitor.open('/home');
  const fields = page.fields('form[action="/sign-out"]');
  return (await visitor.request('POST', to, new URLSearchParams(fields))).status;
}

describe('X2, S28 access of every route', () => {
  test('X2 express knows no route that the table lacks, and every path stands in the table once', () => {
    const keys = routes.map((r) => `${r.method} ${r.path}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(guarded().length).toBeGreaterThan(40);
  });

  test('X2 without sign-in every guarded page leads to the sign-in page', async () => {
    const nobody = site.visitor();
    for (const r of guarded()) {
      const answer =
        r.method === 'get' ? await nobody.get(address(r)) : await nobody.request('POST', address(r), new URLSearchParams({ a: '1' }));
      expect([r.path, answer.status, answer.location.split('?')[0]]).toEqual([r.path, 303, '/sign-in']);
    }
  });

  test.each(roles)(
    "X2 to the role %s what is not for it, or somebody else's, is 403 or 404 and nothing changes",
    async (role) => {
      const visitor = visitors.get(role) as Visitor;
      const before = await checksum();
      for (const r of guarded()) {
        if (rolesOf(r.access).includes(role) && subjectOf(r.access) === undefined) continue;
        const status = r.method === 'get' ? (await visitor.get(address(r))).status : await post(visitor, address(r));
        expect([r.method, r.path, [403, 404].includes(status) ? 'refused' : status]).toEqual([r.method, r.path, 'refused']);
      }
      expect(await checksum()).toEqual(before);
    },
    120_000,
  );

  test('S22 a POST without the form token, with a foreign one or from another site is refused', async () => {
    const visitor = visitors.get('person') as Visitor;
    const page = await visitor.open('/home');
    const fields = new Map(page.fields('form[action="/sign-out"]'));
    for (const r of routes.filter((x) => x.method === 'post')) {
      const to = address(r);
      const without = await visitor.request('POST', to, new URLSearchParams({ _token: 'abcdefghijklmnop1234' }));
      expect([r.path, [303, 403, 404].includes(without.status)]).toEqual([r.path, true]);
      if (without.status === 303) throw new Error(`${r.path} accepted a form without its token`);
      const foreignSite = await visitor.request('POST', to, new URLSearchParams([...fields]), { 'sec-fetch-site': 'cross-site' });
      expect([r.path, [403, 404].includes(foreignSite.status)]).toEqual([r.path, true]);
    }
  });

  test('S33 repeated, nested and strange names are a plain refusal, never a 500', async () => {
    const visitor = visitors.get('person') as Visitor;
    const page = await visitor.open('/home');
    const csrf = new Map(page.fields('form[action="/sign-out"]')).get('_csrf') ?? '';
    for (const body of [
      `_csrf=${csrf}&_csrf=${csrf}&_token=abcdefghijklmnop1234`,
      `_csrf[a]=${csrf}`,
      `_csrf=${csrf}&_token[__proto__][x]=1`,
      `_csrf=${csrf}`,
    ]) {
      const answer = await fetch(`${site.base}/profile`, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          cookie: [...visitor.cookies].map(([k, v]) => `${k}=${v}`).join('; '),
          'content-type': 'application/x-www-form-urlencoded',
        },
        body,
      });
      expect([body.slice(0, 12), answer.status]).toEqual([body.slice(0, 12), answer.status === 403 ? 403 : 400]);
    }
    for (const strange of [
      '/notices/9999999999999999999',
      '/declarations/%00',
      '/declarations/%ff',
      '/faq?q=a&q=b',
      '/faq?q[]=1',
      '/committees?series=%27',
      '/publicities/x',
    ]) {
      const status = (await visitor.get(strange)).status;
      expect([strange, status < 500]).toEqual([strange, true]);
    }
  });

  test('S28, R7 an address that does not exist shows whoever is signed in their own menus, as one that is not theirs does', async () => {
    const visitor = visitors.get('person') as Visitor;
    for (const to of ['/nothing-here', '/declarations/00000000-0000-4000-8000-000000000000']) {
      const page = await visitor.get(to);
      expect([to, page.status, page.find('form[action="/sign-out"]') !== null]).toEqual([to, 404, true]);
    }
    expect((await site.visitor().get('/nothing-here')).find('form[action="/sign-out"]')).toBeNull();
  });

  test('S26, S25 every answer carries the security headers, also refusals', async () => {
    const nobody = site.visitor();
    for (const to of ['/sign-in', '/nothing-here', '/healthz', '/declarations']) {
      const { headers } = await nobody.get(to);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });
});

async function checksum(): Promise<unknown> {
  const { rows } = await site.db.raw<{ rows: unknown[] }>(`SELECT
    (SELECT json_agg(d ORDER BY id) FROM (SELECT id, state, version FROM declarations) d) AS declarations,
    (SELECT json_agg(p ORDER BY id) FROM (SELECT id, state FROM reporting_paths) p) AS paths,
    (SELECT json_agg(p ORDER BY id) FROM (SELECT id, state FROM permission_requests) p) AS permissions,
    (SELECT count(*) FROM declaration_events) AS events`);
  return rows[0];
}
