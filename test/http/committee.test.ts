import { nextDay } from '../../src/lib/dates';
import { addWorkingDays } from '../../src/lib/working-days';
import { loadWorkCalendar } from '../../src/modules/batches';
import { countQueries, makeDeclaration, namesOn, stateOf } from '../support/declarations';
import { makeBatch, makeCommittee, makeStaff, makeUnit, pastPassword, signInAs, type TestBatch, type TestUnit } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let unit: TestUnit;
let committee: { id: number; name: string };
let batch: TestBatch;
let middle: TestBatch;
let office: Visitor;
let bureau: Visitor;

async function act(visitor: Visitor, list: string, ids: string[], move: string): Promise<{ confirm: Page; result: () => Promise<Page> }> {
  const asked = await visitor.send(
    await visitor.get(list),
    { ids },
    { form: 'form[method="post"][action*="bulk"]', button: `do=confirm:${move}` },
  );
  const confirm = await pastPassword(visitor, asked);
  return { confirm, result: () => visitor.send(confirm, {}, { button: 'do=run' }) };
}
let place = 0;
const at = (state: Parameters<typeof makeDeclaration>[1]['state'], name: string, b = batch) =>
  makeDeclaration(site, { batch: b, state, units: [unit], name, rank: [++place, 99] });

beforeAll(async () => {
  site = await openSite();
  committee = await makeCommittee(site, {
    scopes: [
      [91, 'junior'],
      [91, 'middle'],
    ],
    phone: '0631-5209876',
  });
  batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  middle = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit', level: 'middle', publicityDays: 7 });
  unit = await makeUnit(site);
  office = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: committee.id }));
  bureau = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002' }));
});
afterAll(() => site.close());

