import sharp from 'sharp';
import { applicant, caseSections } from '../support/case';
import { stateOf } from '../support/declarations';
import { makeBatch, makeCommittee, makePath, makePerson, makeStaff, makeUnit, residentId, signInAs, type TestBatch, type TestPerson, type TestUnit } from '../support/factories'; // prettier-ignore
import { chooseTitleAndUnit, fillSection, rowIds } from '../support/fill';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let unit: TestUnit;
let batch: TestBatch;

beforeAll(async () => {
  site = await openSite();
  unit = await makeUnit(site, { name: '威海市环翠区文化馆' });
  const committee = await makeCommittee(site);
  batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  await makePath(site, batch, unit, { committeeId: committee.id });
});
afterAll(() => site.close());

async function begin(person?: TestPerson): Promise<{ visitor: Visitor; id: string }> {
  const visitor = await signInAs(site, person ?? (await makePerson(site, { name: applicant.name })));
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
  return { visitor, id: /\/declarations\/([0-9a-f-]{36})\//.exec(started.location)?.[1] ?? '' };
}
async function complete({ visitor, id }: { visitor: Visitor; id: string }): Promise<void> {
  for (const c of caseSections(batch.year)) {
    await fillSection(visitor, id, c);
    if (c.section === 'application') await chooseTitleAndUnit(visitor, id, '助理馆员', '环翠区文化馆');
  }
}
const versionOf = async (id: string, section: string): Promise<number> =>
  ((await site.db('declaration_sections').where({ declaration_id: id, section }).first('version')) as { version: number }).version;
const text = (page: Page): string => page.find('textarea[name="main.text"]')?.text.trim() ?? '';

describe('D1 nothing typed is lost', () => {
  it('D1 back button: the page that the browser kept is sent once more with other words: both are shown, nothing is overwritten', async () => {
    const { visitor, id } = await begin();
    const address = `/declarations/${id}/sections/performance`;
    const before = await visitor.open(address);
    // a browser that goes back asks for the page again
    expect(before.headers.get('cache-control')).toContain('no-store');
    await visitor.send(before, { 'main.text': '第一次填写的内容' }, { button: 'do=save' });
    expect(text(await visitor.open(address))).toBe('第一次填写的内容');
    // one that does not sends the old form: the same one is the same act, a changed one is a conflict
    const again = await visitor.submit(before, { 'main.text': '第一次填写的内容' }, { button: 'do=save' });
    expect([again.status, await versionOf(id, 'performance')]).toEqual([303, 1]);
    const token = (await visitor.open(address)).fields('#form').find(([k]) => k === '_token')?.[1] ?? '';
    const changed = await visitor.submit(before, { 'main.text': '退回后改写的内容', _token: token }, { button: 'do=save' });
    expect(changed.status).toBe(409);
    expect(changed.text()).toContain('第一次填写的内容');
    expect(changed.text()).toContain('退回后改写的内容');
    expect(text(await visitor.open(address))).toBe('第一次填写的内容');
  });

  it('D1 two tabs: of two fields that differ each is chosen by itself; the third version is refused as well', async () => {
    const { visitor, id } = await begin();
    const address = `/declarations/${id}/sections/application`;
    const [one, two, three] = [await visitor.open(address), await visitor.open(address), await visitor.open(address)];
    await visitor.send(one, { 'main.startedOn': '2015-07', 'main.years': '10' }, { button: 'do=save' });
    const conflict = await visitor.submit(two, { 'main.startedOn': '2016-08', 'main.years': '9' }, { button: 'do=save' });
    expect(conflict.status).toBe(409);
    const keep = Object.fromEntries(conflict.all('input[type=radio][name^="keep."]').map((r) => [r.getAttribute('name') ?? '', '']));
    expect(Object.keys(keep).sort()).toEqual(['keep.main.startedOn', 'keep.main.years']);
    const done = await visitor.send(conflict, { 'keep.main.startedOn': 'mine', 'keep.main.years': 'saved' });
    expect(done.find('input[name="main.startedOn"]')?.getAttribute('value')).toBe('2016-08');
    expect(done.find('input[name="main.years"]')?.getAttribute('value')).toBe('10');
    expect((await visitor.submit(three, { 'main.years': '1' }, { button: 'do=save' })).status).toBe(409);
  });

  it('F04 double click: 「增加一条」 pressed twice is one row, 「选择该单位」 twice is one choice', async () => {
    const { visitor, id } = await begin();
    const address = `/declarations/${id}/sections/work-history`;
    const page = await visitor.open(address);
    const [part = ''] = (page.find('button[value^="add-row:"]')?.getAttribute('value') ?? '').split(':').slice(1);
    const had = rowIds(page, part).length;
    await Promise.all([1, 2, 3].map(() => visitor.submit(page, {}, { button: `do=add-row:${part}` })));
    expect(rowIds(await visitor.open(address), part)).toHaveLength(had + 1);
    const search = await visitor.open(
      `/declarations/${id}/sections/application/find-unit?field=main.unit&q=${encodeURIComponent('环翠区文化馆')}`,
    );
    const before = await versionOf(id, 'application');
    const choice = { unit: String(unit.unitId) };
    const form = { form: 'form[method="post"][action*="find-unit"]' };
    const answers = await Promise.all([visitor.submit(search, choice, form), visitor.submit(search, choice, form)]);
    expect(answers.map((a) => a.status)).toEqual([303, 303]);
    expect(await versionOf(id, 'application')).toBe(before + 1);
  });

  it('X4 an item left empty is one line that leads to it, beside the item too; removed, it is gone', async () => {
    const { visitor, id } = await begin();
    let page = await visitor.send(await visitor.open(`/declarations/${id}/sections/exams`), {}, { button: 'do=add-row:list' });
    const [row = ''] = rowIds(page, 'list');
    page = await visitor.send(page, {}, { button: 'do=save' });
    const words = '第 1 条还没有填写，不需要的请点击「删除此条」';
    expect(page.errors()).toEqual([words]);
    expect(page.link(words)).toBe(`#row-list-${row}`);
    expect(page.find(`#row-list-${row}`)?.getAttribute('aria-describedby')).toBe(`row-list-${row}-problem`);
    expect(page.text(`#row-list-${row}-problem`)).toContain(words);
    page = await visitor.send(page, {}, { button: `do=remove-row:list:${row}` });
    expect([rowIds(page, 'list'), page.errors()]).toEqual([[], []]);
  });

  it('D14, X4 a good file beside a wrong field: both are kept, and the wrong one is named', async () => {
    const { visitor, id } = await begin();
    const address = `/declarations/${id}/sections/education`;
    let page = await visitor.open(address);
    page = await visitor.send(page, { 'fullTime.has': 'yes' }, { button: 'do=refresh' });
    const content = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#8aa' } }).jpeg().toBuffer(); // prettier-ignore
    const saved = await visitor.send(
      page,
      { 'fullTime.school': '山东艺术学院', 'fullTime.graduatedOn': '二〇一七' },
      { button: 'do=save', files: [{ field: 'files:fullTime.diploma', name: '2017年毕业证书.jpg', content }] },
    );
    expect(saved.errors().join()).toContain('毕业时间');
    expect(saved.find('input[name="fullTime.graduatedOn"]')?.getAttribute('value')).toBe('二〇一七');
    expect(saved.find('input[name="fullTime.school"]')?.getAttribute('value')).toBe('山东艺术学院');
    expect(saved.all('.files__name')).toHaveLength(1);
  });
});

describe('D17 returned for correction', () => {
  it('D17 of all seventeen sections only the named one reopens, whichever it is', async () => {
    const own = await begin();
    const { visitor, id } = own;
    await complete(own);
    expect((await visitor.send(await visitor.open(`/declarations/${id}/check`))).text()).toContain('已完成「确定申报」');
    const clerk = await signInAs(site, unit);
    const all = [...new Set((await clerk.open(`/declarations/${id}/moves/return-to-applicant`)).all('[name^="comment."]').map((x) => (x.getAttribute('name') ?? '').slice(8)))]; // prettier-ignore
    // 「申报方式」 has a section of its own only for ways that are not the normal one: it stays shut
    expect(all).toHaveLength(16);
    expect(all).not.toContain('way');
    const csrf = (await visitor.open('/home')).fields('form[action="/sign-out"]').find(([k]) => k === '_csrf')?.[1] ?? '';
    let serial = 0;
    const post = async (section: string): Promise<number> => {
      const body = { _csrf: csrf, _token: `sections-${String(serial++).padStart(15, '0')}`, do: 'save', version: '0' };
      return (await visitor.request('POST', `/declarations/${id}/sections/${section}`, new URLSearchParams(body))).status;
    };
    for (const named of all) {
      const back = await clerk.open(`/declarations/${id}/moves/return-to-applicant`);
      expect((await clerk.submit(back, { opinion: '请补充', [`comment.${named}`]: '请核对' })).status).toBe(303);
      const open: string[] = [];
      for (const section of [...all, 'way']) if ((await post(section)) !== 403) open.push(section);
      expect(open).toEqual([named]);
      const page = await visitor.open(`/declarations/${id}/sections/${named}`);
      expect([named, page.text().includes('请核对')]).toEqual([named, true]);
      expect([named, (await visitor.submit(page, {}, { form: '#form', button: 'do=save' })).status]).toEqual([named, 303]);
      await visitor.send(await visitor.open(`/declarations/${id}/check`));
      expect([named, await stateOf(site, id)]).toEqual([named, 'unit_review']);
    }
  }, 240_000);
});

describe('D8 drawn records in the declaration', () => {
  it('D8 stand on the section page and in the frozen version that a reviewer reads, with their source; a later import changes only what is not frozen', async () => {
    const person = await makePerson(site, { name: applicant.name, idNumber: residentId(777) });
    const bureau = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002' }));
    const importHours = async (hours: number): Promise<void> => {
      const csv = `证件号码,姓名,年度,类别,学习内容,学时,开始时间,结束时间,学习地点,证明人\n${person.idNumber},${person.name},2025,专业科目,非遗保护与活态传承研修,${hours},2025.3.10,2025.3.12,威海市文化馆,王丽`;
      const page = await bureau.open('/bureau/learning');
      expect((await bureau.send(page, {}, { files: [{ field: 'file', name: '学时.csv', content: Buffer.from(csv) }] })).text()).toMatch(
        /新增 1 行|更新 1 行/,
      );
    };
    await importHours(24);
    const own = await begin(person);
    const { visitor, id } = own;
    const section = `/declarations/${id}/sections/continuing-education`;
    const shown = await visitor.open(section);
    expect(shown.text()).toContain('非遗保护与活态传承研修');
    expect(shown.text()).toContain('环翠区');
    expect(shown.all('input').some((i) => (i.getAttribute('value') ?? '').includes('活态传承'))).toBe(false);
    await complete(own);
    await visitor.send(await visitor.open(`/declarations/${id}/check`));
    expect(await stateOf(site, id)).toBe('unit_review');
    const frozen = JSON.stringify(
      ((await site.db('declaration_versions').where({ declaration_id: id }).first('content')) as { content: object }).content,
    );
    expect(frozen).toContain('非遗保护与活态传承研修');
    expect(frozen).toContain('24 学时，其中专业科目 24 学时');
    await importHours(48);
    const clerk = await signInAs(site, unit);
    const checked = (await clerk.open(`/unit/review/${id}`)).text('#section-continuing-education');
    expect(checked).toContain('24 学时，其中专业科目 24 学时');
    expect(checked).not.toContain('48 学时');
    expect(checked).toContain('来源');
  });
});
