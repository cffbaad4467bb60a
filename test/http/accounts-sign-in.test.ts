import { hash } from '@node-rs/argon2';
import { ownAddress } from '../../src/modules/accounts/own-address';
import { makeUnit, PASSWORD, signInVia } from '../support/factories';
import { knowCaptcha, makePerson, submitWithCaptcha } from '../support/people';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const WRONG = 'not-the-password-1';

async function attempt(account: string, password: string, visitor: Visitor = site.visitor()): Promise<Page> {
  const page = await visitor.get('/sign-in');
  return submitWithCaptcha(site, visitor, page, { account, password });
}
const countOf = async (loginName: string): Promise<number> =>
  Number((await site.db('accounts').where({ login_name: loginName }).first<{ failed_count: number }>('failed_count')).failed_count);

describe('A1 the sign-in page', () => {
  it('has the words of the guide, the support telephone and the notices', async () => {
    await site.db('notices').insert({ title: '关于开展2026年度职称评审工作的通知', body: '正文', issued_by: '人事处' });
    const page = await site.visitor().get('/sign-in');
    expect(page.status).toBe(200);
    for (const words of [
      '立即登录',
      '验证码',
      '个人注册',
      '单位注册',
      '找回用户名或密码',
      '常见问题',
      '0531-81919792',
      '关于开展2026年度职称评审工作的通知',
    ]) {
      expect(page.text('body')).toContain(words);
    }
    expect((await site.visitor().get('/')).location).toBe('/sign-in');
  });

  it('signs in with login name and ID number, in either case, and with a credit code', async () => {
    const person = await makePerson(site, 'WangLihua', 101);
    const unit = await makeUnit(site);
    for (const name of [
      person.loginName,
      'wanglihua',
      person.idNumber,
      ` ${person.idNumber.toLowerCase()} `,
      unit.creditCode.toLowerCase(),
      unit.loginName,
    ]) {
      const visitor = site.visitor();
      const answer = await attempt(name, PASSWORD, visitor);
      expect([name, answer.status, answer.location]).toEqual([name, 303, '/home']);
      expect((await visitor.get('/home')).status).toBe(200);
      expect((await visitor.get('/')).location).toBe('/home');
      expect((await visitor.get('/sign-in')).location).toBe('/home');
    }
  });

  it('shows the captcha to its own session only, once, and draws another by a named button that keeps the account', async () => {
    const visitor = site.visitor();
    const page = await visitor.get('/sign-in');
    const picture = page.find('#captcha img')?.getAttribute('src') ?? '';
    const own = await visitor.bytes(picture);
    expect([own.status, own.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect((await site.visitor().get(picture)).status).toBe(404);
    expect((await site.visitor().get('/captcha/x.png')).status).toBe(404);

    const renewed = await visitor.send(page, { account: 'zhangsan_1' }, { button: 'do=captcha:picture' });
    expect(renewed.find('#f-account')?.getAttribute('value')).toBe('zhangsan_1');
    expect(renewed.find('#captcha img')?.getAttribute('src')).not.toBe(picture);
    expect(renewed.address).not.toContain('zhangsan');
    const words = await visitor.send(renewed, {}, { button: 'do=captcha:words' });
    expect(words.text('#captcha')).toMatch(/请回答：[零一二三四五六七八九十]+[加减][一二三四五六七八九]等于几/);
    expect(words.find('#f-account')?.getAttribute('value')).toBe('zhangsan_1');
  });

  it('S09 takes a captcha once, also for a failed sign-in, and not after ten minutes', async () => {
    await makePerson(site, 'captcha_once', 102);
    const visitor = site.visitor();
    const page = await visitor.get('/sign-in');
    await knowCaptcha(site, page);
    const first = await visitor.submit(page, { account: 'captcha_once', password: WRONG, 'captcha.answer': 'TEST' });
    expect([first.status, first.errors()]).toEqual([422, ['账号或者密码不正确，还可以尝试 4 次']]);
    const second = await visitor.submit(page, { account: 'captcha_once', password: PASSWORD, 'captcha.answer': 'test' });
    expect([second.status, second.errors()]).toEqual([422, ['「验证码」已经失效，请按新的验证码重新填写']]);

    const late = await visitor.get('/sign-in');
    await knowCaptcha(site, late);
    await site.db('captchas').update({ expires_at: site.db.raw("now() - interval '1 second'") });
    expect((await visitor.submit(late, { account: 'captcha_once', password: PASSWORD, 'captcha.answer': 'test' })).errors()).toEqual(
      second.errors(),
    );
    expect(await countOf('captcha_once')).toBe(1);
  });

  it('S09 lets one of many simultaneous uses of a captcha through', async () => {
    await makePerson(site, 'captcha_race', 103);
    const visitor = site.visitor();
    const page = await visitor.get('/sign-in');
    await knowCaptcha(site, page);
    await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        visitor.submit(page, { account: 'captcha_race', password: `${WRONG}-${i}`, 'captcha.answer': 'test' }),
      ),
    );
    expect(await countOf('captcha_race')).toBe(1);
  });

  it('X4 keeps the account, never the password, and names what is missing', async () => {
    const visitor = site.visitor();
    const answer = await visitor.submit(await visitor.get('/sign-in'), { account: '王丽华<b>', password: 'secret-secret' });
    expect(answer.status).toBe(422);
    expect(answer.errors()).toEqual(['请填写「验证码」']);
    expect(answer.find('title')?.text).toMatch(/^错误：登录/);
    expect(answer.find('#f-account')?.getAttribute('value')).toBe('王丽华<b>');
    expect(answer.html).not.toContain('<b>');
    expect(answer.html).not.toContain('secret-secret');
    const empty = await visitor.submit(answer, { account: ' ' });
    expect(empty.errors()).toEqual(['请填写账号', '请填写密码', '请填写「验证码」']);
  });
});