describe('J1 the office list', () => {
  it('shows states with counts, filters by name and unit, and never what went to another committee', async () => {
    await at('office_review', '待一');
    await at('office_review', '待二');
    await at('correction', '补一');
    await at('accepted', '受一');
    await at('refused', '拒一');
    const otherCommittee = await makeCommittee(site);
    await makeDeclaration(site, {
      batch: await makeBatch(site, { committeeId: otherCommittee.id, rankBy: 'unit' }),
      state: 'office_review',
      units: [unit],
      name: '外委会',
    });
    await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name: '没上报' });
    const page = await office.get('/office/declarations');
    expect(namesOn(page)).toEqual(['待一', '待二']);
    const options = page.all('select[name="state"] option').map((o) => o.text.trim());
    expect(options).toEqual([
      '待受理（2）',
      '待补正（1）',
      '已受理（1）',
      '评审通过（0）',
      '评审未通过（0）',
      '结果公示中（0）',
      '已发证（0）',
      '不予受理（1）',
      '已放弃（0）',
      '全部（5）',
    ]);
    expect(namesOn(await office.get('/office/declarations?state=correction'))).toEqual(['补一']);
    expect(namesOn(await office.get('/office/declarations?name=二'))).toEqual(['待二']);
    expect(namesOn(await office.get(`/office/declarations?unit=${encodeURIComponent(unit.name.slice(3))}`))).toEqual(['待一', '待二']);
    expect(namesOn(await office.get('/office/declarations?unit=没有'))).toEqual([]);
    expect(namesOn(await office.get('/office/declarations?state=all'))).not.toContain('外委会');
  });

  it('X2 refuses every other role', async () => {
    for (const stranger of [await signInAs(site, unit), bureau]) expect((await stranger.get('/office/declarations')).status).toBe(403);
    expect((await office.get('/bureau/results')).status).toBe(403);
    expect((await office.get('/unit/review')).status).toBe(403);
  });

  it('bulk 「受理」 answers for each row and leaves out what is not waiting', async () => {
    const a = await at('office_review', '受理甲');
    const b = await at('accepted', '受理乙');
    const { confirm, result } = await act(office, '/office/declarations', [a, b], 'accept');
    expect(confirm.text()).toContain('将对下列 1 项申报进行「受理」');
    expect(confirm.text()).toContain('当前状态为「已受理」');
    expect((await result()).text()).toContain('已对 1 项申报进行「受理」');
    expect(await stateOf(site, a)).toBe('accepted');
    expect(await site.db('audit_log').where({ action: 'declaration.accept', subject_id: a })).toHaveLength(1);
  });

  it('bulk 「不予受理」 asks once for one of the six reasons and an opinion, keeps what was typed, and answers for each row', async () => {
    const [a, b, c] = [await at('office_review', '不受甲'), await at('office_review', '不受乙'), await at('office_review', '不受丙')];
    const { confirm } = await act(office, '/office/declarations', [a, b, c], 'refuse');
    expect(confirm.all('input[name="reason"]')).toHaveLength(6);
    const asked = await office.submit(confirm, { opinion: '材料不按规定填写' }, { button: 'do=run' });
    expect([asked.status, asked.errors()]).toEqual([422, ['请选择不予受理的原因']]);
    expect(asked.text('#opinion')).toBe('材料不按规定填写');
    expect([await stateOf(site, a), await stateOf(site, b)]).toEqual(['office_review', 'office_review']);
    await site.db('declarations').where({ id: c }).increment('version', 1);
    const result = await office.send(asked, { reason: 'form' }, { button: 'do=run' });
    expect(result.text()).toContain('已对 2 项申报进行「不予受理」，另有 1 项没有处理');
    expect([await stateOf(site, a), await stateOf(site, b), await stateOf(site, c)]).toEqual(['refused', 'refused', 'office_review']);
    const events = (await site.db('declaration_events').whereIn('declaration_id', [a, b]).where({ move: 'refuse' })) as {
      opinion: string;
      detail: { reason: string };
    }[];
    expect(events.map((e) => [e.opinion, e.detail.reason])).toEqual([
      ['材料不按规定填写', '不按规定填写申报材料'],
      ['材料不按规定填写', '不按规定填写申报材料'],
    ]);
    expect(await site.db('audit_log').where({ action: 'declaration.refuse' }).whereIn('subject_id', [a, b])).toHaveLength(2);
    const again = await office.submit(asked, { reason: 'form', opinion: '再点一次' }, { button: 'do=run' });
    expect(again.status).toBeGreaterThanOrEqual(400);
    expect(await site.db('declaration_events').whereIn('declaration_id', [a, b, c]).where({ move: 'refuse' })).toHaveLength(2);
  });

  it('K2 「退回补正」 proposes the last day the batch provides; another working day may be typed, a day off and one past the calendar may not', async () => {
    const id = await at('office_review', '补正期');
    const { rows } = await site.db.raw<{ rows: { today: string; until: string }[] }>(
      `SELECT app_today()::text AS today, (SELECT until::text FROM calendar_limits) AS until`,
    );
    const { today = '', until = '' } = rows[0] ?? {};
    const calendar = await loadWorkCalendar(site.db);
    const days = (await site.db('batches').where({ id: batch.id }).first('correction_days')) as { correction_days: number };
    const proposed = addWorkingDays(calendar, today, days.correction_days);
    if (!proposed.ok) throw new Error(proposed.problem);
    const dotted = (day: string) => day.split('-').map(Number).join('.');
    const page = await office.get(`/declarations/${id}/moves/request-correction`);
    expect(page.find('#dueOn')?.getAttribute('value')).toBe(dotted(proposed.value));
    expect(page.text('#dueOn-hint')).toContain('10 个工作日');
    const check = await office.get(`/office/declarations/${id}/return`);
    expect(check.find('#dueOn')?.getAttribute('value')).toBe(dotted(proposed.value));
    let dayOff = nextDay(today);
    while (calendar.isWorkday(dayOff)) dayOff = nextDay(dayOff);
    const typed = { opinion: '请补正', 'reopen.performance': 'yes', 'comment.performance': '补充业绩' };
    const refused = await office.submit(page, { ...typed, dueOn: dotted(dayOff) });
    expect([refused.status, refused.errors().join()]).toEqual([422, expect.stringContaining('不是工作日')]);
    const late = await office.submit(refused, { ...typed, dueOn: dotted(nextDay(until)) });
    expect([late.status, late.errors().join()]).toEqual([422, expect.stringContaining('工作日历只到')]);
    await office.send(late, { ...typed, dueOn: dotted(proposed.value) });
    const kept = await site.db.raw<{ rows: { due: string }[] }>('SELECT correction_due_on::text AS due FROM declarations WHERE id = ?', [
      id,
    ]);
    expect([await stateOf(site, id), kept.rows[0]?.due]).toEqual(['correction', proposed.value]);
  });

  it('J0 an expired committee receives nothing', async () => {
    const expired = await makeCommittee(site, { expired: true });
    const old = await makeBatch(site, { committeeId: expired.id, rankBy: 'unit' });
    const id = await makeDeclaration(site, { batch: old, state: 'office_review', units: [unit], name: '过期委' });
    const visitor = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: expired.id }));
    const page = await visitor.get('/office/declarations');
    expect(namesOn(page)).toEqual(['过期委']);
    // it can still be told that it is not received
    expect(page.all('button[name="do"]').map((b) => b.getAttribute('value'))).toEqual(['confirm:refuse']);
    const forged = await visitor.submit(
      await office.get('/office/declarations'),
      {
        _csrf: page.find('input[name="_csrf"]')?.getAttribute('value') ?? '',
        _token: 'b'.repeat(24),
        ids: id,
      },
      { form: 'form[method="post"][action*="bulk"]', button: 'do=confirm:accept' },
    );
    expect((await visitor.open(forged.location)).text()).toContain('已过有效期');
    expect(await stateOf(site, id)).toBe('office_review');
  });

  it('J0 when the term is over the office still finishes what it has: refuses, gives back, puts up what was passed within the term; it receives and votes no more', async () => {
    const ended = await makeCommittee(site, { expired: true });
    const past = await makeBatch(site, { committeeId: ended.id });
    const staff = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: ended.id }));
    const [refused, back, accepted, passed] = [
      await at('office_review', '期满甲', past),
      await at('office_review', '期满乙', past),
      await at('accepted', '期满丙', past),
      await at('voted_passed', '期满丁', past),
    ];
    const move = async (id: string, name: string, values: Record<string, string>): Promise<Page> =>
      staff.send(await staff.open(`/declarations/${id}/moves/${name}`), values);
    expect((await move(refused, 'refuse', { reason: 'other', opinion: '评审委员会任期已满。' })).text()).toContain('已完成「不予受理」');
    expect((await move(back, 'return-to-unit', { opinion: '任期已满，请报送其他评审委员会。' })).text()).toContain(
      '已完成「退回下级单位」',
    );
    const vote = { metOn: '2020.1.6', 'vote.total': '9', 'vote.present': '9', 'vote.yes': '9', 'vote.no': '0', 'vote.abstain': '0' };
    expect((await move(accepted, 'record-vote', vote)).text()).toContain('已过有效期');
    expect((await move(passed, 'publish', {})).text()).toContain('已完成「公示」');
    expect(await Promise.all([refused, back, accepted, passed].map((id) => stateOf(site, id)))).toEqual([
      'refused',
      'returned_to_unit',
      'accepted',
      'publicity',
    ]);
  });
});

