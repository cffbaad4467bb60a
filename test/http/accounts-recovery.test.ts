/** A3 「找回用户名或密码」 and B3 the change of a mobile number. */
import { findPerson } from '../../src/modules/accounts';
import { sendRecoveryCode } from '../../src/modules/accounts/recovery';
import { makeStaff, makeUnit, PASSWORD, signInAs, signInVia } from '../support/factories';
import { knowCaptcha, lastSms, lastSmsCode, liftSmsLimits, makePerson, personalNumbersIn, submitWithCaptcha } from '../support/people';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite({ SMS_PER_MINUTE: '100000' });
});
afterAll(() => site.close());

const NEXT_PASSWORD = '灯塔-Lighthouse-2027';
let serial = 0;
const newMobile = (): string => `1370632${String(1000 + ++serial)}`;
const wrong = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

/** A person with a number of their own. */
async function personWith(mobile: string, loginName: string): Promise<{ accountId: number; loginName: string; idNumber: string }> {
  const n = 100 + ++serial;
  const person = await makePerson(site, loginName, n, '欧阳海燕', mobile);
  return person;
}
/** The first page filled in and followed. */
async function ask(visitor: Visitor, mobile: string): Promise<Page> {
  const answer = await submitWithCaptcha(site, visitor, await visitor.get('/recover'), { 'recover.mobile': mobile }, 'do=next');
  expect(answer.status).toBe(303);
  return visitor.open(answer.location);
}
/** Both pages, to the one with the login names. */
async function proven(visitor: Visitor, mobile: string): Promise<Page> {
  const page = await ask(visitor, mobile);
  expect(page.address).toMatch(/^\/recover\/code/);
  return visitor.send(page, { 'sms.code': await lastSmsCode(site, mobile) }, { button: 'do=next' });
}
const passwords = (password: string, again = password) => ({ 'recover.password': password, 'recover.passwordAgain': again });

