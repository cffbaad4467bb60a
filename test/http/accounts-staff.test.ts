import { confirmPassword, makeCommittee, makePerson, makeStaff, makeUnit, PASSWORD, signInAs, signInVia } from '../support/factories';
import { createFirstAdmin } from '../../src/modules/accounts';
import { lastSms } from '../support/people';
import { openSite, type Site, type Visitor } from '../support/site';

let site: Site;
let admin: Visitor;
let adminId: number;

beforeAll(async () => {
  site = await openSite();
  const staff = await makeStaff(site, { role: 'admin', name: '周海峰' });
  adminId = staff.accountId;
  admin = await signInAs(site, staff);
});
afterAll(() => site.close());

describe('S12 工作人员账号', () => {
  it('makes a bureau officer whose first password is told once and must be changed', async () => {
    let page = await admin.get('/admin/staff/new');
    page = await admin.send(page, { 'staff.role': 'bureau' }, { button: 'do=refresh' });
    page = await admin.send(page, { 'staff.province': '370000' }, { button: 'do=refresh' });
    page = await admin.send(page, { 'staff.city': '371000' }, { button: 'do=refresh' });
    page = await admin.send(
      page,
      {
        'staff.district': '371002',
        'staff.name': '于𬀩',
        'staff.loginName': 'hc_rsj',
        role: 'admin',
        must_change_password: 'false',
        password: 'x',
      },
      { button: 'do=save' },
    );
    const password = page.find('#one-time-password')?.text ?? '';
    expect(password).toMatch(/^[a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5}$/);
    expect(page.text()).toContain('山东省威海市环翠区');
    // only in this browser, and not at the page's own address
    const made = page.address;
    expect((await admin.get(made.split('?')[0] ?? '')).find('#one-time-password')).toBeNull();
    const colleague = await signInAs(site, await makeStaff(site, { role: 'admin' }));
    expect((await colleague.get(made)).find('#one-time-password')).toBeNull();
    expect(site.log.join('') + JSON.stringify(await site.db('audit_log'))).not.toContain(password);

    const officer = site.visitor();
    expect((await signInVia(site, officer, 'hc_rsj', password)).status).toBe(303);
    expect((await officer.get('/bureau/permissions')).location).toBe('/password');
    const form = await officer.get('/password');
    expect((await officer.submit(form, { present: password, password, again: password })).errors()).toEqual(['新密码不能与现在的密码相同']);
    await officer.submit(form, { present: password, password: 'Weihai-Lighthouse-7', again: 'Weihai-Lighthouse-7' });
    expect((await officer.get('/bureau/permissions')).status).toBe(200);
    expect((await site.db('accounts').where({ login_name: 'hc_rsj' }).first()) as object).toMatchObject({
      role: 'bureau',
      division_code: '371002',
      display_name: '于𬀩',
      must_change_password: false,
    });
  });

  it('X4 needs what belongs to the role, keeps what was typed, and says when a login name is taken', async () => {
    const committee = await makeCommittee(site);
    let page = await admin.send(await admin.get('/admin/staff/new'), { 'staff.role': 'office' }, { button: 'do=refresh' });
    page = await admin.send(page, { 'staff.name': '姜山', 'staff.loginName': 'HC_RSJ' }, { button: 'do=save' });
    expect(page.errors()).toEqual(['请选择「评审委员会」']);
    page = await admin.send(page, { 'staff.committee': String(committee.id) }, { button: 'do=save' });
    expect(page.errors()).toEqual(['这个登录名已经被使用，请换一个登录名']);
    expect(page.find('#f-staff-name')?.getAttribute('value')).toBe('姜山');
    const made = await admin.send(page, { 'staff.loginName': 'pwh_office' }, { button: 'do=save' });
    expect(made.text()).toContain(committee.name);
    expect((await admin.get('/admin/staff?role=office&name=pwh')).all('table.queue tbody tr')).toHaveLength(1);
    expect((await admin.get(`/admin/staff?name=${encodeURIComponent('%')}`)).text()).toContain('没有符合条件的账号');
  });

  it('S20, S34 disables at once and for as long as wished; nobody disables themselves', async () => {
    const staff = await makeStaff(site, { role: 'support', name: '丛丛' });
    const visitor = await signInAs(site, staff);
    const page = await admin.get(`/admin/staff/${staff.accountId}`);
    const off = { form: '/admin/staff', button: 'do=off' };
    const answers = await Promise.all([admin.submit(page, {}, off), admin.submit(await admin.get(page.address), {}, off)]);
    expect(answers.map((a) => a.status).sort()).toEqual([303, 409]);
    expect((await visitor.get('/home')).location).toContain('/sign-in');
    expect((await signInVia(site, site.visitor(), staff.loginName)).status).toBe(422);
    const back = await admin.send(await admin.get(page.address), {}, { form: '/admin/staff', button: 'do=on' });
    expect(back.text()).toContain('账号已恢复');
    expect((await signInVia(site, site.visitor(), staff.loginName)).status).toBe(303);
    const own = await admin.get(`/admin/staff/${adminId}`);
    expect(own.text()).toContain('不能停用');
    const fields = new URLSearchParams([...own.fields('form[action="/sign-out"]'), ['do', 'off']]);
    expect((await admin.request('POST', `/admin/staff/${adminId}/switch`, fields)).status).toBe(403);
  });

  it('X2 is for the administrator alone, and about staff alone', async () => {
    const person = await makePerson(site);
    for (const account of [
      person,
      await makeUnit(site),
      await makeStaff(site, { role: 'support' }),
      await makeStaff(site, { role: 'bureau', divisionCode: '370000' }),
    ]) {
      const visitor = await signInAs(site, account);
      expect([(await visitor.get('/admin/staff')).status, (await visitor.get(`/admin/staff/${adminId}`)).status]).toEqual([403, 404]);
    }
    expect((await admin.get(`/admin/staff/${person.accountId}`)).status).toBe(404);
  });
});