describe('A2 lockout', () => {
  it('S01 locks at the fifth of 50 simultaneous wrong passwords, for 15 minutes, whatever is tried in between', async () => {
    await makePerson(site, 'burst', 110);
    const visitors = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const visitor = site.visitor();
        const page = await visitor.get('/sign-in');
        await knowCaptcha(site, page);
        return { visitor, page };
      }),
    );
    const answers = await Promise.all(
      visitors.map(({ visitor, page }, i) =>
        visitor.submit(page, { account: 'burst', password: `${WRONG}${i}`, 'captcha.answer': 'test' }),
      ),
    );
    const texts = answers.flatMap((a) => a.errors());
    expect(answers.every((a) => a.status === 422)).toBe(true);
    expect(texts.filter((t) => t.includes('还可以尝试')).sort()).toEqual(
      [4, 3, 2, 1].map((n) => `账号或者密码不正确，还可以尝试 ${n} 次`).sort(),
    );
    expect(texts.filter((t) => t.includes('已被锁定 15 分钟'))).toHaveLength(46);
    expect(
      await site
        .db('audit_log')
        .where({ action: 'account.sign-in-failed' })
        .whereRaw("detail ->> 'tries' IS NOT NULL")
        .whereRaw("subject_id = (SELECT id::text FROM accounts WHERE login_name = 'burst')"),
    ).toHaveLength(5);

    const held = await site
      .db('accounts')
      .where({ login_name: 'burst' })
      .first<{ failed_count: number; locked_until: Date }>('failed_count', 'locked_until');
    expect(held.failed_count).toBe(5);
    expect((await attempt('burst', PASSWORD)).errors()[0]).toContain('已被锁定');
    await site.advanceClock('14 minutes 50 seconds');
    expect((await attempt('burst', WRONG)).errors()[0]).toContain('已被锁定');
    expect((await site.db('accounts').where({ login_name: 'burst' }).first<{ locked_until: Date }>('locked_until')).locked_until).toEqual(
      held.locked_until,
    );
    await site.advanceClock('11 seconds');
    expect((await attempt('burst', PASSWORD)).location).toBe('/home');
    expect(await countOf('burst')).toBe(0);
  });

  it('counts login name and ID number together, starts anew after success and after the lock', async () => {
    const person = await makePerson(site, 'both_names', 111);
    expect((await attempt('both_names', WRONG)).errors()[0]).toContain('还可以尝试 4 次');
    expect((await attempt(person.idNumber, WRONG)).errors()[0]).toContain('还可以尝试 3 次');
    await attempt('both_names', PASSWORD);
    expect(await countOf('both_names')).toBe(0);
    for (let i = 0; i < 5; i++) await attempt('both_names', WRONG);
    await site.advanceClock('15 minutes 1 second');
    expect((await attempt('both_names', WRONG)).errors()[0]).toContain('还可以尝试 4 次');
  });

  it('does not count a wrong captcha', async () => {
    await makePerson(site, 'captcha_wrong', 112);
    const visitor = site.visitor();
    for (let i = 0; i < 6; i++) {
      const page = await visitor.get('/sign-in');
      await knowCaptcha(site, page);
      const answer = await visitor.submit(page, { account: 'captcha_wrong', password: WRONG, 'captcha.answer': 'nope' });
      expect(answer.errors()).toEqual(['「验证码」不正确，请按新的验证码重新填写']);
    }
    expect(await countOf('captcha_wrong')).toBe(0);
  });

  it('S04 answers for names of nobody as for names of somebody', async () => {
    await makePerson(site, 'somebody', 113);
    const told = async (name: string): Promise<string[]> => {
      const texts: string[] = [];
      for (let i = 0; i < 6; i++) texts.push(...(await attempt(name, WRONG)).errors());
      return texts.map((t) => t.replace(/\d+年.*?:\d\d/, 'T'));
    };
    expect(await told('nobody_at_all')).toEqual(await told('somebody'));
    await site.advanceClock('15 minutes 1 second');
    expect((await attempt('NOBODY_at_all', WRONG)).errors()[0]).toContain('还可以尝试 4 次');
    await site
      .db('accounts')
      .where({ login_name: 'somebody' })
      .update({ disabled_at: site.db.raw('app_now()') });
    expect((await attempt('somebody', PASSWORD)).errors()[0]).toContain('账号或者密码不正确，还可以尝试 4 次');
  });

  it('a burst of the same wrong form counts once and every copy gets the first answer', async () => {
    await makePerson(site, 'impatient', 114);
    const visitor = site.visitor();
    const page = await visitor.get('/sign-in');
    await knowCaptcha(site, page);
    const send = () => visitor.submit(page, { account: 'impatient', password: WRONG, 'captcha.answer': 'test' });
    const answers = await Promise.all(Array.from({ length: 8 }, send));
    answers.push(await send());
    expect(answers.map((a) => a.errors().join())).toEqual(Array(9).fill('账号或者密码不正确，还可以尝试 4 次'));
    expect(await countOf('impatient')).toBe(1);
  });

  it('S03 all copies of an impatient sign-in land in one usable session', async () => {
    await makePerson(site, 'double_click', 115);
    for (const delay of [0, 2, 4, 6, 8, 12, 20, 60]) {
      const visitor = site.visitor();
      const page = await visitor.get('/sign-in');
      await knowCaptcha(site, page);
      const before = visitor.cookies.get('sid') ?? '';
      const copies = await Promise.all(
        Array.from({ length: 4 }, async (_, i) => {
          // each copy leaves the browser with the cookie that the page had, whatever came back meanwhile
          const copy = site.visitor();
          copy.cookies.set('sid', before);
          await new Promise((r) => setTimeout(r, i * delay));
          const answer = await copy.submit(page, { account: 'double_click', password: PASSWORD, 'captcha.answer': 'test' });
          return { copy, answer };
        }),
      );
      expect(copies.map(({ answer }) => [delay, answer.status, answer.location])).toEqual(Array(4).fill([delay, 303, '/home']));
      for (const { copy } of copies) expect((await copy.get('/home')).status).toBe(200);
      const ids = new Set(copies.map(({ copy }) => decodeURIComponent(copy.cookies.get('sid') ?? '').split('.')[0]));
      expect(ids.size).toBe(1);
    }
    expect(await countOf('double_click')).toBe(0);
  });
});

