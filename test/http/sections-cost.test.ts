/** M1: how many statements the pages of a section cost, whatever is in them. */
import sharp from 'sharp';
import { caseSections, fullCase } from '../support/case';
import { makeBatch, makeCommittee, makePerson, makeUnit, signInAs } from '../support/factories';
import { countQueries } from '../support/declarations';
import { chooseTitleAndUnit, fillSection } from '../support/fill';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let visitor: Visitor;
let id: string;
beforeAll(async () => {
  site = await openSite();
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  await makeUnit(site, { name: '威海市环翠区文化馆' });
  visitor = await signInAs(site, await makePerson(site));
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
  id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
});
afterAll(() => site.close());

/** Besides the session with its account, which is one statement outside the counted pool. */
const costs = async (section: string): Promise<{ page: number; save: number; next: number }> => {
  const address = `/declarations/${id}/sections/${section}`;
  const page = await countQueries(site, () => visitor.get(address));
  const form = await visitor.get(address);
  const save = await countQueries(site, () => visitor.submit(form, {}, { button: 'do=save' }));
  const again = await visitor.get(address);
  const next = await countQueries(site, () => visitor.submit(again, {}, { button: 'do=next' }));
  return { page, save, next };
};

describe('D1 the same words from two tabs', () => {
  test('D1, F11 are no conflict, however the database keeps them', async () => {
    const address = `/declarations/${id}/sections/education`;
    const form = await visitor.get(address);
    // ids of different lengths, which the database stores in another order than the form has
    const words = { 'fullTime.has': 'yes', 'fullTime.school': '山东艺术学院', 'fullTime.major': '舞蹈编导', 'fullTime.duration': '四年' };
    const token = (n: number): Record<string, string> => ({ ...words, _token: `two-tabs-with-the-same-${n}` });
    expect((await visitor.submit(form, token(1), { button: 'do=save' })).status).toBe(303);
    expect((await visitor.submit(form, token(2), { button: 'do=save' })).status).toBe(303);
    expect((await visitor.submit(form, { ...token(3), 'fullTime.major': '音乐' }, { button: 'do=save' })).status).toBe(409);
  });
});

describe('M1 what a section costs', () => {
  // the declaration with its rights, and for a save the section, come with the session
  // page: everything that is in it at once: batch with clock, sections with what came over from last year, attachments with those removed a moment ago, the chosen unit
  // save: the save; next: the same before it, to know where it leads
  const usual = { page: 1, save: 1, next: 2 };
  test('M1 the same statements with nothing in it and with everything in it', async () => {
    const cases = fullCase(2026);
    await visitor.get(`/declarations/${id}/sections/work-history`);
    expect(await costs('work-history')).toEqual(usual);
    for (const section of ['achievements', 'assessments', 'work-history']) {
      await fillSection(visitor, id, cases.find((c) => c.section === section) ?? { section });
      expect([section, await costs(section)]).toEqual([section, usual]);
    }
  });
  test('M12 an upload takes 2, however many files; 12 where something is to be said about one', async () => {
    const first = await visitor.get(`/declarations/${id}/sections/education`);
    const upload = async (...colors: string[]): Promise<number> => {
      const form = await visitor.get(`/declarations/${id}/sections/education`);
      return uploadFrom(form, ...colors);
    };
    const uploadFrom = async (form: Page, ...colors: string[]): Promise<number> => {
      const files = await Promise.all(
        colors.map(async (background, n) => ({
          field: 'files:fullTime.diploma',
          name: `2020年7月毕业证书${n}.jpg`,
          content: await sharp({ create: { width: 300, height: 200, channels: 3, background } })
            .jpeg()
            .toBuffer(),
        })),
      );
      return countQueries(site, () => visitor.submit(form, {}, { button: 'do=upload:fullTime.diploma', files }));
    };
    // files that are there, the save
    expect(await upload('#111')).toBe(2);
    expect(await upload('#222', '#333')).toBe(2);
    // the same words from a page that was opened before
    expect(await uploadFrom(first, '#444')).toBe(2);
    // the same content again: the files once more, one-time token; begin, lock, section, write, files, version, audit, commit; what is to be said, answer
    expect(await upload('#111')).toBe(12);
  });
  test('M1 「申报信息」 reads the chosen unit too', async () => {
    await fillSection(visitor, id, fullCase(2026)[0] ?? { section: 'application' });
    await chooseTitleAndUnit(visitor, id, '助理馆员', '环翠区文化馆');
    const found = await costs('application');
    expect(found.page).toBe(1);
    expect(await costs('work-history')).toEqual(usual);
  });
});

describe('M2, M13 what the rest of an evening costs', () => {
  test('M13 the overview, 「核对」 and 「确定申报」', async () => {
    const batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
    await makeUnit(site, { name: '威海市文登区文化馆' });
    const photo = await sharp({ create: { width: 300, height: 400, channels: 3, background: '#ccc' } })
      .jpeg()
      .toBuffer();
    const person = await signInAs(site, await makePerson(site, { photo }));
    const begun = await person.submit(await person.open(`/declarations/new/${batch.id}`));
    const own = /declarations\/[0-9a-f-]{36}/.exec(begun.location)?.[0] ?? '';
    for (const c of caseSections(batch.year)) {
      await fillSection(person, own.split('/')[1] ?? '', c);
      if (c.section === 'application') await chooseTitleAndUnit(person, own.split('/')[1] ?? '', '助理馆员', '文登区文化馆');
    }
    let check = await person.get(`/${own}/check`);
    // what is in it; what is said of the applicant elsewhere, with the rules
    expect(await countQueries(site, async () => (check = await person.get(`/${own}/check`)))).toBe(2);
    expect(check.errors()).toEqual([]);
    // the same, what happened, where it has been, the vote, appeals
    expect(await countQueries(site, () => person.get(`/${own}`))).toBe(6);
    // one-time token; begin, lock, rights, window, commitment, what is in it, the year held, nothing else running, the applicant; version, stop, row, event, log, answer, commit
    let done = check;
    expect(await countQueries(site, async () => (done = await person.submit(check)))).toBe(17);
    expect(done.location).toContain('done=submit');
  });
});
