import { totpCode, totpStep } from '../../src/lib/totp';
import { allRoutes } from '../../src/routes';
import { confirmPassword, makePerson, makeStaff, makeUnit, PASSWORD, signInVia, type TestUnit } from '../support/factories';
import { lastSmsCode, liftSmsLimits, submitWithCaptcha } from '../support/people';
import { until } from '../support/process';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let serial = 0;
beforeAll(async () => {
  site = await openSite({ SECOND_FACTOR: 'required' });
});
afterAll(() => site.close());

const now = async (): Promise<Date> => {
  const { rows } = await site.db.raw<{ rows: { now: Date }[] }>('SELECT app_now() AS now');
  return rows[0]?.now ?? new Date(NaN);
};
const codeNow = async (secret: string): Promise<string> => totpCode(secret, totpStep(await now()));
const secretOf = (page: Page): string => page.text('#totp-secret').replace(/ /g, '');
const nextMobile = (): string => `1370631${String(++serial).padStart(4, '0')}`;

interface Enrolled {
  loginName: string;
  secret: string;
  codes: string[];
  visitor: Visitor;
}
/** Signs in for the first time, sets an authenticator, keeps the recovery codes. */
async function enrol(account: { loginName: string }): Promise<Enrolled> {
  const visitor = site.visitor();
  const first = await signInVia(site, visitor, account.loginName);
  expect([first.status, first.location]).toEqual([303, '/sign-in/factor/set']);
  const page = await visitor.get(first.location);
  const secret = secretOf(page);
  const told = await visitor.send(page, { code: await codeNow(secret) }, { button: 'do=next' });
  const codes = told.all('#recovery-codes li').map((li) => li.text.trim());
  expect((await visitor.submit(told)).location).toBe('/home');
  // the code of this moment is used up: the next sign-in needs the next one
  await site.advanceClock('31 seconds');
  return { loginName: account.loginName, secret, codes, visitor };
}
/** The second page of a sign-in in a new browser. */
async function half(loginName: string, password = PASSWORD): Promise<{ visitor: Visitor; page: Page }> {
  const visitor = site.visitor();
  const answer = await signInVia(site, visitor, loginName, password);
  return { visitor, page: await visitor.get(answer.location) };
}
const give = (visitor: Visitor, page: Page, code: string): Promise<Page> => visitor.submit(page, { code }, { button: 'do=next' });

