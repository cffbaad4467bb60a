import { PDFDocument } from 'pdf-lib';
import { makeScan } from '../../seeds/demo/scans';
import { attachPicture, countQueries, freezeRound, frozenSection, makeDeclaration, namesOn, stateOf } from '../support/declarations';
import { makeBatch, makeCommittee, makeStaff, makeUnit, signInAs, type TestBatch, type TestUnit } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let unit: TestUnit;
let batch: TestBatch;
let committee: { id: number; name: string };
let visitor: Visitor;
let colleague: Visitor;

const PRESS = 'form.check__press';
const returnForm = { form: 'form.form' };
const heading = (p: Page): string => p.heading;

async function three(names: readonly [string, string, string], desk = unit): Promise<[string, string, string]> {
  const ids: string[] = [];
  for (const [i, name] of names.entries())
    ids.push(await makeDeclaration(site, { batch, state: 'unit_review', units: [desk], name, rank: [i + 1, 9] }));
  return ids as [string, string, string];
}

/** Another unit of its own for a test, so that its list holds nothing else. */
async function ownDesk(): Promise<{ desk: TestUnit; reader: Visitor }> {
  const desk = await makeUnit(site);
  return { desk, reader: await signInAs(site, desk) };
}

beforeAll(async () => {
  site = await openSite();
  committee = await makeCommittee(site);
  batch = await makeBatch(site, { committeeId: committee.id });
  unit = await makeUnit(site);
  visitor = await signInAs(site, unit);
  colleague = await signInAs(site, unit);
});
afterAll(() => site.close());

