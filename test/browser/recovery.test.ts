/** A3 「找回用户名或密码」 and B3 「更换手机号码」 as people do them, with scripts on a wide screen and without scripts on a telephone. */
import type { Browser } from 'puppeteer';
import { makePerson, makeStaff, makeUnit, PASSWORD } from '../support/factories';
import { newPerson, openBrowser, type Person } from '../support/browser';
import { lastSmsCode, liftSmsLimits } from '../support/people';
import { openSite, type Site } from '../support/site';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const SECRET = 'Haibian-Wuqu-95';

describe.each([
  { run: 'with scripts, 1280 px', scripts: true, width: 1280 },
  { run: 'without scripts, 390 px', scripts: false, width: 390 },
])('A3, B3, X5 recovery $run', ({ scripts, width }) => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site.close());

  it('A2, A3 a locked person gets a code, reads the login name, sets a new password and signs in with it', async () => {
    const mobile = '13906318801';
    const account = await makePerson(site, { name: '阿依努尔·吐尔逊江', mobile });
    const unit = await makeUnit(site, { name: '威海市环翠区非物质文化遗产保护中心（威海市环翠区群众艺术馆）', mobile });
    const who: Person = await newPerson(browser, site, { who: '找回', scripts, width, folder: 'recovery' });
    await who.open('/sign-in');
    for (let i = 0; i < 5; i++) {
      await who.fill({ 账号: account.loginName, 密码: 'Cuowu-de-mima' });
      await who.answerCaptcha();
      await who.press('立即登录');
    }
    expect((await who.errors()).join()).toContain('找回用户名或密码');
    await who.press('找回用户名或密码');
    await who.fill({ 手机号码: '139' });
    await who.answerCaptcha();
    await who.press('获取验证码');
    expect(await who.errors()).toEqual(['请填写以 13 至 19 开头的 11 位手机号码']);
    await who.fill({ 手机号码: mobile });
    await who.answerCaptcha();
    await who.press('获取验证码');
    expect(await who.text()).not.toContain(account.loginName);
    await who.press('获取验证码');
    expect(await who.text('#sms')).toContain('获取过于频繁');
    await liftSmsLimits(site);
    const first = await lastSmsCode(site, mobile);
    await who.press('获取验证码');
    expect(await who.text('#sms')).not.toContain('获取过于频繁');
    expect(await site.db('sms_codes')).toHaveLength(2);
    const second = await lastSmsCode(site, mobile);
    if (first !== second) {
      await who.fill({ 短信验证码: first });
      await who.press('下一步');
      expect(await who.errors()).toEqual(['「短信验证码」不正确，还可以尝试 4 次']);
    }
    await who.fill({ 短信验证码: second });
    await who.press('下一步');
    for (const loginName of [account.loginName, unit.loginName]) expect(await who.text()).toContain(loginName);
    await who.press('设置新密码');
    expect(await who.errors()).toEqual(['请选择要设置新密码的账号', '请填写「新密码」']);
    await who.fill({ 'recover.account': '1', 新密码: 'short', 确认新密码: 'short' });
    await who.press('设置新密码');
    expect(await who.errors()).toEqual(['密码至少 10 个字符，现有 5 个']);
    expect(await who.holds('recover.account', '1')).toBe(true);
    await who.fill({ 新密码: SECRET, 确认新密码: SECRET });
    await who.press('设置新密码');
    expect(await who.text()).toContain('新密码已经设置，请使用新密码登录');
    await who.signIn(account.loginName, SECRET);
    expect(who.faults()).toEqual([]);
  });

  it('B3, S14 a person changes the number in 「基本信息」; support staff of a demonstration read the code in 「短信记录」', async () => {
    const account = await makePerson(site, { name: '于海宁', mobile: '13906318802' });
    const who = await newPerson(browser, site, { who: '更换', scripts, width, folder: 'recovery' });
    await who.signIn(account.loginName, PASSWORD);
    await who.press('基本信息');
    await who.press('修改', '手机号码');
    await who.fill({ 新手机号码: '13906318803', 登录密码: PASSWORD });
    await who.press('获取验证码');
    const support = await newPerson(browser, site, { who: '支持', scripts, width, folder: 'recovery' });
    await support.signIn((await makeStaff(site, { role: 'support' })).loginName, PASSWORD);
    await support.press('短信记录');
    expect(await support.text()).toContain('139****8803');
    const code = /验证码 (\d{6})，用于更换手机号码/.exec(await support.text())?.[1] ?? '';
    await who.fill({ 短信验证码: code });
    await who.press('确认更换');
    expect(await who.text()).toContain('手机号码已更换');
    expect(await who.text()).toContain('139****8803');
    expect([...who.faults(), ...support.faults()]).toEqual([]);
  });
});