describe('J4 publicity and confirmation', () => {
  let one: string;
  let two: string;

  it('publishes the ticked ones in one publicity, for the longest period asked for', async () => {
    one = await at('voted_passed', '公示甲');
    two = await at('voted_passed', '公示乙', middle);
    const { confirm, result } = await act(office, '/office/declarations?state=voted_passed', [one, two], 'publish');
    expect(confirm.text()).toContain('其中有一项不能处理时，全部不处理');
    expect((await result()).text()).toContain('已对 2 项申报进行「公示」');
    const items = (await site.db('publicity_items').whereIn('declaration_id', [one, two])) as { publicity_id: number }[];
    expect(new Set(items.map((i) => i.publicity_id)).size).toBe(1);
    const days = (await site.db.raw(`SELECT p.ends_on - p.starts_on AS days, p.item_count FROM publicities p WHERE p.id = ?`, [
      items[0]?.publicity_id ?? 0,
    ])) as { rows: { days: number; item_count: number }[] };
    expect(days.rows[0]?.days).toBeGreaterThanOrEqual(9);
    expect(days.rows[0]?.item_count).toBe(2);
  });

  it('J4 publishes what stands on several pages in one publicity; what may not be done unread is not offered for all pages', async () => {
    const own = await makeCommittee(site, { divisionCode: '110101' });
    const large = await makeBatch(site, { committeeId: own.id });
    const staff = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: own.id }));
    for (let i = 0; i < 52; i++) await makeDeclaration(site, { batch: large, state: 'voted_passed', units: [unit], name: `多页${i}` });
    for (let i = 0; i < 51; i++) await makeDeclaration(site, { batch: large, state: 'office_review', units: [unit], name: `待收${i}` });
    expect((await staff.get('/office/declarations?state=office_review')).find('#whole')).toBeNull();
    const list = await staff.get('/office/declarations?state=voted_passed');
    expect(list.text('.bulk__whole')).toContain('选择全部 52 项');
    const second = await staff.open(list.link('下一页'));
    const answer = await staff.submit(
      second,
      { whole: 'yes' },
      { form: 'form[method="post"][action*="bulk"]', button: 'do=confirm:publish' },
    );
    const confirm = await staff.open(answer.location);
    expect(confirm.text()).toContain('将对下列 52 项申报进行「公示」');
    const done = await staff.send(confirm, {}, { form: 'main form[method="post"]', button: 'do=run' });
    expect(done.text()).toContain('已对 52 项申报进行「公示」');
    expect(await site.db('publicities').where({ committee_id: own.id }).pluck('item_count')).toEqual([52]);
    const review = await staff.get('/office/declarations?state=office_review');
    const none = await staff.submit(review, { whole: 'yes' }, { form: 'form[method="post"][action*="bulk"]', button: 'do=confirm:accept' });
    expect(none.location).toContain('ticked=none');
  });

  it('all or nothing: what was published meanwhile keeps the others back', async () => {
    const a = await at('voted_passed', '并发甲');
    const b = await at('voted_passed', '并发乙');
    const { result } = await act(office, '/office/declarations?state=voted_passed', [a, b], 'publish');
    await (await act(office, '/office/declarations?state=voted_passed', [b], 'publish')).result();
    const before = (await site.db('publicities').count('* as n')) as { n: number }[];
    const page = await result();
    expect(page.text()).toContain('本次「公示」没有进行');
    expect(page.text()).toContain('并发乙');
    expect(await stateOf(site, a)).toBe('voted_passed');
    expect(await site.db('publicities').count('* as n')).toEqual(before);
  });

  it('the public page names committee, period, people, units and whom to tell', async () => {
    const visitor = site.visitor();
    const list = await visitor.get('/publicities');
    expect(list.status).toBe(200);
    expect(list.text()).toContain('正在公示');
    const { publicity_id: id } = (await site.db('publicity_items').where({ declaration_id: one }).first()) as { publicity_id: number };
    expect(list.all('main a').map((a) => a.getAttribute('href'))).toContain(`/publicities/${id}`);
    const page = await visitor.get(`/publicities/${id}`);
    for (const text of [committee.name, '公示甲', '公示乙', unit.name, '0631-5209876', '环翠区人力资源和社会保障局', '公示中'])
      expect(page.text()).toContain(text);
    expect(page.text()).not.toContain('并发甲');
    for (const bad of ['0', '99999', 'abc', '1e3', '-1', '99999999999999999999', "1'"])
      expect((await visitor.get(`/publicities/${bad}`)).status).toBe(404);
    expect((await visitor.get('/publicities?page=99')).status).toBe(200);
  });

  it('the bureau cannot confirm before the period is over', async () => {
    const page = await bureau.get('/bureau/results');
    expect(namesOn(page)).toEqual(expect.arrayContaining(['公示甲', '公示乙', '并发乙']));
    expect(page.text()).toContain('公示中');
    expect(page.find('button[name="do"]')).toBeNull();
    expect(namesOn(await bureau.get('/bureau/results?state=publicity_over'))).toEqual([]);
    expect((await bureau.get('/bureau/results?state=publicity_over')).text()).toContain('没有符合条件的申报');
  });

  it('only bureaus over the committee see its results: district, city, province', async () => {
    for (const [division, sees] of [
      ['371000', true],
      ['370000', true],
      ['371003', false],
      ['370100', false],
    ] as const) {
      const visitor = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: division }));
      expect([division, namesOn(await visitor.get('/bureau/results')).includes('公示甲')]).toEqual([division, sees]);
    }
  });

  it('confirms after the period, answers for each row, and the certificates are there', async () => {
    await site.advanceClock('8 days'); // 5 working days are over, 7 are not
    const page = await bureau.get('/bureau/results');
    expect(page.all('tbody input[name="ids"]').map((i) => i.getAttribute('value'))).not.toContain(one);
    const single = ((await site.db('declarations').where({ applicant_name: '并发乙' }).first('id')) as { id: string }).id;
    const mixed = await act(bureau, '/bureau/results', [one, single], 'confirm');
    expect(mixed.confirm.text()).toContain('期满后才能确认');
    const answer = await mixed.result();
    expect(answer.text()).toContain('已对 1 项申报进行「确认」');
    expect([await stateOf(site, one), await stateOf(site, single)]).toEqual(['publicity', 'certified']);

    await site.advanceClock('10 days');
    const list = await bureau.get('/bureau/results?state=publicity_over');
    expect(namesOn(list)).toEqual(expect.arrayContaining(['公示甲', '公示乙']));
    const { result } = await act(bureau, '/bureau/results', [one, two], 'confirm');
    expect((await result()).text()).toContain('已对 2 项申报进行「确认」');
    expect(await stateOf(site, one)).toBe('certified');
    expect(await site.db('certificates').whereIn('declaration_id', [one, two, single])).toHaveLength(3);
    expect(namesOn(await bureau.get('/bureau/results?state=certified'))).toEqual(expect.arrayContaining(['公示甲', '公示乙', '并发乙']));
    expect((await site.visitor().get('/publicities')).text()).toContain('公示期满');
  });

  it('one faulty row does not stop the others', async () => {
    const good = await at('voted_passed', '好的');
    const faulty = await at('voted_passed', '缺票的');
    await (await act(office, '/office/declarations?state=voted_passed', [good, faulty], 'publish')).result();
    await site.db('votes').where({ declaration_id: faulty }).delete();
    await site.advanceClock('20 days');
    const { result } = await act(bureau, '/bureau/results', [faulty, good], 'confirm');
    const page = await result();
    expect(page.text()).toContain('已对 1 项申报进行「确认」，另有 1 项没有处理');
    expect(page.text()).toContain('系统出现错误，该申报没有处理');
    expect([await stateOf(site, good), await stateOf(site, faulty)]).toEqual(['certified', 'publicity']);
  });

  it('R6 makes the same number of queries however long the lists are', async () => {
    for (const [visitor, address] of [
      [office, '/office/declarations?state=all'],
      [bureau, '/bureau/results?state=certified'],
      [site.visitor(), '/publicities'],
    ] as const) {
      await visitor.get(address);
      const before = await countQueries(site, () => visitor.get(address));
      await at('certified', '增加');
      await at('office_review', '增加');
      expect(await countQueries(site, () => visitor.get(address))).toBe(before);
    }
  });
});