describe('R1 one declaration beside its attachments', () => {
  it('shows sections and the attachment that a link chose, keeps the list in the address, and checks 学信网 by an ordinary link', async () => {
    const { desk, reader } = await ownDesk();
    const [, b] = await three(['甲一', '乙二', '丙三'], desk);
    const scan = (await makeScan('proof', { name: '乙二', lines: ['证明'], date: '2026年9月1日' }, 'jpg')).content;
    const [one, two] = [
      await attachPicture(site, b, '2026年9月证明一.jpg', scan),
      await attachPicture(site, b, '2026年9月证明二.jpg', scan),
    ];
    await freezeRound(site, b, 1, [
      frozenSection('education', '学历信息', { 毕业院校: '山东艺术学院', 学信网验证码: 'A1B2C3D4E5F6G7H8' }),
      frozenSection('performance', '工作成绩', { 内容: '编排舞蹈十五个' }, [
        { id: one, name: '2026年9月证明一.jpg' },
        { id: two, name: '2026年9月证明二.jpg' },
      ]),
    ]);
    const list = await reader.get('/unit/review?level=junior&sort=name');
    const page = await reader.get(list.link('乙二'));
    expect(page.address).toBe(`/unit/review/${b}?level=junior&sort=name`);
    expect(heading(page)).toBe('乙二');
    expect(page.text('.check__text')).toContain('山东艺术学院');
    expect(page.text('.check__text')).toContain('可在学信网查验：https://www.chsi.com.cn/xlcx/bgcx.jsp');
    expect(page.link('chsi.com.cn')).toBe('https://www.chsi.com.cn/xlcx/bgcx.jsp');
    expect(page.find('.preview__picture')?.getAttribute('src')).toBe(`/declarations/${b}/attachments/${one}`);
    expect(page.text('.preview')).toContain('附件 1 / 2');
    const chosen = await reader.get(page.link('2026年9月证明二.jpg').replace(/#.*/, ''));
    expect(chosen.find('.preview__picture')?.getAttribute('src')).toBe(`/declarations/${b}/attachments/${two}`);
    expect(chosen.text('.preview__name')).toBe('2026年9月证明二.jpg');
    expect((await reader.bytes(`/declarations/${b}/attachments/${two}`)).status).toBe(200);
    // nothing of it opens a window, and every link that scripts take over is a link without them
    expect(page.all('a[target]')).toEqual([]);
    for (const a of page.all('[hx-get]')) expect(a.getAttribute('href')).toContain(a.getAttribute('hx-get'));
  });

  it('D14, X1 shows the pages of a PDF in the page, as pictures, and records that they were shown', async () => {
    const { desk, reader } = await ownDesk();
    const [a] = await three(['甲PDF', '乙PDF', '丙PDF'], desk);
    const pdf = await PDFDocument.create();
    for (const size of [1, 2, 3]) pdf.addPage([300, 200 + size]);
    const id = await attachPicture(site, a, '2026年9月三页.pdf', Buffer.from(await pdf.save()));
    await site.db('attachments').where({ id }).update({ media_type: 'application/pdf', pages: 3 });
    await freezeRound(site, a, 1, [
      frozenSection('performance', '工作成绩', { 内容: '编排舞蹈' }, [{ id, name: '2026年9月三页.pdf', mediaType: 'application/pdf' }]),
    ]);
    const page = await reader.get(`/unit/review/${a}`);
    const pictures = page.all('#preview .preview__picture').map((p) => p.getAttribute('src') ?? '');
    expect(pictures).toEqual([1, 2, 3].map((n) => `/declarations/${a}/attachments/${id}/pages/${n}`));
    const first = await reader.bytes(pictures[0] ?? '');
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect(page.link('预览')).toBe(`/declarations/${a}/attachments/${id}/preview`);
    expect(await site.db('audit_log').where({ action: 'attachment.read', subject_id: a })).toHaveLength(1);
    await site.db('attachments').where({ id }).update({ scan: 'waiting' });
    expect((await reader.get(`/unit/review/${a}`)).all('#preview .preview__picture')).toHaveLength(0);
  });

  it('leads to the one before and after in the order and filter of the list, also past rows without a value', async () => {
    const { desk, reader } = await ownDesk();
    const [a, b, c] = await three(['钱二', '赵一', '孙三'], desk);
    await site.db('declarations').where({ id: c }).update({ rank_n: null, rank_of: null });
    const steps = async (query: string): Promise<string[]> => {
      const list = await reader.get(`/unit/review?${query}`);
      const names = namesOn(list);
      let page = await reader.get(list.link(names[0] ?? ''));
      const walked = [heading(page)];
      while (page.find('a[rel="next"]')) {
        page = await reader.get(page.link('下一项'));
        walked.push(heading(page));
      }
      expect(walked).toEqual(names);
      while (page.find('a[rel="prev"]')) page = await reader.get(page.link('上一项'));
      expect(heading(page)).toBe(names[0]);
      return walked;
    };
    for (const sort of ['arrived', 'name', 'unit', 'rank', 'state'])
      for (const dir of ['asc', 'desc']) expect(await steps(`sort=${sort}&dir=${dir}&level=junior`)).toHaveLength(3);
    expect(await steps('sort=rank')).toEqual(['钱二', '赵一', '孙三']);
    expect(await steps('sort=rank&dir=desc')).toEqual(['赵一', '钱二', '孙三']);
    expect(await steps('name=一')).toEqual(['赵一']);
    expect([a, b]).toHaveLength(2);
  });

  it('after 「通过」 the next one opens, at the end the list with the way on; the same form again changes nothing', async () => {
    const { desk, reader } = await ownDesk();
    const [a, b, c] = await three(['一号', '二号', '三号'], desk);
    let page = await reader.get(`/unit/review/${b}?level=junior`);
    const first = page;
    page = await reader.send(page, {}, { form: PRESS, button: 'do=pass' });
    expect(heading(page)).toBe('三号');
    expect(page.text('.notice')).toContain('二号的申报审核通过，请在「职称申报数据上报」中上报');
    expect(page.link('返回查看二号的申报')).toContain(`/unit/review/${b}`);
    expect(page.find('input[name="back"]')?.getAttribute('value')).toBe('level=junior');
    // the last one is done: back to those before it
    page = await reader.send(page, {}, { form: PRESS, button: 'do=pass' });
    expect(heading(page)).toBe('一号');
    page = await reader.send(page, {}, { form: PRESS, button: 'do=pass' });
    expect(page.heading).toBe('职称申报数据审核');
    expect(page.text('.notice')).toContain('一号的申报审核通过');
    expect(page.text('.notice')).toContain('本列表中没有其他申报了');
    expect(page.link('职称申报数据上报')).toBe('/unit/report');
    expect([await stateOf(site, a), await stateOf(site, b), await stateOf(site, c)]).toEqual(['unit_passed', 'unit_passed', 'unit_passed']);
    const again = await reader.submit(first, { _token: 'b'.repeat(24) }, { form: PRESS, button: 'do=pass' });
    expect(again.status).toBe(409);
    expect(await site.db('audit_log').where({ action: 'declaration.pass', subject_id: b })).toHaveLength(1);
  });

  it('R2 a report that cannot go yet says on the page what is missing and leads there; a rank that the unit gives is asked for in the list', async () => {
    const { desk, reader } = await ownDesk();
    const id = await makeDeclaration(site, { batch, state: 'unit_passed', units: [desk], name: '没有路径的人', rank: [1, 1] });
    const page = await reader.get(`/unit/review/${id}?state=unit_passed`);
    const told = await reader.submit(page, {}, { form: PRESS, button: 'do=report' });
    expect([told.status, told.heading]).toEqual([422, '没有路径的人']);
    expect(told.errors()).toEqual(['本系列、本级别还没有上报路径，请先办理「单位路径申请」']);
    expect(told.find('#error-summary a')?.getAttribute('href')).toBe('/unit/paths/new');
    expect(told.find('input[name="back"]')?.getAttribute('value')).toBe('state=unit_passed');
    expect(await stateOf(site, id)).toBe('unit_passed');

    const byUnit = await makeBatch(site, { committeeId: committee.id, year: 2025, rankBy: 'unit' });
    const ranked = await makeDeclaration(site, { batch: byUnit, state: 'unit_passed', units: [desk], name: '等待排序的人' });
    const asks = await reader.get(`/unit/review/${ranked}`);
    expect(asks.all(`${PRESS} button`)).toEqual([]);
    expect(asks.link('职称申报数据上报')).toBe('/unit/report');
  });

  it('of two reviewers on one item the second is told who was first, and nothing is overwritten', async () => {
    const [id] = await three(['抢一', '抢二', '抢三']);
    const [mine, theirs] = [await visitor.get(`/unit/review/${id}`), await colleague.get(`/unit/review/${id}`)];
    const answers = await Promise.all([
      visitor.submit(mine, {}, { form: PRESS, button: 'do=pass' }),
      colleague.submit(theirs, {}, { form: PRESS, button: 'do=pass' }),
    ]);
    expect(answers.map((a) => a.status).sort()).toEqual([303, 409]);
    expect(answers.find((a) => a.status === 409)?.text()).toContain('该申报已由');
    expect(await site.db('declaration_events').where({ declaration_id: id, move: 'pass' })).toHaveLength(1);
    // the one who comes late with a return keeps what was typed on the screen
    const [late] = await three(['晚一', '晚二', '晚三']);
    const form = await visitor.get(`/unit/review/${late}/return`);
    await colleague.send(await colleague.get(`/unit/review/${late}`), {}, { form: PRESS, button: 'do=pass' });
    const told = await visitor.submit(
      form,
      { to: 'return-to-applicant', 'reopen.performance': 'yes', 'comment.performance': '请补充工作量', opinion: '请修改' },
      returnForm,
    );
    expect(told.status).toBe(409);
    expect(told.errors().join()).toContain('该申报已由');
    expect(told.find('#comment-performance')?.text).toBe('请补充工作量');
    expect(await stateOf(site, late)).toBe('unit_passed');
  });

  it('X2 opens for those to whom it was reported and for nobody else', async () => {
    const [id] = await three(['限一', '限二', '限三']);
    const stranger = await signInAs(site, await makeUnit(site));
    const office = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: committee.id }));
    for (const who of [stranger, office]) {
      for (const address of [`/unit/review/${id}`, `/unit/review/${id}/return`, `/office/declarations/${id}`])
        expect([403, 404]).toContain((await who.get(address)).status);
    }
    expect((await site.visitor().get(`/unit/review/${id}`)).status).toBe(303);
  });

  it('makes the same number of queries however long the list is', async () => {
    const { desk, reader } = await ownDesk();
    const [id] = await three(['量一', '量二', '量三'], desk);
    await freezeRound(site, id, 1, [frozenSection('performance', '工作成绩', { 内容: '甲' })]);
    const count = () => countQueries(site, () => reader.get(`/unit/review/${id}`));
    const before = await count();
    for (let i = 0; i < 10; i++) await makeDeclaration(site, { batch, state: 'unit_review', units: [desk] });
    expect(await count()).toBe(before);
  });
});