describe('S10 the second factor', () => {
  it('is set at the first sign-in of every account that sees other people’s data, and not asked of persons', async () => {
    for (const account of [
      await makeUnit(site),
      await makeStaff(site, { role: 'bureau', divisionCode: '371002' }),
      await makeStaff(site, { role: 'support' }),
      await makeStaff(site, { role: 'admin' }),
    ])
      await enrol(account);
    const person = site.visitor();
    expect((await signInVia(site, person, (await makePerson(site)).loginName)).location).toBe('/home');
  });

  it('S11, X2 before it is given there is no right at all: no guarded route opens', async () => {
    const { loginName } = await enrol(await makeStaff(site, { role: 'admin' }));
    const { visitor } = await half(loginName);
    const token = new Map((await visitor.get('/sign-in/factor')).fields()).get('_csrf') ?? '';
    for (const route of allRoutes(site.deps).filter((r) => r.access !== 'public')) {
      const address = route.path.replace(/:\w+/g, '1');
      const answer =
        route.method === 'get'
          ? await visitor.get(address)
          : await visitor.request('POST', address, new URLSearchParams({ _csrf: token, _token: 'abcdefghijklmnop1234' }));
      expect([route.path, answer.status, answer.location.split('?')[0]]).toEqual([route.path, 303, '/sign-in']);
    }
    // nor can it be set anew from here
    expect((await visitor.get('/sign-in/factor/set')).location).toBe('/sign-in/factor');
    expect((await visitor.get('/sign-in/factor/codes')).location).toBe('/sign-in');
  });

  it('S11 a session that nobody has opened reaches neither page', async () => {
    const visitor = site.visitor();
    for (const address of ['/sign-in/factor', '/sign-in/factor/set', '/sign-in/factor/codes'])
      expect([address, (await visitor.get(address)).location]).toEqual([address, '/sign-in']);
    expect((await visitor.get('/sign-in/factor/qr.png')).status).toBe(404);
  });

  it('a code by time lets in once, on to the page that was wanted; the session id is new (S16)', async () => {
    const { loginName, secret } = await enrol(await makeStaff(site, { role: 'admin' }));
    const visitor = site.visitor();
    const form = await visitor.get('/sign-in?next=%2Fadmin%2Fstaff');
    const answer = await submitWithCaptcha(site, visitor, form, { account: loginName, password: PASSWORD });
    const page = await visitor.get(answer.location);
    const before = visitor.cookies.get('sid');
    const code = await codeNow(secret);
    expect((await give(visitor, page, code)).location).toBe('/admin/staff');
    expect(visitor.cookies.get('sid')).not.toBe(before);
    expect((await visitor.get('/admin/staff')).status).toBe(200);
    const again = await half(loginName);
    expect((await give(again.visitor, again.page, code)).errors()[0]).toContain('已经使用过');
  });

  it('of fifty wrong codes at once five are compared; then it is locked for 15 minutes, also for the right one', async () => {
    const { loginName, secret } = await enrol(await makeStaff(site, { role: 'admin' }));
    const { visitor, page } = await half(loginName);
    const csrf = new Map(page.fields()).get('_csrf') ?? '';
    const since = await site.db('audit_log').max<{ max: number }>('id as max').first();
    // such as look like a code of an application, and such as look like one from the list
    const wrong = ['zzzzz-zzzzz', String((Number(await codeNow(secret)) + 500_000) % 1_000_000).padStart(6, '0')];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_x, i) =>
        visitor.request(
          'POST',
          '/sign-in/factor',
          new URLSearchParams({
            _csrf: csrf,
            _token: `wrong-code-token-${String(i).padStart(4, '0')}`,
            do: 'next',
            code: wrong[i % 2] ?? '',
          }),
        ),
      ),
    );
    expect(new Set(answers.map((a) => a.status))).toEqual(new Set([422]));
    const tried = await site
      .db('audit_log')
      .where('id', '>', since?.max ?? 0)
      .where({ action: 'account.second-factor-wrong' });
    expect(tried).toHaveLength(5);
    await site.advanceClock('31 seconds');
    expect((await give(visitor, page, await codeNow(secret))).errors()[0]).toContain('连续 5 次');
    await site.advanceClock('15 minutes');
    expect((await give(visitor, page, await codeNow(secret))).status).toBe(303);
  });

  it('a recovery code lets in once; new ones replace the old', async () => {
    const { loginName, codes, visitor: own } = await enrol(await makeStaff(site, { role: 'support' }));
    expect(codes).toHaveLength(10);
    const [first = '', second = ''] = codes;
    const a = await half(loginName);
    const recovery = await a.visitor.get(a.page.link('使用恢复码'));
    expect((await give(a.visitor, recovery, first.toUpperCase())).location).toBe('/home');
    const b = await half(loginName);
    expect((await give(b.visitor, b.page, first)).errors()[0]).toContain('已经使用过');
    const settings = await confirmPassword(own, await own.get('/profile/factor'));
    expect(settings.text()).toContain('9 个');
    const told = await own.send(settings, {}, { form: '/profile/factor/codes' });
    const fresh = told.all('#recovery-codes li').map((li) => li.text.trim());
    expect(fresh).toHaveLength(10);
    expect((await give(b.visitor, b.page, second)).status).toBe(422);
    expect((await give(b.visitor, b.page, fresh[0] ?? '')).status).toBe(303);
  });

  it('of ten uses of one recovery code at once one lets in', async () => {
    const { loginName, codes } = await enrol(await makeStaff(site, { role: 'support' }));
    const pages = await Promise.all(Array.from({ length: 4 }, () => half(loginName)));
    const answers = await Promise.all(pages.map(({ visitor, page }) => give(visitor, page, codes[0] ?? '')));
    expect(answers.filter((r) => r.status === 303)).toHaveLength(1);
  });

  it('no secret and no recovery code stands in any table or log line', async () => {
    const { secret, codes } = await enrol(await makeStaff(site, { role: 'admin' }));
    const { rows } = await site.db.raw<{ rows: { t: string }[] }>(
      `SELECT t::text FROM second_factors t UNION ALL SELECT t::text FROM recovery_codes t UNION ALL SELECT t::text FROM audit_log t UNION ALL SELECT t::text FROM form_drafts t`,
    );
    const all = rows.map((r) => r.t).join('\n') + site.log.join('\n');
    for (const word of [secret, ...codes]) expect(all).not.toContain(word);
  });

  it('S34 whoever is disabled, or gets another password, in the middle of a sign-in does not get in', async () => {
    const staff = await makeStaff(site, { role: 'support' });
    const { loginName, secret } = await enrol(staff);
    const { visitor, page } = await half(loginName);
    await site.db('accounts').where({ id: staff.accountId }).update({ disabled_at: site.db.fn.now() });
    expect((await give(visitor, page, await codeNow(secret))).location).toBe('/sign-in');
    await site.db('accounts').where({ id: staff.accountId }).update({ disabled_at: null });
    await site.advanceClock('31 seconds');
    const again = await half(loginName);
    await site
      .db('sessions')
      .whereRaw("sess->>'halfAccountId' = ?", [String(staff.accountId)])
      .delete();
    expect((await give(again.visitor, again.page, await codeNow(secret))).status).not.toBe(200);
    expect((await again.visitor.get('/home')).location).toContain('/sign-in');
  });

  it('S04, S34 whoever is disabled in the very moment of the first or the second step is sent back, as one who was disabled before', async () => {
    const staff = await makeStaff(site, { role: 'support' });
    const { loginName, secret } = await enrol(staff);
    const disabledDuring = async (act: () => Promise<Page>): Promise<Page> => {
      const disabling = await site.db.transaction();
      await disabling('accounts').where({ id: staff.accountId }).update({ disabled_at: disabling.fn.now() });
      const acting = act();
      await until('it waits for the account', async () => {
        const { rows } = await site.db.raw<{ rows: unknown[] }>(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%accounts%'`,
        );
        return rows.length > 0;
      });
      await disabling.commit();
      return acting;
    };
    const { visitor, page } = await half(loginName);
    const code = await codeNow(secret);
    const second = await disabledDuring(() => give(visitor, page, code));
    expect([second.status, second.location]).toEqual([303, '/sign-in']);
    expect((await visitor.get('/home')).location).toContain('/sign-in');
    await site.db('accounts').where({ id: staff.accountId }).update({ disabled_at: null });
    const first = await disabledDuring(() => signInVia(site, site.visitor(), loginName));
    expect([first.status, first.errors()]).toEqual([422, ['账号或者密码不正确，还可以尝试 4 次']]);
  });
});

