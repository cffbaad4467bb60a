import { makeUnit, creditCode } from '../support/factories';
import { idNumber, knowCaptcha, makePerson, submitRegistration, submitWithCaptcha } from '../support/people';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const SECRET = '海边的灯塔亮着-Lighthouse';
const valueOf = (page: Page, id: string): string => page.find(`#${id}`)?.getAttribute('value') ?? '';
const chosen = (page: Page, id: string): string => page.find(`#${id} option[selected]`)?.text ?? '';
const problemAt = (page: Page, id: string): string => page.text(`#${id}-problem`).replace('错误：', '');

const person = (values: Record<string, string> = {}): Record<string, string> => ({
  'person.name': '王丽华',
  'person.idType': 'resident',
  'person.idNumber': idNumber(2),
  'person.ethnicity': '01',
  'person.mobile': '139 0631 0001',
  'account.loginName': 'wanglihua',
  'account.password': SECRET,
  'account.passwordAgain': SECRET,
  ...values,
});
/** Fills the form in and follows to the page that comes out. */
async function fillIn(visitor: Visitor, page: Page, values: Record<string, string>, button = 'do=next'): Promise<Page> {
  const answer = await submitRegistration(site, visitor, page, values, button);
  expect(answer.status).toBe(303);
  return visitor.open(answer.location);
}
const accounts = async (): Promise<number> => Number((await site.db('accounts').count('* as n'))[0]?.n);

