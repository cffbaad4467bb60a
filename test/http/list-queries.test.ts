/** R6: whatever a list shows, 1, 3 or 30 rows, its page asks the database the same number of questions. */
import { countQueries } from '../support/declarations';
import { makeBatch, makeCommittee, makePath, makePerson, makeStaff, makeUnit, signInAs, type TestUnit } from '../support/factories';
import { openSite, type Site, type Visitor } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

interface List {
  address: string;
  reader: () => Promise<Visitor>;
  /** one more row */
  add: (n: number) => Promise<unknown>;
}

const staff = (who: Parameters<typeof makeStaff>[1]) => async (): Promise<Visitor> => signInAs(site, await makeStaff(site, who));
const bureau = staff({ role: 'bureau', divisionCode: '371002' });

/** Each list with its reader and a way to make it longer; what several rows share is made once. */
async function listsOf(): Promise<Record<string, List>> {
  const committee = await makeCommittee(site, {
    scopes: [
      [91, 'junior'],
      [91, 'middle'],
    ],
  });
  const upper = await makeUnit(site);
  const own = await makeUnit(site);
  const person = await makePerson(site);
  const [clerk, second] = [await makeStaff(site, { role: 'support' }), await makeStaff(site, { role: 'support' })];
  const at = (n: number) => site.db.raw("app_now() - ? * interval '1 hour'", [n]);
  const lower = async (): Promise<TestUnit> => makeUnit(site);
  const path = async (unit: TestUnit, year: number, to: { unitId: number } | { committeeId: number }) =>
    makePath(site, { seriesId: 91, level: 'junior', year }, unit, to, 'requested');
  return {
    单位权限审核: {
      address: '/bureau/permissions?state=all',
      reader: bureau,
      add: async (n) => {
        const unit = await makeUnit(site, { state: 'none' });
        return site.db('permission_requests').insert({
          unit_id: unit.unitId,
          credit_code: unit.creditCode,
          division_code: '371002',
          state: 'requested',
          requested_by: unit.accountId,
          requested_at: at(n),
        });
      },
    },
    单位信息维护: { address: '/bureau/units', reader: bureau, add: lower },
    路径审核: {
      address: '/paths/review?state=all',
      reader: () => signInAs(site, upper),
      add: async () => path(await lower(), 2026, upper),
    },
    评委会路径审核: {
      address: '/paths/review',
      reader: staff({ role: 'office', committeeId: committee.id }),
      add: async () => path(await lower(), 2026, { committeeId: committee.id }),
    },
    单位路径申请: { address: '/unit/paths', reader: () => signInAs(site, own), add: (n) => path(own, 2030 + n, upper) },
    更正复核: {
      address: '/support/corrections?state=confirmed',
      reader: () => signInAs(site, clerk),
      add: (n) =>
        site.db('identity_corrections').insert({
          account_id: person.accountId,
          kind: 'name',
          old_name: '旧名',
          new_name: `新名${n}`,
          reason: '户籍更名',
          evidence_name: '户口簿.pdf',
          evidence_type: 'application/pdf',
          evidence_sha256: '0'.repeat(64),
          state: 'confirmed',
          requested_by: clerk.accountId,
          requested_at: at(n + 1),
          decided_by: second.accountId,
          decided_at: at(n),
        }),
    },
    工作人员账号: { address: '/admin/staff', reader: staff({ role: 'admin' }), add: () => makeStaff(site, { role: 'support' }) },
    申报批次: {
      address: '/batches',
      reader: staff({ role: 'admin' }),
      add: (n) => makeBatch(site, { committeeId: committee.id, level: 'middle', year: 2030 + n }),
    },
    通知公告: {
      address: '/notices',
      reader: () => Promise.resolve(site.visitor()),
      add: (n) => site.db('notices').insert({ title: `公告${n}`, body: '内容', issued_by: '人社局', published_at: at(n) }),
    },
    评审结果公示: {
      address: '/publicities',
      reader: () => Promise.resolve(site.visitor()),
      add: (n) =>
        site.db('publicities').insert({
          committee_id: committee.id,
          starts_on: site.db.raw('app_today() - 20 - ?::int', [n]),
          ends_on: site.db.raw('app_today() - 10 - ?::int', [n]),
          created_by: clerk.accountId,
        }),
    },
    文件导出: {
      address: '/tasks',
      reader: () => signInAs(site, own),
      add: (n) =>
        site.db('tasks').insert({
          kind: 'roster:xlsx',
          title: `一览表${n}`,
          owner_id: own.accountId,
          input: JSON.stringify({ n }),
          state: 'failed',
          problem: '没有符合条件的申报',
          ended_at: at(n),
        }),
    },
  };
}

test('R6 every other list makes the same number of queries for 1, 3 and 30 rows, 12 at most with those of the visit itself', async () => {
  const found: Record<string, number[]> = {};
  for (const [name, list] of Object.entries(await listsOf())) {
    const reader = await list.reader();
    const counts: number[] = [];
    let rows = 0;
    for (const size of [1, 3, 30]) {
      for (; rows < size; rows++) await list.add(rows);
      expect((await reader.get(list.address)).status).toBe(200);
      counts.push(await countQueries(site, () => reader.get(list.address)));
    }
    found[name] = counts;
  }
  for (const [name, counts] of Object.entries(found)) expect({ name, counts: new Set(counts).size }).toEqual({ name, counts: 1 });
  expect(Math.max(...Object.values(found).flat())).toBeLessThanOrEqual(12);
});