describe('S10 codes by message', () => {
  async function bySms(): Promise<{ unit: TestUnit; mobile: string; codes: string[] }> {
    const mobile = nextMobile();
    const unit = await makeUnit(site, { mobile });
    const visitor = site.visitor();
    const first = await signInVia(site, visitor, unit.loginName);
    const page = await visitor.open((await visitor.get(first.location)).link('改用短信验证码'));
    const sent = await visitor.send(page, {}, { button: 'do=send' });
    const told = await visitor.send(sent, { code: await lastSmsCode(site, mobile) }, { button: 'do=next' });
    const codes = told.all('#recovery-codes li').map((li) => li.text.trim());
    expect((await visitor.submit(told)).location).toBe('/home');
    await liftSmsLimits(site);
    return { unit, mobile, codes };
  }

  it('are sent on request to the account’s number and bound to this browser', async () => {
    const { unit, mobile } = await bySms();
    const a = await half(unit.loginName);
    const sent = await a.visitor.send(a.page, {}, { button: 'do=send' });
    expect(sent.text()).toContain('已发送到');
    const code = await lastSmsCode(site, mobile);
    const b = await half(unit.loginName);
    expect((await give(b.visitor, b.page, code)).status).toBe(422);
    expect((await give(a.visitor, sent, code)).location).toBe('/home');
  });

  it('6.4.3 after the password was recovered by message, the same telephone alone does not let in', async () => {
    const { unit, mobile, codes } = await bySms();
    const visitor = site.visitor();
    const start = await submitWithCaptcha(site, visitor, await visitor.get('/recover'), { 'recover.mobile': mobile });
    const proven = await visitor.send(
      await visitor.open(start.location),
      { 'sms.code': await lastSmsCode(site, mobile) },
      { button: 'do=next' },
    );
    const fresh = 'Meigui-Haitan-77';
    await visitor.submit(proven, { 'recover.password': fresh, 'recover.passwordAgain': fresh }, { button: 'do=next' });
    await liftSmsLimits(site);
    const { visitor: v, page } = await half(unit.loginName, fresh);
    expect(page.text()).toContain('须填写恢复码');
    await v.submit(page, {}, { button: 'do=send' });
    expect((await give(v, page, await lastSmsCode(site, mobile))).errors()[0]).toContain('须填写恢复码');
    expect((await give(v, page, codes[0] ?? '')).location).toBe('/home');
    const after = await half(unit.loginName, fresh);
    expect(after.page.text()).not.toContain('须填写恢复码');
  });
});