describe('A3 recovery by short message', () => {
  it('A3 shows the login name only after the code is proven, sets a new password, unlocks, ends other sessions, and is recorded', async () => {
    const mobile = newMobile();
    const person = await personWith(mobile, 'haiyan_1');
    const elsewhere = await signInAs(site, person);
    const locked = site.visitor();
    for (let i = 0; i < 5; i++) await signInVia(site, locked, person.loginName, 'Cuowu-de-mima');
    expect((await signInVia(site, locked, person.loginName)).errors()[0]).toContain('已被锁定');

    const visitor = site.visitor();
    const codePage = await ask(visitor, ` ${mobile.slice(0, 3)} ${mobile.slice(3)}`);
    expect(codePage.text()).toContain(
      `如果 ${mobile.slice(0, 3)}****${mobile.slice(-4)} 是已注册账号的手机号码，短信验证码已经发送，5 分钟内有效`,
    );
    expect(codePage.html).not.toContain('haiyan_1');
    expect(codePage.address).not.toContain(mobile);
    const draft = codePage.address.split('draft=')[1] ?? '';
    expect((await visitor.get(`/recover/account?draft=${draft}`)).status).toBe(410);
    const bad = await visitor.send(codePage, { 'sms.code': wrong(await lastSmsCode(site, mobile)) }, { button: 'do=next' });
    expect(bad.errors()).toEqual(['「短信验证码」不正确，还可以尝试 4 次']);
    const page = await visitor.send(bad, { 'sms.code': await lastSmsCode(site, mobile) }, { button: 'do=next' });
    expect(page.text()).toContain('登录名 haiyan_1');
    expect(page.text()).toContain('个人账号：欧阳**');
    expect(page.text()).toContain(`371***********${person.idNumber.slice(-4)}`);
    expect(page.html).not.toContain(person.idNumber);

    for (const [values, text] of [
      [passwords(''), '请填写「新密码」'],
      [passwords('kz8-Qv2!p'), '密码至少 10 个字符，现有 9 个'],
      [passwords(`x-${mobile}-x`), '密码不能包含手机号码，请换一个密码'],
      [passwords('my-HAIYAN_1-2026'), '密码不能包含登录名，请换一个密码'],
      [passwords(NEXT_PASSWORD, 'x'), '两次填写的密码不一致，请重新填写'],
    ] as const)
      expect((await visitor.send(page, values)).errors()).toEqual([text]);

    const copies = await Promise.all([1, 2, 3].map(() => visitor.submit(page, passwords(NEXT_PASSWORD))));
    expect(copies.map((c) => c.location)).toEqual(Array(3).fill('/sign-in?recovered=1'));
    expect((await visitor.get('/sign-in?recovered=1')).text()).toContain('新密码已经设置，请使用新密码登录');
    expect((await elsewhere.get('/home')).location).toContain('/sign-in');
    expect((await signInVia(site, site.visitor(), person.loginName, PASSWORD)).errors()[0]).toContain('还可以尝试 4 次');
    expect((await signInVia(site, site.visitor(), person.loginName, NEXT_PASSWORD)).location).toBe('/home');
    // the page is used up
    expect((await visitor.submit(page, passwords('Another-Password-1'))).status).toBe(410);
    const trail = (await site
      .db('audit_log')
      .where({ subject_id: String(person.accountId) })
      .orderBy('id')
      .pluck('action')) as string[];
    expect(trail.filter((a) => a.startsWith('account.recover'))).toEqual(['account.recover-name', 'account.recover']);
    expect(JSON.stringify(await site.db('audit_log'))).not.toContain(mobile);
  });

  it('A3 lets choose among several accounts of one number, personal and unit, each with its own rules', async () => {
    const mobile = newMobile();
    const person = await personWith(mobile, 'haiyan_2');
    const unit = await makeUnit(site, { mobile, name: '威海市环翠区灯塔文化馆' });
    const off = await personWith(mobile, 'haiyan_off');
    await site.db('accounts').where({ id: off.accountId }).update({ disabled_at: site.db.fn.now() });
    const visitor = site.visitor();
    let page = await proven(visitor, mobile);
    for (const words of ['haiyan_2', unit.loginName, '单位账号：威海市环翠区灯塔文化馆']) expect(page.text()).toContain(words);
    expect(page.text()).not.toContain('haiyan_off');
    expect(page.html).not.toContain(unit.creditCode);
    page = await visitor.send(page, passwords(NEXT_PASSWORD));
    expect(page.errors()).toEqual(['请选择要设置新密码的账号']);
    const ofUnit =
      page
        .all('input[name="recover.account"]')
        .find((i) => i.parentNode?.text.includes(unit.loginName))
        ?.getAttribute('value') ?? '';
    page = await visitor.send(page, { 'recover.account': ofUnit, ...passwords('kz8-Qv2!pXd') });
    expect(page.errors()).toEqual(['密码至少 12 个字符，现有 11 个']);
    expect(page.all('input[name="recover.account"][checked]').map((i) => i.getAttribute('value'))).toEqual([ofUnit]);
    expect((await visitor.submit(page, { 'recover.account': ofUnit, ...passwords(NEXT_PASSWORD) })).location).toBe('/sign-in?recovered=1');
    expect((await signInVia(site, site.visitor(), unit.loginName, NEXT_PASSWORD)).location).toBe('/home');
    expect((await signInVia(site, site.visitor(), person.loginName, PASSWORD)).location).toBe('/home');
    expect((await signInVia(site, site.visitor(), off.loginName, PASSWORD)).status).toBe(422);
  });

  it('S05 neither page, status, headers nor the work done tell whether a number has an account', async () => {
    const known = newMobile();
    await personWith(known, 'haiyan_3');
    const unknown = newMobile();
    const seen = async (mobile: string): Promise<unknown[]> => {
      const visitor = site.visitor();
      const first = await visitor.get('/recover');
      await knowCaptcha(site, first);
      const answer = await visitor.submit(first, { 'recover.mobile': mobile, 'captcha.answer': 'test' }, { button: 'do=next' });
      const page = await visitor.get(answer.location);
      const guess = await visitor.submit(page, { 'sms.code': '000000' }, { button: 'do=next' });
      const told = await visitor.get(guess.location);
      const again = await visitor.submit(told, {}, { button: 'do=sms' });
      const limited = await visitor.get(again.location);
      return [answer, page, guess, told, again, limited].map((p) => [
        p.status,
        [...p.headers.keys()].sort(),
        p.html
          .replace(/\d{3}\*{4}\d{4}/g, 'number')
          .replace(/[0-9a-f-]{36}|value="[\w-]{16,}"|\d+ 秒/g, '…')
          .replace(/name="_csrf" value="[^"]*"/g, ''),
        p.location.replace(/[0-9a-f-]{36}/, '…'),
      ]);
    };
    expect(await seen(unknown)).toEqual(await seen(known));
    const rows = (await site.db('sms_outbox').orderBy('created_at', 'desc').limit(2).select('is_decoy', 'purpose')) as {
      is_decoy: boolean;
    }[];
    expect(rows.map((r) => r.is_decoy).sort()).toEqual([false, true]);
    await expect(lastSms(site, unknown)).rejects.toThrow('no message');
    await site.drainJobs();
    const states = (await site.db('sms_outbox').distinct('state').pluck('state')) as string[];
    expect(states).toEqual(['sent']);
  });

  it('S05 does the same work for a number without account: statement by statement', async () => {
    const numbers = Array.from({ length: 8 }, () => newMobile());
    for (const [i, mobile] of numbers.entries()) if (i % 2 === 0) await personWith(mobile, `worked_${i}`);
    const statements: string[][] = [];
    const listen = (q: { sql: string }): void => void statements.at(-1)?.push(q.sql);
    site.db.on('query', listen);
    for (const mobile of numbers) {
      statements.push([]);
      expect(await sendRecoveryCode(site.deps, mobile, { owner: 'o', requestId: '' })).toMatchObject({ kind: 'sent' });
    }
    site.db.removeListener('query', listen);
    expect(new Set(statements.map((list) => list.join('\n'))).size).toBe(1);
    expect(statements[0]?.length).toBeGreaterThan(5);
  });

  it('S08 ends after five wrong codes and after five minutes, and sends again on demand', async () => {
    const mobile = newMobile();
    await personWith(mobile, 'haiyan_4');
    const visitor = site.visitor();
    let page = await ask(visitor, mobile);
    const first = await lastSmsCode(site, mobile);
    for (let i = 0; i < 5; i++) page = await visitor.send(page, { 'sms.code': wrong(first) }, { button: 'do=next' });
    expect(page.errors()).toEqual(['「短信验证码」不正确或者已经失效，请点击「获取验证码」重新获取']);
    page = await visitor.send(page, { 'sms.code': first }, { button: 'do=next' });
    expect(page.errors()).toHaveLength(1);
    page = await visitor.send(page, {}, { button: 'do=sms' });
    expect(page.errors()[0]).toMatch(/^获取过于频繁，请 \d+ 秒后/);
    await liftSmsLimits(site);
    page = await visitor.send(page, {}, { button: 'do=sms' });
    expect(page.errors()).toEqual([]);
    const second = await lastSmsCode(site, mobile);
    await site.advanceClock('301 seconds');
    page = await visitor.send(page, { 'sms.code': second }, { button: 'do=next' });
    expect(page.errors()).toHaveLength(1);
    await site.db('clock').update({ shift: '0' });
    page = await visitor.send(page, { 'sms.code': second }, { button: 'do=next' });
    expect(page.text()).toContain('haiyan_4');
  });

  it('S09, X4 demands number and captcha, keeps what was typed, and works with the question in words', async () => {
    const visitor = site.visitor();
    let page = await visitor.send(await visitor.get('/recover'), { 'recover.mobile': '123' }, { button: 'do=next' });
    expect(page.errors()).toEqual(['请填写以 13 至 19 开头的 11 位手机号码', '请填写「验证码」']);
    expect(page.find('#f-recover-mobile')?.getAttribute('value')).toBe('123');
    page = await visitor.send(page, { 'captcha.answer': 'zzzz', 'recover.mobile': newMobile() }, { button: 'do=next' });
    expect(page.errors()).toEqual(['「验证码」不正确，请按新的验证码重新填写']);
    page = await visitor.send(page, {}, { button: 'do=captcha:words' });
    expect(page.text('#captcha')).toContain('等于几');
    expect(page.find('#f-recover-mobile')?.getAttribute('value')).toMatch(/^1370632/);
    for (const address of ['/recover/code', '/recover/code?draft=x', '/recover/account'])
      expect((await visitor.get(address)).status).toBe(410);
    // a draft of another browser
    const mobile = newMobile();
    await personWith(mobile, 'haiyan_5');
    const mine = await proven(visitor, mobile);
    expect(mine.text()).toContain('haiyan_5');
    const stranger = site.visitor();
    await stranger.get('/recover');
    expect((await stranger.get(mine.address)).status).toBe(410);
  });

  it('S55 no number in addresses or log', () => {
    expect(personalNumbersIn(site.log)).toEqual([]);
  });
});

