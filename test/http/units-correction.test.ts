import { listSms } from '../../src/adapters/sms';
import { creditCode, makeStaff, makeUnit, PASSWORD, signInAs, signInVia, type TestUnit } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let district: Visitor;
let city: Visitor;
let elsewhere: Visitor;

beforeAll(async () => {
  site = await openSite();
  district = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002', name: '丛日升' }));
  city = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371000', name: '毕重阳' }));
  elsewhere = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '370102' }));
});
afterAll(() => site.close());

const fill = async (visitor: Visitor, unit: TestUnit, values: Record<string, string>): Promise<Page> =>
  visitor.send(
    await visitor.get(`/bureau/units/${unit.unitId}/correct`),
    { 'unit.reason': '单位更名，见环编字〔2026〕3号', ...values },
    { button: 'do=next' },
  );
const row = (unit: TestUnit) => site.db('units').where({ id: unit.unitId }).first() as Promise<Record<string, unknown>>;
const names = (page: Page): string[] => page.all('table.queue tbody tr td:first-child a').map((a) => a.text);

describe('C4 单位信息维护: finding', () => {
  it('lists the units of the division by name, code and shared names, at any size', async () => {
    await makeUnit(site, { name: '威海市环翠区图书馆' });
    const twin = await makeUnit(site, { name: '威海市环翠区图书馆', state: 'none' });
    const far = await makeUnit(site, { name: '济南市历下区图书馆', divisionCode: '370102' });
    for (let i = 0; i < 55; i++) await makeUnit(site, { name: `环翠区第${i}小学` });
    const found = await district.get(`/bureau/units?name=${encodeURIComponent('图书馆')}`);
    expect(names(found)).toEqual(['威海市环翠区图书馆', '威海市环翠区图书馆']);
    expect(found.text()).toContain('有同名单位');
    expect(names(await district.get(`/bureau/units?code=${twin.creditCode}`))).toHaveLength(1);
    expect(names(await district.get('/bureau/units?show=namesakes'))).toHaveLength(2);
    // R6: going on page by page, and back from the end, leads to the same pages
    const schools = await district.get(`/bureau/units?name=${encodeURIComponent('小学')}`);
    const rest = await district.get(schools.link('下一页'));
    expect([names(schools), names(rest)].map((list) => list.length)).toEqual([50, 5]);
    expect(names(await district.get(schools.link('最后一页')))).toEqual(names(rest));
    expect(names(await district.get(rest.link('上一页')))).toEqual(names(schools));
    const whole: string[] = [];
    for (let page = await city.get('/bureau/units'); ; page = await city.get(page.link('下一页'))) {
      whole.push(...names(page));
      if (!page.find('a[rel="next"]')) break;
    }
    expect(whole).toEqual(
      (await site.db('units').where('division_code', 'like', '3710%').orderBy(['name', 'id']).pluck('name')) as string[],
    );
    expect(names(await elsewhere.get('/bureau/units'))).toEqual(['济南市历下区图书馆']);
    expect((await city.get('/bureau/units?name=hcqd7xx')).text()).toContain('环翠区第7小学');
    expect((await district.get('/bureau/units?name=%25')).text()).toContain('没有符合条件的单位');
    expect((await elsewhere.get(`/bureau/units/${twin.unitId}`)).status).toBe(404);
    expect((await district.get(`/bureau/units/${far.unitId}/correct`)).status).toBe(404);
    for (const role of ['support', 'admin'] as const) {
      const visitor = await signInAs(site, await makeStaff(site, { role }));
      expect([(await visitor.get('/bureau/units')).status, (await visitor.get(`/bureau/units/${twin.unitId}`)).status]).toEqual([403, 404]);
    }
  });
});

