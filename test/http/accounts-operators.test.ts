import {
  confirmPassword,
  creditCode,
  makeBatch,
  makeCommittee,
  makePath,
  makePerson,
  makeStaff,
  makeUnit,
  PASSWORD,
  passwordHash,
  signInAs,
  signInVia,
} from '../support/factories';
import type { TestUnit } from '../support/factories';
import { lastSms, liftSmsLimits } from '../support/people';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let serial = 0;

beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const nextMobile = (): string => `1380631${String(++serial).padStart(4, '0')}`;

interface Member {
  name: string;
  loginName: string;
  mobile: string;
  id: number;
}
/** An operator whom the owner adds through the page; signs in with the message's password and chooses one. */
async function addMember(owner: Visitor, name: string): Promise<Member> {
  const mobile = nextMobile();
  const loginName = `member_${serial}`;
  const page = await owner.send(await owner.get('/unit/operators/new'), {
    'operator.name': name,
    'operator.loginName': loginName,
    'operator.mobile': mobile,
  });
  expect(page.errors()).toEqual([]);
  expect(page.text()).toContain('临时密码已发送到该经办人的手机号码');
  return { name, loginName, mobile, id: Number(/operators\/(\d+)/.exec(page.address)?.[1]) };
}
async function settleIn(member: Member): Promise<Visitor> {
  const password = /临时密码：(\S+?)。/.exec(await lastSms(site, member.mobile))?.[1] ?? '';
  const visitor = site.visitor();
  expect((await signInVia(site, visitor, member.loginName, password)).status).toBe(303);
  expect((await visitor.get('/unit/operators')).location).toBe('/password');
  await visitor.submit(await visitor.get('/password'), { present: password, password: PASSWORD, again: PASSWORD });
  return visitor;
}
async function unitWithMember(): Promise<{ unit: TestUnit; owner: Visitor; member: Member }> {
  const unit = await makeUnit(site, { contactName: '于海燕', mobile: nextMobile() });
  const owner = await signInAs(site, unit);
  return { unit, owner, member: await addMember(owner, '丛培英') };
}
const press = async (visitor: Visitor, id: number, action: string, button?: string): Promise<Page> => {
  const page = await visitor.get(`/unit/operators/${id}`);
  return visitor.submit(page, {}, { form: `/unit/operators/${id}/${action}`, ...(button ? { button } : {}) });
};