describe('B1 personal registration', () => {
  it('marks required fields, shows all back with the warning, goes back with everything, creates, and lets the person sign in', async () => {
    const visitor = site.visitor();
    const page = await visitor.get('/register/person');
    expect(page.heading).toBe('个人注册');
    const starred = page.all('.required').map((x) => (x.parentNode?.text ?? '').trim());
    for (const label of ['姓名', '证件类型', '证件号码', '民族', '手机号码', '登录名', '密码', '确认密码', '验证码'])
      expect(starred).toContain(`*${label}`);
    expect(starred).not.toContain('*性别');

    const confirm = await fillIn(visitor, page, person({ 'person.idNumber': ` ${idNumber(2).toLowerCase()} ` }));
    expect(confirm.heading).toBe('个人注册：确认信息');
    for (const words of [
      '王丽华',
      '居民身份证',
      idNumber(2),
      '女',
      '1986年5月12日',
      '汉族',
      '13906310001',
      'wanglihua',
      '姓名和证件号码不能修改',
    ])
      expect(confirm.text()).toContain(words);
    expect(confirm.html).not.toContain(SECRET);

    const again = await visitor.get(confirm.link('返回修改'));
    expect([
      valueOf(again, 'f-person-name'),
      valueOf(again, 'f-person-idNumber'),
      valueOf(again, 'f-person-bornOn'),
      valueOf(again, 'f-account-loginName'),
    ]).toEqual(['王丽华', idNumber(2), '1986.5.12', 'wanglihua']);
    expect(chosen(again, 'f-person-ethnicity')).toBe('汉族');
    expect(again.text()).toContain('密码已填写，不修改请留空');
    expect(again.html).not.toContain(SECRET);
    const second = await fillIn(visitor, again, { 'person.ethnicity': '03', 'account.password': '', 'account.passwordAgain': '' });
    expect(second.text()).toContain('回族');

    const done = await visitor.submit(second);
    expect([done.status, done.location]).toEqual([303, '/sign-in?registered=1']);
    const entrance = await visitor.get(done.location);
    expect(entrance.text()).toContain('注册成功');
    expect((await submitWithCaptcha(site, visitor, entrance, { account: idNumber(2), password: SECRET })).location).toBe('/home');
    const row: unknown = await site.db('persons').where({ name: '王丽华' }).first();
    expect(row).toMatchObject({ ethnicity: '03', sex: 'female', born_on: '1986-05-12', id_type: 'resident' });
    expect(JSON.stringify(await site.db('audit_log').where({ action: 'account.register-person' }))).not.toContain(idNumber(2));
    // the confirm page of a registration that is done
    expect((await visitor.get(second.address)).status).toBe(410);
  });

  it('X4 keeps everything typed, names every fault beside its field and on top, and keeps a good password as its hash only', async () => {
    const visitor = site.visitor();
    const before = await accounts();
    const page = await visitor.get('/register/person');
    const bad = await fillIn(
      visitor,
      page,
      person({
        'person.name': '张3<script>',
        'person.idNumber': '370601198601010011',
        'person.mobile': '12345',
        'account.loginName': '1abc',
        'person.ethnicity': '',
      }),
    );
    expect(bad.find('title')?.text).toMatch(/^错误：个人注册/);
    expect(bad.errors()).toEqual([
      '「姓名」只能填写文字和间隔号「·」，请按证件填写',
      '证件号码的校验码不符，请逐位核对',
      '请选择「民族」',
      '请填写以 13 至 19 开头的 11 位手机号码',
      '「登录名」须以英文字母开头',
    ]);
    expect(problemAt(bad, 'f-person-idNumber')).toBe('证件号码的校验码不符，请逐位核对');
    expect(valueOf(bad, 'f-person-name')).toBe('张3<script>');
    expect(bad.html).not.toContain('<script>');
    expect(valueOf(bad, 'f-person-mobile')).toBe('12345');
    const stored = await site.db('form_drafts').select('content');
    expect(stored.some((r: { content: Buffer }) => r.content.includes('12345') || r.content.includes(SECRET))).toBe(false);

    expect(bad.text()).not.toContain('密码已填写');
    const kept = await fillIn(visitor, bad, { ...person({ 'account.loginName': 'wanglihua3' }), 'person.ethnicity': '' });
    expect([kept.errors(), kept.text().includes('密码已填写，不修改请留空')]).toEqual([['请选择「民族」'], true]);
    const changed = await fillIn(visitor, kept, { 'person.ethnicity': '01', 'account.loginName': 'wanglihua4' });
    expect(changed.errors()).toEqual(['您修改了姓名、登录名或者号码，请重新填写密码']);
    const good = await fillIn(visitor, changed, { 'account.password': SECRET, 'account.passwordAgain': SECRET });
    expect(good.heading).toBe('个人注册：确认信息');
    expect(await accounts()).toBe(before);
  });

  it('S06 refuses short, common and telling passwords, and two that differ', async () => {
    const visitor = site.visitor();
    let page = await visitor.get('/register/person');
    const complaint = async (password: string, again = password): Promise<string[]> => {
      page = await fillIn(
        visitor,
        page,
        person({
          'account.loginName': 'chenguang',
          'person.idNumber': idNumber(6),
          'account.password': password,
          'account.passwordAgain': again,
        }),
      );
      return page.errors();
    };
    expect(await complaint('')).toEqual(['请填写「密码」', '请填写「确认密码」']);
    expect(await complaint('kz8-Qv2!p')).toEqual(['密码至少 10 个字符，现有 9 个']);
    expect(await complaint('password123')).toEqual(['这个密码太常见，容易被猜到，请换一个密码']);
    expect(await complaint('aaaaaaaaaaaa')).toEqual(['这个密码太常见，容易被猜到，请换一个密码']);
    expect(await complaint('my-CHENGUANG-2026')).toEqual(['密码不能包含登录名，请换一个密码']);
    expect(await complaint(`x${idNumber(6)}x`)).toEqual(['密码不能包含证件号码，请换一个密码']);
    expect(await complaint('call-13906310001')).toEqual(['密码不能包含手机号码，请换一个密码']);
    expect(await complaint('kz8-Qv2!pXd', 'kz8-Qv2!pXe')).toEqual(['两次填写的密码不一致，请重新填写']);
    expect(await complaint('a'.repeat(60) + '密码'.repeat(40))).toEqual(['密码最多 128 个字符，现有 140 个']);
  });

  it('demands sex and birth date with a passport, and what fits the number otherwise', async () => {
    const visitor = site.visitor();
    const page = await visitor.get('/register/person');
    const passport = await fillIn(
      visitor,
      page,
      person({ 'person.idType': 'passport', 'person.idNumber': 'e12345678', 'account.loginName': 'visitor1' }),
    );
    expect(passport.errors()).toEqual(['请选择「性别」', '请填写「出生日期」']);
    const confirm = await fillIn(visitor, passport, { 'person.sex': 'male', 'person.bornOn': '1980年3月5日', ...pw });
    expect(confirm.text()).toContain('E12345678');
    expect(confirm.text()).toContain('1980年3月5日');
    await visitor.submit(confirm);
    // a login name that reads like this passport number would be a second meaning of one name
    const other = site.visitor();
    const taken = await fillIn(
      other,
      await other.get('/register/person'),
      person({ 'account.loginName': 'E12345678', 'person.idNumber': idNumber(8) }),
    );
    expect(taken.errors()).toEqual(['这个登录名已经被使用，请换一个登录名']);
    const contradiction = await fillIn(other, taken, {
      'account.loginName': 'e1234567x',
      ...pw,
      'person.sex': 'male',
      'person.bornOn': '1986.5.13',
    });
    expect(contradiction.errors()).toEqual(['「性别」与证件号码不一致，请核对', '「出生日期」与证件号码不一致，请核对']);
    // what was filled in from one number follows the next one
    const third = site.visitor();
    const first = await fillIn(
      third,
      await third.get('/register/person'),
      person({ 'person.idNumber': idNumber(10), 'account.loginName': 'x' }),
    );
    expect(valueOf(first, 'f-person-bornOn')).toBe('1986.5.12');
    const changed = await fillIn(third, first, { 'person.idNumber': idNumber(11, '19900203'), 'account.loginName': 'xiaoming_11', ...pw });
    expect(changed.text()).toContain('1990年2月3日');
  });
  const pw = { 'account.password': SECRET, 'account.passwordAgain': SECRET };

  it.each([
    ['𬀩䶮', '𬀩䶮'],
    ['买买提．阿不都', '买买提·阿不都'],
    ['阿依古丽•艾合买提', '阿依古丽·艾合买提'],
    ['迪丽热巴‧迪力木拉提', '迪丽热巴·迪力木拉提'],
    ['古丽・热娜', '古丽·热娜'],
    ['王 小 明', '王小明'],
    ['㛃𫖯'.repeat(25), '㛃𫖯'.repeat(25)],
    ['Anna-Maria O’Neill', 'Anna-Maria O’Neill'],
  ])('B5 takes the name %s', async (typed, kept) => {
    const visitor = site.visitor();
    const n = ++rare;
    const confirm = await fillIn(
      visitor,
      await visitor.get('/register/person'),
      person({ 'person.name': typed, 'person.idNumber': idNumber(n, '19910101'), 'account.loginName': `rare_${n}` }),
    );
    expect(confirm.errors()).toEqual([]);
    expect(confirm.text()).toContain(kept);
    expect((await visitor.submit(confirm)).location).toBe('/sign-in?registered=1');
    expect(await site.db('persons').where({ name: kept }).first('account_id')).toBeDefined();
  });
  let rare = 20;

  it.each(['王2', '<王>', '·王', '王·', '王\u{e000}', '字'.repeat(51)])('B5 refuses the name %j', async (typed) => {
    const visitor = site.visitor();
    const page = await fillIn(
      visitor,
      await visitor.get('/register/person'),
      person({ 'person.name': typed, 'account.loginName': 'refused_name' }),
    );
    expect(page.errors()).toHaveLength(1);
    expect(page.errors()[0]).toContain('「姓名」');
  });

  it('S09 demands a right captcha each time and renews it by a button that loses nothing', async () => {
    const visitor = site.visitor();
    const page = await visitor.get('/register/person');
    const wrong = await visitor.send(
      page,
      { ...person({ 'account.loginName': 'captcha_1' }), 'captcha.answer': 'zzzz' },
      { button: 'do=next' },
    );
    const noCode = '请点击「获取验证码」，填写收到的「短信验证码」';
    expect(wrong.errors()).toEqual(['「验证码」不正确，请按新的验证码重新填写', noCode]);
    const none = await visitor.send(wrong, {}, { button: 'do=next' });
    expect(none.errors()).toEqual(['请填写「验证码」', noCode]);
    const words = await visitor.send(none, { 'person.mobile': '13906319999' }, { button: 'do=captcha:words' });
    expect(words.errors()).toEqual([]);
    expect(words.text('#captcha')).toContain('等于几');
    expect([valueOf(words, 'f-account-loginName'), valueOf(words, 'f-person-mobile')]).toEqual(['captcha_1', '13906319999']);
    await knowCaptcha(site, words);
    const other = site.visitor();
    await other.get('/sign-in');
    const draft = new URL(words.form().getAttribute('action') ?? '', 'http://x').searchParams.get('draft') ?? '';
    expect((await other.get(`/register/person?draft=${draft}`)).status).toBe(410);
    expect((await other.get(`/register/person/confirm?draft=${draft}`)).status).toBe(410);
    expect((await visitor.get(`/register/person/confirm?draft=${draft}`)).location).toBe(`/register/person?draft=${draft}`);
    expect((await visitor.get('/register/person?draft=x')).status).toBe(410);
  });

  it('S33 refuses repeated and nested fields without a 500', async () => {
    const visitor = site.visitor();
    const page = await visitor.get('/register/person');
    await knowCaptcha(site, page);
    expect((await visitor.submit(page, { ...person(), 'captcha.answer': 'test', 'person.name': ['甲', '乙'] })).status).toBe(400);
    const noToken = await visitor.submit(page, person(), { without: ['_csrf'] });
    expect(noToken.status).toBe(403);
  });
});