describe('R1 notes, ready-made reasons and 「退回」', () => {
  it('keeps a note for a section or a field, shared by the desk; it stands in the return and goes out with it', async () => {
    const { desk, reader } = await ownDesk();
    const [id, next] = await three(['批注一', '批注二', '批注三'], desk);
    for (const x of [id, next])
      await freezeRound(site, x, 1, [
        frozenSection('education', '学历信息', { 毕业院校: '山东艺术学院' }),
        frozenSection('performance', '工作成绩', { 内容: '甲' }),
      ]);
    let page = await reader.get(`/unit/review/${id}?sort=name`);
    const inSection = (s: string) => ({ form: `#notes-${s} .notes__form`, button: 'do=add' });
    const empty = await reader.submit(page, { text: ' ' }, inSection('education'));
    expect([empty.status, empty.errors()[0]]).toEqual([422, '请填写意见，或者选择一条常用意见']);
    const long = await reader.submit(page, { text: '长'.repeat(501) }, inSection('education'));
    expect(long.status).toBe(422);
    expect(long.find('#note-education')?.text).toBe('长'.repeat(501));
    page = await reader.send(page, { text: '院校名称不全', field: '毕业院校' }, inSection('education'));
    expect(page.address).toContain('sort=name');
    page = await reader.send(page, { reason: '缺少证明材料，请补充上传' }, inSection('performance'));
    await reader.send(page, { text: '写错了' }, inSection('performance'));
    // a colleague of the same unit sees them, and takes the wrong one away
    const other = await signInAs(site, desk);
    let theirs = await other.get(`/unit/review/${id}?sort=name`);
    expect(theirs.text('#notes-education')).toContain('「毕业院校」院校名称不全');
    const wrong = theirs.all('#notes-performance button[value^="remove:"]')[1]?.getAttribute('value') ?? '';
    theirs = await other.send(theirs, {}, { form: '#notes-performance .notes__item:nth-of-type(2) form', button: `do=${wrong}` });
    expect(theirs.text()).not.toContain('写错了');
    expect(theirs.text('.check__act')).toContain('已填写 2 条意见');
    const form = await other.get(theirs.link('退回'));
    expect(form.find('#comment-education')?.text).toBe('「毕业院校」院校名称不全');
    expect(form.find('#comment-performance')?.text).toBe('缺少证明材料，请补充上传');
    expect(form.find('#reopen-education')?.hasAttribute('checked')).toBe(true);
    const refused = await other.submit(form, {}, returnForm);
    expect([refused.status, refused.errors().join()]).toEqual([422, '请填写意见']);
    expect(refused.find('#comment-education')?.text).toBe('「毕业院校」院校名称不全');
    const done = await other.send(refused, { ready: ['standard:0'] }, returnForm);
    expect(done.text('.notice')).toContain('批注一的申报已退回申报人修改（2 个项目），请通知申报人');
    expect(await stateOf(site, id)).toBe('returned_to_applicant');
    const event = (await site.db('declaration_events').where({ declaration_id: id, move: 'return-to-applicant' }).first()) as {
      opinion: string;
      comments: { section: string; text: string }[];
    };
    expect(event.opinion).toBe('上传的材料不清晰，请重新扫描后上传');
    expect(event.comments).toEqual([
      { section: 'education', text: '「毕业院校」院校名称不全' },
      { section: 'performance', text: '缺少证明材料，请补充上传' },
    ]);
    expect(await site.db('review_notes').where({ declaration_id: id }).whereNull('removed_at').whereNull('sent_at')).toHaveLength(0);
    // nothing can be noted on what lies with the applicant
    const closed = await other.get(`/unit/review/${id}`);
    expect(closed.all('.notes__form')).toHaveLength(0);
    expect((await other.get(`/unit/review/${id}/return`)).status).toBe(409);
  });

  it('X4 what is missing on 「退回」 stands beside its field, and at the top in the order of the fields', async () => {
    const [id] = await three(['缺项一', '缺项二', '缺项三']);
    await freezeRound(site, id, 1, [
      frozenSection('education', '学历信息', { 毕业院校: '山东艺术学院' }),
      frozenSection('performance', '工作成绩', { 内容: '甲' }),
    ]);
    const form = await visitor.get(`/unit/review/${id}/return`);
    const empty = await visitor.submit(form, {}, returnForm);
    expect([empty.status, empty.errors()]).toEqual([422, ['请选择需要修改的项目', '请填写意见']]);
    expect(empty.text('#reopen #reopen-problem')).toBe('错误：请选择需要修改的项目');
    expect(empty.text('#opinion-problem')).toBe('错误：请填写意见');
    expect(empty.find('#opinion')?.getAttribute('aria-describedby')).toBe('opinion-hint opinion-problem');
    const ticked = await visitor.submit(form, { 'reopen.education': 'yes', 'reopen.performance': 'yes', opinion: '请改' }, returnForm);
    expect(ticked.errors()).toEqual(['请写明「学历信息」需要修改的内容', expect.stringMatching(/^请写明「.+」需要修改的内容$/)]);
    expect(ticked.text('#comment-education-problem')).toBe('错误：请写明「学历信息」需要修改的内容');
    expect(ticked.find('#comment-education')?.getAttribute('aria-describedby')).toBe('comment-education-problem');
    expect(ticked.find('#opinion-problem')).toBeNull();
  });

  it("X2 another desk's notes are not shown", async () => {
    const upper = await makeUnit(site);
    const id = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit, upper], name: '上级看' });
    await freezeRound(site, id, 1, [frozenSection('performance', '工作成绩', { 内容: '甲' })]);
    await site.db('review_notes').insert({
      declaration_id: id,
      round: 1,
      unit_id: unit.unitId,
      section: 'performance',
      text: '下级内部意见',
      created_by: unit.accountId,
      author_name: '某',
    });
    const page = await (await signInAs(site, upper)).get(`/unit/review/${id}`);
    expect(page.text()).not.toContain('下级内部意见');
    expect((await visitor.get(`/unit/review/${id}`)).text()).toContain('下级内部意见');
  });

  it('「常用退回意见」: adds once, offers, removes; too long and empty are refused with the text kept', async () => {
    let page = await visitor.get('/review/reasons');
    page = await visitor.send(page, { text: '请按通知要求提供社保证明' }, { form: 'form.form', button: 'do=add' });
    expect(page.text()).toContain('已保存');
    page = await visitor.send(page, { text: '请按通知要求提供社保证明' }, { form: 'form.form', button: 'do=add' });
    expect(page.text()).toContain('该意见已经保存过');
    expect(page.all('.notes__item')).toHaveLength(1);
    for (const [typed, problem] of [
      ['', '请填写意见'],
      ['长'.repeat(201), '意见最多 200 个字'],
    ] as const) {
      const refused = await visitor.submit(page, { text: typed }, { form: 'form.form', button: 'do=add' });
      expect([refused.status, refused.errors()[0]]).toEqual([422, expect.stringContaining(problem)]);
      expect(refused.find('#text')?.text).toBe(typed);
    }
    const [id] = await three(['常用一', '常用二', '常用三']);
    await freezeRound(site, id, 1, [frozenSection('performance', '工作成绩', { 内容: '甲' })]);
    expect((await visitor.get(`/unit/review/${id}`)).text('#reason-performance')).toContain('请按通知要求提供社保证明');
    const form = await visitor.get(`/unit/review/${id}/return`);
    const own =
      form
        .all('input[name="ready"]')
        .map((x) => x.getAttribute('value') ?? '')
        .find((x) => x.startsWith('own:')) ?? '';
    await visitor.send(form, { 'reopen.performance': 'yes', 'comment.performance': '补社保', ready: [own] }, returnForm);
    expect(await site.db('declaration_events').where({ declaration_id: id }).first('opinion')).toEqual({
      opinion: '请按通知要求提供社保证明',
    });
    page = await visitor.send(await visitor.get('/review/reasons'), {}, { form: '.notes__item form', button: `do=remove:${own.slice(4)}` });
    expect(page.all('.notes__item')).toHaveLength(0);
    const stranger = await signInAs(site, await makeUnit(site));
    expect((await stranger.get('/review/reasons')).text()).not.toContain('社保证明');
  });
});