describe('S10 a lost second factor', () => {
  it('is taken away by two people, and by nobody alone; the next sign-in sets a new one', async () => {
    const lost = await enrol(await makeUnit(site));
    const asker = await enrol(await makeStaff(site, { role: 'support', name: '孙晓东' }));
    const second = await enrol(await makeStaff(site, { role: 'admin', name: '周海峰' }));
    let page = await asker.visitor.get('/support/factor-resets');
    page = await asker.visitor.submit(page, { 'reset.loginName': 'nobody_here', 'reset.reason': '来电核实' }, { form: '#form' });
    expect([page.status, page.errors()]).toEqual([422, ['没有这个登录名，或者该账号没有设置二次验证']]);
    const own = await asker.visitor.submit(page, { 'reset.loginName': asker.loginName }, { form: '#form' });
    expect(own.errors()).toEqual(['自己的二次验证须由他人提出解除']);
    const asked = await asker.visitor.send(own, { 'reset.loginName': lost.loginName }, { form: '#form' });
    expect(asked.text()).toContain('须由另一名工作人员复核');
    // still in force
    expect((await half(lost.loginName)).page.address).toBe('/sign-in/factor');
    const [row] = (await site.db('second_factor_resets').where({ state: 'pending' }).select('id')) as { id: number }[];
    const fields = (await asker.visitor.get('/home')).fields('form[action="/sign-out"]');
    const alone = await asker.visitor.request(
      'POST',
      `/support/factor-resets/${row?.id ?? 0}`,
      new URLSearchParams([...fields, ['do', 'confirm']]),
    );
    expect(alone.status).toBe(403);
    const queue = await second.visitor.get('/support/factor-resets');
    const done = await second.visitor.send(queue, {}, { form: `/support/factor-resets/${row?.id ?? 0}`, button: 'do=confirm' });
    expect(done.text()).toContain('已解除');
    expect((await lost.visitor.get('/home')).location).toContain('/sign-in');
    expect((await half(lost.loginName)).page.address).toBe('/sign-in/factor/set');
    const acts = (await site
      .db('audit_log')
      .where('action', 'like', 'account.second-factor-reset%')
      .orderBy('id')
      .select('actor_name')) as { actor_name: string }[];
    expect(acts.map((a) => a.actor_name)).toEqual(['孙晓东', '周海峰']);
    expect((await (await enrol(await makeUnit(site))).visitor.get('/support/factor-resets')).status).toBe(403);
  });
});

describe('S10 policy', () => {
  it('offered: only who has set one is asked; off: nobody is', async () => {
    const offered = await openSite({ SECOND_FACTOR: 'offered' });
    try {
      const unit = await makeUnit(offered);
      const visitor = offered.visitor();
      expect((await signInVia(offered, visitor, unit.loginName)).location).toBe('/home');
      expect((await visitor.get('/home')).link('二次验证')).toBe('/profile/factor');
      const page = await confirmPassword(visitor, await visitor.get('/profile/factor'));
      const set = await visitor.get(page.link('设置二次验证'));
      expect((await visitor.bytes('/profile/factor/qr.png')).body.subarray(1, 4).toString()).toBe('PNG');
      const { rows } = await offered.db.raw<{ rows: { now: Date }[] }>('SELECT app_now() AS now');
      const told = await visitor.send(
        set,
        { code: totpCode(secretOf(set), totpStep(rows[0]?.now ?? new Date(NaN))) },
        { button: 'do=next' },
      );
      expect(told.all('#recovery-codes li')).toHaveLength(10);
      expect((await signInVia(offered, offered.visitor(), unit.loginName)).location).toBe('/sign-in/factor');
    } finally {
      await offered.close();
    }
  });
});
