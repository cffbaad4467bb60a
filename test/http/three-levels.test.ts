/** R3, D17 the whole way of one declaration through three levels of units, given back from each of them, by the pages. */
import { caseSections } from '../support/case';
import { makeDeclaration, stateOf } from '../support/declarations';
import {
  makeBatch,
  makeCommittee,
  makePath,
  makePerson,
  makeStaff,
  makeUnit,
  signInAs,
  type TestBatch,
  type TestUnit,
} from '../support/factories';
import { chooseTitleAndUnit, fillSection } from '../support/fill';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let batch: TestBatch;
let branch: TestUnit;
let hall: TestUnit;
let authority: TestUnit;
const visitors = new Map<string, Visitor>();

const RETURN = { form: 'form.form' };
const as = (who: string): Visitor => visitors.get(who) as Visitor;

beforeAll(async () => {
  site = await openSite();
  const committee = await makeCommittee(site);
  batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  branch = await makeUnit(site, { name: '威海市环翠区文化馆分馆' });
  hall = await makeUnit(site, { name: '威海市环翠区中心馆' });
  authority = await makeUnit(site, { name: '威海市环翠区文化和旅游局' });
  await makePath(site, batch, branch, hall);
  await makePath(site, batch, hall, authority);
  await makePath(site, batch, authority, { committeeId: committee.id });
  for (const [who, account] of [
    ['branch', branch],
    ['hall', hall],
    ['authority', authority],
    ['applicant', await makePerson(site)],
    ['office', await makeStaff(site, { role: 'office', committeeId: committee.id })],
  ] as const)
    visitors.set(who, await signInAs(site, account));
});
afterAll(() => site.close());

const pass = async (who: string, id: string): Promise<Page> =>
  as(who).send(await as(who).get(`/unit/review/${id}`), {}, { form: 'form.check__press', button: 'do=pass' });
const report = async (who: string, id: string, rank?: string): Promise<Page> =>
  as(who).send(
    await as(who).get('/unit/report'),
    { ids: id, ...(rank ? { [`rank.${id}`]: rank } : {}) },
    { form: 'form[method="post"][action="/unit/report"]', button: 'do=report' },
  );
async function back(who: string, id: string, to: string, words: string): Promise<Page> {
  const list = who === 'office' ? '/office/declarations' : '/unit/review';
  const form = await as(who).get(`${list}/${id}/return`);
  const comments: Record<string, string> = to === 'return-to-unit' ? {} : { 'reopen.performance': 'yes', 'comment.performance': words };
  return as(who).send(form, { to, opinion: words, ...comments }, RETURN);
}
async function resubmit(id: string, text: string): Promise<void> {
  const visitor = as('applicant');
  await visitor.send(await visitor.open(`/declarations/${id}/sections/performance`), { 'main.text': text }, { button: 'do=save' });
  await visitor.send(await visitor.open(`/declarations/${id}/check`));
}
const where = async (id: string): Promise<unknown> =>
  site.db('declarations').where({ id }).first('state', 'stop_position', 'rank_n', 'rank_of', 'round');
/** R6: 「到达时间」 in the list of who holds it is when it came last, as the home page reckons. */
const arrivalIsLastMove = async (id: string): Promise<void> => {
  const row = (await site
    .db('declarations as d')
    .join('queue_entries as e', 'e.declaration_id', 'd.id')
    .whereRaw("(e.reader_kind, e.reader_id) IN (('unit', d.holder_unit_id), ('committee', d.holder_committee_id))")
    .where('d.id', id)
    .first('d.moved_at', 'e.arrived_at')) as { moved_at: Date; arrived_at: Date };
  expect(row.arrived_at).toEqual(row.moved_at);
};

