import { makeScan } from '../../seeds/demo/scans';
import { makeDeclaration, namesOn, stateOf } from '../support/declarations';
import { makeBatch, makeCommittee, makePath, makeUnit, signInAs, type TestBatch, type TestUnit } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let batch: TestBatch;
let committee: { id: number; name: string };
let serial = 0;

const FORM = { form: 'form.form' };
const press = (visitor: Visitor, page: Page, id: string, rank = '1/1') =>
  visitor.send(page, { ids: id, [`rank.${id}`]: rank }, { form: 'form[method="post"][action="/unit/report"]', button: 'do=report' });

interface Desk {
  unit: TestUnit;
  visitor: Visitor;
  id: string;
  name: string;
}

async function desk(): Promise<Desk> {
  const unit = await makeUnit(site);
  await makePath(site, batch, unit, { committeeId: committee.id });
  const name = `公示人员${++serial}`;
  return {
    unit,
    visitor: await signInAs(site, unit),
    name,
    id: await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name }),
  };
}
async function start(d: Desk, values: Record<string, string> = {}): Promise<Page> {
  return d.visitor.send(await d.visitor.get('/unit/publicities'), values, FORM);
}
/** As if this unit's publicities had begun a month ago and were over: the clock is everybody's, and the windows of the batch go by it. */
const runOut = async (d: Desk): Promise<void> => {
  await site
    .db('unit_publicities')
    .where({ unit_id: d.unit.unitId })
    .update({ starts_on: site.db.raw('app_today() - 30'), ends_on: site.db.raw('app_today() - 1') });
};
async function object(d: Desk, publicity: Page): Promise<Page> {
  return d.visitor.send(
    await d.visitor.get(publicity.link('登记异议')),
    { declaration: d.id, kind: 'anonymous', content: '年限与实际不符' },
    FORM,
  );
}
const decide = async (d: Desk, publicity: Page, values: Record<string, string>): Promise<Page> =>
  d.visitor.send(await d.visitor.get(publicity.link('处理')), values, FORM);

beforeAll(async () => {
  site = await openSite();
  committee = await makeCommittee(site, {
    scopes: [
      [91, 'junior'],
      [91, 'middle'],
    ],
  });
  batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  await site.db('batches').where({ id: batch.id }).update({ demands_unit_publicity: true, unit_publicity_days: 5 });
});
afterAll(() => site.close());

