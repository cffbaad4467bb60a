import { setTimeout as wait } from 'node:timers/promises';
/** S08: codes by short message, whoever asks for them; F18: the gateway and its faults; 「短信记录」. */
import { fillMobileIndexes, mobileIndex } from '../../src/modules/accounts';
import { proveCode, sendCode, type CodePurpose } from '../../src/modules/accounts/sms-code';
import { queueSms } from '../../src/adapters/sms';
import { makeStaff, makeUnit, signInAs } from '../support/factories';
import { idNumber, lastSms, lastSmsCode, liftSmsLimits, makePerson, personalNumbersIn, submitWithCaptcha } from '../support/people';
import { openGateway, type TestGateway } from '../support/sms-gateway';
import { openSite, type Page, type Site } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

let serial = 0;
const newMobile = (): string => `1370631${String(1000 + ++serial)}`;
const by = { requestId: 'test' };
const ask = (mobile: string, purpose: CodePurpose = 'recover', owner = 'owner-1') => sendCode(site.deps, { purpose, mobile, owner }, by);
const prove = (mobile: string, code: string, purpose: CodePurpose = 'recover', owner = 'owner-1') =>
  proveCode(site.deps, { purpose, mobile, owner }, code);
/** another code than the right one */
const wrong = (code: string, n = 1): string => String((Number(code) + n) % 1_000_000).padStart(6, '0');

describe('S08 codes', () => {
  it('S08 six digits, good once, stored neither as they are nor with the number', async () => {
    const mobile = newMobile();
    expect(await ask(mobile)).toMatchObject({ kind: 'sent' });
    const code = await lastSmsCode(site, mobile);
    expect(code).toMatch(/^\d{6}$/);
    expect(await lastSms(site, mobile)).toBe(
      `【职称申报系统】验证码 ${code}，用于找回用户名或密码，5 分钟内有效。请勿告诉他人，工作人员不会向您索取。`,
    );
    expect(await prove(mobile, ` ${code.slice(0, 3)} ${code.slice(3)} `)).toEqual({ kind: 'right' });
    expect(await prove(mobile, code)).toEqual({ kind: 'gone' });
    const { rows } = await site.db.raw<{ rows: { line: string }[] }>(
      'SELECT c::text AS line FROM sms_codes c UNION ALL SELECT o::text FROM sms_outbox o UNION ALL SELECT j::text FROM graphile_worker._private_jobs j',
    );
    const dump = rows.map((r) => r.line).join('\n');
    expect(dump).not.toContain(mobile);
    expect(dump).not.toContain(Buffer.from(mobile).toString('hex'));
    expect(dump).not.toContain(Buffer.from(code).toString('hex'));
  });

  it('S08 of 200 guesses at once at most five are compared; then the code is burned, also for the right one', async () => {
    const mobile = newMobile();
    await ask(mobile);
    const code = await lastSmsCode(site, mobile);
    const verdicts = await Promise.all(Array.from({ length: 200 }, (_, i) => prove(mobile, wrong(code, i + 1))));
    const compared = (await site
      .db('sms_codes')
      .where({ mobile_index: mobileIndex(site.deps.cipher, mobile) })
      .first('tries')) as { tries: number };
    console.log(`S08: ${verdicts.length} guesses, ${compared.tries} compared`);
    expect(compared.tries).toBe(5);
    expect(verdicts.filter((v) => v.kind === 'wrong')).toHaveLength(4);
    expect(verdicts.filter((v) => v.kind === 'right')).toHaveLength(0);
    expect(await prove(mobile, code)).toEqual({ kind: 'gone' });
  });

  it('S08 of 50 right ones at once one is accepted', async () => {
    const mobile = newMobile();
    await ask(mobile);
    const code = await lastSmsCode(site, mobile);
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => prove(mobile, code)));
    expect(verdicts.filter((v) => v.kind === 'right')).toHaveLength(1);
  });

  it('S08 says how many guesses are left', async () => {
    const mobile = newMobile();
    await ask(mobile);
    const code = await lastSmsCode(site, mobile);
    for (const left of [4, 3, 2, 1]) expect(await prove(mobile, wrong(code))).toEqual({ kind: 'wrong', left });
    expect(await prove(mobile, wrong(code))).toEqual({ kind: 'gone' });
  });

  it('S08 is bound to purpose, number and browser session', async () => {
    const mobile = newMobile();
    await ask(mobile, 'register-person');
    const code = await lastSmsCode(site, mobile);
    expect(await prove(mobile, code, 'recover')).toEqual({ kind: 'gone' });
    expect(await prove(mobile, code, 'register-unit')).toEqual({ kind: 'gone' });
    expect(await prove(newMobile(), code, 'register-person')).toEqual({ kind: 'gone' });
    expect(await prove(mobile, code, 'register-person', 'owner-2')).toEqual({ kind: 'gone' });
    expect(await prove(mobile, code, 'register-person')).toEqual({ kind: 'right' });
  });

  it('S08 a newer code takes the place of an older one', async () => {
    const mobile = newMobile();
    await ask(mobile);
    const first = await lastSmsCode(site, mobile);
    await liftSmsLimits(site);
    await ask(mobile);
    const second = await lastSmsCode(site, mobile);
    if (first !== second) expect(await prove(mobile, first)).toMatchObject({ kind: 'wrong' });
    expect(await prove(mobile, second)).toEqual({ kind: 'right' });
  });
});

