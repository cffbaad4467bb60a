import { decidePath, requestPath } from '../../src/modules/paths';
import { makeCommittee, makePath, makeUnit, signInAs, type TestUnit } from '../support/factories';
import { openSite, type Site } from '../support/site';

let site: Site;
let committee: { id: number; name: string };
let superior: TestUnit;

const LAST = { seriesId: 91, level: 'junior', year: 2025 };
const actorOf = (u: TestUnit) => ({
  accountId: u.accountId,
  role: 'unit' as const,
  name: '某',
  behalf: u.name,
  unitId: u.unitId,
  unitPermitted: true,
});

beforeAll(async () => {
  site = await openSite();
  committee = await makeCommittee(site, {
    scopes: [
      [91, 'junior'],
      [91, 'middle'],
    ],
  });
  superior = await makeUnit(site, { name: '威海市环翠区上级文旅局' });
});
afterAll(() => site.close());

describe('P3 「复制上年度路径」', () => {
  it('offers what was approved last year, asks once more for what is ticked, and answers for each', async () => {
    const unit = await makeUnit(site);
    const gone = await makeUnit(site, { name: '已无权限的单位', state: 'refused' });
    const expired = await makeCommittee(site, { name: '任期已满的评委会', scopes: [[91, 'associate']], expired: true });
    await makePath(site, LAST, unit, superior);
    await makePath(site, { ...LAST, level: 'middle' }, unit, { committeeId: committee.id });
    await makePath(site, { ...LAST, level: 'senior' }, unit, gone);
    await makePath(site, { ...LAST, level: 'associate' }, unit, { committeeId: expired.id });
    await makePath(site, { ...LAST, seriesId: 92 }, unit, superior, 'requested');
    const visitor = await signInAs(site, unit);
    const own = await visitor.get('/unit/paths');
    let page = await visitor.get(own.link('复制上年度路径'));
    expect(page.all('tbody tr')).toHaveLength(4);
    expect(page.all('input[name="ids"]')).toHaveLength(2);
    expect(page.text('table')).toContain('2026年度 群众文化 初级职称');
    expect(page.text('table')).toContain('现在没有「职称评审」权限');
    expect(page.text('table')).toContain('任期已满');
    const none = await visitor.submit(page, {}, { form: '#list form', without: ['ids'] });
    expect([none.status, none.errors()]).toEqual([422, ['请勾选需要复制的路径']]);
    // meanwhile a colleague asks for one of them
    await makePath(site, { ...LAST, level: 'middle', year: 2026 }, unit, { committeeId: committee.id }, 'requested');
    const asked = await visitor.send(page, {}, { form: '#list form' });
    expect(asked.text()).toContain('将申请下列 2 条 2026 年度路径');
    expect(asked.text()).toContain(`上报至 ${superior.name}`);
    expect(await site.db('reporting_paths').where({ unit_id: unit.unitId, year: 2026, state: 'requested', level: 'junior' })).toHaveLength(
      0,
    );
    page = await visitor.send(asked, {}, { button: 'do=copy' });
    expect(page.text()).toContain('已申请 1 条 2026 年度路径，等待上一级审核；另有 1 条没有申请');
    expect(page.text('table')).toContain('已经有待审核或者已通过的路径');
    const made = await site
      .db('reporting_paths')
      .where({ unit_id: unit.unitId, year: 2026 })
      .orderBy('level')
      .select('level', 'state', 'upstream_unit_id');
    expect(made).toEqual([
      { level: 'junior', state: 'requested', upstream_unit_id: superior.unitId },
      { level: 'middle', state: 'requested', upstream_unit_id: null },
    ]);
    page = await visitor.get('/unit/paths/copy');
    expect(page.all('input[name="ids"]')).toHaveLength(0);
    expect(page.text('table')).toContain('已经申请');
    expect(await site.db('audit_log').where({ action: 'path.request', actor_id: unit.accountId })).toHaveLength(1);
  });

  it("X2 another unit's path among the ticks is left out", async () => {
    const [unit, other] = [await makeUnit(site), await makeUnit(site)];
    const own = await makePath(site, LAST, unit, superior);
    const foreign = await makePath(site, LAST, other, superior);
    const visitor = await signInAs(site, unit);
    const asked = await visitor.send(
      await visitor.get('/unit/paths/copy'),
      { ids: [String(own), String(foreign)] },
      { form: '#list form' },
    );
    expect(asked.all('input[name="ids"]')).toHaveLength(1);
    const page = await visitor.send(asked, { ids: [String(own), String(foreign)] }, { button: 'do=copy' });
    expect(page.text()).toContain('已申请 1 条');
    expect(await site.db('reporting_paths').where({ unit_id: other.unitId, year: 2026 })).toHaveLength(0);
  });

  it('says what to do where there was none', async () => {
    const visitor = await signInAs(site, await makeUnit(site));
    const page = await visitor.get('/unit/paths/copy');
    expect(page.text()).toContain('2025 年度没有已通过的路径');
    expect(page.link('新增路径')).toBe('/unit/paths/new');
  });
});

describe('P3 no ring of paths, also under race', () => {
  it('of requests at once that together would close a ring, one loses at least and no ring stands', async () => {
    for (let round = 0; round < 5; round++) {
      const units = [await makeUnit(site), await makeUnit(site), await makeUnit(site)];
      const outcomes = await Promise.all(
        units.map((u, i) =>
          requestPath(site.deps, actorOf(u), {
            ...LAST,
            year: 2026,
            upward: { kind: 'unit', unitId: (units[(i + 1) % 3] as TestUnit).unitId },
            requestId: 'race',
          }),
        ),
      );
      expect(outcomes.map((o) => o.kind).sort()).toEqual(['done', 'done', 'ring']);
    }
  });

  it('of two approvals that would close a ring one must lose, whatever order they come in', async () => {
    for (let round = 0; round < 5; round++) {
      const [a, b] = [await makeUnit(site), await makeUnit(site)];
      const ab = await makePath(site, { ...LAST, year: 2026 }, a, b, 'requested');
      // as a program without this rule could have left them: both asked for, neither approved
      await site.db.raw('ALTER TABLE reporting_paths DISABLE TRIGGER reporting_paths_no_ring');
      const ba = await makePath(site, { ...LAST, year: 2026 }, b, a, 'requested');
      await site.db.raw('ALTER TABLE reporting_paths ENABLE TRIGGER reporting_paths_no_ring');
      const decide = (u: TestUnit, pathId: number) =>
        decidePath(site.deps, actorOf(u), { pathId, decision: 'grant', reason: '', requestId: 'race' });
      const outcomes = await Promise.all([decide(b, ab), decide(a, ba)]);
      expect(outcomes.some((o) => o.kind === 'ring')).toBe(true);
      const approved = await site.db('reporting_paths').whereIn('id', [ab, ba]).where({ state: 'approved' });
      expect(approved.length).toBeLessThan(2);
    }
  });
});
