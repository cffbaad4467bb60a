/** R2 the ranks of a report by order, in a real browser: with the mouse, with the keyboard, and by typing where no script runs. */
import type { Browser } from 'puppeteer';
import { makeDeclaration, stateOf } from '../support/declarations';
import { makeBatch, makeCommittee, makePath, makeUnit, PASSWORD, type TestBatch, type TestUnit } from '../support/factories';
import { newPerson, openBrowser, type Person } from '../support/browser';
import { openSite, type Site } from '../support/site';

let site: Site;
let browser: Browser;
let batch: TestBatch;
let committee: { id: number; name: string };

beforeAll(async () => {
  [site, browser] = await Promise.all([openSite(), openBrowser()]);
  committee = await makeCommittee(site);
  batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

async function desk(names: readonly string[], scripts = true, width = 1280): Promise<{ who: Person; ids: string[]; unit: TestUnit }> {
  const unit = await makeUnit(site);
  await makePath(site, batch, unit, { committeeId: committee.id });
  const ids: string[] = [];
  for (const name of names) ids.push(await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name }));
  const who = await newPerson(browser, site, { who: '单位', scripts, width });
  await who.signIn(unit.loginName, PASSWORD);
  await who.open('/unit/report');
  return { who, ids, unit };
}
const ranks = (who: Person, ids: readonly string[]): Promise<string[]> =>
  Promise.all(ids.map((id) => who.page.$eval(`#rank-${id}`, (e) => (e as unknown as { value: string }).value)));
const order = (who: Person): Promise<string[]> => who.texts('tbody td[data-label="姓名"]');