describe('B2 one account per ID number', () => {
  it('F05 of 100 simultaneous registrations of one number one succeeds, 99 get a polite answer', async () => {
    const number = idNumber(500, '19750707');
    const ready: { visitor: Visitor; confirm: Page }[] = [];
    for (let start = 0; start < 100; start += 10) {
      ready.push(
        ...(await Promise.all(
          Array.from({ length: 10 }, async (_, i) => {
            const visitor = site.visitor();
            const confirm = await fillIn(
              visitor,
              await visitor.get('/register/person'),
              person({
                'person.idNumber': number,
                'person.mobile': `13906320${100 + start + i}`,
                'account.loginName': `race_${start + i}`,
              }),
            );
            return { visitor, confirm };
          }),
        )),
      );
    }
    const before = {
      accounts: await accounts(),
      persons: (await site.db('persons')).length,
      names: (await site.db('sign_in_names')).length,
    };
    const answers = await Promise.all(ready.map(async ({ visitor, confirm }) => ({ visitor, answer: await visitor.submit(confirm) })));
    expect(answers.map(({ answer }) => answer.status)).toEqual(Array(100).fill(303));
    expect(answers.filter(({ answer }) => answer.location === '/sign-in?registered=1')).toHaveLength(1);
    expect(await accounts()).toBe(before.accounts + 1);
    expect(await site.db('persons')).toHaveLength(before.persons + 1);
    expect(await site.db('sign_in_names')).toHaveLength(before.names + 2);
    const loser = answers.find(({ answer }) => answer.location.startsWith('/register/person?draft='));
    const told = await (loser as NonNullable<typeof loser>).visitor.open((loser as NonNullable<typeof loser>).answer.location);
    expect(told.errors()).toEqual(['该证件号码已经注册，请直接登录；不是本人注册的，请拨打技术支持电话 0531-81919792']);
    expect(valueOf(told, 'f-person-name')).toBe('王丽华');
  }, 180_000);

  it('A2 a burst of one 「确认」 creates one account and every copy gets the same answer', async () => {
    const visitor = site.visitor();
    const confirm = await fillIn(
      visitor,
      await visitor.get('/register/person'),
      person({ 'person.idNumber': idNumber(501), 'account.loginName': 'burst_501' }),
    );
    const answers = await Promise.all(Array.from({ length: 6 }, () => visitor.submit(confirm)));
    expect(answers.map((a) => a.location)).toEqual(Array(6).fill('/sign-in?registered=1'));
    expect(await site.db('accounts').where({ login_name: 'burst_501' })).toHaveLength(1);
  });

  it('names the login name when that is what is taken, whatever its case', async () => {
    await makePerson(site, 'Taken_Name', 502);
    const visitor = site.visitor();
    const page = await fillIn(
      visitor,
      await visitor.get('/register/person'),
      person({ 'person.idNumber': idNumber(503), 'account.loginName': 'taken_name' }),
    );
    expect(page.errors()).toEqual(['这个登录名已经被使用，请换一个登录名']);
    expect(page.find('#error-summary a')?.getAttribute('href')).toBe('#f-account-loginName');
  });
});