describe('R5 unit publicity before reporting', () => {
  it('R7 the home page says that a publicity is to be begun, until it is', async () => {
    const d = await desk();
    const words = '有人员尚未公示，请先办理「单位公示」，公示期满后才能上报';
    expect((await d.visitor.get('/home')).text('main')).toContain(words);
    await start(d);
    expect((await d.visitor.get('/home')).text('main')).not.toContain(words);
  });

  it('keeps everything back that was not put up, and says where to go', async () => {
    const d = await desk();
    const list = await d.visitor.get('/unit/report');
    expect(list.text(`#row-${d.id} td[data-label="单位公示"]`)).toContain('尚未公示');
    const page = await press(d.visitor, list, d.id);
    expect(page.errors().join()).toContain('上报前在本单位公示不少于 5 个工作日');
    expect(page.find('#error-summary a[href="/unit/publicities"]')).not.toBeNull();
    expect(await stateOf(site, d.id)).toBe('unit_passed');
  });

  it('starts with the earliest end by the working-day calendar, prints the list, and lets report when it is over', async () => {
    const d = await desk();
    const page = await start(d);
    expect(page.text()).toContain('已开始公示');
    expect(page.text()).toContain(d.name);
    const row = (await site.db('unit_publicities').where({ unit_id: d.unit.unitId }).first('starts_on', 'ends_on')) as {
      starts_on: string;
      ends_on: string;
    };
    const { rows } = await site.db.raw<{ rows: { n: number }[] }>(
      `SELECT count(*)::int AS n FROM generate_series(?::date + 1, ?::date, '1 day') AS g(day) LEFT JOIN calendar_days c ON c.day = g.day::date
       WHERE coalesce(c.is_workday, extract(isodow FROM g.day) < 6)`,
      [row.starts_on, row.ends_on],
    );
    expect(rows[0]?.n).toBe(5);
    const pdf = await d.visitor.bytes(page.link('打印公示名单'));
    expect([pdf.status, pdf.body.subarray(0, 5).toString('latin1')]).toEqual([200, '%PDF-']);
    const early = await press(d.visitor, await d.visitor.get('/unit/report'), d.id);
    expect(early.errors().join()).toContain('单位公示到');
    const column = `#row-${d.id} td[data-label="单位公示"]`;
    expect(early.text(column)).toMatch(/^公示中.*到 \d{4}年/);
    // it leaves the list of those who wait
    expect(namesOn(await d.visitor.get('/unit/publicities')).join()).not.toContain(d.name);
    await runOut(d);
    expect((await d.visitor.get('/unit/report')).text(column)).toContain('已期满');
    expect((await press(d.visitor, await d.visitor.get('/unit/report'), d.id)).text()).toContain('已上报 1 人');
    expect(await stateOf(site, d.id)).toBe('office_review');
  });

  it.each([
    [{ endsOn: '2000.1.1' }, '结束日期最早为'],
    [{ startsOn: '2020.1.1' }, '开始日期应当在今天'],
    [{ startsOn: '明天' }, '请填写日期'],
    [{ place: '' }, '请填写「公示地点」'],
    [{ contact: '长'.repeat(101) }, '最多 100 个字'],
  ])('refuses %j and keeps what was typed', async (values, words) => {
    const d = await desk();
    const page = await start(d, values as Record<string, string>);
    expect(page.status).toBe(422);
    expect(page.errors().join()).toContain(words);
    for (const [name, value] of Object.entries(values)) expect(page.find(`#${name}`)?.getAttribute('value')).toBe(value);
    expect(await site.db('unit_publicities').where({ unit_id: d.unit.unitId })).toHaveLength(0);
  });

  it('refuses without a tick, and what is not there to be put up', async () => {
    const d = await desk();
    const other = await desk();
    const page = await d.visitor.get('/unit/publicities');
    const none = await d.visitor.submit(page, {}, { ...FORM, without: ['ids'] });
    expect(none.errors()).toEqual(['请勾选需要公示的人员']);
    const foreign = await d.visitor.submit(page, { ids: other.id }, FORM);
    expect([foreign.status, foreign.errors()[0]]).toEqual([422, expect.stringContaining('已不在待公示的名单中')]);
  });

  it('an open objection keeps back, an unfounded one lets go', async () => {
    const d = await desk();
    const page = await object(d, await start(d));
    expect(page.text()).toContain('已登记异议');
    await runOut(d);
    expect((await press(d.visitor, await d.visitor.get('/unit/report'), d.id)).errors().join()).toContain('异议还没有处理完毕');
    const refused = await decide(d, page, {});
    expect([refused.status, refused.errors()]).toEqual([422, ['请选择处理结果', '请填写核查情况']]);
    const done = await d.visitor.send(refused, { outcome: 'dismissed', finding: '查阅档案，年限无误' }, FORM);
    expect(done.text()).toContain('异议不成立');
    expect((await press(d.visitor, await d.visitor.get('/unit/report'), d.id)).text()).toContain('已上报 1 人');
  });

  it('B5 two of one name are told apart wherever the unit chooses one of them', async () => {
    const d = await desk();
    const other = await makeDeclaration(site, { batch, state: 'unit_passed', units: [d.unit], name: d.name });
    for (const [id, born] of [
      [d.id, '1985-03-12'],
      [other, '1986-04-12'],
    ] as const)
      await site.db('persons').whereRaw('account_id = (SELECT person_id FROM declarations WHERE id = ?)', [id]).update({ born_on: born });
    const names = [`${d.name}（1985年3月出生）`, `${d.name}（1986年4月出生）`];
    expect(namesOn(await d.visitor.get('/unit/publicities')).sort()).toEqual(names);
    const page = await start(d);
    expect(namesOn(page).sort()).toEqual(names);
    const form = await d.visitor.get(page.link('登记异议'));
    expect(form.text(`option[value="${d.id}"]`)).toBe(names[0]);
    const objection = await object(d, page);
    expect(objection.text()).toContain(names[0]);
    expect((await d.visitor.get(objection.link('处理'))).heading).toBe(`异议：${names[0]}`);
  });

  it('upheld: back to the applicant, and what was put up does not count for what comes after', async () => {
    const d = await desk();
    const page = await object(d, await start(d));
    const missing = await decide(d, page, { outcome: 'returned', finding: '年限有误' });
    expect(missing.errors()).toEqual(['请选择申报人需要修改的项目']);
    await d.visitor.send(missing, { outcome: 'returned', 'reopen.performance': 'yes' }, FORM);
    expect(await stateOf(site, d.id)).toBe('returned_to_applicant');
    expect(
      await site.db('declaration_events').where({ declaration_id: d.id, move: 'return-to-applicant' }).first('opinion', 'comments'),
    ).toEqual({
      opinion: '年限有误',
      comments: [{ section: 'performance', text: '年限有误' }],
    });
    // handed in and passed again: it has to be put up again
    await site
      .db('declarations')
      .where({ id: d.id })
      .update({ state: 'unit_passed', holder_unit_id: d.unit.unitId, return_position: null, reopened_sections: null, round: 2 });
    await runOut(d);
    expect((await press(d.visitor, await d.visitor.get('/unit/report'), d.id)).errors().join()).toContain('上报前在本单位公示');
    await start(d);
    await runOut(d);
    expect((await press(d.visitor, await d.visitor.get('/unit/report'), d.id)).text()).toContain('已上报 1 人');
  });

  it('upheld: not recommended ends the declaration, by this page only', async () => {
    const d = await desk();
    const page = await object(d, await start(d));
    const person = (await site.db('declarations').where({ id: d.id }).first('person_id', 'year')) as { person_id: number; year: number };
    expect((await d.visitor.get(`/declarations/${d.id}/moves/withhold`)).status).toBe(404);
    expect((await d.visitor.get(`/declarations/${d.id}`)).text()).not.toContain('不予推荐');
    await decide(d, page, { outcome: 'withheld', finding: '弄虚作假，经查属实' });
    expect(await stateOf(site, d.id)).toBe('not_recommended');
    expect(await site.db('declarations').where({ id: d.id }).first('holder_unit_id')).toEqual({ holder_unit_id: null });
    expect((await d.visitor.get(`/unit/review/${d.id}`)).text()).toContain('不予推荐');
    // the year is free again for another batch
    const middle = await makeBatch(site, { committeeId: committee.id, level: 'middle' });
    await site
      .db('declarations')
      .insert({ ...person, batch_id: middle.id, series_id: 91, level: 'middle', state: 'unit_review', applicant_name: d.name });
  });

  it('two decisions at once: one holds, the other is told', async () => {
    const d = await desk();
    const page = await object(d, await start(d));
    const form = await d.visitor.get(page.link('处理'));
    const colleague = await signInAs(site, d.unit);
    const theirs = await colleague.get(page.link('处理'));
    const answers = await Promise.all([
      d.visitor.submit(form, { outcome: 'dismissed', finding: '不成立' }, FORM),
      colleague.submit(theirs, { outcome: 'withheld', finding: '成立' }, FORM),
    ]);
    expect(answers.map((a) => a.status).sort()).toEqual([303, 409]);
    const objection = (await site.db('unit_objections').where({ declaration_id: d.id }).first('outcome')) as { outcome: string };
    expect(await stateOf(site, d.id)).toBe(objection.outcome === 'withheld' ? 'not_recommended' : 'unit_passed');
  });

  it('an objection and a report at once: never reported with an objection open', async () => {
    const d = await desk();
    const page = await start(d);
    await runOut(d);
    const form = await d.visitor.get(page.link('登记异议'));
    const report = await d.visitor.get('/unit/report');
    await Promise.all([
      d.visitor.submit(form, { declaration: d.id, kind: 'named', content: '反映问题' }, FORM),
      press(await signInAs(site, d.unit), report, d.id),
    ]);
    const open = await site.db('unit_objections').where({ declaration_id: d.id }).whereNull('outcome');
    expect([await stateOf(site, d.id), open.length]).toEqual(open.length > 0 ? ['unit_passed', 1] : ['office_review', 0]);
  });

  it('two clicks put up once; the database keeps one live publicity for each declaration', async () => {
    const d = await desk();
    const page = await d.visitor.get('/unit/publicities');
    const colleague = await signInAs(site, d.unit);
    const theirs = await colleague.get('/unit/publicities');
    const answers = await Promise.all([d.visitor.submit(page, {}, FORM), colleague.submit(theirs, {}, FORM)]);
    expect(answers.map((a) => a.status).sort()).toEqual([303, 422]);
    expect(await site.db('unit_publicity_items').where({ declaration_id: d.id }).whereNull('voided_at')).toHaveLength(1);
    const [{ id }] = (await site
      .db('unit_publicities')
      .insert({
        unit_id: d.unit.unitId,
        starts_on: '2026-12-01',
        ends_on: '2026-12-09',
        days: 5,
        place: '甲',
        contact: '乙',
        created_by: d.unit.accountId,
      })
      .returning('id')) as [{ id: number }];
    await expect(site.db('unit_publicity_items').insert({ publicity_id: id, declaration_id: d.id, round: 1 })).rejects.toThrow('one_live');
  });

  it('X2 another unit sees nothing of it', async () => {
    const d = await desk();
    const page = await object(d, await start(d));
    const stranger = await signInAs(site, await makeUnit(site));
    for (const address of [page.address.split('?')[0] ?? '', page.link('登记异议'), page.link('处理'), page.link('打印公示名单')])
      expect((await stranger.get(address)).status).toBe(404);
    expect((await stranger.get('/unit/publicities')).text()).not.toContain(d.name);
  });

  it('units above do not put up again; a batch that does not ask for it is not asked', async () => {
    const d = await desk();
    const above = await makeUnit(site);
    await makePath(site, batch, above, { committeeId: committee.id });
    const id = await makeDeclaration(site, { batch, state: 'unit_passed', units: [d.unit, above], name: '上级不公示', rank: [9, 9] });
    const upper = await signInAs(site, above);
    expect((await upper.get('/unit/publicities')).text()).toContain('没有等待公示的人员');
    expect((await press(upper, await upper.get('/unit/report'), id)).text()).toContain('已上报 1 人');
  });
});

