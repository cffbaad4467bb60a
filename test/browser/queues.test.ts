/** R1, R2, J1, C2, quality §4: lists of thirty and more, with names of fifty characters, narrow, at 200 % and by keyboard alone. */
import type { Browser } from 'puppeteer';
import { newPerson, openBrowser, type Person } from '../support/browser';
import { attachPicture, frozenSection, freezeRound, makeDeclaration, stateOf } from '../support/declarations';
import { makeBatch, makeCommittee, makePath, makeStaff, makeUnit, PASSWORD, type TestUnit } from '../support/factories';
import { openSite, type Site } from '../support/site';
import { makeScan } from '../../seeds/demo/scans';

const LONG = '威海市环翠区孙家疃街道滨海社区公共文化服务与非物质文化遗产保护传承志愿者联合指导中心暨青年舞蹈艺术团';
const PEOPLE = 32;

let site: Site;
let browser: Browser;
let unit: TestUnit;
const ids: string[] = [];
const staff: Record<string, string> = {};

beforeAll(async () => {
  [site, browser] = await Promise.all([openSite(), openBrowser()]);
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  unit = await makeUnit(site, { name: LONG });
  await makePath(site, batch, unit, { committeeId: committee.id });
  for (let n = 0; n < PEOPLE; n++) {
    const name = n === 1 ? '阿卜杜热合曼·买买提吐尔逊阿卜杜克里木' : `于${'一二三四五六七八九十'.charAt(n % 10)}海`;
    ids.push(await makeDeclaration(site, { batch, state: 'unit_review', units: [unit], name }));
    await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit], name });
    await makeDeclaration(site, { batch, state: 'office_review', units: [unit], name });
    await makeUnit(site, { state: 'requested' });
  }
  const scan = (await makeScan('proof', { name: '于一海', lines: [], date: '' }, 'jpg')).content;
  for (const id of ids.slice(0, 2)) {
    const files = [await attachPicture(site, id, '2026年9月证明一.jpg', scan), await attachPicture(site, id, '2026年9月证明二.jpg', scan)];
    await freezeRound(site, id, 1, [
      frozenSection('performance', '工作成绩', { 内容: '编排舞蹈十五个' }, [
        { id: files[0] ?? '', name: '2026年9月证明一.jpg' },
        { id: files[1] ?? '', name: '2026年9月证明二.jpg' },
      ]),
    ]);
  }
  staff.office = (await makeStaff(site, { role: 'office', committeeId: committee.id })).loginName;
  staff.bureau = (await makeStaff(site, { role: 'bureau', divisionCode: '371002' })).loginName;
}, 120_000);
afterAll(async () => {
  await browser.close();
  await site.close();
});

const pages: Record<string, string[]> = {
  unit: [
    '/home', '/unit/review', '/unit/report', '/unit/publicities', '/roster', '/paths/review', '/unit/permission', '/unit/paths', '/unit/paths/new',
    '/unit/paths/copy', '/unit/operators', '/unit/operators/new', '/committees/own', '/committees/new', '/tasks', '/review/reasons', '/profile/reminders',
  ],
  bureau: [
    '/home', '/bureau/permissions', '/bureau/committees', '/bureau/plans', '/bureau/results', '/results/objections', '/results/rechecks', '/bureau/declarations',
    '/bureau/units', '/bureau/register', '/bureau/learning', '/committees/own', '/tasks', '/profile/contact',
  ],
  office: [
    '/home', '/office/declarations', '/office/overview', '/office/meetings', '/results/objections', '/results/rechecks', '/roster', '/paths/review', '/batches', '/office/plans', '/office/plans/new', '/office/judges', '/office/judges/new', '/tasks', '/profile/contact',
  ],
}; // prettier-ignore