describe('C4 单位信息维护: correcting', () => {
  it('S32 corrects name, code and contact with before and after, and nothing that the form does not have', async () => {
    const unit = await makeUnit(site, { name: '环翠区文化局', contactName: '于海燕', mobile: '13906310101' });
    const code = creditCode(770_001);
    const confirm = await fill(district, unit, {
      'unit.name': '环翠区文化和旅游局',
      'unit.creditCode': code.toLowerCase(),
      'unit.contactName': '姜山',
      'unit.mobile': '139 0631 0202',
      permission_state: 'none',
      'unit.id': '1',
      'unit.permission_state': 'none',
    });
    expect(confirm.address).toContain('/correct/confirm?draft=');
    for (const words of ['环翠区文化局', '环翠区文化和旅游局', code, '139****0101', '13906310202', '新的统一社会信用代码登录'])
      expect(confirm.text()).toContain(words);
    const page = await district.send(confirm, { unit_id: '1' });
    expect(page.text()).toContain('单位信息已更正');
    expect(page.text()).toContain('环翠区文化局 → 环翠区文化和旅游局');
    expect(await row(unit)).toMatchObject({
      name: '环翠区文化和旅游局',
      pinyin: 'hcqwhhlyj',
      credit_code: code,
      contact_name: '姜山',
      permission_state: 'granted',
    });
    const [record] = (await site.db('unit_corrections').where({ unit_id: unit.unitId })) as Record<string, unknown>[];
    expect(record?.before).toEqual({ name: '环翠区文化局', creditCode: unit.creditCode, contactName: '于海燕' });
    expect(JSON.stringify(record)).not.toContain('13906310202');
    const audit = await site.db('audit_log').where({ action: 'unit.correct', subject_id: String(unit.unitId) });
    expect(audit).toHaveLength(1);
    expect(JSON.stringify(audit)).toContain('creditCode');
    expect((await signInVia(site, site.visitor(), code)).status).toBe(303);
    expect((await signInVia(site, site.visitor(), unit.creditCode)).status).toBe(422);
    expect((await signInVia(site, site.visitor(), unit.loginName)).status).toBe(303);
  });

  it('S13 a new telephone is told what it is for, the old one that it is replaced; nobody is told of anything else', async () => {
    const unit = await makeUnit(site, { name: '环翠区美术馆', mobile: '13906315001' });
    const told = async (): Promise<string[]> =>
      (await listSms(site.db, site.deps.cipher, 500))
        .filter((m) => ['13906315001', '13906315002'].includes(m.mobile))
        .map((m) => `${m.mobile} ${m.purpose} ${m.text}`)
        .sort();
    await district.send(await fill(district, unit, { 'unit.contactName': '戚继光' }));
    expect(await told()).toEqual([]);
    const confirm = await fill(district, unit, { 'unit.mobile': '13906315002' });
    expect(confirm.text()).toContain('短信告知原来的和新的手机号码');
    expect((await district.submit(confirm)).status).toBe(303);
    expect(await told()).toEqual([
      expect.stringMatching(/^13906315001 mobile-changed .*贵单位账号的手机号码已由.+更换为尾号 5002 的号码/),
      expect.stringMatching(/^13906315002 mobile-new .*已将本号码登记为环翠区美术馆的手机号码/),
    ]);
  });

  it('shows the units of the new name, and refuses a second permitted one and a code that is taken', async () => {
    const first = await makeUnit(site, { name: '环翠区体育中心' });
    const second = await makeUnit(site, { name: '环翠区体育馆' });
    const confirm = await fill(district, second, { 'unit.name': '环翠区体育中心' });
    expect(confirm.text()).toContain('更正后的同名单位');
    expect(confirm.text()).toContain(first.creditCode);
    const refused = await district.submit(confirm);
    expect([refused.status, refused.text()]).toEqual([409, expect.stringContaining('已经存在有权限的同名单位')]);
    const taken = await district.submit(await fill(district, second, { 'unit.creditCode': first.creditCode }));
    expect([taken.status, taken.text()]).toEqual([409, expect.stringContaining('已经由另一个单位注册')]);
    expect(await row(second)).toMatchObject({ name: '环翠区体育馆', credit_code: second.creditCode });
    expect(await site.db('unit_corrections').where({ unit_id: second.unitId })).toHaveLength(0);
  });

  it('X4 keeps what was typed beside its fault; dependent choices work without script', async () => {
    const unit = await makeUnit(site, { name: '环翠区少年宫' });
    const bad = await fill(district, unit, { 'unit.name': '环翠区少年宫二', 'unit.mobile': '123', 'unit.reason': '' });
    expect(bad.errors()).toEqual(['请填写以 13 至 19 开头的 11 位手机号码', '请填写「更正原因」']);
    expect(bad.find('#f-unit-name')?.getAttribute('value')).toBe('环翠区少年宫二');
    const none = await fill(district, unit, {});
    expect(none.errors()).toEqual(['没有修改任何内容，请修改需要更正的项目']);
    const refreshed = await district.send(none, { 'unit.city': '370200', 'unit.district': '' }, { button: 'do=refresh' });
    expect(refreshed.find('#f-unit-district')?.text).toContain('市南区');
  });

  it('S34 of two officers the second is told; a unit that goes to another division leaves this one', async () => {
    const unit = await makeUnit(site, { name: '环翠区档案馆' });
    const pages = [await fill(district, unit, { 'unit.contactName': '甲' }), await fill(city, unit, { 'unit.contactName': '乙' })];
    const answers = await Promise.all([district.submit(pages[0] as Page), city.submit(pages[1] as Page)]);
    expect(answers.map((a) => a.status).sort()).toEqual([303, 409]);
    const moved = await fill(district, unit, { 'unit.district': '371082' });
    expect(moved.text()).toContain('不再属于本辖区');
    expect((await district.submit(moved)).location).toBe('/bureau/units');
    expect((await district.get(`/bureau/units/${unit.unitId}`)).status).toBe(404);
    expect((await city.get(`/bureau/units/${unit.unitId}`)).text()).toContain('荣成市');
  });
});