describe('S13 a password that the administrator resets', () => {
  const reset = async (id: number) => {
    const page = await admin.get(`/admin/staff/${id}`);
    const answer = await admin.submit(page, {}, { form: `/admin/staff/${id}/reset-password` });
    if (!answer.location.startsWith('/confirm-password')) return admin.open(answer.location);
    const kept = await confirmPassword(admin, answer);
    return admin.send(kept, {}, { form: 'main form' });
  };

  it('S14 is shown once where there is no telephone, ends the sessions, and must be changed', async () => {
    const staff = await makeStaff(site, { role: 'support' });
    const visitor = await signInAs(site, staff);
    const page = await reset(staff.accountId);
    const password = page.find('#one-time-password')?.text ?? '';
    expect(password).toMatch(/^[a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5}$/);
    expect((await visitor.get('/home')).location).toContain('/sign-in');
    expect((await signInVia(site, site.visitor(), staff.loginName)).status).toBe(422);
    const fresh = site.visitor();
    expect((await signInVia(site, fresh, staff.loginName, password)).status).toBe(303);
    expect((await fresh.get('/home')).location).toBe('/password');
    const row = await site
      .db('audit_log')
      .where({ action: 'account.reset-password', subject_id: String(staff.accountId) })
      .first<{ actor_id: number }>();
    expect(Number(row.actor_id)).toBe(adminId);
    expect(JSON.stringify(await site.db('audit_log'))).not.toContain(password);
  });

  it('goes to the telephone of the account and is never shown where there is one', async () => {
    let page = await admin.send(await admin.get('/admin/staff/new'), { 'staff.role': 'support' }, { button: 'do=refresh' });
    page = await admin.send(
      page,
      { 'staff.name': '姜晓敏', 'staff.loginName': 'with_phone', 'staff.mobile': '138 0631 5555' },
      { button: 'do=save' },
    );
    expect(page.text()).toContain('临时密码已发送到本人手机号码');
    const first = await lastSms(site, '13806315555');
    expect(page.find('#one-time-password')).toBeNull();
    const id = Number(/staff\/(\d+)/.exec(page.address)?.[1]);
    const after = await reset(id);
    expect(after.find('#one-time-password')).toBeNull();
    const second = await lastSms(site, '13806315555');
    expect(second).not.toBe(first);
    const password = /临时密码：(\S+?)。/.exec(second)?.[1] ?? '';
    expect(after.html).not.toContain(password);
    expect((await signInVia(site, site.visitor(), 'with_phone', password)).status).toBe(303);
  });

  it('X2 is not for the own account, nor for one that is switched off', async () => {
    expect((await admin.get(`/admin/staff/${adminId}`)).text()).not.toContain('重置密码');
    const fields = (await admin.get('/home')).fields('form[action="/sign-out"]');
    expect((await admin.request('POST', `/admin/staff/${adminId}/reset-password`, new URLSearchParams(fields))).status).toBe(403);
    const staff = await makeStaff(site, { role: 'support' });
    const page = await admin.get(`/admin/staff/${staff.accountId}`);
    await site.db('accounts').where({ id: staff.accountId }).update({ disabled_at: site.db.fn.now() });
    expect((await admin.submit(page, {}, { form: `/admin/staff/${staff.accountId}/reset-password` })).status).toBe(409);
  });
});