describe('quality §4 the pages of units, bureaus and offices with long lists and long names', () => {
  // 640 is a window of 1280 at a zoom of 200 %; 1250 the narrowest at which the heads of lists stay
  test.each([
    ['unit', 320],
    ['unit', 640],
    ['unit', 1250],
    ['bureau', 320],
    ['bureau', 640],
    ['bureau', 1250],
    ['office', 320],
    ['office', 640],
    ['office', 1250],
  ])('of a %s do not scroll sideways at %d px and have no fault of accessibility', async (role, width) => {
    const who = await newPerson(browser, site, { who: role, scripts: true, width });
    await who.signIn(role === 'unit' ? unit.loginName : (staff[role] ?? ''), PASSWORD);
    for (const address of pages[role] ?? []) await who.open(address);
    if (role === 'unit') for (const end of ['', '/return']) await who.open(`/unit/review/${ids[1]}${end}`);
    expect(who.faults()).toEqual([]);
  });
});

describe('quality §4 a list of thirty by keyboard alone', () => {
  let who: Person;
  const focused = (): Promise<{ words: string; id: string; seen: boolean }> =>
    who.page.evaluate(`(() => {
      const e = document.activeElement, box = e.getBoundingClientRect();
      const bar = document.querySelector('.bulk'), top = bar && !bar.contains(e) ? bar.getBoundingClientRect().top : innerHeight;
      const head = document.querySelector('.queue th'), under = head && !e.closest('thead') && e.closest('.queue') ? head.getBoundingClientRect().bottom : 0;
      return { words: e.textContent.replace(/\\s+/g, ' ').trim(), id: e.id, seen: box.bottom > under && box.top < top };
    })()`) as Promise<{ words: string; id: string; seen: boolean }>;
  /** Tab, until the focus stands on these words; where it was hidden on the way. */
  async function tabTo(words: string, back = false): Promise<string[]> {
    const hidden: string[] = [];
    for (let n = 0; n < 200; n++) {
      if (back) await who.page.keyboard.down('Shift');
      await who.page.keyboard.press('Tab');
      if (back) await who.page.keyboard.up('Shift');
      const at = await focused();
      if (!at.seen) hidden.push(at.words.slice(0, 20) || at.id);
      if (at.words.startsWith(words)) return hidden;
    }
    throw new Error(`no way to 「${words}」 by Tab on ${who.address}`);
  }
  const enter = (): Promise<unknown> => Promise.all([who.page.waitForNavigation({ waitUntil: 'load' }), who.page.keyboard.press('Enter')]);

  it('X5 the menu is passed over, every row is reached in sight, what was done is said, and the next one opens', async () => {
    who = await newPerson(browser, site, { who: '键盘', scripts: true, width: 1280 });
    await who.signIn(unit.loginName, PASSWORD);
    await who.open('/unit/review');
    await who.page.keyboard.press('Tab');
    expect((await focused()).words).toBe('跳到主要内容');
    await who.page.keyboard.press('Enter');
    expect(await tabTo('通过')).toEqual([]);
    // and back up: nothing hides behind the heads
    expect(await tabTo('于一海', true)).toEqual([]);
    await who.open('/unit/review');
    await tabTo('于一海');
    await enter();
    expect(who.address).toContain(`/unit/review/${ids[0]}`);

    // another attachment: the focus is not lost when the place is filled anew
    await tabTo('下一个附件');
    await who.page.keyboard.press('Enter');
    await who.page.waitForFunction(`document.getElementById('preview-title').textContent.includes('2 / 2')`, { timeout: 10_000 });
    await who.page.waitForFunction(`document.activeElement !== document.body`, { timeout: 10_000 });
    expect((await focused()).id).toBe('preview');
    await who.page.waitForFunction(`document.getElementById('live').textContent.includes('证明二')`, { timeout: 10_000 });

    await tabTo('通过');
    await enter();
    expect(await stateOf(site, ids[0] ?? '')).toBe('unit_passed');
    expect(who.address).toContain(`/unit/review/${ids[1]}`);
    expect(await who.text('.notice')).toContain('操作成功');
    expect(who.faults()).toEqual([]);
  });
});