describe('S07 the strength of hashes', () => {
  it('S07 a hash of weaker parameters is replaced when its owner signs in, and by nothing else', async () => {
    const unit = await makeUnit(site);
    const weak = await hash(PASSWORD, { algorithm: 2, memoryCost: 8192, timeCost: 1, parallelism: 1 });
    await site.db('accounts').where({ id: unit.accountId }).update({ password_hash: weak });
    const stored = async (): Promise<string> =>
      ((await site.db('accounts').where({ id: unit.accountId }).first('password_hash')) as { password_hash: string }).password_hash;
    expect((await signInVia(site, site.visitor(), unit.loginName, 'Cuowu-de-mima-1')).status).toBe(422);
    expect(await stored()).toBe(weak);
    const visitor = site.visitor();
    expect((await signInVia(site, visitor, unit.loginName)).status).toBe(303);
    expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await visitor.get('/home')).status).toBe(200);
    expect((await signInVia(site, site.visitor(), unit.loginName)).status).toBe(303);
  });
});

describe('S27 next', () => {
  const hostile = [
    '//evil.example', '///evil.example', '/\\evil.example', '\\\\evil.example', '/%2f%2fevil.example', '/%5cevil.example', 'https://evil.example', 'http:evil.example',
    'javascript:alert(1)', 'data:text/html,x', '/home\r\nLocation: https://evil.example', '/home%0d%0aSet-Cookie:a=b', '/home\tx', '/home\0', '/@evil.example', '/.evil.example',
    '/home//evil.example', '/home/../../evil', '/home/..%2f', 'home', '', ' /home', '/sign-out', '/unit/review/bulk', '/nowhere', '/home@evil.example', '/home:80', '/home\\..\\x',
    '//home', '/%68ome', '/home#x', `/home?${'a'.repeat(2000)}`,
  ]; // prettier-ignore
  it.each(hostile)('%j leads home', (next) => expect(ownAddress(next)).toBe('/home'));
  it.each([
    '/home',
    '/declarations/8b0c4e62-0000-4000-8000-000000000000/sections/education?saved=1',
    '/unit/review?series=9&name=%E7%8E%8B',
    '/profile',
    '/support/sms',
    '/bureau/results/bulk?draft=8b0c4e62-0000-4000-8000-000000000000',
    '/tasks/12',
  ])('%s is kept', (next) => expect(ownAddress(next)).toBe(next));

  it('leads back to the page that asked for the sign-in', async () => {
    await makePerson(site, 'comes_back', 120);
    const visitor = site.visitor();
    const asked = await visitor.get('/profile?x=1');
    expect(asked.location).toBe('/sign-in?next=%2Fprofile%3Fx%3D1');
    const page = await visitor.get(asked.location);
    expect((await submitWithCaptcha(site, visitor, page, { account: 'comes_back', password: PASSWORD })).location).toBe('/profile?x=1');
    const other = site.visitor();
    const bad = await other.get('/sign-in?next=//evil.example/x');
    expect((await submitWithCaptcha(site, other, bad, { account: 'comes_back', password: PASSWORD })).location).toBe('/home');
    expect((await other.get('/sign-in?next=//evil.example')).location).toBe('/home');
  });
});