describe('C1 unit registration', () => {
  const unit = (values: Record<string, string> = {}): Record<string, string> => ({
    'unit.name': '威海市环翠区文化馆',
    'unit.creditCode': creditCode(7001),
    'unit.nature': 'public-institution',
    'contact.name': '于海燕',
    'contact.mobile': '13906310002',
    'account.loginName': 'hcqwhg',
    'account.password': SECRET,
    'account.passwordAgain': SECRET,
    ...values,
  });

  it('offers province, city and district one after the other without script, then creates the unit', async () => {
    const visitor = site.visitor();
    let page = await visitor.get('/register/unit');
    expect(page.find('#f-unit-city')).toBeNull();
    expect(page.text()).toContain('刷新选项');
    page = await visitor.send(page, unit({ 'unit.province': '370000', 'account.password': '', 'account.passwordAgain': '' }), {
      button: 'do=refresh',
    });
    expect(page.errors()).toEqual([]);
    expect(chosen(page, 'f-unit-province')).toBe('山东省');
    expect(page.find('#f-unit-district')).toBeNull();
    page = await visitor.send(page, { 'unit.city': '371000' }, { button: 'do=refresh' });
    expect(page.text('#f-unit-district')).toContain('环翠区');
    expect(valueOf(page, 'f-unit-name')).toBe('威海市环翠区文化馆');
    const confirm = await fillIn(visitor, page, { 'unit.district': '371002', 'account.password': SECRET, 'account.passwordAgain': SECRET });
    for (const words of [
      '威海市环翠区文化馆',
      creditCode(7001),
      '事业单位',
      '山东省',
      '威海市',
      '环翠区',
      '于海燕',
      '单位名称不能自行修改',
    ])
      expect(confirm.text()).toContain(words);
    const done = await visitor.submit(confirm);
    expect(done.location).toBe('/sign-in?registered=1');
    expect(await site.db('units').where({ name: '威海市环翠区文化馆' }).first()).toMatchObject({
      credit_code: creditCode(7001),
      division_code: '371002',
      pinyin: 'whshcqwhg',
      nature: 'public-institution',
      permission_state: 'none',
    });
    expect(
      (await submitWithCaptcha(site, visitor, await visitor.get('/sign-in'), { account: creditCode(7001), password: SECRET })).location,
    ).toBe('/home');
    expect((await visitor.get('/home')).text()).toContain('权限申请');
  });

  it('takes city-direct and provincial units, and drops a city of another province', async () => {
    for (const [n, choices, division] of [
      [7002, { 'unit.province': '370000', 'unit.city': '371000' }, '371000'],
      [7003, { 'unit.province': '370000', 'unit.city': 'provincial' }, '370000'],
    ] as const) {
      const visitor = site.visitor();
      const first = await visitor.send(await visitor.get('/register/unit'), { 'unit.province': '370000' }, { button: 'do=refresh' });
      const confirm = await fillIn(
        visitor,
        first,
        unit({ 'unit.creditCode': creditCode(n), 'account.loginName': `direct_${n}`, ...choices }),
      );
      expect((await visitor.submit(confirm)).location).toBe('/sign-in?registered=1');
      expect(
        await site
          .db('units')
          .where({ credit_code: creditCode(n) })
          .first('division_code'),
      ).toEqual({ division_code: division });
    }
    const visitor = site.visitor();
    let page = await visitor.send(
      await visitor.get('/register/unit'),
      unit({ 'unit.province': '370000', 'unit.city': '371000', 'unit.district': '371002' }),
      { button: 'do=refresh' },
    );
    page = await fillIn(visitor, page, { 'unit.province': '330000', 'account.password': SECRET, 'account.passwordAgain': SECRET });
    expect(page.errors()).toEqual(['请选择「所属地区（市）」']);
    expect(page.find('#f-unit-district')).toBeNull();
  });

  it('C1 refuses a wrong credit code, a short password, and a code that is registered', async () => {
    const existing = await makeUnit(site);
    const visitor = site.visitor();
    const region = { 'unit.province': '370000', 'unit.city': '371000' };
    const first = await fillIn(
      visitor,
      await visitor.get('/register/unit'),
      unit({
        ...region,
        'unit.creditCode': '91370000MA3C123450',
        'account.password': 'kz8-Qv2!pXd',
        'account.passwordAgain': 'kz8-Qv2!pXd',
      }),
    );
    expect(first.errors()).toEqual(['统一社会信用代码的校验码不符，请逐位核对', '密码至少 12 个字符，现有 11 个']);
    const confirm = await fillIn(
      visitor,
      first,
      unit({ ...region, 'unit.creditCode': existing.creditCode, 'account.loginName': 'second_unit' }),
    );
    const back = await visitor.open((await visitor.submit(confirm)).location);
    expect(back.errors()[0]).toContain('该统一社会信用代码已经注册');
    expect(back.errors()[0]).toMatch(/请联系.+人力资源和社会保障局，(?:人社服务)?电话 \d/);
    expect(await site.db('accounts').where({ login_name: 'second_unit' })).toHaveLength(0);
    expect(await site.db('units').where({ credit_code: existing.creditCode })).toHaveLength(1);
  });
});

