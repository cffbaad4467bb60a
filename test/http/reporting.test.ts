import { randomUUID } from 'node:crypto';
import { checkRanks } from '../../src/modules/reporting/check-ranks';
import { countQueries, makeDeclaration, makeReportable, namesOn, stateOf } from '../support/declarations';
import { makeBatch, makeCommittee, makePath, makeUnit, signInAs, type TestBatch, type TestUnit } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let committee: { id: number; name: string };
let batch: TestBatch;

const press = (visitor: Visitor, page: Page, ids: string[], ranks: Record<string, string> = {}) =>
  visitor.send(
    page,
    { ids, ...Object.fromEntries(Object.entries(ranks).map(([id, text]) => [`rank.${id}`, text])) },
    { form: 'form[method="post"][action="/unit/report"]', button: 'do=report' },
  );
const rowOf = (page: Page, id: string): string => page.find(`#row-${id}`)?.text.replace(/\s+/g, ' ') ?? '';

async function unitWithPath(to?: { unitId: number } | { committeeId: number }): Promise<{ unit: TestUnit; visitor: Visitor }> {
  const unit = await makeUnit(site);
  await makePath(site, batch, unit, to ?? { committeeId: committee.id });
  return { unit, visitor: await signInAs(site, unit) };
}

beforeAll(async () => {
  site = await openSite();
  committee = await makeCommittee(site, {
    scopes: [
      [91, 'junior'],
      [91, 'middle'],
      [91, 'associate'],
    ],
  });
  batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
});
afterAll(() => site.close());