describe('C4, S13 重置密码', () => {
  it('sends a password to the telephone that nobody here sees, ends the sessions, and has it changed', async () => {
    const unit = await makeUnit(site, { mobile: '13906310303' });
    const open = await signInAs(site, unit);
    const confirm = await district.get(`/bureau/units/${unit.unitId}/reset-password`);
    expect(confirm.text()).toContain('13906310303');
    const [done, repeat] = await Promise.all([district.submit(confirm, { password: 'chosen-by-me-2026' }), district.submit(confirm)]);
    expect([done.status, repeat.status]).toContain(303);
    const page = await district.get(`/bureau/units/${unit.unitId}?done=reset`);
    const rows = (await site.db('sms_outbox').where({ purpose: 'unit-password' })) as { mobile: Buffer; text: Buffer }[];
    const messages = (await listSms(site.db, site.deps.cipher, 50)).filter((m) => m.purpose === 'unit-password');
    expect(messages.length).toBe(rows.length);
    const text = messages[0]?.text ?? '';
    const password = /临时密码：([a-z0-9-]{17})。/.exec(text)?.[1] ?? '';
    expect(password).toHaveLength(17);
    expect(text).toContain(unit.loginName);
    for (const where of [page.html, done.html, site.log.join(''), JSON.stringify(await site.db('audit_log'))])
      expect(where).not.toContain(password);
    expect(rows.some((r) => r.text.includes(password))).toBe(false);
    expect((await open.get('/home')).location).toContain('/sign-in');
    expect((await signInVia(site, site.visitor(), unit.loginName, PASSWORD)).status).toBe(422);

    const visitor = site.visitor();
    expect((await signInVia(site, visitor, unit.loginName, password)).status).toBe(303);
    for (const address of ['/home', '/unit/review', '/profile/sessions']) expect((await visitor.get(address)).location).toBe('/password');
    const form = await visitor.get('/password');
    expect(form.text()).toContain('临时密码');
    const changed = await visitor.submit(form, { present: password, password: 'Haiou-feiguo-2027', again: 'Haiou-feiguo-2027' });
    expect(changed.location).toBe('/password?saved=1');
    expect((await visitor.get('/home')).status).toBe(200);
    expect((await signInVia(site, site.visitor(), unit.loginName, password)).status).toBe(422);
  });

  it('X2 is not for other bureaus and not for the unit', async () => {
    const unit = await makeUnit(site);
    const own = await signInAs(site, unit);
    for (const visitor of [elsewhere, own]) expect((await visitor.get(`/bureau/units/${unit.unitId}/reset-password`)).status).toBe(404);
  });
});