describe('S08 limits and time, by the clock of the database', () => {
  afterEach(() => site.db('clock').update({ shift: '0' }));

  it('S08 a code ends after five minutes', async () => {
    const [early, late] = [newMobile(), newMobile()];
    await ask(early);
    await ask(late);
    await site.advanceClock('4 minutes 55 seconds');
    expect(await prove(early, await lastSmsCode(site, early))).toEqual({ kind: 'right' });
    await site.advanceClock('6 seconds');
    expect(await prove(late, await lastSmsCode(site, late))).toEqual({ kind: 'gone' });
  });

  it('S08 one a minute, five an hour, ten a day for a number, whoever asks and whatever for', async () => {
    const mobile = newMobile();
    const purposes: CodePurpose[] = ['recover', 'register-person', 'register-unit', 'change-mobile'];
    const next = (i: number) => ask(mobile, purposes[i % 4], `owner-${i}`);
    for (let i = 0; i < 5; i++) {
      expect(await next(i)).toMatchObject({ kind: 'sent' });
      expect(await next(i + 1)).toMatchObject({ kind: 'limited' });
      await site.advanceClock('61 seconds');
    }
    const hour = await next(5);
    expect(hour).toMatchObject({ kind: 'limited', count: 5 });
    expect(hour.kind === 'limited' ? Math.round(hour.seconds / 60) : 0).toBe(55);
    await site.advanceClock('1 hour');
    for (let i = 0; i < 5; i++) {
      expect(await next(i)).toMatchObject({ kind: 'sent' });
      await site.advanceClock('61 seconds');
    }
    await site.advanceClock('2 hours');
    expect(await next(1)).toMatchObject({ kind: 'limited', count: 10 });
    await site.advanceClock('22 hours');
    expect(await next(1)).toMatchObject({ kind: 'sent' });
  });

  it('S08 of 40 requests at once for one number one is sent', async () => {
    const mobile = newMobile();
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(mobile, 'recover', `owner-${i}`)));
    expect(answers.filter((a) => a.kind === 'sent')).toHaveLength(1);
    expect(answers.filter((a) => a.kind === 'limited' && a.count === 1 && a.seconds > 50 && a.seconds <= 60)).toHaveLength(39);
  });

  it('S08 the whole site keeps to its budget of a minute', async () => {
    const small = await openSite({ SMS_PER_MINUTE: '7' });
    try {
      // a minute of its own, well before its end
      await small.db('clock').update({ shift: small.db.raw("date_trunc('minute', now()) + interval '1 minute' - now()") });
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => sendCode(small.deps, { purpose: 'recover', mobile: `1380631${2000 + i}`, owner: 'o' }, by)),
      );
      expect(answers.filter((a) => a.kind === 'sent')).toHaveLength(7);
      expect(answers.filter((a) => a.kind === 'busy')).toHaveLength(13);
      expect(await small.db('sms_outbox')).toHaveLength(7);
      await small.advanceClock('1 minute');
      expect(await sendCode(small.deps, { purpose: 'recover', mobile: '13806312999', owner: 'o' }, by)).toMatchObject({ kind: 'sent' });
    } finally {
      await small.close();
    }
  });

  it('removes messages and codes after a day', async () => {
    const mobile = newMobile();
    await ask(mobile);
    await site.composition.jobs['housekeeping:prune']({});
    expect(await lastSms(site, mobile)).toContain('验证码');
    // past what the tests before have written on later days
    await site.advanceClock('30 days');
    await site.composition.jobs['housekeeping:prune']({});
    for (const table of ['sms_outbox', 'sms_codes', 'sms_minutes']) expect(await site.db(table)).toEqual([]);
  });
});

