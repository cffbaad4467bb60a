/** R2, R3, D17: what a unit has ranked and reported keeps its rank there, whatever of 「申报信息」 the applicant is asked to correct. */
import type { StateName } from '../../src/policy/declaration-moves';
import { caseSections } from '../support/case';
import { makeDeclaration } from '../support/declarations';
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
let unit: TestUnit;
let other: TestUnit;
let byUnit: TestBatch;
let byApplicant: TestBatch;
let committeeId: number;

beforeAll(async () => {
  site = await openSite();
  unit = await makeUnit(site, { name: '威海市环翠区东城文化站' });
  other = await makeUnit(site, { name: '威海市环翠区西城文化站' });
  committeeId = (
    await makeCommittee(site, {
      scopes: [
        [91, 'junior'],
        [91, 'middle'],
      ],
    })
  ).id;
  byUnit = await makeBatch(site, { committeeId, rankBy: 'unit' });
  byApplicant = await makeBatch(site, { committeeId, level: 'middle' });
  for (const u of [unit, other]) await makePath(site, byUnit, u, { committeeId });
});
afterAll(() => site.close());

const kept = async (id: string): Promise<object> =>
  (await site.db('declarations').where({ id }).first('rank_n', 'rank_of', 'unit_id')) as object;

/** Ranked n/5, reported, and given back to the applicant with 「申报信息」 to correct. */
async function givenBack(batch: TestBatch, state: StateName, n: number): Promise<{ id: string; person: Visitor; page: Page }> {
  const id = await makeDeclaration(site, { batch, state, units: [unit], rank: [n, 5], rankFixed: true });
  await site
    .db('declarations')
    .where({ id })
    .update({ reopened_sections: ['application'] });
  const account = (await site
    .db('accounts as a')
    .join('declarations as d', 'd.person_id', 'a.id')
    .where('d.id', id)
    .first('a.login_name')) as { login_name: string };
  const person = await signInAs(site, { loginName: account.login_name });
  return { id, person, page: await person.open(`/declarations/${id}/sections/application`) };
}

describe('R3 a reported rank stays', () => {
  test('a unit’s rank stays when the applicant corrects 「申报信息」', async () => {
    const { id, person, page } = await givenBack(byUnit, 'correction', 1);
    const answer = await person.submit(page, { 'main.unit': String(unit.unitId) }, { button: 'do=save' });
    expect(answer.status).toBe(303);
    expect(await kept(id)).toEqual({ rank_n: 1, rank_of: 5, unit_id: unit.unitId });
  });

  test.each([
    ['correction', 2],
    ['returned_to_applicant', 3],
  ] as const)('an applicant’s own rank can’t be changed any more (%s), not even to one that is taken', async (state, n) => {
    await makeDeclaration(site, { batch: byApplicant, state: 'office_review', units: [unit], rank: [n + 2, 5], rankFixed: true });
    const { id, person, page } = await givenBack(byApplicant, state, n);
    const saved = await person.send(page, { 'main.unit': String(unit.unitId), 'main.rank': `${n + 2}/5` }, { button: 'do=save' });
    expect(saved.errors().join()).toContain(`单位已经按 ${n}/5 上报`);
    expect(await kept(id)).toEqual({ rank_n: n, rank_of: 5, unit_id: unit.unitId });
    await site.db('declarations').where({ batch_id: byApplicant.id }).update({ state: 'refused' });
    const mended = await person.send(saved, { 'main.rank': `${n}/5` }, { button: 'do=save' });
    expect(mended.errors().join()).not.toContain('上报');
  });

  test('what an office wants corrected stays with its unit, even where the other unit has the same place', async () => {
    await makeDeclaration(site, { batch: byUnit, state: 'office_review', units: [other], rank: [4, 5], rankFixed: true });
    const { id, person, page } = await givenBack(byUnit, 'correction', 4);
    const saved = await person.send(page, { 'main.unit': String(other.unitId) }, { button: 'do=save' });
    expect(saved.errors().join()).toContain('不能更换「申报单位」');
    expect(await kept(id)).toEqual({ rank_n: 4, rank_of: 5, unit_id: unit.unitId });
  });
});

describe('D17 given back by the unit itself after it was reported', () => {
  test('another unit takes it over: it ranks anew and reports by its own path; the first unit has its place back', async () => {
    const loginName = (await makePerson(site)).loginName;
    const applicant = await signInAs(site, { loginName });
    const first = await signInAs(site, unit);
    const second = await signInAs(site, other);
    const office = await signInAs(site, await makeStaff(site, { role: 'office', committeeId }));
    const act = (who: Visitor, page: Page, values: Record<string, string>): Promise<Page> => who.send(page, values, { form: 'form.form' });
    const passAndReport = async (who: Visitor, rank: string): Promise<Page> => {
      await who.send(await who.get(`/unit/review/${id}`), {}, { form: 'form.check__press', button: 'do=pass' });
      return who.send(
        await who.get('/unit/report'),
        { ids: id, [`rank.${id}`]: rank },
        { form: 'form[method="post"][action="/unit/report"]', button: 'do=report' },
      );
    };

    const begun = await applicant.submit(await applicant.open(`/declarations/new/${byUnit.id}`));
    const id = /\/declarations\/([0-9a-f-]{36})\//.exec(begun.location)?.[1] ?? '';
    for (const c of caseSections(byUnit.year)) {
      await fillSection(applicant, id, c);
      if (c.section === 'application') await chooseTitleAndUnit(applicant, id, '助理馆员', '东城文化站');
    }
    await applicant.send(await applicant.open(`/declarations/${id}/check`));
    await passAndReport(first, '5/5');
    expect(await kept(id)).toEqual({ rank_n: 5, rank_of: 5, unit_id: unit.unitId });
    await act(office, await office.get(`/office/declarations/${id}/return`), { to: 'return-to-unit', opinion: '请核对劳动关系' });
    await act(first, await first.get(`/unit/review/${id}/return`), {
      to: 'return-to-applicant',
      opinion: '请选择现单位',
      'reopen.application': 'yes',
      'comment.application': '已调往西城文化站',
    });
    const form = await applicant.open(`/declarations/${id}/sections/application`);
    const saved = await applicant.send(form, { 'main.unit': String(other.unitId) }, { button: 'do=save' });
    expect(saved.errors()).toEqual([]);
    // nothing is given away before it is handed in
    expect(await kept(id)).toEqual({ rank_n: 5, rank_of: 5, unit_id: unit.unitId });
    await applicant.send(await applicant.open(`/declarations/${id}/check`));
    expect(await kept(id)).toEqual({ rank_n: null, rank_of: null, unit_id: other.unitId });
    expect((await first.get(`/unit/review/${id}`)).status).toBe(404);
    const place = await makeDeclaration(site, { batch: byUnit, state: 'office_review', units: [unit], rank: [5, 5], rankFixed: true });
    expect(await kept(place)).toEqual({ rank_n: 5, rank_of: 5, unit_id: unit.unitId });
    await passAndReport(second, '3/5');
    expect(await site.db('declarations').where({ id }).first('state', 'unit_id', 'rank_n')).toEqual({
      state: 'office_review',
      unit_id: other.unitId,
      rank_n: 3,
    });
  }, 120_000);
});