describe('A9 a registration form whose session ended while somebody filled it in', () => {
  it('loses nothing but the password: one press goes on, everything stands in the form again', async () => {
    const visitor = site.visitor();
    const page = await visitor.get('/register/person');
    const typed = person({ 'person.name': '迟到的人', 'account.loginName': 'chidaoderen', 'person.idNumber': idNumber(47) });
    await site.db('sessions').delete();
    const late = await visitor.submit(page, typed, { button: 'do=next' });
    expect(late.status).toBe(403);
    expect(late.text()).toContain('没有丢失');
    expect(late.html).not.toContain(SECRET);
    const on = await visitor.submit(late, {}, { form: '/register/person' });
    expect(on.status).toBe(303);
    const again = await visitor.open(on.location);
    for (const value of ['迟到的人', 'chidaoderen', idNumber(47)]) expect(again.html).toContain(`value="${value}"`);
  });

  it('S22 takes nothing that comes from another site', async () => {
    const visitor = site.visitor();
    const page = await visitor.get('/register/person');
    await site.db('sessions').delete();
    const foreign = await fetch(`${site.base}/register/person`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: `sid=${visitor.cookies.get('sid') ?? ''}`, 'sec-fetch-site': 'cross-site' },
      body: new URLSearchParams([...page.fields(), ['person.name', '外来的人']]),
    });
    expect(foreign.status).toBe(403);
    expect(await foreign.text()).not.toContain('外来的人');
  });
});