describe('C6 经办人管理', () => {
  it('the account a unit registered with is its owner; the page stands in the menu', async () => {
    const unit = await makeUnit(site, { contactName: '于海燕' });
    const owner = await signInAs(site, unit);
    const page = await owner.open((await owner.get('/home')).link('经办人管理'));
    expect(page.text('table.queue tbody')).toContain('于海燕');
    expect(page.text('table.queue tbody')).toContain('主经办人');
  });

  it('S12, S13 an operator gets the first password by message only, changes it, and works for the unit under their own name', async () => {
    const { unit, owner, member } = await unitWithMember();
    const sms = await lastSms(site, member.mobile);
    const password = /临时密码：(\S+?)。/.exec(sms)?.[1] ?? 'none';
    expect((await owner.get(`/unit/operators/${member.id}`)).html).not.toContain(password);
    const visitor = await settleIn(member);
    const home = await visitor.get('/home');
    expect(home.text('header')).toContain('丛培英');
    expect(home.text('header')).toContain(unit.name);
    // what they do stands under their name, with the unit they did it for
    const committee = await makeCommittee(site);
    const batch = await makeBatch(site, { committeeId: committee.id, seriesId: 91 });
    const lower = await makeUnit(site);
    const path = await makePath(site, batch, lower, { unitId: unit.unitId }, 'requested');
    const decision = await visitor.get(`/paths/${path}/decision`);
    await visitor.submit(decision, { 'decision.result': 'pass' }, { form: '#form' });
    const row = await site
      .db('audit_log')
      .where({ actor_id: member.id })
      .orderBy('id', 'desc')
      .first<{ actor_name: string; action: string }>();
    expect([row.actor_name, row.action]).toEqual(['丛培英', 'path.approve']);
    expect(JSON.stringify(await site.db('audit_log'))).not.toContain(password);
  });

  it('X2 only the owner changes anything, and only in the own unit', async () => {
    const { unit, owner, member } = await unitWithMember();
    const visitor = await settleIn(member);
    expect((await visitor.get('/unit/operators')).status).toBe(200);
    expect((await visitor.get('/unit/operators/new')).status).toBe(403);
    expect((await visitor.get(`/unit/operators/${unit.accountId}/remove`)).status).toBe(403);
    expect((await visitor.get(`/unit/operators/${unit.accountId}`)).text()).not.toContain('移除经办人');
    const other = await unitWithMember();
    for (const action of ['', '/remove', '/hand-over'])
      expect((await owner.get(`/unit/operators/${other.member.id}${action}`)).status).toBe(404);
    // nor the owner's own account
    expect((await owner.get(`/unit/operators/${unit.accountId}/remove`)).status).toBe(403);
  });

  it('S34, S20 a suspended operator is out from the next request on, and comes back with the old password', async () => {
    const { owner, member } = await unitWithMember();
    const visitor = await settleIn(member);
    expect((await press(owner, member.id, 'switch', 'do=off')).location).toContain('done=off');
    expect((await visitor.get('/unit/permission')).location).toContain('/sign-in');
    expect((await signInVia(site, site.visitor(), member.loginName)).status).toBe(422);
    expect((await owner.get(`/unit/operators/${member.id}/hand-over`)).status).toBe(403);
    await press(owner, member.id, 'switch', 'do=on');
    expect((await signInVia(site, site.visitor(), member.loginName)).status).toBe(303);
  });

  it('S34 a removed operator cannot come back, and the record keeps the name', async () => {
    const { owner, member } = await unitWithMember();
    const visitor = await settleIn(member);
    const page = await owner.get(`/unit/operators/${member.id}/remove`);
    const list = await owner.send(page, {}, { form: `/unit/operators/${member.id}/remove` });
    expect(list.text()).toContain('已移除的经办人');
    expect((await visitor.get('/home')).location).toContain('/sign-in');
    expect((await signInVia(site, site.visitor(), member.loginName)).status).toBe(422);
    expect((await owner.get(`/unit/operators/${member.id}/remove`)).status).toBe(403);
    expect(await site.db('audit_log').where({ actor_id: member.id, actor_name: '丛培英' })).not.toHaveLength(0);
  });

  it('S13 sends a new password to the operator and ends the sessions', async () => {
    const { owner, member } = await unitWithMember();
    const visitor = await settleIn(member);
    await press(owner, member.id, 'password');
    expect((await visitor.get('/home')).location).toContain('/sign-in');
    expect((await signInVia(site, site.visitor(), member.loginName)).status).toBe(422);
    await settleIn(member);
  });

  it('hands the unit over: contact, telephone, credit code and recovery go with it', async () => {
    const { unit, owner, member } = await unitWithMember();
    const early = await confirmPassword(owner, await owner.get(`/unit/operators/${member.id}/hand-over`));
    expect(early.text()).toContain('该经办人尚未启用账号');
    const before = await site.db('units').where({ id: unit.unitId }).first<{ mobile: Buffer }>('mobile');
    const oldMobile = site.deps.cipher.decrypt(before.mobile, 'unit.mobile');
    const visitor = await settleIn(member);
    const page = await owner.get(`/unit/operators/${member.id}/hand-over`);
    expect(page.text()).toContain('丛培英');
    expect(page.text()).not.toContain('尚未启用账号');
    expect((await owner.send(page, {}, { form: `/unit/operators/${member.id}/hand-over` })).text()).toContain('主经办人已移交');
    expect([(await owner.get('/unit/operators/new')).status, (await visitor.get('/unit/operators/new')).status]).toEqual([403, 200]);
    const row = await site.db('units').where({ id: unit.unitId }).first<{ mobile: Buffer; contact_name: string }>();
    expect([site.deps.cipher.decrypt(row.mobile, 'unit.mobile'), row.contact_name]).toEqual([member.mobile, '丛培英']);
    // the credit code means the new owner now; the old one signs in with their own name
    const byCode = site.visitor();
    expect((await signInVia(site, byCode, unit.creditCode)).status).toBe(303);
    expect((await byCode.get('/home')).text('header')).toContain('丛培英');
    expect((await signInVia(site, site.visitor(), unit.loginName)).status).toBe(303);
    const { rows } = await site.db.raw<{ rows: { id: number }[] }>(
      `SELECT a.id FROM accounts a LEFT JOIN units u ON u.id = a.unit_id AND a.is_owner WHERE coalesce(u.mobile_index, a.mobile_index) = (SELECT mobile_index FROM accounts WHERE id = ?)`,
      [unit.accountId],
    );
    expect(rows.map((r) => Number(r.id))).toEqual([unit.accountId]);
    expect(oldMobile).not.toBe(member.mobile);
    // C4: the bureau's reset goes to the new owner
    const bureau = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371002' }));
    await liftSmsLimits(site);
    await bureau.submit(await bureau.get(`/bureau/units/${unit.unitId}/reset-password`));
    expect(await lastSms(site, member.mobile)).toContain(`登录名：${member.loginName}`);
  });

  it('C6 two hand-overs at once leave one owner; the database keeps one whatever the program does', async () => {
    const { unit, owner, member } = await unitWithMember();
    const second = await addMember(owner, '姜山');
    await confirmPassword(owner, await owner.get(`/unit/operators/${member.id}/hand-over`));
    const pages = await Promise.all([member, second].map((m) => owner.get(`/unit/operators/${m.id}/hand-over`)));
    const answers = await Promise.all(
      pages.map((p, i) => owner.submit(p, {}, { form: `/unit/operators/${[member, second][i]?.id ?? 0}` })),
    );
    // the second one is refused: by the guard when it comes later, by the locked row when it comes at the same moment
    expect(answers.map((a) => (a.status === 303 ? 'done' : [403, 409].includes(a.status) ? 'refused' : a.status)).sort()).toEqual([
      'done',
      'refused',
    ]);
    expect(await site.db('accounts').where({ unit_id: unit.unitId, is_owner: true })).toHaveLength(1);
    const ownerId = (await site.db('accounts').where({ unit_id: unit.unitId, is_owner: true }).first<{ id: number }>('id')).id;
    await expect(site.db('accounts').where({ id: ownerId }).update({ is_owner: false })).rejects.toThrow('without its owner');
    await expect(site.db('accounts').where({ id: ownerId }).update({ disabled_at: site.db.fn.now() })).rejects.toThrow(
      'accounts_owner_in_force',
    );
    await expect(site.db('accounts').where({ unit_id: unit.unitId }).update({ is_owner: true })).rejects.toThrow();
  });

  it('C6 thirty operators and no more, also when two are added at once', async () => {
    const unit = await makeUnit(site);
    const owner = await signInAs(site, unit);
    const hash = await passwordHash();
    for (let i = 0; i < 28; i++)
      await site
        .db('accounts')
        .insert({ role: 'unit', login_name: `crowd${unit.unitId}_${i}`, password_hash: hash, display_name: '于静', unit_id: unit.unitId });
    const forms = await Promise.all([owner.get('/unit/operators/new'), owner.get('/unit/operators/new')]);
    const answers = await Promise.all(
      forms.map((f, i) =>
        owner.submit(f, { 'operator.name': '于静', 'operator.loginName': `last_${unit.unitId}_${i}`, 'operator.mobile': nextMobile() }),
      ),
    );
    expect(answers.map((a) => a.status).sort()).toEqual([303, 409]);
    expect((await owner.get('/unit/operators')).text()).toContain('经办人已满 30 人');
  });

  it('what was typed wrongly comes back with the reason', async () => {
    const { owner, member } = await unitWithMember();
    const page = await owner.send(await owner.get('/unit/operators/new'), {
      'operator.name': '姜山',
      'operator.loginName': member.loginName.toUpperCase(),
      'operator.mobile': '138',
    });
    expect(page.errors()).toHaveLength(1);
    const again = await owner.send(page, { 'operator.mobile': nextMobile() });
    expect(again.errors()).toEqual(['这个登录名已经被使用，请换一个登录名']);
    expect(again.find('#f-operator-name')?.getAttribute('value')).toBe('姜山');
    const detail = await owner.get(`/unit/operators/${member.id}`);
    const wrong = await owner.submit(detail, { 'operator.mobile': '12' }, { form: `/unit/operators/${member.id}/mobile` });
    expect([wrong.status, wrong.errors().length]).toEqual([422, 1]);
    const changed = nextMobile();
    await owner.submit(wrong, { 'operator.mobile': changed }, { form: `/unit/operators/${member.id}/mobile` });
    expect((await owner.get(`/unit/operators/${member.id}`)).text()).toContain(changed);
    expect(await lastSms(site, member.mobile)).toContain(changed.slice(-4));
  });

  it('C6 an older program that registers a unit still leaves it with an owner', async () => {
    const [unit] = (await site
      .db('units')
      .insert({
        name: '旧版程序注册的单位',
        credit_code: creditCode(777_001),
        nature: 'public-institution',
        division_code: '371002',
        contact_name: '于静',
        mobile: Buffer.from('x'),
      })
      .returning('id')) as { id: number }[];
    const [account] = (await site
      .db('accounts')
      .insert({ role: 'unit', login_name: 'old_program', password_hash: await passwordHash(), display_name: '于静', unit_id: unit?.id })
      .returning('is_owner')) as { is_owner: boolean }[];
    expect(account?.is_owner).toBe(true);
    expect((await (await signInAs(site, await makePerson(site))).get('/unit/operators')).status).toBe(403);
  });
});
