import { findQueueFaults, foldQueueCounts } from '../../src/modules/review';
import { countQueries, makeDeclaration, makeReportable } from '../support/declarations';
import { makeBatch, makeCommittee, makeStaff, makeUnit, signInAs, type TestBatch, type TestUnit } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let batch: TestBatch;
let district: Visitor;
let inside: TestUnit;
let outside: TestUnit;

beforeAll(async () => {
  site = await openSite();
  const committee = await makeCommittee(site, { divisionCode: '371002' });
  batch = await makeBatch(site, { committeeId: committee.id });
  inside = await makeUnit(site, { divisionCode: '371002' });
  outside = await makeUnit(site, { divisionCode: '370602' });
  district = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002' }));
  await makeDeclaration(site, { batch, state: 'draft', units: [inside], name: '区内草稿' });
  await makeDeclaration(site, { batch, state: 'unit_review', units: [inside], name: '区内待审' });
  await makeDeclaration(site, { batch, state: 'office_review', units: [inside], name: '区内受理', rank: [1, 2] });
  await makeDeclaration(site, { batch, state: 'unit_review', units: [outside], name: '区外待审' });
});
afterAll(() => site.close());

const ADDRESS = '/bureau/declarations';
/** the names in the list, with a link or without */
const namesOn = (page: Page): string[] => page.all('#list tbody tr').map((tr) => tr.querySelector('td')?.text.trim() ?? '');
const linked = (page: Page): string[] => page.all('#list tbody a').map((a) => a.text.trim());

describe('X2, R7 a bureau sees its region', () => {
  it('X2 lists what units of its division have submitted, counted by state; the content only of what reached its committee', async () => {
    const page = await district.get(ADDRESS);
    expect([...namesOn(page)].sort()).toEqual(['区内受理', '区内待审'].sort());
    expect(linked(page)).toEqual(['区内受理']);
    expect(page.text()).toContain('待审核 1 人');
    expect(page.text()).toContain('共 2 条');
    const one = await district.get(`${ADDRESS}?state=unit_review`);
    expect(namesOn(one)).toEqual(['区内待审']);
    expect(namesOn(await district.get(`${ADDRESS}?name=${encodeURIComponent('受理')}`))).toEqual(['区内受理']);
    expect(namesOn(await district.get(`${ADDRESS}?year=2025`))).toEqual([]);
    expect((await district.get(`${ADDRESS}?state=%27&after=x&year=zz`)).status).toBe(200);
    const province = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '370000' }));
    expect(namesOn(await province.get(ADDRESS))).toHaveLength(3);
    const elsewhere = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371003' }));
    expect(namesOn(await elsewhere.get(ADDRESS))).toEqual([]);
  });

  it('R6 shows 50 at a time by keyset, each once, with the same number of queries', async () => {
    const few = await countQueries(site, () => district.get(ADDRESS));
    await makeReportable(site, batch, inside, 120);
    const seen: string[] = [];
    let page = await district.get(ADDRESS);
    expect(await countQueries(site, () => district.get(ADDRESS))).toBe(few);
    for (let n = 0; n < 5; n++) {
      seen.push(...namesOn(page));
      if (!page.find('a[rel="next"]')) break;
      page = await district.get(page.link('下一页'));
    }
    expect(seen).toHaveLength(122);
    expect(new Set(seen).size).toBe(122);
    expect(namesOn(await district.get(page.link('第一页')))).toHaveLength(50);
    const before = await district.get(page.link('上一页'));
    expect(namesOn(before)).toEqual(seen.slice(50, 100));
    expect(namesOn(await district.get(before.link('最后一页')))).toEqual(seen.slice(100));
    // every way to put the list together gives the same order: by states of one division, of a city's divisions, of a province's year, by grams
    for (const divisionCode of ['371000', '370000']) {
      const bureau = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode }));
      const whole = namesOn(await bureau.get(`${ADDRESS}?year=`));
      expect(whole.filter((name) => name !== '区外待审')).toEqual(seen.slice(0, whole.includes('区外待审') ? 49 : 50));
    }
    const found = await district.get(`${ADDRESS}?name=${encodeURIComponent('人员')}`);
    expect(namesOn(found)).toEqual(seen.filter((name) => name.startsWith('人员')).slice(0, 50));
    expect(found.text()).toContain('共 120 条');
  });

  it('R6 keeps its counts right when a unit moves to another division, and when declarations come, go up and go', async () => {
    const unit = await makeUnit(site, { divisionCode: '371002' });
    const ids = await makeReportable(site, batch, unit, 3);
    const north = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371083' }));
    expect(namesOn(await north.get(ADDRESS))).toEqual([]);
    await site.db('units').where({ id: unit.unitId }).update({ division_code: '371083' });
    expect((await north.get(ADDRESS)).text()).toContain('共 3 条');
    await site
      .db('declarations')
      .where({ id: ids[0] ?? '' })
      .update({ state: 'refused', holder_unit_id: null });
    await site
      .db('declarations')
      .where({ id: ids[1] ?? '' })
      .update({ state: 'draft', holder_unit_id: null });
    const page = await north.get(ADDRESS);
    expect(page.text()).toContain('共 2 条');
    expect(page.text()).toContain('不予受理 1 人');
    expect(await findQueueFaults(site.db)).toMatchObject({ counts: 0 });
    await foldQueueCounts(site.db);
    expect(await findQueueFaults(site.db)).toMatchObject({ counts: 0 });
    expect((await north.get(ADDRESS)).text()).toContain('共 2 条');
  });
});