describe('S12 the first administrator', () => {
  it('is made once, by command, with a password that must be changed', async () => {
    const empty = await openSite();
    try {
      expect(await createFirstAdmin(empty.deps, '1x', '周海峰')).toMatchObject({ kind: 'refused' });
      expect(await createFirstAdmin(empty.deps, 'chief', ' ')).toEqual({ kind: 'refused', problem: '请写明姓名' });
      const made = await createFirstAdmin(empty.deps, 'chief', '周海峰');
      const visitor = empty.visitor();
      expect((await signInVia(empty, visitor, 'chief', made.kind === 'done' ? made.password : '')).status).toBe(303);
      expect((await visitor.get('/admin/staff')).location).toBe('/password');
      expect(await createFirstAdmin(empty.deps, 'second', '李四')).toMatchObject({ kind: 'refused' });
    } finally {
      await empty.close();
    }
  });
});

describe('S14, S20 修改密码', () => {
  it('asks for the present one, keeps the rules, ends every other session and keeps this one', async () => {
    const person = await makePerson(site);
    const [here, there] = [await signInAs(site, person), await signInAs(site, person)];
    const form = await here.get('/password');
    const cases: [Record<string, string>, string[]][] = [
      [{ present: '', password: '', again: '' }, ['请填写现在的密码', '请填写「新密码」']],
      [{ present: PASSWORD, password: 'short', again: 'short' }, ['密码至少 10 个字符，现有 5 个']],
      [{ present: PASSWORD, password: `${person.idNumber}aa`, again: '' }, ['密码不能包含证件号码，请换一个密码']],
      [{ present: PASSWORD, password: 'Haifeng-chuilai', again: 'Haifeng-chuilai2' }, ['两次填写的密码不一致，请重新填写']],
      [{ present: 'nicht-richtig-1', password: 'Haifeng-chuilai', again: 'Haifeng-chuilai' }, ['「登录密码」不正确，还可以尝试 4 次']],
    ];
    for (const [values, errors] of cases) {
      const answer = await here.submit(form, { ...values, account_id: '1', password_hash: 'x' });
      expect([answer.status, answer.errors()]).toEqual([422, errors]);
      expect(answer.html).not.toContain('Haifeng');
    }
    const before = here.cookies.get('sid');
    const done = await here.submit(form, { present: PASSWORD, password: 'Haifeng-chuilai', again: 'Haifeng-chuilai' });
    expect(done.location).toBe('/password?saved=1');
    expect(here.cookies.get('sid')).not.toBe(before);
    expect((await here.get('/home')).status).toBe(200);
    expect((await there.get('/home')).location).toContain('/sign-in');
    expect((await signInVia(site, site.visitor(), person.loginName)).status).toBe(422);
    expect((await signInVia(site, site.visitor(), person.loginName, 'Haifeng-chuilai')).status).toBe(303);
  });

  it('S20 lists the own sessions and ends the others', async () => {
    const person = await makePerson(site);
    const visitors = [await signInAs(site, person), await signInAs(site, person), await signInAs(site, person)];
    const stranger = await signInAs(site, await makePerson(site));
    const [here, second, third] = visitors as [Visitor, Visitor, Visitor];
    const page = await here.get('/profile/sessions');
    expect(page.all('table.queue tbody tr')).toHaveLength(3);
    expect(page.all('.tag').map((t) => t.text)).toEqual(['本次登录']);
    const ended = await here.send(page, {}, { form: '/profile/sessions' });
    expect(ended.text()).toContain('已全部退出');
    expect(ended.all('table.queue tbody tr')).toHaveLength(1);
    for (const visitor of [second, third]) expect((await visitor.get('/home')).location).toContain('/sign-in');
    expect((await stranger.get('/home')).status).toBe(200);
    const log = (await site.db('audit_log').where({ action: 'account.end-sessions' })) as { detail: { ended: number } }[];
    expect(log.map((l) => l.detail.ended)).toEqual([2]);
  });
});
