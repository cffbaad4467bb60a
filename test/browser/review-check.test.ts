/** R1 checking in a real browser: an attachment is chosen in place where scripts run, by ordinary links where none do; looked over with axe at two widths. */
import type { Browser } from 'puppeteer';
import { makeScan } from '../../seeds/demo/scans';
import { attachPicture, freezeRound, frozenSection, makeDeclaration, stateOf } from '../support/declarations';
import { makeBatch, makeCommittee, makeUnit, PASSWORD, type TestUnit } from '../support/factories';
import { newPerson, openBrowser, type Person } from '../support/browser';
import { openSite, type Site } from '../support/site';

let site: Site;
let browser: Browser;
let unit: TestUnit;
const ids: string[] = [];

beforeAll(async () => {
  [site, browser] = await Promise.all([openSite(), openBrowser()]);
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  unit = await makeUnit(site);
  const scan = (await makeScan('proof', { name: '于海', lines: ['证明'], date: '2026年9月1日' }, 'jpg')).content;
  for (const name of ['于一海', '于二海', '于三海']) {
    const id = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit], name });
    const files = [await attachPicture(site, id, '2026年9月证明一.jpg', scan), await attachPicture(site, id, '2026年9月证明二.jpg', scan)];
    await freezeRound(site, id, 1, [
      frozenSection('education', '学历信息', { 毕业院校: '山东艺术学院', 学信网验证码: 'A1B2C3D4E5F6G7H8' }),
      frozenSection('performance', '工作成绩', { 内容: '编排舞蹈十五个' }, [
        { id: files[0] ?? '', name: '2026年9月证明一.jpg' },
        { id: files[1] ?? '', name: '2026年9月证明二.jpg' },
      ]),
    ]);
    ids.push(id);
  }
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

const signedIn = async (scripts: boolean, width: number): Promise<Person> => {
  const who = await newPerson(browser, site, { who: `审核人${width}`, scripts, width });
  await who.signIn(unit.loginName, PASSWORD);
  await who.open('/unit/review');
  return who;
};

describe('R1 checking in a browser', () => {
  it('shows text and attachment side by side, another attachment in place, and goes on after 「通过」', async () => {
    const who = await signedIn(true, 1280);
    await who.press('于一海');
    const before = who.address;
    const [text, side] = (await who.page.evaluate(
      `['.check__text', '.preview__picture'].map(function (css) { var b = document.querySelector(css).getBoundingClientRect(); return [b.left, b.right, b.top]; })`,
    )) as [number[], number[]];
    expect(text?.[1]).toBeLessThanOrEqual(side?.[0] ?? 0);
    await who.page.click('.files__item:nth-child(2) .files__link');
    await who.page.waitForFunction(`document.querySelector('.preview__name').textContent === '2026年9月证明二.jpg'`, { timeout: 10_000 });
    expect(who.address).toBe(before);
    await who.look();
    await who.press('通过');
    expect(await who.heading()).toBe('于二海');
    expect(await stateOf(site, ids[0] ?? '')).toBe('unit_passed');
    expect(who.faults()).toEqual([]);
  });

  it('on a phone without scripts the attachment follows the text, notes are kept, and 「退回」 takes them along', async () => {
    const who = await signedIn(false, 390);
    await who.press('于三海');
    await who.press('2026年9月证明二.jpg');
    expect(await who.texts('.preview__name')).toEqual(['2026年9月证明二.jpg']);
    await who.page.click('#notes-performance summary');
    await who.page.type('#note-performance', '请补充证明');
    await who.press('保存意见', '工作成绩');
    expect(await who.text('#notes-performance')).toContain('请补充证明');
    await who.press('退回');
    await who.fill({ 意见: '请修改后重新提交' });
    await who.press('退回');
    expect(await stateOf(site, ids[2] ?? '')).toBe('returned_to_applicant');
    expect(who.faults()).toEqual([]);
  });
});