describe('B3, S14 the change of a mobile number', () => {
  const values = (mobile: string, password = PASSWORD) => ({ 'mobile.number': mobile, 'mobile.password': password });
  const numberOf = async (accountId: number): Promise<string | undefined> =>
    (await findPerson(site.db, site.deps.cipher, accountId))?.mobile;

  it('B3 takes password and code, tells the old number, and finds the account by the new one', async () => {
    const [before, after] = [newMobile(), newMobile()];
    const person = await personWith(before, 'haiyan_6');
    const visitor = await signInAs(site, person);
    const profile = await visitor.get('/profile');
    expect(profile.text()).toContain(`${before.slice(0, 3)}****${before.slice(-4)}`);
    expect(profile.html).not.toContain(before);
    let page = await visitor.get('/profile/mobile');
    for (const [form, texts] of [
      [values('', ''), ['请填写「新手机号码」', '请填写「登录密码」']],
      [values('139'), ['请填写以 13 至 19 开头的 11 位手机号码']],
      [values(before), ['「新手机号码」与现在的手机号码相同']],
      [values(after, 'Cuowu-de-mima'), ['「登录密码」不正确，还可以尝试 4 次']],
    ] as const) {
      page = await visitor.send(page, form);
      expect(page.errors()).toEqual(texts);
      expect(page.find('#f-mobile-number')?.getAttribute('value')).toBe(form['mobile.number']);
    }
    page = await visitor.send(page, values(after));
    expect(page.address).toMatch(/^\/profile\/mobile\/code/);
    expect(page.text()).toContain(`短信验证码已发送到 ${after.slice(0, 3)}****${after.slice(-4)}`);
    expect((await visitor.send(page, { 'sms.code': '' }, { button: 'do=next' })).errors()).toEqual(['请填写「短信验证码」']);
    expect((await visitor.send(page, { 'sms.code': wrong(await lastSmsCode(site, after)) }, { button: 'do=next' })).errors()).toEqual([
      '「短信验证码」不正确，还可以尝试 4 次',
    ]);
    expect(await numberOf(person.accountId)).toBe(before);
    const done = await visitor.submit(page, { 'sms.code': await lastSmsCode(site, after) }, { button: 'do=next' });
    expect(done.location).toBe('/profile?mobile=1');
    expect((await visitor.get(done.location)).text()).toContain('手机号码已更换');
    expect(await numberOf(person.accountId)).toBe(after);
    expect(await lastSms(site, before)).toContain(`已更换为尾号 ${after.slice(-4)} 的号码`);
    const record = await site.db('audit_log').where({ action: 'profile.mobile', subject_id: String(person.accountId) });
    expect(record).toHaveLength(1);
    expect((await visitor.get(page.address)).status).toBe(410);
    await liftSmsLimits(site);
    expect((await proven(site.visitor(), after)).text()).toContain('haiyan_6');
    expect((await ask(site.visitor(), before)).text()).toContain('短信验证码已经发送');
    await expect(lastSmsCode(site, before)).resolves.toBe('');
  });

  it('B3 staff change their own number on the same page; the first one has no number to tell', async () => {
    await liftSmsLimits(site);
    const staff = await makeStaff(site, { role: 'support' });
    const visitor = await signInAs(site, staff);
    const stored = async (): Promise<string | undefined> => {
      const row = (await site.db('accounts').where({ id: staff.accountId }).first('mobile')) as { mobile: Buffer | null };
      return row.mobile ? site.deps.cipher.decrypt(row.mobile, 'account.mobile') : undefined;
    };
    const [first, next] = [newMobile(), newMobile()];
    for (const [mobile, before] of [
      [first, undefined],
      [next, first],
    ] as const) {
      const page = await visitor.open((await visitor.get('/home')).link('更换手机号码'));
      expect(page.text()).toContain(before === undefined ? '您的账号还没有手机号码' : `${before.slice(0, 3)}****${before.slice(-4)}`);
      const coded = await visitor.send(page, values(mobile));
      expect(await stored()).toBe(before);
      const done = await visitor.send(coded, { 'sms.code': await lastSmsCode(site, mobile) }, { button: 'do=next' });
      expect(done.text()).toContain('手机号码已更换');
      expect(await stored()).toBe(mobile);
      if (before !== undefined) expect(await lastSms(site, before)).toContain(`已更换为尾号 ${mobile.slice(-4)} 的号码`);
    }
    expect(await site.db('audit_log').where({ action: 'profile.mobile', subject_id: String(staff.accountId) })).toHaveLength(2);
  });

  it('S11 wrong passwords here count with those at sign-in, and lock', async () => {
    const person = await personWith(newMobile(), 'haiyan_7');
    const visitor = await signInAs(site, person);
    const page = await visitor.get('/profile/mobile');
    const texts: string[] = [];
    for (let i = 0; i < 6; i++) texts.push((await visitor.send(page, values(newMobile(), `Cuowu-${i}`))).errors()[0] ?? '');
    expect(texts[3]).toContain('还可以尝试 1 次');
    expect(texts[4]).toMatch(/^密码连续 5 次输入错误，请在 .* 之后再试$/);
    expect(texts[5]).toBe(texts[4]);
    expect((await visitor.send(page, values(newMobile()))).errors()[0]).toContain('之后再试');
    const wrongs = (await site
      .db('audit_log')
      .where({ action: 'account.password-wrong', subject_id: String(person.accountId) })) as unknown[];
    expect(wrongs).toHaveLength(5);
  });

  it('S08 a code for registration does not change a number, and a draft belongs to its browser', async () => {
    const after = newMobile();
    const person = await personWith(newMobile(), 'haiyan_8');
    const visitor = await signInAs(site, person);
    const page = await visitor.send(await visitor.get('/profile/mobile'), values(after));
    const other = await signInAs(site, await personWith(newMobile(), 'haiyan_9'));
    expect((await other.get(page.address)).status).toBe(410);
    expect((await site.visitor().get('/profile/mobile')).location).toContain('/sign-in');
    expect((await (await signInAs(site, await makeUnit(site))).get('/profile/mobile')).status).toBe(403);
    await liftSmsLimits(site);
    const stranger = site.visitor();
    await submitWithCaptcha(site, stranger, await stranger.get('/register/person'), { 'person.mobile': after }, 'do=sms');
    expect((await visitor.send(page, { 'sms.code': await lastSmsCode(site, after) }, { button: 'do=next' })).errors()[0]).toContain(
      '不正确',
    );
  });
});