describe('R3 given back from each of three levels', () => {
  it('goes one level down or straight to the applicant, comes straight back to who returned it, and keeps rank and history', async () => {
    const applicant = as('applicant');
    const begun = await applicant.submit(await applicant.open(`/declarations/new/${batch.id}`));
    const id = /\/declarations\/([0-9a-f-]{36})\//.exec(begun.location)?.[1] ?? '';
    for (const c of caseSections(batch.year)) {
      await fillSection(applicant, id, c);
      if (c.section === 'application') await chooseTitleAndUnit(applicant, id, '助理馆员', '文化馆分馆');
    }
    const submitted = await applicant.send(await applicant.open(`/declarations/${id}/check`));
    expect(submitted.text()).toContain('已完成「确定申报」');
    expect(submitted.find(`a[href="/declarations/${id}/moves/withdraw"]`)).not.toBeNull();

    // level 1: back to the applicant, who hands in to the same unit
    await back('branch', id, 'return-to-applicant', '请写明场次');
    expect(await stateOf(site, id)).toBe('returned_to_applicant');
    await resubmit(id, '任现职以来，组织群众文化活动 121 场。');
    expect(await where(id)).toEqual({ state: 'unit_review', stop_position: 0, rank_n: null, rank_of: null, round: 2 });
    await arrivalIsLastMove(id);
    const marked = await as('branch').get(`/unit/review/${id}`);
    expect(marked.text('.box--warning')).toContain('与第 1 次提交相比');
    expect(marked.all('.answers__row--changed')).toHaveLength(1);
    await pass('branch', id);
    await report('branch', id, '1/2');
    expect(await where(id)).toEqual({ state: 'unit_review', stop_position: 1, rank_n: 1, rank_of: 2, round: 2 });
    await arrivalIsLastMove(id);

    // D16: what the applicant is told and offered follows
    const told = await applicant.get(`/declarations/${id}`);
    expect(told.text()).toContain('单位已上报，等待主管部门审核');
    expect(told.find(`a[href="/declarations/${id}/moves/withdraw"]`)).toBeNull();

    // level 2: to the unit below, which passes and reports again without a new rank
    expect((await as('hall').get(`/unit/review/${id}`)).all('.answers__row--changed')).toHaveLength(0);
    await back('hall', id, 'return-to-unit', '请单位核实聘任文件');
    expect(await where(id)).toEqual({ state: 'returned_to_unit', stop_position: 0, rank_n: 1, rank_of: 2, round: 2 });
    await arrivalIsLastMove(id);
    expect((await as('branch').get('/unit/review')).text('table')).toContain('退回单位');
    await pass('branch', id);
    await report('branch', id);
    // level 2: straight to the applicant; what is handed in comes straight back here
    await back('hall', id, 'return-to-applicant', '请补充作品数量');
    await resubmit(id, '任现职以来，组织群众文化活动 121 场，作品 16 个。');
    expect(await where(id)).toEqual({ state: 'unit_review', stop_position: 1, rank_n: 1, rank_of: 2, round: 3 });
    await arrivalIsLastMove(id);
    expect((await as('branch').get(`/unit/review/${id}`)).find('.check__press')).toBeNull();
    expect((await as('hall').get(`/unit/review/${id}`)).text('.box--warning')).toContain('与第 2 次提交相比');
    await pass('hall', id);
    await report('hall', id);

    // level 3: to the unit below, then straight to the applicant
    await back('authority', id, 'return-to-unit', '请核对推荐人数');
    expect(await where(id)).toEqual({ state: 'returned_to_unit', stop_position: 1, rank_n: 1, rank_of: 2, round: 3 });
    await arrivalIsLastMove(id);
    await pass('hall', id);
    await report('hall', id);
    await back('authority', id, 'return-to-applicant', '请写明起止时间');
    await resubmit(id, '2018 年以来，组织群众文化活动 121 场，作品 16 个。');
    expect(await where(id)).toEqual({ state: 'unit_review', stop_position: 2, rank_n: 1, rank_of: 2, round: 4 });
    await arrivalIsLastMove(id);
    await pass('authority', id);
    await report('authority', id);
    expect(await where(id)).toEqual({ state: 'office_review', stop_position: 3, rank_n: 1, rank_of: 2, round: 4 });
    await arrivalIsLastMove(id);

    // the office: to the unit below, then a correction that comes straight back
    await back('office', id, 'return-to-unit', '请核对呈报意见');
    await arrivalIsLastMove(id);
    await pass('authority', id);
    await report('authority', id);
    await back('office', id, 'request-correction', '请补正材料');
    await resubmit(id, '2018 年以来，组织群众文化活动 122 场，作品 16 个。');
    expect(await where(id)).toEqual({ state: 'office_review', stop_position: 3, rank_n: 1, rank_of: 2, round: 5 });
    await arrivalIsLastMove(id);

    // every step stands in the record, and every version is kept
    const events = (await site.db('declaration_events').where({ declaration_id: id }).orderBy('id').pluck('move')) as string[];
    expect(events.filter((m) => m === 'report')).toHaveLength(6);
    expect(events.filter((m) => m.startsWith('return') || m === 'request-correction')).toHaveLength(7);
    expect(events.filter((m) => m === 'resubmit')).toHaveLength(4);
    expect(await site.db('declaration_versions').where({ declaration_id: id })).toHaveLength(5);
    const status = await applicant.open(`/declarations/${id}`);
    for (const words of ['请写明场次', '请单位核实聘任文件', '请核对推荐人数', '请补正材料']) expect(status.text()).toContain(words);
  }, 180_000);
});

describe('R2 two reports at once', () => {
  it('of one list by two operators: it goes up once, the second is told, ranks and stops are written once', async () => {
    const ids = [
      await makeDeclaration(site, { batch, state: 'unit_passed', units: [branch], name: '并报一' }),
      await makeDeclaration(site, { batch, state: 'unit_passed', units: [branch], name: '并报二' }),
    ];
    await site.db('declarations').where({ rank_n: 1, rank_of: 2 }).update({ rank_of: 3 });
    const colleague = await signInAs(site, branch);
    const values = { ids, [`rank.${ids[0]}`]: '2/3', [`rank.${ids[1]}`]: '3/3' };
    const [mine, theirs] = [await as('branch').get('/unit/report'), await colleague.get('/unit/report')];
    const press = { form: 'form[method="post"][action="/unit/report"]', button: 'do=report' };
    const pages = await Promise.all([as('branch').send(mine, values, press), colleague.send(theirs, values, press)]);
    const texts = pages.map((p) => p.text());
    expect(texts.filter((t) => t.includes('已上报 2 人'))).toHaveLength(1);
    expect(texts.filter((t) => t.includes('本次没有上报任何人员'))).toHaveLength(1);
    expect(await site.db('declaration_events').whereIn('declaration_id', ids).where({ move: 'report' })).toHaveLength(2);
    expect(await site.db('declaration_stops').whereIn('declaration_id', ids)).toHaveLength(4);
  });
});
