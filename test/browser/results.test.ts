/** J4, J5, A7 the way of a result in a real browser: office, bureau, public and holder; one round without scripts on a phone, one with them at a desk. */
import type { Browser } from 'puppeteer';
import { newPerson, openBrowser, type Person } from '../support/browser';
import { PASSWORD } from '../support/factories';
import { hasPdfSig, pdfSig } from '../support/pdf-sig';
import { openSite, type Site } from '../support/site';
import { declare, makeWorld, type Declared, type World } from '../print/certificate-fixture';

let site: Site;
let browser: Browser;
let world: World;

beforeAll(async () => {
  [site, browser] = await Promise.all([openSite(), openBrowser()]);
  world = await makeWorld(site);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await site.close();
});

/** Reported to the committee, nothing done with it yet. */
async function reported(name: string): Promise<Declared> {
  const d = await declare(site, world, { name });
  await site.db('votes').where({ declaration_id: d.id }).delete();
  await site.db('publicity_items').where({ declaration_id: d.id }).delete();
  await site.db('publicities').whereNotIn('id', site.db('publicity_items').select('publicity_id')).delete();
  await site.db('declarations').where({ id: d.id }).update({ state: 'office_review', holder_committee_id: world.committee.id });
  return d;
}

async function office(who: Person, d: Declared, figures: Record<string, string>, result: string): Promise<void> {
  await who.signIn(world.office.loginName, PASSWORD);
  await who.open(`/declarations/${d.id}`);
  await who.press('受理');
  await who.press('受理');
  expect(await who.text()).toContain('已完成「受理」');
  await who.press('登记表决结果');
  const { rows } = await site.db.raw<{ rows: { today: string }[] }>("SELECT to_char(app_today(), 'YYYY.MM.DD') AS today");
  const all = { 评审会议日期: rows[0]?.today ?? '', ...figures };
  await who.fill({ ...all, 反对: '9' });
  await who.press('登记表决结果');
  expect((await who.errors()).length).toBeGreaterThan(0);
  await who.fill(all);
  await who.press('登记表决结果');
  await who.press(`确认登记「${result}」`);
  expect(await who.text()).toContain('已完成「登记表决结果」');
}

/** Gives the number of the certificate. */
async function certificateOf(d: Declared): Promise<string> {
  await site.drainJobs();
  return ((await site.db('certificates').where({ declaration_id: d.id }).first('number')) as { number: string }).number;
}

/** S14: the password once more, before results are confirmed */
const prove = async (who: Person): Promise<void> => {
  expect(await who.text('h1')).toBe('确认身份');
  await who.fill({ 登录密码: PASSWORD });
  await who.press('确认');
};

const round = async (scripts: boolean, width: 390 | 1280): Promise<void> => {
  const name = scripts ? '丛海燕' : '于海洋';
  const d = await reported(name);
  const open = (who: string): Promise<Person> => newPerson(browser, site, { who: `${who}${width}`, scripts, width });
  const faults: string[] = [];

  const staff = await open('办事机构');
  await office(staff, d, { 总人数: '25', 参加人数: '23', 赞成: '20', 反对: '2', 弃权: '1' }, '通过');
  await staff.press('公示');
  await staff.press('公示');
  expect(await staff.text()).toContain('已完成「公示」');
  faults.push(...staff.faults());

  const anybody = await open('公众');
  await anybody.open('/publicities');
  await anybody.press(world.committee.name);
  expect(await anybody.text()).toContain(name);
  expect(await anybody.text()).not.toContain(d.idNumber.slice(0, 6));

  const early = await open('人社局');
  await early.signIn(world.bureau.loginName, PASSWORD);
  await early.open(`/declarations/${d.id}`);
  await early.press('确认');
  await prove(early);
  await early.press('确认');
  expect((await early.errors()).join()).toContain('期满后才能确认');
  await site.advanceClock('15 days');
  const bureau = await open('人社局期满');
  await bureau.signIn(world.bureau.loginName, PASSWORD);
  await bureau.open('/bureau/results');
  await bureau.press(name);
  await bureau.press('确认');
  await prove(bureau);
  await bureau.press('确认');
  expect(await bureau.text()).toContain('已完成「确认」');
  faults.push(...bureau.faults());

  const number = await certificateOf(d);
  await anybody.open('/certificates/check');
  await anybody.fill({ 证书编号: number, 姓名: name });
  await anybody.press('查验');
  expect(await anybody.text('#result')).toContain('有效');
  expect(await anybody.text('#result')).not.toContain(name);
  faults.push(...anybody.faults());

  const holder = await open('持证人');
  await holder.signIn(d.loginName, PASSWORD);
  await holder.open('/declarations');
  const file = await holder.download('下载证书');
  expect([file.status, file.type, file.body.subarray(0, 4).toString()]).toEqual([200, 'application/pdf', '%PDF']);
  if (hasPdfSig) expect(pdfSig(file.body)).toContain('Signature is Valid');
  faults.push(...holder.faults());
  expect(faults).toEqual([]);
};

describe('J4, J5, A7 from the vote to the certificate', () => {
  const verified = hasPdfSig ? '' : ' (pdfsig is not installed: the signature is NOT VERIFIED)';
  it(
    `without scripts, on a phone: the five numbers, publicity, confirmation, 「证书查验」, download${verified}`,
    () => round(false, 390),
    240_000,
  );
  it(`with scripts, at a desk: the same${verified}`, () => round(true, 1280), 240_000);
});

describe('J4 recheck at a browser', () => {
  it('the applicant who did not pass asks for it without scripts, the office answers, the answer stands among the steps', async () => {
    const d = await reported('滕海波');
    const staff = await newPerson(browser, site, { who: '办事机构复查', scripts: true, width: 1280 });
    await office(staff, d, { 总人数: '25', 参加人数: '23', 赞成: '9', 反对: '14', 弃权: '0' }, '未通过');
    const own = await newPerson(browser, site, { who: '申请人复查', scripts: false, width: 390 });
    await own.signIn(d.loginName, PASSWORD);
    await own.open(`/declarations/${d.id}`);
    await own.press('申请复查');
    await own.press('提交申请');
    expect(await own.errors()).toEqual(['请填写「申请理由」']);
    await own.fill({ 申请理由: '表决材料中缺少代表性成果第二项，请核对。' });
    await own.press('提交申请');
    expect(await own.text()).toContain('等待评委会办事机构答复');
    await staff.open('/results/rechecks');
    await staff.press('滕海波');
    await staff.fill({ outcome: 'kept', 复查情况: '经核对，材料齐全，评审程序符合规定。' });
    await staff.press('提交答复');
    expect(await staff.text()).toContain('已登记处理结果');
    await own.open(`/declarations/${d.id}`);
    expect(await own.text()).toContain('复查：维持原评审结果');
    expect([...own.faults(), ...staff.faults()]).toEqual([]);
  }, 180_000);
});