describe('R2 委托评审: the unit uploads the evidence before it reports', () => {
  it('keeps back without it, takes pictures through the same inspection, shows and removes them, and lets report', async () => {
    const level = await makeBatch(site, { committeeId: committee.id, year: 2027, rankBy: 'unit' });
    const unit = await makeUnit(site);
    await makePath(site, level, unit, { committeeId: committee.id });
    const visitor = await signInAs(site, unit);
    const id = await makeDeclaration(site, { batch: level, state: 'unit_passed', units: [unit], name: '委托人员' });
    await site.db('declarations').where({ id }).update({ is_entrusted: true });
    let list = await press(visitor, await visitor.get('/unit/report'), id);
    expect(list.errors().join()).toContain('请先上传委托评审材料');
    let page = await visitor.get(list.link('上传委托评审材料'));
    const scan = (await makeScan('proof', { name: '委托', lines: ['委托评审函'], date: '2026年9月1日' }, 'jpg')).content;
    const none = await visitor.submit(page, {}, { ...FORM, button: 'do=upload' });
    expect([none.status, none.errors()]).toEqual([422, ['请选择要上传的文件']]);
    const bad = await visitor.submit(
      page,
      {},
      { ...FORM, button: 'do=upload', files: [{ field: 'evidence', name: '委托函.docx', content: Buffer.from('x') }] },
    );
    expect([bad.status, bad.errors()[0]]).toEqual([422, expect.stringContaining('委托函.docx')]);
    page = await visitor.send(
      page,
      {},
      { ...FORM, button: 'do=upload', files: [{ field: 'evidence', name: '2026年9月委托评审函.jpg', content: scan }] },
    );
    expect(page.text()).toContain('2026年9月委托评审函.jpg');
    expect((await visitor.bytes(page.link('委托评审函.jpg'))).status).toBe(200);
    const remove = page.find('button[value^="remove:"]')?.getAttribute('value') ?? '';
    page = await visitor.send(page, {}, { form: '.files__item form', button: `do=${remove}` });
    expect(page.text()).toContain('还没有上传');
    await visitor.send(
      page,
      {},
      { ...FORM, button: 'do=upload', files: [{ field: 'evidence', name: '2026年9月委托评审函.jpg', content: scan }] },
    );
    list = await visitor.get('/unit/report');
    expect(list.text()).toContain('材料已上传');
    expect((await press(visitor, list, id)).text()).toContain('已上报 1 人');
    // what was reported with it stays as it was
    expect((await visitor.get(`/unit/report/${id}/entrusted`)).status).toBe(403);
  });
});