describe('A1 signing out', () => {
  it('S20 ends the session and is recorded; names never are', async () => {
    const person = await makePerson(site, 'goes_away', 130);
    const visitor = site.visitor();
    await signInVia(site, visitor, 'goes_away');
    const old = visitor.cookies.get('sid') ?? '';
    const answer = await visitor.submit(await visitor.get('/home'), {}, { form: '/sign-out' });
    expect(answer.location).toBe('/sign-in?signed-out=1');
    const thief = site.visitor();
    thief.cookies.set('sid', old);
    expect((await thief.get('/home')).status).toBe(303);
    const rows = await site
      .db('audit_log')
      .where({ subject_id: String(person.accountId), subject_kind: 'account' })
      .orderBy('id')
      .select('action');
    expect(rows.map((r: { action: string }) => r.action)).toEqual(['account.sign-in', 'account.sign-out']);
    const all = JSON.stringify(await site.db('audit_log')) + site.log.join('\n');
    expect(all).not.toContain('goes_away');
    expect(all).not.toContain(person.idNumber);
  });

  it('A3 「找回用户名或密码」 says how to get back today', async () => {
    const page = await site.visitor().get('/recover');
    expect(page.text()).toContain('0531-81919792');
    expect(page.find('main a[href="/contacts"]')?.text).toBe('人社局联系电话');
  });
});
