/** D0: one declaration that is under way for each person and year, also when two are submitted at once. */
import { caseSections } from '../support/case';
import { makeBatch, makeCommittee, makePerson, makeUnit, signInAs, type TestBatch } from '../support/factories';
import { chooseTitleAndUnit, fillSection } from '../support/fill';
import { atOnce, openSite, type Site, type Visitor } from '../support/site';

let site: Site;
let person: Visitor;
const batches: TestBatch[] = [];

beforeAll(async () => {
  site = await openSite();
  await makeUnit(site, { name: '威海市环翠区东城文化站' });
  for (let n = 0; n < 2; n++) batches.push(await makeBatch(site, { committeeId: (await makeCommittee(site)).id, rankBy: 'unit' }));
  person = await signInAs(site, await makePerson(site));
});
afterAll(() => site.close());

async function filled(batch: TestBatch): Promise<string> {
  const begun = await person.submit(await person.open(`/declarations/new/${batch.id}`));
  const id = /\/declarations\/([0-9a-f-]{36})\//.exec(begun.location)?.[1] ?? '';
  for (const c of caseSections(batch.year)) {
    await fillSection(person, id, c);
    if (c.section === 'application') await chooseTitleAndUnit(person, id, '助理馆员', '东城文化站');
  }
  return id;
}

test('D0, F03 two drafts of one year submitted at once: one goes, the other says which one is under way', async () => {
  const ids = [await filled(batches[0] as TestBatch), await filled(batches[1] as TestBatch)];
  const pages = await Promise.all(ids.map((id) => person.open(`/declarations/${id}/check`)));
  const answers = await atOnce(
    site,
    'declaration_events',
    pages.map((p) => () => person.submit(p)),
  );
  expect(answers.map((a) => a.status).sort()).toEqual([303, 422]);
  const refused = answers.find((a) => a.status === 422);
  expect(refused?.errors().join()).toContain('本年度已有另一份申报正在办理');
  const states = (await site.db('declarations').whereIn('id', ids).pluck('state')) as string[];
  expect(states.sort()).toEqual(['draft', 'unit_review']);
}, 120_000);
