/** J3 a judge in a real browser: on a phone without scripts and at a desk with them; signs in, reads, scores, writes the opinion, votes. Looked over with axe. */
import type { Browser } from 'puppeteer';
import { freezeRound, frozenSection, makeDeclaration } from '../support/declarations';
import { makeBatch, makeCommittee, makeStaff, makeUnit, PASSWORD, signInAs } from '../support/factories';
import { makeJudge, makeMeeting, type TestJudge } from '../support/meetings';
import { newPerson, openBrowser, type Person } from '../support/browser';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

const SEATS = 5;
/** what a finger hits, in CSS pixels (WCAG 2.5.5) */
const FINGER = 44;

let site: Site;
let browser: Browser;
let office: Visitor;
let meetingId: number;
let declaration: string;
/** the three to whom the declaration is given first */
let judges: TestJudge[];

const step = async (name: string, values: Record<string, string | string[]> = {}): Promise<Page> =>
  office.send(await office.get(`/meetings/${meetingId}`), values, { form: `form[action="/meetings/${meetingId}/${name}"]` });

beforeAll(async () => {
  [site, browser] = await Promise.all([openSite(), openBrowser()]);
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'unit' });
  const unit = await makeUnit(site);
  const staff = await makeStaff(site, { role: 'office', committeeId: committee.id });
  office = await signInAs(site, staff);
  declaration = await makeDeclaration(site, { batch, state: 'accepted', units: [unit], name: '于海燕', rank: [1, 1] });
  await freezeRound(site, declaration, 1, [frozenSection('performance', '工作成绩', { 内容: '编排舞蹈十五个' })]);
  const pool: TestJudge[] = [];
  for (let i = 0; i < SEATS; i++) pool.push(await makeJudge(site, committee.id));
  ({ meetingId } = await makeMeeting(site, committee.id, staff.accountId, SEATS));
  await step('items', { ids: [declaration] });
  await site
    .db('meeting_seats')
    .insert(pool.map((j, i) => ({ meeting_id: meetingId, judge_id: j.judgeId, position: i + 1, is_chair: i === 0 })));
  expect((await step('begin')).text()).toContain('评议已经开始');
  const given = (await site
    .db('review_assignments')
    .where({ meeting_id: meetingId, declaration_id: declaration })
    .orderBy('judge_id')
    .pluck('judge_id')) as number[];
  judges = [...pool.filter((j) => given.includes(j.judgeId)), ...pool.filter((j) => !given.includes(j.judgeId))];
  // the others come without being watched: two of them sign in, one has scored
  for (const j of judges.slice(2, 4)) {
    const visitor = await signInAs(site, j);
    await visitor.send(await visitor.get(`/judge/meetings/${meetingId}`), { pledge: 'yes' });
  }
  const third = await signInAs(site, judges[2] as TestJudge);
  await third.send(
    await third.get(`/judge/meetings/${meetingId}/items/${declaration}`),
    { score: '85' },
    { form: 'form.score', button: 'do=score' },
  );
}, 120_000);
afterAll(async () => {
  await browser.close();
  await site.close();
});

/** Height of every button and of the lines that choose, as they stand on the screen. */
async function heights(who: Person): Promise<number[]> {
  return (await who.page.evaluate(
    `[].map.call(document.querySelectorAll('main .govuk-button, main .govuk-radios__item, main .govuk-checkboxes__item'), function (e) { return Math.round(e.getBoundingClientRect().height); })`,
  )) as number[];
}

async function comesAndScores(who: Person, judge: TestJudge, score: string): Promise<void> {
  await who.signIn(judge.loginName, PASSWORD);
  await who.open('/judge');
  await who.open(`/judge/meetings/${meetingId}`);
  await who.press('签到', '我承诺');
  expect(await who.text('#error-summary')).toContain('承诺');
  await who.fill({ 我已阅读并承诺遵守: '是' });
  await who.press('签到', '我承诺');
  expect(await who.text()).toContain('签到成功');
  await who.press('于海燕');
  expect(await who.text()).toContain('编排舞蹈十五个');
  await who.page.click('#notes-performance summary');
  await who.page.type('#note-performance', `${judge.name}的笔记`);
  await who.press('保存笔记', '工作成绩');
  expect(await who.text('#notes-performance')).toContain(`${judge.name}的笔记`);
  expect(Math.min(...(await heights(who)))).toBeGreaterThanOrEqual(FINGER);
  await who.fill({ '评分（0 至 100）': score });
  await who.press('保存评分');
  expect(await who.text()).toContain('评分已保存');
}

/** Choosing for a long time is no absence, though nothing is sent: what is chosen is kept nowhere and would be lost with the session (S19). */
async function choosesForLong(who: Person): Promise<void> {
  expect(await who.text('.ballot__state')).toContain('已选 0 份，还有 1 份未选');
  const asks: string[] = [];
  who.page.on('request', (r) => asks.push(`${r.method()} ${new URL(r.url()).pathname} ${r.postData() ?? ''}`.trim()));
  await who.page.click(`#vote-${declaration}`);
  expect(await who.text('.ballot__state')).toContain('全部 1 份都已选择');
  expect(asks).toEqual([]);
  await who.page.evaluate('var began = Date.now(); Date.now = function () { return began + 240000; }');
  const [asked] = await Promise.all([who.page.waitForResponse(`${site.base}/judge`), who.page.click(`#vote-${declaration}-2`)]);
  expect(asked.status()).toBe(200);
  await who.page.click(`#vote-${declaration}-3`);
  expect(asks).toEqual(['GET /judge']);
  await who.open(`/judge/meetings/${meetingId}/ballot`);
}

async function votes(who: Person, choice: string, before: (p: Person) => Promise<void> = () => Promise.resolve()): Promise<void> {
  await who.open(`/judge/meetings/${meetingId}`);
  await who.press('去投票');
  await before(who);
  expect(Math.min(...(await heights(who)))).toBeGreaterThanOrEqual(FINGER);
  await who.press('投票');
  expect(await who.errors()).toEqual(['请对于海燕投票', '请勾选「我已核对」']);
  await who.fill({ [`vote.${declaration}`]: choice, '我已核对，确认投票': '是' });
  await who.press('投票');
  expect(await who.text()).toContain('投票成功');
  expect(await who.has('我已核对，确认投票')).toBe(false);
}

describe('J3 a judge at a browser', () => {
  it('signs in, reads, scores, gives the opinion and votes: on a phone without scripts, and at a desk with them', async () => {
    const [first, second] = judges as [TestJudge, TestJudge];
    const phone = await newPerson(browser, site, { who: '评委手机', scripts: false, width: 390 });
    const desk = await newPerson(browser, site, { who: '评委电脑', scripts: true, width: 1280 });
    await comesAndScores(phone, first, '88');
    await comesAndScores(desk, second, '90');
    await desk.fill({ 评议意见: '同意提交评审。' });
    await desk.press('保存评议意见');
    expect(await desk.text()).toContain('评议意见已保存');
    expect((await step('open')).text()).toContain('投票已经开始');
    await votes(phone, 'yes');
    await votes(desk, '同意', choosesForLong);
    expect([...phone.faults(), ...desk.faults()]).toEqual([]);
  }, 180_000);
});