describe('B1, C1, S05 the code at registration', () => {
  const SECRET = '海边的灯塔亮着-Lighthouse';
  const person = (values: Record<string, string> = {}): Record<string, string> => ({
    'person.name': '王丽华',
    'person.idType': 'resident',
    'person.idNumber': idNumber(700 + serial),
    'person.ethnicity': '01',
    'person.mobile': newMobile(),
    'account.loginName': `sms_user_${serial}`,
    'account.password': SECRET,
    'account.passwordAgain': SECRET,
    ...values,
  });
  const press = async (visitor: ReturnType<Site['visitor']>, page: Page, values: Record<string, string>, button: string): Promise<Page> => {
    const answer = page.find('input[name="captcha.id"]')
      ? await submitWithCaptcha(site, visitor, page, values, button)
      : await visitor.submit(page, values, { button });
    expect(answer.status).toBe(303);
    return visitor.open(answer.location);
  };

  it('B1 「获取验证码」 saves everything, names the masked number and how long to wait, and needs no second captcha', async () => {
    const visitor = site.visitor();
    const values = person();
    const mobile = values['person.mobile'] ?? '';
    const page = await press(visitor, await visitor.get('/register/person'), values, 'do=sms');
    expect(page.errors()).toEqual([]);
    expect(page.text('#sms')).toContain(`短信验证码已发送到 ${mobile.slice(0, 3)}****${mobile.slice(-4)}，5 分钟内有效`);
    expect(page.text('#sms')).toMatch(/没有收到的，(5\d|60) 秒后可以重新获取/);
    expect(page.text('#sms')).not.toContain('演示');
    expect(page.find('input[name="captcha.id"]')).toBeNull();
    expect(page.find('#f-person-name')?.getAttribute('value')).toBe('王丽华');
    expect(page.text()).toContain('密码已填写，不修改请留空');
    // the captcha was answered for this number only
    const sent = (await site.db('sms_outbox')).length;
    const elsewhere = await press(visitor, page, { 'person.mobile': newMobile() }, 'do=sms');
    expect(elsewhere.errors()).toEqual(['请填写「验证码」']);
    expect((await site.db('sms_outbox')).length).toBe(sent);
    const soon = await press(visitor, page, { 'account.password': SECRET, 'account.passwordAgain': SECRET }, 'do=sms');
    expect(soon.errors()[0]).toMatch(/^获取过于频繁，请 (5\d|60) 秒后再点击「获取验证码」$/);
    const none = await press(visitor, soon, {}, 'do=next');
    expect(none.errors()).toEqual(['请填写「短信验证码」']);
    const bad = await press(visitor, none, { 'sms.code': wrong(await lastSmsCode(site, mobile)) }, 'do=next');
    expect(bad.errors()).toEqual(['「短信验证码」不正确，还可以尝试 4 次']);
    const confirm = await press(visitor, bad, { 'sms.code': await lastSmsCode(site, mobile) }, 'do=next');
    expect(confirm.heading).toBe('个人注册：确认信息');
    const again = await visitor.get(confirm.link('返回修改'));
    expect(again.text('#sms')).toContain('已通过短信验证');
    const other = newMobile();
    const changed = await press(
      visitor,
      again,
      { 'person.mobile': other, 'account.password': SECRET, 'account.passwordAgain': SECRET },
      'do=next',
    );
    expect(changed.errors()).toEqual(['请点击「获取验证码」，填写收到的「短信验证码」']);
    // the confirm page that is still open elsewhere confirms nothing
    expect((await visitor.submit(confirm)).location).toContain('/register/person?draft=');
  });

  it('B1 sends nothing without a right captcha or to a number that cannot be read, and keeps a typed code when the captcha was wrong', async () => {
    const visitor = site.visitor();
    const before = (await site.db('sms_outbox')).length;
    const values = person();
    const start = await visitor.get('/register/person');
    const noCaptcha = await visitor.send(start, { ...values, 'captcha.answer': 'zzzz' }, { button: 'do=sms' });
    expect(noCaptcha.errors()).toEqual(['「验证码」不正确，请按新的验证码重新填写']);
    const unreadable = await press(visitor, noCaptcha, { 'person.mobile': '12345' }, 'do=sms');
    expect(unreadable.errors()).toEqual(['请先正确填写「手机号码」，再点击「获取验证码」']);
    expect((await site.db('sms_outbox')).length).toBe(before);
    const typed = await visitor.send(unreadable, { ...values, 'captcha.answer': 'zzzz', 'sms.code': '123456' }, { button: 'do=next' });
    expect(typed.errors()).toEqual(['「验证码」不正确，请按新的验证码重新填写']);
    expect(typed.find('#f-sms-code')?.getAttribute('value')).toBe('123456');
    // answered in place, the form knows its draft by a hidden field
    expect(typed.find('#verification input[name="draft"]')?.getAttribute('value')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('S05 says that an ID number or a login name is taken only when captcha and code are right', async () => {
    const taken = await makePerson(site, 'taken_name_1', 900);
    const visitor = site.visitor();
    const values = person({ 'person.idNumber': taken.idNumber, 'account.loginName': 'taken_name_1' });
    const mobile = values['person.mobile'] ?? '';
    const words = /已经注册|已经被使用/;
    let page = await press(visitor, await visitor.get('/register/person'), values, 'do=next');
    expect(page.html).not.toMatch(words);
    page = await press(visitor, page, { 'account.password': SECRET, 'account.passwordAgain': SECRET }, 'do=sms');
    expect(page.html).not.toMatch(words);
    page = await press(visitor, page, { 'sms.code': wrong(await lastSmsCode(site, mobile)) }, 'do=next');
    expect(page.html).not.toMatch(words);
    page = await press(visitor, page, { 'sms.code': await lastSmsCode(site, mobile) }, 'do=next');
    expect(page.errors()).toEqual(['这个登录名已经被使用，请换一个登录名']);
    page = await press(
      visitor,
      page,
      { 'account.loginName': 'free_name_1', 'account.password': SECRET, 'account.passwordAgain': SECRET },
      'do=next',
    );
    expect(page.heading).toBe('个人注册：确认信息');
    const told = await visitor.send(page);
    expect(told.errors()).toEqual(['该证件号码已经注册，请直接登录；不是本人注册的，请拨打技术支持电话 0531-81919792']);
  });
});

describe('F18 the gateway', () => {
  let gateway: TestGateway;
  let wired: Site;
  beforeAll(async () => {
    gateway = await openGateway();
    wired = await openSite({ SMS_GATEWAY_URL: gateway.url, SMS_GATEWAY_KEY: gateway.key, SMS_GATEWAY_ACCOUNT: gateway.account });
  });
  afterAll(async () => {
    await wired.close();
    await gateway.close();
  });
  /** as if the queue had waited long enough */
  const later = async (): Promise<void> => {
    // a failed try is written back a moment after its run has ended
    for (let i = 0; i < 200 && (await wired.db('graphile_worker._private_jobs').whereNotNull('locked_at').first('id')); i++) await wait(25);
    await wired.db.raw('UPDATE graphile_worker._private_jobs SET run_at = now()');
    await wired.drainJobs();
  };
  const stateOf = async (id: string): Promise<unknown> => wired.db('sms_outbox').where({ id }).first('state', 'tries');
  const send = async (mobile: string): Promise<string> => {
    const sent = await sendCode(wired.deps, { purpose: 'register-person', mobile, owner: 'o' }, by);
    return sent.kind === 'sent' ? sent.messageId : '';
  };

  it('F18 sends after the transaction has committed, and never what was rolled back', async () => {
    const id = await send('13806313001');
    await wired.db
      .transaction(async (trx) => {
        await queueSms(wired.deps, trx, { mobile: '13806313002', text: '不会发出', purpose: 'test', minutes: 5 });
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    await wired.drainJobs();
    expect([...gateway.taken.keys()]).toEqual([id]);
    expect(gateway.taken.get(id)).toMatchObject({ mobile: '13806313001', purpose: 'register-person' });
    expect(gateway.complaints).toEqual([]);
    expect(await stateOf(id)).toEqual({ state: 'sent', tries: 1 });
  });

  it.each(['down', 'cut', 'wrong-key', 'busy'] as const)('F18 %s: the queue tries again until it is sent, once', async (fault) => {
    gateway.fault = fault;
    const id = await send(`13806313${fault.length}0${fault.charCodeAt(0) % 10}`);
    await wired.drainJobs();
    expect(await stateOf(id)).toEqual({ state: 'waiting', tries: 1 });
    await later();
    expect(await stateOf(id)).toEqual({ state: 'waiting', tries: 2 });
    gateway.fault = 'none';
    await later();
    expect(await stateOf(id)).toEqual({ state: 'sent', tries: 3 });
    expect(gateway.taken.has(id)).toBe(true);
    const posts = gateway.posts;
    await later();
    expect(gateway.posts).toBe(posts);
  });

  it('F18 tells the person, keeps the form, and leaves signing in alone', async () => {
    gateway.fault = 'down';
    const visitor = wired.visitor();
    const asked = await submitWithCaptcha(
      wired,
      visitor,
      await visitor.get('/register/person'),
      { 'person.mobile': '13806313901', 'person.name': '王丽华' },
      'do=sms',
    );
    await wired.drainJobs();
    const page = await visitor.get(asked.location);
    expect(page.text('#sms')).toContain('短信通道暂时不通，系统正在自动重发，请稍候');
    expect(page.find('#f-person-name')?.getAttribute('value')).toBe('王丽华');
    const person = await makePerson(wired, 'gateway_down', 910);
    expect((await (await signInAs(wired, person)).get('/home')).status).toBe(200);
    gateway.fault = 'refuse';
    await later();
    expect((await visitor.get(asked.location)).text('#sms')).toContain('短信未能发出，请核对手机号码后重新获取');
    gateway.fault = 'none';
  });

  it('F18 what comes too late is not sent any more', async () => {
    gateway.fault = 'down';
    const id = await send('13806313902');
    await wired.drainJobs();
    await wired.advanceClock('6 minutes');
    gateway.fault = 'none';
    await later();
    expect(await stateOf(id)).toMatchObject({ state: 'expired' });
    expect(gateway.taken.has(id)).toBe(false);
    await wired.db('clock').update({ shift: '0' });
  });

  it('S41 line breaks, control and direction marks never reach a message', async () => {
    const id = await wired.db.transaction((trx) =>
      queueSms(wired.deps, trx, { mobile: '13806313903', text: '王\r\n【银行】\u202e\u001b[31m丽华\u0000', purpose: 'test', minutes: 5 }),
    );
    await wired.drainJobs();
    expect(gateway.taken.get(id)?.text).toBe('【职称申报系统】王 【银行】[31m丽华');
  });

  it('S55 no number, code or text stands in the log, whatever went wrong', () => {
    const log = wired.log.join('\n');
    expect(log).toContain('sms gateway out of reach');
    expect(personalNumbersIn(wired.log)).toEqual([]);
    expect(log).not.toContain('验证码 ');
    expect(personalNumbersIn(site.log)).toEqual([]);
  });
});

describe('A3 「短信记录」', () => {
  it('A3 shows support staff what would have been sent, with masked numbers, and nobody else', async () => {
    const mobile = newMobile();
    await ask(mobile);
    const support = await signInAs(site, await makeStaff(site, { role: 'support' }));
    const page = await support.get('/support/sms');
    expect(page.text()).toContain(`${mobile.slice(0, 3)}****${mobile.slice(-4)}`);
    expect(page.text()).toContain(`验证码 ${await lastSmsCode(site, mobile)}`);
    expect(page.html).not.toContain(mobile);
    expect((await support.get('/home')).link('短信记录')).toBe('/support/sms');
    expect(await site.db('audit_log').where({ action: 'sms.read' })).toHaveLength(1);
    for (const account of [await makePerson(site, 'sms_log_1', 920), await makeUnit(site), await makeStaff(site, { role: 'admin' })])
      expect((await (await signInAs(site, account)).get('/support/sms')).status).toBe(403);
    expect((await site.visitor().get('/support/sms')).location).toContain('/sign-in');
  });

  it('A3 does not exist in production, and only a demonstration without gateway says where codes can be read', async () => {
    const { config } = site.deps;
    const support = await signInAs(site, await makeStaff(site, { role: 'support' }));
    const set = (change: object): void => void Object.assign(site.deps, { config: { ...config, ...change } });
    const hint = '演示环境：短信内容可由技术支持账号在「短信记录」中查看';
    try {
      set({ production: true });
      expect((await support.get('/support/sms')).status).toBe(404);
      // nor does a card of the home page lead there
      expect((await support.get('/home')).all('main a').map((a) => a.getAttribute('href'))).not.toContain('/support/sms');
      expect((await site.visitor().get('/register/person')).text()).not.toContain(hint);
      set({ demo: true });
      expect((await site.visitor().get('/register/person')).text()).toContain(hint);
    } finally {
      set({});
    }
  });
});

describe('A3 the index by which accounts of a number are found', () => {
  it('is filled for rows that are older than it, in batches, and only once', async () => {
    const person = await makePerson(site, 'old_row_1', 930);
    const unit = await makeUnit(site);
    const rows = Number((await site.db('persons').count('* as n'))[0]?.n) + Number((await site.db('units').count('* as n'))[0]?.n);
    await site.db('persons').update({ mobile_index: null });
    await site.db('units').update({ mobile_index: null });
    const filled = await Promise.all([fillMobileIndexes(site.deps), fillMobileIndexes(site.deps)]);
    expect(filled[0] + filled[1]).toBe(rows);
    expect(await fillMobileIndexes(site.deps)).toBe(0);
    const row = (await site.db('persons').where({ account_id: person.accountId }).first('mobile_index')) as { mobile_index: Buffer };
    expect(row.mobile_index.equals(mobileIndex(site.deps.cipher, '13906310001'))).toBe(true);
    expect(
      ((await site.db('units').where({ id: unit.unitId }).first('mobile_index')) as { mobile_index: Buffer }).mobile_index,
    ).toHaveLength(32);
  });
});