describe('R2 ranks by order', () => {
  it('「下移」 by keyboard and 「按列表顺序填写」 write the places, and they are reported', async () => {
    const { who, ids } = await desk(['甲一', '甲二', '甲五']);
    await who.page.click('[data-rank-all]');
    expect(await ranks(who, ids)).toEqual(['1/3', '2/3', '3/3']);
    await who.page.focus(`#row-${ids[0]} .ranks__button:last-child`);
    await who.page.keyboard.press('Enter');
    expect(await ranks(who, ids)).toEqual(['2/3', '1/3', '3/3']);
    // the focus stays on the button, so the next press goes on
    await who.page.keyboard.press('Enter');
    expect(await ranks(who, ids)).toEqual(['3/3', '1/3', '2/3']);
    expect(await order(who)).toEqual(['甲二', '甲五', '甲一']);
    await who.look();
    await who.page.click('thead input[type=checkbox]');
    await who.press('数据上报');
    expect(await who.text()).toContain('已上报 3 人');
    expect(await site.db('declarations').whereIn('id', ids).orderBy('rank_n').select('applicant_name', 'rank_n', 'rank_of')).toEqual([
      { applicant_name: '甲二', rank_n: 1, rank_of: 3 },
      { applicant_name: '甲五', rank_n: 2, rank_of: 3 },
      { applicant_name: '甲一', rank_n: 3, rank_of: 3 },
    ]);
    expect(who.faults()).toEqual([]);
  });

  it('places typed out of the order of the list are kept when a row is moved: the list stands by them first', async () => {
    const { who, ids } = await desk(['子一', '丑二', '寅三']);
    await who.fill({ [`rank.${ids[0]}`]: '3/3', [`rank.${ids[1]}`]: '1/3', [`rank.${ids[2]}`]: '2/3' });
    await who.page.click(`#row-${ids[0]} [data-rank-move="-1"]`);
    expect(await order(who)).toEqual(['丑二', '子一', '寅三']);
    expect(await ranks(who, ids)).toEqual(['2/3', '1/3', '3/3']);
    expect(who.faults()).toEqual([]);
  });

  it('R6 sorting and searching save what was typed on the way', async () => {
    const { who, ids } = await desk(['卯一', '辰二']);
    const saved = (): Promise<unknown> => site.db('declarations').whereIn('id', ids).orderBy('applicant_name').pluck('rank_n');
    await who.fill({ [`rank.${ids[0]}`]: '2/2', [`rank.${ids[1]}`]: '1/2' });
    await Promise.all([who.page.waitForNavigation(), who.page.click('thead a[href*="sort=name"]')]);
    expect(who.page.url()).toContain('sort=name');
    expect(await who.text()).toContain('已保存 2 人的「单位推荐排序」');
    expect(((await saved()) as number[]).sort()).toEqual([1, 2]);
    await who.fill({ [`rank.${ids[0]}`]: '' });
    await who.fill({ name: '辰' });
    await who.press('查询');
    expect(await order(who)).toEqual(['辰二']);
    expect(who.page.url()).toContain('sort=name');
    expect(await saved()).toContain(null);
    expect(who.faults()).toEqual([]);
  });

  it.each([1280, 390])('M10 nothing on the page moves when its scripts have come, %i pixels wide', async (width) => {
    const { who } = await desk(['壬八', '癸九']);
    const { page } = who;
    await page.setViewport({ width, height: 900 });
    const line = await page.createCDPSession();
    await line.send('Network.enable');
    await line.send('Network.setCacheDisabled', { cacheDisabled: true });
    const places = (): Promise<unknown> =>
      page.evaluate(`Array.from(document.querySelectorAll('main h1, main p, main form, main table, main th, main td, main td *, main button')).map(function (e) {
        var box = e.getBoundingClientRect();
        return [e.tagName, Math.round(box.left), Math.round(box.top)].join(' ');
      })`);
    for (const address of ['/unit/report', '/unit/review', '/unit/publicities']) {
      await line.send('Network.setBlockedURLs', { urls: ['*.js'] });
      await who.open(address);
      const before = await places();
      await line.send('Network.setBlockedURLs', { urls: [] });
      await who.open(address);
      expect(await places()).toEqual(before);
    }
  });

  it('dragging a row does the same, and leaves places that were reported before alone', async () => {
    const { who, ids, unit } = await desk(['丁四', '戊五']);
    await makeDeclaration(site, { batch, state: 'office_review', units: [unit], name: '先报', rank: [2, 3] });
    await who.open('/unit/report');
    // the events that a mouse makes, in their order
    await who.page.evaluate(
      `(function () {
        var from = document.querySelector('#row-${ids[1]} .ranks__handle'), to = document.getElementById('row-${ids[0]}');
        var box = to.getBoundingClientRect(), data = new DataTransfer();
        from.dispatchEvent(new DragEvent('dragstart', { bubbles: true, dataTransfer: data }));
        to.dispatchEvent(new DragEvent('dragover', { bubbles: true, cancelable: true, dataTransfer: data }));
        to.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data, clientY: box.top + 2 }));
        from.dispatchEvent(new DragEvent('dragend', { bubbles: true, dataTransfer: data }));
      })()`,
    );
    expect(await order(who)).toEqual(['戊五', '丁四']);
    expect(await ranks(who, ids)).toEqual(['3/3', '1/3']);
    expect(who.faults()).toEqual([]);
  });

  it('without scripts there are fields to type in and nothing that does not work', async () => {
    const { who, ids } = await desk(['己六', '庚七'], false, 390);
    expect(
      await who.page.evaluate(
        `Array.from(document.querySelectorAll('.ranks__button')).filter((b) => b.offsetHeight > 0 && getComputedStyle(b).visibility === 'visible').length`,
      ),
    ).toBe(0);
    await who.fill({ [`rank.${ids[0]}`]: '2/2', [`rank.${ids[1]}`]: '1/2' });
    for (const box of await who.page.$$('tbody input[type=checkbox]')) await box.click();
    await who.press('数据上报');
    for (const id of ids) expect(await stateOf(site, id)).toBe('office_review');
    expect(who.faults()).toEqual([]);
  });
});