describe('R1 after a resubmission only what changed is marked, old beside new', () => {
  it('compares with the version that this stop saw last, marks lines, rows and files, and shows what was asked', async () => {
    const id = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit], name: '改后再交' });
    const kept = '11111111-1111-1111-1111-111111111111';
    const gone = '22222222-2222-2222-2222-222222222222';
    const fresh = '33333333-3333-3333-3333-333333333333';
    await freezeRound(site, id, 1, [
      frozenSection('education', '学历信息', { 毕业院校: '山东艺术学院' }),
      frozenSection('performance', '工作成绩', { 内容: '编排舞蹈十个', 场次: '一百场' }, [
        { id: kept, name: '甲证明.jpg' },
        { id: gone, name: '旧证明.jpg' },
      ]),
    ]);
    await freezeRound(site, id, 2, [
      frozenSection('education', '学历信息', { 毕业院校: '山东艺术学院' }),
      frozenSection('performance', '工作成绩', { 内容: '编排舞蹈十五个', 场次: '一百场' }, [
        { id: kept, name: '甲证明.jpg' },
        { id: fresh, name: '新证明.jpg' },
      ]),
    ]);
    const first = await visitor.get(`/unit/review/${id}`);
    expect(first.all('.answers__row--changed')).toHaveLength(0);
    const event = { declaration_id: id, actor_id: unit.accountId, actor_name: '于海燕', on_behalf_of: unit.name, stop_position: 0 };
    await site.db('declaration_events').insert([
      {
        ...event,
        move: 'return-to-applicant',
        from_state: 'unit_review',
        to_state: 'returned_to_applicant',
        round: 1,
        opinion: '请核对数量',
        comments: JSON.stringify([{ section: 'performance', text: '请核对舞蹈数量' }]),
      },
      { ...event, move: 'resubmit', from_state: 'returned_to_applicant', to_state: 'unit_review', round: 2 },
    ]);
    await site.db('declarations').where({ id }).update({ round: 2 });
    const page = await visitor.get(`/unit/review/${id}`);
    expect(page.text('.box--warning')).toContain('与第 1 次提交相比，修改了：工作成绩（3 处修改）');
    expect(page.text('.box--warning')).toContain('请核对数量');
    const rows = page.all('.answers__row--changed');
    expect(rows).toHaveLength(1);
    expect(rows[0]?.text).toContain('编排舞蹈十五个');
    expect(rows[0]?.querySelector('del')?.text).toContain('编排舞蹈十个');
    expect(page.text('#section-education')).not.toContain('已修改');
    expect(page.text('#section-performance .files')).toMatch(/新证明\.jpg.*新上传/);
    expect(page.text('#section-performance .files')).toMatch(/旧证明\.jpg.*已删除/);
    expect(page.text('#section-performance .comments')).toContain('请核对舞蹈数量');
    // the stop above sees it for the first time: nothing is marked for it
    const upper = await makeUnit(site);
    await site.db('declaration_stops').insert({ declaration_id: id, position: 1, unit_id: upper.unitId });
    await site.db('declarations').where({ id }).update({ stop_position: 1, holder_unit_id: upper.unitId });
    expect((await (await signInAs(site, upper)).get(`/unit/review/${id}`)).all('.answers__row--changed')).toHaveLength(0);
  });
});