describe('R2 职称申报数据上报', () => {
  it('shows what the unit has passed, where it goes, and an input for each rank', async () => {
    const { unit, visitor } = await unitWithPath();
    const id = await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '于待报' });
    await makeDeclaration(site, { batch, state: 'unit_review', units: [unit], name: '未审核' });
    await makeDeclaration(site, { batch, state: 'unit_passed', units: [await makeUnit(site)], name: '别单位' });
    const page = await visitor.get('/unit/report');
    expect(page.heading).toBe('职称申报数据上报');
    expect(namesOn(page)).toEqual(['于待报']);
    expect(page.text()).toContain(`上报至：${committee.name}`);
    expect(page.find(`input[name="rank.${id}"]`)?.getAttribute('aria-label')).toBe('于待报的单位推荐排序');
    expect(page.all('th').map((th) => th.text.trim())).toContain('单位推荐排序');
    expect(namesOn(await visitor.get('/unit/report?series=91&level=junior&year=2026'))).toEqual(['于待报']);
    expect((await visitor.get('/unit/report?level=middle')).text()).toContain('没有符合条件的待上报申报');
  });

  it('R6 sorts by its heads both ways, keeps the order through search and acts, and offers places by order only where the list stands by places', async () => {
    const { unit, visitor } = await unitWithPath();
    for (const [name, rank] of [
      ['排丙', [1, 3]],
      ['排甲', [3, 3]],
      ['排乙', undefined],
    ] as const)
      await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name, ...(rank ? { rank: [rank[0], rank[1]] } : {}) });
    const opened = await visitor.get('/unit/report');
    expect(namesOn(opened)).toEqual(['排丙', '排甲', '排乙']);
    expect(opened.all('th[aria-sort]').map((th) => th.text.trim())).toEqual(['申报职称']);
    expect(opened.find('[data-rank-move]')).not.toBeNull();
    const down = await visitor.get(`${opened.link('单位推荐排序')}&dir=desc`);
    expect(namesOn(down)).toEqual(['排甲', '排丙', '排乙']);
    // one press of an arrow would write other places for everybody here
    expect(down.find('[data-rank-move], [data-rank-all]')).toBeNull();
    expect(down.find('input[name^="rank."]')).not.toBeNull();
    const up = await visitor.get(down.link('单位推荐排序'));
    expect(up.find('[data-rank-move]')).not.toBeNull();
    for (const head of ['姓名', '申报单位', '上报截止时间']) {
      const once = await visitor.get(opened.link(head));
      expect(once.find('th[aria-sort="ascending"]')?.text.trim()).toBe(head);
      expect((await visitor.get(once.link(head))).find('th[aria-sort="descending"]')?.text.trim()).toBe(head);
    }
    const search = await visitor.get('/unit/report?sort=rank&dir=desc&sort2=x');
    expect(search.all('form.filters input[type="hidden"]').map((f) => `${f.getAttribute('name')}=${f.getAttribute('value')}`)).toEqual([
      'sort=rank',
      'dir=desc',
    ]);
    const after = await press(visitor, search, []);
    expect(after.text()).toContain('请先勾选需要上报的人员');
    expect(namesOn(after)).toEqual(['排甲', '排丙', '排乙']);
    expect(namesOn(await visitor.get('/unit/report?sort=name;DROP TABLE x&dir=up'))).toEqual(['排丙', '排甲', '排乙']);
  });

  it('reports all ticked rows with their ranks in one act, keeps the ranks typed for the others, and writes the record', async () => {
    const { unit, visitor } = await unitWithPath();
    const [a = '', b = '', c = ''] = [
      await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '甲' }),
      await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '乙' }),
      await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '丙' }),
    ];
    const page = await press(visitor, await visitor.get('/unit/report?series=91'), [a, b], { [a]: '2/3', [b]: '１／３', [c]: '3/3' });
    expect(page.text()).toContain('已上报 2 人');
    expect(page.find('select[name="series"] option[selected]')?.getAttribute('value')).toBe('91');
    expect(namesOn(page)).toEqual(['丙']);
    expect(page.find(`#rank-${c}`)?.getAttribute('value')).toBe('3/3');
    expect(
      await site.db('declarations').whereIn('id', [a, b]).orderBy('rank_n').select('rank_n', 'rank_of', 'state', 'holder_committee_id'),
    ).toEqual([
      { rank_n: 1, rank_of: 3, state: 'office_review', holder_committee_id: committee.id },
      { rank_n: 2, rank_of: 3, state: 'office_review', holder_committee_id: committee.id },
    ]);
    expect(await site.db('audit_log').where({ action: 'declaration.report' }).whereIn('subject_id', [a, b])).toHaveLength(2);
  });

  it('says to whom the rows went, how many to each, what happens there and where it can be followed', async () => {
    const { unit, visitor } = await unitWithPath();
    const other = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit', year: 2025 });
    const superior = await makeUnit(site, { name: '威海市环翠区文化和旅游局' });
    await makePath(site, other, unit, { unitId: superior.unitId });
    const ids = [
      await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit] }),
      await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit] }),
      await makeDeclaration(site, { batch: other, state: 'unit_passed', units: [unit] }),
    ];
    const ranks = ['1/2', '2/2', '1/1'];
    const page = await press(visitor, await visitor.get('/unit/report'), ids, Object.fromEntries(ids.map((id, i) => [id, ranks[i] ?? ''])));
    expect(page.text('.notice')).toContain(`${committee.name} 2 人，等待评委会办事机构受理`);
    expect(page.text('.notice')).toContain('威海市环翠区文化和旅游局 1 人，等待该单位审核');
    expect(namesOn(await visitor.get(page.link('查看已上报的申报')))).toHaveLength(3);
  });

  const save = (visitor: Visitor, page: Page, ranks: Record<string, string>): Promise<Page> =>
    visitor.send(page, Object.fromEntries(Object.entries(ranks).map(([id, r]) => [`rank.${id}`, r])), {
      form: 'form[method="post"][action="/unit/report"]',
      button: 'do=save',
    });
  const rankOf = async (id: string): Promise<string> => {
    const d = (await site.db('declarations').where({ id }).first('rank_n', 'rank_of')) as { rank_n: number | null; rank_of: number | null };
    return d.rank_n === null ? '' : `${d.rank_n}/${String(d.rank_of)}`;
  };

  it('B5 two of one name are told apart where they are ranked, and in what is wrong with their ranks', async () => {
    const { unit, visitor } = await unitWithPath();
    const ids = [
      await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '同姓同名' }),
      await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '同姓同名' }),
    ];
    for (const [i, id] of ids.entries())
      await site
        .db('persons')
        .whereRaw('account_id = (SELECT person_id FROM declarations WHERE id = ?)', [id])
        .update({ born_on: `198${5 + i}-03-12` });
    const page = await visitor.get('/unit/report');
    const names = ['同姓同名（1985年3月出生）', '同姓同名（1986年3月出生）'];
    expect(ids.map((id) => page.text(`#row-${id} td[data-label="姓名"]`))).toEqual(names);
    const answer = (await save(visitor, page, Object.fromEntries(ids.map((id) => [id, '1/2'])))).errors().join();
    for (const name of names) expect(answer).toContain(`名次与${name}重复`);
  });

  it('「保存排序」 keeps the ranks until tomorrow without reporting anybody; a wrong one keeps back only itself', async () => {
    const { unit, visitor } = await unitWithPath();
    const [a = '', b = '', c = ''] = [
      await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '保存甲' }),
      await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '保存乙' }),
      await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '保存丙' }),
    ];
    const page = await save(visitor, await visitor.get('/unit/report'), { [a]: '1/3', [b]: '第二', [c]: '' });
    expect(page.errors().join()).toContain('已保存 1 人的排序，下列排序没有保存');
    expect(page.find(`#rank-${b}`)?.getAttribute('value')).toBe('第二');
    expect([await rankOf(a), await rankOf(b), await stateOf(site, a)]).toEqual(['1/3', '', 'unit_passed']);
    const again = await save(visitor, page, { [b]: '２／３' });
    expect(again.text('.notice')).toContain('已保存 1 人的「单位推荐排序」');
    const tomorrow = await visitor.get('/unit/report');
    expect([a, b, c].map((id) => tomorrow.find(`#rank-${id}`)?.getAttribute('value'))).toEqual(['1/3', '2/3', '']);
    expect((await save(visitor, tomorrow, { [a]: '' })).text('.notice')).toContain('已保存 1 人');
    expect(await rankOf(a)).toBe('');
    expect(await site.db('audit_log').where({ action: 'declaration.rank', subject_id: a })).toHaveLength(2);
  });

  it('an older page takes back nothing that somebody else has saved meanwhile, and says where both have changed one', async () => {
    const { unit, visitor } = await unitWithPath();
    const [a = '', b = ''] = [
      await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '两页甲' }),
      await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '两页乙' }),
    ];
    const older = await visitor.get('/unit/report');
    await save(visitor, await visitor.get('/unit/report'), { [a]: '1/2', [b]: '2/2' });
    const reported = await press(visitor, older, [a], { [a]: '1/2' });
    expect(reported.text('.notice')).toContain('已上报 1 人');
    expect([await stateOf(site, a), await rankOf(b), reported.find(`#rank-${b}`)?.getAttribute('value')]).toEqual([
      'office_review',
      '2/2',
      '2/2',
    ]);
    const clash = await save(visitor, older, { [b]: '3/3' });
    expect(clash.errors().join()).toContain('其他经办人刚刚保存为 2/2');
    expect(await rankOf(b)).toBe('2/2');
    expect((await save(visitor, clash, {})).text('.notice')).toContain('已保存 1 人');
    expect(await rankOf(b)).toBe('3/3');
  });

  it('writes no rank of a declaration that another unit holds, or that was reported', async () => {
    const { unit, visitor } = await unitWithPath();
    const own = await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit] });
    const foreign = await makeDeclaration(site, { batch, state: 'unit_passed', units: [await makeUnit(site)] });
    const gone = await makeDeclaration(site, { batch, state: 'office_review', units: [unit], rank: [1, 1] });
    await save(visitor, await visitor.get('/unit/report'), { [own]: '1/2', [foreign]: '2/2', [gone]: '2/2' });
    expect([await rankOf(own), await rankOf(foreign), await rankOf(gone)]).toEqual(['1/2', '', '1/1']);
  });

  it('is all or nothing: a row without a path keeps the others back, with the reason and the way to mend it (P5)', async () => {
    const { unit, visitor } = await unitWithPath();
    const middle = await makeBatch(site, { committeeId: committee.id, level: 'middle', rankBy: 'applicant' });
    const good = await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '有路径' });
    const stuck = await makeDeclaration(site, { batch: middle, state: 'unit_passed', units: [unit], name: '无路径', rank: [1, 1] });
    const before = await visitor.get('/unit/report');
    expect(before.text()).toContain('还没有上报路径');
    expect(before.link('单位路径申请')).toBeTruthy();
    const page = await press(visitor, before, [good, stuck], { [good]: '1/1' });
    expect(page.errors()[0]).toContain('本次没有上报任何人员');
    expect(page.errors()[1]).toContain('无路径：本系列、本级别还没有上报路径');
    expect(page.find('#error-summary a[href="/unit/paths/new"]')).toBeTruthy();
    expect(rowOf(page, stuck)).toContain('还没有上报路径');
    expect(rowOf(page, good)).not.toContain('还没有上报路径');
    expect(page.find(`#rank-${good}`)?.getAttribute('value')).toBe('1/1');
    expect(page.all('tbody input[checked]')).toHaveLength(2);
    expect([await stateOf(site, good), await stateOf(site, stuck)]).toEqual(['unit_passed', 'unit_passed']);
    expect(await site.db('declarations').where({ id: good }).first('rank_n', 'rank_fixed_at')).toEqual({
      // as typed, for the next time; nothing is fixed
      rank_n: 1,
      rank_fixed_at: null,
    });
    expect(await site.db('audit_log').where({ action: 'declaration.report' }).whereIn('subject_id', [good, stuck])).toHaveLength(0);
    // the reporting page of the applicant's ranking shows text, not an input
    expect(page.find(`#rank-${stuck}`)).toBeNull();
    expect(rowOf(page, stuck)).toContain('1/1');
  });

  it.each([
    ['a missing rank', ['', '2/2'], '请填写「单位推荐排序」'],
    ['a rank above the total', ['3/2', '2/2'], '位次 3 大于总人数 2'],
    ['words', ['第一', '2/2'], '请按「位次/总人数」的格式填写'],
    ['the same place twice', ['1/2', '1/2'], '名次与二号重复'],
    ['two totals', ['1/2', '2/3'], '推荐总人数应当一致'],
  ])('refuses %s and keeps what was typed', async (_what, [first = '', second = ''], expected) => {
    const { unit, visitor } = await unitWithPath();
    const one = await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '一号' });
    const two = await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '二号' });
    const page = await press(visitor, await visitor.get('/unit/report'), [one, two], { [one]: first, [two]: second });
    expect(rowOf(page, one)).toContain(expected);
    expect(page.find('title')?.text).toMatch(/^错误：/);
    expect(page.find(`#rank-${one}`)?.getAttribute('value')).toBe(first);
    expect(page.find(`#rank-${two}`)?.getAttribute('value')).toBe(second);
    expect([await stateOf(site, one), await stateOf(site, two)]).toEqual(['unit_passed', 'unit_passed']);
    expect(await site.db('declaration_stops').where({ declaration_id: two })).toHaveLength(1);
  });

  it('compares with what was reported before: a place taken, another total', async () => {
    const { unit, visitor } = await unitWithPath();
    await makeDeclaration(site, { batch, state: 'office_review', units: [unit], name: '先报', rank: [1, 2] });
    const later = await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '后报' });
    const fine = await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '陪报' });
    let page = await press(visitor, await visitor.get('/unit/report'), [later], { [later]: '1/2' });
    expect(rowOf(page, later)).toContain('名次重复');
    page = await press(visitor, page, [later, fine], { [later]: '3/3', [fine]: '2/3' });
    expect(rowOf(page, later)).toContain('不一致');
    expect([await stateOf(site, later), await stateOf(site, fine)]).toEqual(['unit_passed', 'unit_passed']);
    page = await press(visitor, page, [later], { [later]: '2/2' });
    expect(page.text()).toContain('已上报 1 人');
  });

  it('leaves ranks fixed by the unit below alone, and reports to a superior unit', async () => {
    const superior = await makeUnit(site);
    const { unit: lower, visitor } = await unitWithPath({ unitId: superior.unitId });
    const id = await makeDeclaration(site, { batch, state: 'unit_passed', units: [lower], name: '逐级' });
    await press(visitor, await visitor.get('/unit/report'), [id], { [id]: '1/1' });
    expect(await site.db('declarations').where({ id }).first('state', 'holder_unit_id')).toEqual({
      state: 'unit_review',
      holder_unit_id: superior.unitId,
    });
    await makePath(site, batch, superior, { committeeId: committee.id });
    const above = await signInAs(site, superior);
    const list = await above.get('/unit/review');
    expect(namesOn(list)).toEqual(['逐级']);
    const confirm = await above.send(list, { ids: id }, { form: 'form[method="post"][action*="bulk"]', button: 'do=confirm' });
    await above.send(confirm, {}, { button: 'do=run' });
    const page = await above.get('/unit/report');
    expect(page.find(`#rank-${id}`)).toBeNull();
    expect(rowOf(page, id)).toContain('1/1');
    expect((await press(above, page, [id], { [id]: '9/9' })).text()).toContain('已上报 1 人');
    expect(await site.db('declarations').where({ id }).first('state', 'rank_n', 'rank_of')).toEqual({
      state: 'office_review',
      rank_n: 1,
      rank_of: 1,
    });
  });

  it('a path that is not approved yet carries nothing (P2)', async () => {
    const unit = await makeUnit(site);
    await makePath(site, batch, unit, { committeeId: committee.id }, 'requested');
    const visitor = await signInAs(site, unit);
    const id = await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '候批' });
    const before = await visitor.get('/unit/report');
    expect(before.text()).toContain('尚未审核通过');
    const page = await press(visitor, before, [id], { [id]: '1/1' });
    expect(rowOf(page, id)).toContain('尚未审核通过');
    expect(await stateOf(site, id)).toBe('unit_passed');
  });

  it('K3 refuses after the unit window has closed', async () => {
    const closed = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit', level: 'associate', closed: true });
    const unit = await makeUnit(site);
    await makePath(site, closed, unit, { committeeId: committee.id });
    const visitor = await signInAs(site, unit);
    const id = await makeDeclaration(site, { batch: closed, state: 'unit_passed', units: [unit], name: '过期' });
    const page = await press(visitor, await visitor.get('/unit/report'), [id], { [id]: '1/1' });
    expect(rowOf(page, id)).toContain('现在不在单位上报时间内');
    expect(await stateOf(site, id)).toBe('unit_passed');
  });

  it('K3 reports again after the end what an office has given back, and counts an extension of the applicant’s own', async () => {
    const closed = await makeBatch(site, { committeeId: (await makeCommittee(site)).id, rankBy: 'unit', closed: true });
    const unit = await makeUnit(site);
    await makePath(site, closed, unit, { committeeId: closed.committeeId });
    const visitor = await signInAs(site, unit);
    const id = await makeDeclaration(site, {
      batch: closed,
      state: 'unit_passed',
      units: [unit],
      rank: [1, 2],
      rankFixed: true,
      name: '退回',
    });
    const extended = await makeDeclaration(site, { batch: closed, state: 'unit_passed', units: [unit], name: '延期' });
    await site.db('declaration_events').insert({
      declaration_id: id,
      move: 'report',
      from_state: 'unit_passed',
      to_state: 'office_review',
      round: 1,
      actor_id: unit.accountId,
      actor_name: '于海燕',
      on_behalf_of: unit.name,
    });
    const person = (await site.db('declarations').where({ id: extended }).first('person_id')) as { person_id: number };
    const day = (n: number) => site.db.raw("app_now() + ?::int * interval '1 day'", [n]);
    await site.db('batch_extensions').insert({
      batch_id: closed.id,
      person_id: person.person_id,
      applicant_until: day(1),
      unit_until: day(3),
      reason: '因病住院',
      granted_by: unit.accountId,
    });
    const page = await visitor.get('/unit/report');
    expect(rowOf(page, id)).toContain('不受截止时间限制');
    const until = (await site.db.raw<{ rows: { d: string }[] }>("SELECT to_char(app_today() + 3, 'YYYY-MM-DD') AS d")).rows[0]?.d ?? '';
    expect(rowOf(page, extended)).toContain(until.slice(0, 4));
    expect(rowOf(page, extended)).toContain(String(Number(until.slice(8))));
    await press(visitor, page, [id, extended], { [extended]: '2/2' });
    expect([await stateOf(site, id), await stateOf(site, extended)]).toEqual(['office_review', 'office_review']);
  });

  it("X2 another unit's declaration among the ticks keeps everything back and shows nothing of it", async () => {
    const { unit, visitor } = await unitWithPath();
    const own = await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '自己的' });
    const foreign = await makeDeclaration(site, { batch, state: 'unit_passed', units: [await makeUnit(site)], name: '别人家的' });
    const page = await press(visitor, await visitor.get('/unit/report'), [own, foreign], { [own]: '1/1' });
    expect(page.errors().join()).toContain('没有找到该申报');
    expect(page.text('body')).not.toContain('别人家的');
    expect([await stateOf(site, own), await stateOf(site, foreign)]).toEqual(['unit_passed', 'unit_passed']);
  });

  it('without a tick says so and keeps the ranks', async () => {
    const { unit, visitor } = await unitWithPath();
    const id = await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit] });
    const page = await press(visitor, await visitor.get('/unit/report'), [], { [id]: '1/4' });
    expect(page.errors()).toEqual(['请先勾选需要上报的人员']);
    expect(page.find(`#rank-${id}`)?.getAttribute('value')).toBe('1/4');
  });

  it('says what to do next when there is nothing', async () => {
    const { visitor } = await unitWithPath();
    const page = await visitor.get('/unit/report');
    expect(page.text()).toContain('没有等待上报的申报');
    expect(page.link('职称申报数据审核')).toBe('/unit/review');
  });

  it('S04 the same click twice at once reports once', async () => {
    const { unit, visitor } = await unitWithPath();
    const id = await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '双击' });
    const page = await visitor.get('/unit/report');
    const answers = await Promise.all([press(visitor, page, [id], { [id]: '1/1' }), press(visitor, page, [id], { [id]: '1/1' })]);
    for (const a of answers) expect(a.text()).toContain('已上报 1 人');
    expect(await site.db('audit_log').where({ action: 'declaration.report', subject_id: id })).toHaveLength(1);
  });

  it('R6 makes the same number of queries for 1, 3 and 30 rows, and takes 30 at once', async () => {
    const { unit, visitor } = await unitWithPath();
    const ids: string[] = [];
    const counts: number[] = [];
    for (const n of [1, 3, 30]) {
      while (ids.length < n) ids.push(await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit] }));
      counts.push(await countQueries(site, () => visitor.get('/unit/report')));
    }
    expect(new Set(counts).size).toBe(1);
    const page = await press(visitor, await visitor.get('/unit/report'), ids, Object.fromEntries(ids.map((id, i) => [id, `${i + 1}/30`])));
    expect(page.text()).toContain('已上报 30 人');
  });

  it('of more than one report can hold, says how many wait, and finds those that do not fit by name and unit', async () => {
    const { unit, visitor } = await unitWithPath();
    const many = await makeBatch(site, { committeeId: committee.id, level: 'associate', year: 2027, rankBy: 'unit' });
    const ids = await makeReportable(site, many, unit, 1003);
    const page = await visitor.get('/unit/report');
    expect(namesOn(page)).toHaveLength(1000);
    expect(page.text()).toContain('共 1003 人等待上报，本页列出前 1000 人');
    // places by order need everybody on the page
    expect(page.find('[data-rank-all]')).toBeNull();
    const hidden = ['人员1', '人员1001', '人员1002', '人员1003'].find((name) => !namesOn(page).includes(name)) ?? '人员1003';
    const found = await visitor.get(`/unit/report?name=${encodeURIComponent(hidden)}&unit=${encodeURIComponent('文化馆')}`);
    expect(namesOn(found)).toContain(hidden);
    expect(found.text()).toMatch(/查询到 \d+ 人，共 1003 人等待上报/);
    expect(found.link('显示全部人员')).toBe('/unit/report');
    expect(found.find('input[name="back"]')?.getAttribute('value')).toContain('name=');
    expect(namesOn(await visitor.get(`/unit/report?unit=${encodeURIComponent('没有这个单位')}`))).toEqual([]);
    await site.db('declarations').whereIn('id', ids).update({ state: 'not_recommended', holder_unit_id: null });
  });

  it('S33 a page of 1,000 rows with their ranks fits into one form, 1,001 are told to come in parts', async () => {
    const { unit, visitor } = await unitWithPath();
    await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit] });
    const page = await visitor.get('/unit/report');
    const ids = Array.from({ length: 1001 }, () => randomUUID());
    const ranks = Object.fromEntries(ids.map((id, i) => [id, `${i + 1}/1001`]));
    const tooMany = await press(visitor, page, ids, ranks);
    expect([tooMany.status, tooMany.errors()]).toEqual([200, ['一次最多上报 1000 人，请分次勾选']]);
    const last = ids.pop() ?? '';
    delete ranks[last];
    const foreign = await press(visitor, page, ids, ranks);
    expect([foreign.status, foreign.errors()[0]]).toEqual([200, expect.stringContaining('本次没有上报任何人员')]);
  });
});

describe('R2 ranks of one click', () => {
  const row = (id: string, typed: string, unitId = 1, batchId = 1) => ({ id, name: id, unitId, batchId, typed });

  it('compares only within one declaring unit and batch', () => {
    expect(checkRanks([row('a', '1/2'), row('b', '1/3', 2), row('c', '1/4', 1, 2)]).problems.size).toBe(0);
  });
  it('leaves a missing rank to the move', () => {
    const { ranks, problems } = checkRanks([row('a', ' '), row('b', '1/1')]);
    expect([...ranks.keys()]).toEqual(['b']);
    expect(problems.size).toBe(0);
  });
  it('names each other on two equal places', () => {
    const { problems } = checkRanks([row('a', '1/2'), row('b', '独立'), row('c', '2/2')]);
    expect(problems.get('a')).toContain('b');
    expect(problems.get('b')).toContain('a');
    expect(problems.get('c')).toContain('1、2');
  });
});
