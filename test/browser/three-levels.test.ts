/** R1, R2, R3, D17 one declaration on its way through three levels of units in real browsers, given back once from each of them. */
import type { Browser } from 'puppeteer';
import { caseSections } from '../support/case';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, PASSWORD, signInAs, type TestBatch } from '../support/factories';
import { newPerson, openBrowser, type Person } from '../support/browser';
import { chooseTitleAndUnit, fillSection } from '../support/fill';
import { openSite, type Site } from '../support/site';

let site: Site;
let browser: Browser;
let batch: TestBatch;
let id = '';
const people = new Map<string, Person>();
const as = (who: string): Person => people.get(who) as Person;

beforeAll(async () => {
  [site, browser] = await Promise.all([openSite(), openBrowser()]);
  const committee = await makeCommittee(site);
  batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  const branch = await makeUnit(site, { name: '威海市环翠区文化馆分馆' });
  const hall = await makeUnit(site, { name: '威海市环翠区中心馆' });
  const authority = await makeUnit(site, { name: '威海市环翠区文化和旅游局' });
  await makePath(site, batch, branch, hall);
  await makePath(site, batch, hall, authority);
  await makePath(site, batch, authority, { committeeId: committee.id });
  const applicant = await makePerson(site);
  // the form itself is what journey.test.ts shows in a browser
  const visitor = await signInAs(site, applicant);
  const begun = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
  id = /\/declarations\/([0-9a-f-]{36})\//.exec(begun.location)?.[1] ?? '';
  for (const c of caseSections(batch.year)) {
    await fillSection(visitor, id, c);
    if (c.section === 'application') await chooseTitleAndUnit(visitor, id, '助理馆员', '文化馆分馆');
  }
  await visitor.send(await visitor.open(`/declarations/${id}/check`));
  for (const [who, account] of Object.entries({ branch, hall, authority, applicant })) {
    const person = await newPerson(browser, site, { who, scripts: true, width: 1280 });
    await person.signIn(account.loginName, PASSWORD);
    people.set(who, person);
  }
}, 180_000);
afterAll(async () => {
  await browser.close();
  await site.close();
});

const where = async (): Promise<unknown> =>
  site.db('declarations').where({ id }).first('state', 'stop_position', 'rank_n', 'rank_of', 'round');

/** Opens the declaration out of the list, as a reviewer does. */
async function openFromList(who: string): Promise<Person> {
  const person = as(who);
  await person.open('/unit/review');
  await person.press('于𬀩');
  return person;
}
async function pass(who: string): Promise<void> {
  await (await openFromList(who)).press('通过');
}
async function report(who: string, rank?: string): Promise<void> {
  const person = as(who);
  await person.open('/unit/report');
  await person.fill({ ids: id, ...(rank ? { [`rank.${id}`]: rank } : {}) });
  await person.press('数据上报');
  expect(await person.text()).toContain('已上报 1 人');
}
async function giveBack(who: string, to: 'return-to-unit' | 'return-to-applicant', words: string): Promise<void> {
  const person = await openFromList(who);
  await person.press('退回');
  await person.fill({
    to,
    ...(to === 'return-to-applicant' ? { 'reopen.performance': 'yes', 'comment.performance': words } : {}),
    opinion: words,
  });
  await person.press('退回');
}
/** Reads what is asked, changes it and hands it in again. */
async function resubmit(asked: string, text: string): Promise<void> {
  const applicant = as('applicant');
  await applicant.open(`/declarations/${id}`);
  expect(await applicant.text()).toContain(asked);
  await applicant.open(`/declarations/${id}/sections/performance`);
  await applicant.fill({ 'main.text': text });
  await applicant.press('保存');
  await applicant.open(`/declarations/${id}/check`);
  await applicant.press('重新提交');
}

describe('R3 three levels of units, a return from each level, with scripts on a desk screen', () => {
  it('comes back to who returned it, keeps rank and history, and ends at the committee', async () => {
    // level 1, to the applicant: the change is marked for who asked for it
    await giveBack('branch', 'return-to-applicant', '请写明场次');
    await resubmit('请写明场次', '任现职以来，组织群众文化活动 121 场。');
    expect(await where()).toEqual({ state: 'unit_review', stop_position: 0, rank_n: null, rank_of: null, round: 2 });
    const branch = await openFromList('branch');
    expect(await branch.text('.box--warning')).toContain('与第 1 次提交相比');
    await branch.press('通过');
    await report('branch', '1/2');
    expect(await where()).toEqual({ state: 'unit_review', stop_position: 1, rank_n: 1, rank_of: 2, round: 2 });

    // level 2, to the unit below: passed and reported again without a new rank
    await giveBack('hall', 'return-to-unit', '请单位核实聘任文件');
    expect(await where()).toEqual({ state: 'returned_to_unit', stop_position: 0, rank_n: 1, rank_of: 2, round: 2 });
    await as('branch').open('/unit/review');
    expect(await as('branch').text('table')).toContain('退回单位');
    await pass('branch');
    await report('branch');
    await pass('hall');
    await report('hall');
    expect(await where()).toEqual({ state: 'unit_review', stop_position: 2, rank_n: 1, rank_of: 2, round: 2 });

    // level 3, straight to the applicant: what is handed in comes straight back here
    await giveBack('authority', 'return-to-applicant', '请写明起止时间');
    await resubmit('请写明起止时间', '2018 年以来，组织群众文化活动 121 场，作品 16 个。');
    expect(await where()).toEqual({ state: 'unit_review', stop_position: 2, rank_n: 1, rank_of: 2, round: 3 });
    const authority = await openFromList('authority');
    expect(await authority.text('.box--warning')).toContain('与第 2 次提交相比');
    await authority.press('通过');
    await report('authority');
    expect(await where()).toEqual({ state: 'office_review', stop_position: 3, rank_n: 1, rank_of: 2, round: 3 });

    // every step stands in the applicant's record
    await as('applicant').open(`/declarations/${id}`);
    const told = await as('applicant').text();
    for (const words of ['请写明场次', '请单位核实聘任文件', '请写明起止时间']) expect(told).toContain(words);
    expect([...people.values()].flatMap((p) => p.faults())).toEqual([]);
  }, 180_000);
});