describe('J1 the office checks on the same page', () => {
  it('「受理」 opens the next one; 「退回」 offers the correction with its date', async () => {
    const office = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: committee.id }));
    const [a, b] = [
      await makeDeclaration(site, { batch, state: 'office_review', units: [unit], name: '受理一' }),
      await makeDeclaration(site, { batch, state: 'office_review', units: [unit], name: '受理二' }),
    ];
    const list = await office.get('/office/declarations');
    let page = await office.get(list.link('受理一'));
    page = await office.send(page, {}, { form: PRESS, button: 'do=accept' });
    expect(heading(page)).toBe('受理二');
    expect(await stateOf(site, a)).toBe('accepted');
    const form = await office.get(page.link('退回'));
    expect(form.all('input[name="to"]').map((x) => x.getAttribute('value'))).toEqual(['request-correction', 'return-to-unit']);
    const refused = await office.submit(
      form,
      { to: 'request-correction', dueOn: '', opinion: '请补正', 'reopen.performance': 'yes', 'comment.performance': '补' },
      returnForm,
    );
    expect(refused.errors().join()).toContain('补正期限');
    const done = await office.send(
      refused,
      { to: 'request-correction', dueOn: form.find('#dueOn')?.getAttribute('value') ?? '' },
      returnForm,
    );
    expect(done.text('.notice')).toMatch(/受理二的申报已退回补正（1 个项目），最后一天是\d+年\d+月\d+日，请通知申报人/);
    expect(await stateOf(site, b)).toBe('correction');
  });
});
