/** D0: a new declaration that begins with what an earlier year's holds. */
import { caseSections } from '../support/case';
import { makeBatch, makeCommittee, makePerson, signInAs, type TestBatch } from '../support/factories';
import { fillSection } from '../support/fill';
import { openSite, type Site, type Visitor } from '../support/site';

let site: Site;
let before: TestBatch;
let now: TestBatch;

beforeAll(async () => {
  site = await openSite();
  const committee = await makeCommittee(site);
  before = await makeBatch(site, { committeeId: committee.id, year: 2025 });
  now = await makeBatch(site, { committeeId: committee.id, year: 2026 });
});
afterAll(() => site.close());

async function begin(visitor: Visitor, batch: TestBatch, copy?: string): Promise<string> {
  const page = await visitor.open(`/declarations/new/${batch.id}`);
  const answer = await visitor.submit(page, copy === undefined ? {} : { copy });
  return /declarations\/([0-9a-f-]{36})/.exec(answer.location)?.[1] ?? '';
}

describe('D0 带入以前年度的申报内容', () => {
  test('D0 values by each field’s rule, files by their content, and what changes every year is marked until it is saved', async () => {
    const visitor = await signInAs(site, await makePerson(site));
    expect((await visitor.open(`/declarations/new/${now.id}`)).find('select[name="copy"]')).toBeNull();
    const old = await begin(visitor, before);
    for (const c of caseSections(2025, '1/1').filter((s) => ['education', 'performance', 'application'].includes(s.section)))
      await fillSection(visitor, old, c);
    // a field that no definition knows any more does no harm
    await site.db.raw(
      `UPDATE declaration_sections SET raw = jsonb_set(raw, '{groups,fullTime,gone}', '"x"') WHERE declaration_id = ? AND section = 'education'`,
      [old],
    );
    const id = await begin(visitor, now);
    expect(id).not.toBe(old);

    const education = await visitor.open(`/declarations/${id}/sections/education`);
    expect(education.find('input[name="fullTime.school"]')?.getAttribute('value')).toBe('山东艺术学院');
    const hashes = async (d: string): Promise<string[]> =>
      (
        (await site.db('attachments').where({ declaration_id: d, section: 'education' }).orderBy('sha256').select('sha256')) as {
          sha256: string;
        }[]
      ).map((a) => a.sha256);
    expect(await hashes(id)).toEqual(await hashes(old));
    expect((await hashes(id)).length).toBeGreaterThan(0);
    const file = (await site.db('attachments').where({ declaration_id: id, section: 'education' }).first('id')) as { id: string };
    expect((await visitor.bytes(`/declarations/${id}/attachments/${file.id}`)).status).toBe(200);

    const application = await visitor.open(`/declarations/${id}/sections/application`);
    expect(application.find('select[name="main.year"] option[selected]')?.getAttribute('value')).toBe('2026');
    expect(application.find('input[name="main.rank"]')?.getAttribute('value') ?? '').toBe('');
    const performance = await visitor.open(`/declarations/${id}/sections/performance`);
    expect(performance.text()).toContain('由 2025 年度的申报带入');
    expect((await visitor.open(`/declarations/${id}`)).text()).toContain('待核对');
    const saved = await visitor.send(performance, {}, { button: 'do=save' });
    expect(saved.text()).not.toContain('年度的申报带入');
    expect(await site.db('audit_log').where({ action: 'declaration.copy', subject_id: id })).toHaveLength(1);
    // the earlier one is as it was
    expect((await visitor.open(`/declarations/${old}/sections/performance`)).find('textarea')?.text).toContain('群众文化活动');
  });

  test('D0, X2 nothing is copied from somebody else, from the same year, or when it is not wanted', async () => {
    const other = await signInAs(site, await makePerson(site));
    const foreign = await begin(other, before);
    await fillSection(other, foreign, { section: 'performance', groups: { main: { text: '别人的内容' } } });
    const visitor = await signInAs(site, await makePerson(site));
    const page = await visitor.open(`/declarations/new/${now.id}`);
    const answer = await visitor.submit(page, { copy: foreign });
    const id = /declarations\/([0-9a-f-]{36})/.exec(answer.location)?.[1] ?? '';
    expect((await visitor.open(`/declarations/${id}/sections/performance`)).find('textarea')?.text ?? '').not.toContain('别人的内容');
    expect(await site.db('audit_log').where({ action: 'declaration.copy', subject_id: id })).toHaveLength(0);
    const again = await begin(other, now, '');
    expect((await other.open(`/declarations/${again}/sections/performance`)).find('textarea')?.text ?? '').not.toContain('别人的内容');
  });
});
