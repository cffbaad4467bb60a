import { covers } from '../../src/policy/policy';
import { divisionRange } from '../../src/modules/catalogue';
import { decidePermission, requestPermission } from '../../src/modules/units';
import { findActor } from '../../src/modules/accounts';
import type { Actor } from '../../src/policy/actor';
import { creditCode, makeCommittee, makeStaff, makeUnit, signInAs, type TestStaff, type TestUnit } from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let bureau: TestStaff;
let bureauVisitor: Visitor;

beforeAll(async () => {
  site = await openSite();
  bureau = await makeStaff(site, { role: 'bureau', divisionCode: '371002', name: '丛日新' });
  bureauVisitor = await signInAs(site, bureau);
});
afterAll(() => site.close());

const register = (u: { name: string; creditCode: string }, division = '371002') =>
  site.db('unit_register').insert({ credit_code: u.creditCode, name: u.name, division_code: division });
const stateOf = async (u: TestUnit) =>
  ((await site.db('units').where({ id: u.unitId }).first('permission_state')) as { permission_state: string }).permission_state;
const requestsOf = (u: TestUnit) => site.db('permission_requests').where({ unit_id: u.unitId }).orderBy('id');
const actorOf = async (id: number) => (await findActor(site.db, id)) as Actor & { unitId: number };

/** Fills 「权限申请」 as this unit. */
async function apply(u: TestUnit, values: Record<string, string> = {}): Promise<{ visitor: Visitor; answer: Page }> {
  const visitor = await signInAs(site, u);
  const form = await visitor.get('/unit/permission');
  expect(form.status).toBe(200);
  return {
    visitor,
    answer: await visitor.submit(form, { 'permission.creditCode': u.creditCode, ...values }, { form: '#form', button: 'do=save' }),
  };
}
async function openRequest(u: TestUnit): Promise<{ address: string; page: Page }> {
  const [request] = (await requestsOf(u)) as { id: number }[];
  const address = `/bureau/permissions/${request?.id}`;
  return { address, page: await bureauVisitor.get(address) };
}

describe('C2 权限申请', () => {
  it('grants at once when name, code and division agree with the register', async () => {
    const unit = await makeUnit(site, { state: 'none', name: '威海市环翠区（东城）美术馆' });
    await register({ name: '威海市环翠区(东城)美术馆', creditCode: unit.creditCode });
    const { visitor, answer } = await apply(unit);
    expect([answer.status, answer.location]).toEqual([303, '/unit/permission?saved=1']);
    expect(await stateOf(unit)).toBe('granted');
    expect(await requestsOf(unit)).toEqual([
      expect.objectContaining({ state: 'granted', is_automatic: true, decided_by: null, check_note: '' }),
    ]);
    const page = await visitor.get(answer.location);
    expect(page.text()).toContain('已取得权限');
    expect(page.find('#form')).toBeNull();
    const audit = await site.db('audit_log').where({ action: 'permission.request', actor_id: unit.accountId });
    expect(audit).toMatchObject([{ detail: { automatic: true } }]);
  });

  it.each([
    ['the register does not know the code', undefined, '没有该统一社会信用代码'],
    ['the name differs', { name: '别的单位', division: '371002' }, '单位名称与单位登记库不一致'],
    ['the division differs', { name: '', division: '371003' }, '所属地区与单位登记库不一致'],
  ])('hands over to the bureau when %s', async (_, entry, note) => {
    const unit = await makeUnit(site, { state: 'none' });
    if (entry) await register({ name: entry.name || unit.name, creditCode: unit.creditCode }, entry.division);
    const { visitor, answer } = await apply(unit);
    expect(answer.status).toBe(303);
    expect(await stateOf(unit)).toBe('requested');
    const page = await visitor.get('/unit/permission');
    expect(page.text()).toContain('等待人社局审核。长时间没有结果的，请联系山东省威海市环翠区人力资源和社会保障局，人社服务电话 12333');
    expect(page.text()).toContain(note);
  });

  it.each([
    ['not typed', '', '请填写「统一社会信用代码」'],
    [
      'wrong in its check character',
      `${creditCode(77).slice(0, 17)}${creditCode(77).endsWith('0') ? '1' : '0'}`,
      '统一社会信用代码的校验码不符，请逐位核对',
    ],
    [
      'of another unit',
      creditCode(88_888),
      '与本单位注册的统一社会信用代码不一致，请核对。注册时填写有误的，由人社局更正，请联系山东省威海市环翠区人力资源和社会保障局，人社服务电话 12333',
    ],
  ])('complains when the credit code is %s and keeps everything typed (X4)', async (_, code, message) => {
    const unit = await makeUnit(site, { state: 'none' });
    const { answer } = await apply(unit, { 'permission.creditCode': code, 'permission.district': '371003' });
    expect(answer.status).toBe(422);
    expect(answer.errors()).toEqual([message]);
    expect(Object.fromEntries(answer.fields('#form'))).toMatchObject({
      'permission.creditCode': code,
      'permission.province': '370000',
      'permission.city': '371000',
      'permission.district': '371003',
    });
    expect(await stateOf(unit)).toBe('none');
  });

  it('starts with the registered division and offers what lies in the chosen one, also without script', async () => {
    const unit = await makeUnit(site, { state: 'none' });
    const visitor = await signInAs(site, unit);
    const form = await visitor.get('/unit/permission');
    expect(Object.fromEntries(form.fields('#form'))).toMatchObject({
      'permission.province': '370000',
      'permission.city': '371000',
      'permission.district': '371002',
    });
    const refreshed = await visitor.send(
      form,
      { 'permission.creditCode': 'half', 'permission.province': '110000', 'permission.city': '110100' },
      { form: '#form', button: 'do=refresh' },
    );
    expect(refreshed.status).toBe(200);
    expect(refreshed.all('#f-permission-district option').map((o) => o.text)).toContain('东城区');
    expect(Object.fromEntries(refreshed.fields('#form'))).toMatchObject({
      'permission.creditCode': 'HALF',
      'permission.province': '110000',
      'permission.city': '110100',
    });
    const mixed = await visitor.submit(
      form,
      { 'permission.creditCode': unit.creditCode, 'permission.province': '110000' },
      { form: '#form', button: 'do=save' },
    );
    expect(mixed.errors()[0]).toContain('请在列表中重新选择');
  });

  it('goes to the city when no district is chosen, and the grant settles the division', async () => {
    const unit = await makeUnit(site, { state: 'none' });
    await apply(unit, { 'permission.district': '' });
    expect((await requestsOf(unit))[0]).toMatchObject({ division_code: '371000', state: 'requested' });
    const city = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371000' }));
    const { address, page: districtSees } = await openRequest(unit);
    expect(districtSees.status).toBe(404);
    await city.submit(await city.get(address), { 'decision.result': 'pass' }, { form: '#form' });
    expect(await site.db('units').where({ id: unit.unitId }).first('permission_state', 'division_code')).toEqual({
      permission_state: 'granted',
      division_code: '371000',
    });
  });

  it('refuses a second unit of a name that has the permission, and says whom to contact', async () => {
    await makeUnit(site, { name: '威海市重名中学', divisionCode: '371003' });
    const second = await makeUnit(site, { name: '威海市重名中学', state: 'none' });
    const { answer } = await apply(second);
    expect(answer.status).toBe(422);
    expect(answer.errors()).toEqual(['已经存在有权限的同名单位']);
    expect(answer.text('#duplicate')).toContain('山东省威海市文登区人力资源和社会保障局');
    expect(answer.text('#duplicate')).toContain('人社服务电话 12333');
    expect(await requestsOf(second)).toEqual([]);
  });

  it('grants only one of two namesakes that come in the same moment', async () => {
    const twins = await Promise.all([1, 2, 3, 4].map(() => makeUnit(site, { name: '威海市同时申请学校', state: 'none' })));
    for (const t of twins) await register(t);
    const outcomes = await Promise.all(
      twins.map(async (t) =>
        requestPermission(site.deps, await actorOf(t.accountId), { creditCode: t.creditCode, divisionCode: '371002', requestId: 'r' }),
      ),
    );
    expect(outcomes.map((o) => o.kind).sort()).toEqual(['duplicate', 'duplicate', 'duplicate', 'granted']);
    expect(
      (
        await site.db('permission_requests').whereIn(
          'unit_id',
          twins.map((t) => t.unitId),
        )
      ).length,
    ).toBe(1);
  });

  it('takes one request when the same unit asks from many windows at once', async () => {
    const unit = await makeUnit(site, { state: 'none' });
    const actor = await actorOf(unit.accountId);
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () =>
        requestPermission(site.deps, actor, { creditCode: unit.creditCode, divisionCode: '371002', requestId: 'r' }),
      ),
    );
    expect(outcomes.filter((o) => o.kind === 'requested')).toHaveLength(1);
    expect(outcomes.filter((o) => o.kind === 'already')).toHaveLength(4);
    expect(await requestsOf(unit)).toHaveLength(1);
  });
});

describe('C2 单位权限审核', () => {
  it('shows the unit, the register and namesakes, and grants', async () => {
    const unit = await makeUnit(site, { state: 'none', name: '威海市环翠区第九中学', mobile: '13963109876' });
    await makeUnit(site, { state: 'none', name: '威海市环翠区第九中学', divisionCode: '371083' });
    await register({ name: '威海市第九中学', creditCode: unit.creditCode });
    await apply(unit);
    const { page } = await openRequest(unit);
    expect(page.text()).toContain('13963109876');
    expect(page.text()).toContain('威海市第九中学');
    expect(page.text()).toContain('不一致');
    expect(page.text()).toContain('山东省威海市乳山市');
    const answer = await bureauVisitor.submit(page, { 'decision.result': 'pass', 'decision.reason': '不会保存' }, { form: '#form' });
    expect(answer.status).toBe(303);
    expect((await bureauVisitor.get(answer.location)).text('.notice')).toContain(`已通过，${unit.name}取得「职称评审」权限`);
    expect(await stateOf(unit)).toBe('granted');
    expect(await site.db('sms_outbox').where({ purpose: 'permission-granted' })).not.toHaveLength(0);
    expect((await requestsOf(unit))[0]).toMatchObject({ state: 'granted', is_automatic: false, decided_by: bureau.accountId, reason: '' });
    expect(await site.db('audit_log').where({ action: 'permission.grant', actor_id: bureau.accountId }).first('detail')).toMatchObject({
      detail: { unitId: unit.unitId },
    });
    const after = await openRequest(unit);
    expect(after.page.text()).toContain('丛日新 审核为「通过」');
    expect(after.page.find('#form')).toBeNull();
  });

  it('R6 after a decision the next request of the list opens; at the end comes the list, with the filter kept', async () => {
    const [a, b] = [
      await makeUnit(site, { state: 'none', name: '连批东山小学' }),
      await makeUnit(site, { state: 'none', name: '连批西山小学' }),
    ];
    await apply(a);
    await apply(b);
    const list = await bureauVisitor.get(`/bureau/permissions?name=${encodeURIComponent('连批')}`);
    let page = await bureauVisitor.get(list.link(`审核：${a.name}`));
    page = await bureauVisitor.send(page, { 'decision.result': 'pass' }, { form: '#form' });
    expect(page.heading).toBe(b.name);
    expect(page.text('.notice')).toContain(`已通过，${a.name}取得「职称评审」权限，下面是下一个`);
    page = await bureauVisitor.send(page, { 'decision.result': 'refuse', 'decision.reason': '请更正' }, { form: '#form' });
    expect([page.heading, page.find('input[name="name"]')?.getAttribute('value')]).toEqual(['单位权限审核', '连批']);
    expect(page.text('.notice')).toContain(`${b.name}的权限申请已审核为「不通过」`);
    expect(page.link('清除查询条件')).toBe('/bureau/permissions');
    const elsewhere = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371083' }));
    const row = (await site.db('permission_requests').where({ unit_id: b.unitId }).first('id')) as { id: number };
    expect((await elsewhere.get(`/bureau/permissions?after=${row.id}`)).text('body')).not.toContain(b.name);
  });

  it('refuses with a reason that the unit reads, and the unit asks again', async () => {
    const unit = await makeUnit(site, { state: 'none' });
    const { visitor } = await apply(unit);
    const { page } = await openRequest(unit);
    const blank = await bureauVisitor.submit(page, {}, { form: '#form' });
    expect([blank.status, blank.errors()]).toEqual([422, ['请选择「审核结果」']]);
    const silent = await bureauVisitor.submit(page, { 'decision.result': 'refuse' }, { form: '#form' });
    expect([silent.status, silent.errors()]).toEqual([422, ['请填写「不通过的原因」']]);
    expect(silent.find('input[name="decision.result"][value=refuse]')?.hasAttribute('checked')).toBe(true);
    const answer = await bureauVisitor.submit(
      page,
      { 'decision.result': 'refuse', 'decision.reason': '请先更正单位名称' },
      { form: '#form' },
    );
    expect(answer.status).toBe(303);
    expect(await stateOf(unit)).toBe('refused');
    expect(await site.db('sms_outbox').where({ purpose: 'permission-refused' })).not.toHaveLength(0);
    const told = await visitor.get('/unit/permission');
    expect(told.text()).toContain('上一次申请未通过，原因：请先更正单位名称');
    expect(page.text()).not.toContain('以前的申请');
    expect((await apply(unit)).answer.status).toBe(303);
    expect(await stateOf(unit)).toBe('requested');
    // whoever decides again sees what was asked for
    const [, second] = (await requestsOf(unit)) as { id: number }[];
    const again = await bureauVisitor.get(`/bureau/permissions/${second?.id}`);
    const earlier = again.all('section').find((x) => x.querySelector('h2')?.text === '以前的申请');
    expect(earlier?.text.replace(/\s+/g, ' ')).toMatch(/未通过 ?请先更正单位名称/);
  });

  it('tells the second of two officers, and changes nothing', async () => {
    const unit = await makeUnit(site, { state: 'none' });
    await apply(unit);
    const [request] = (await requestsOf(unit)) as { id: number }[];
    const other = await makeStaff(site, { role: 'bureau', divisionCode: '370000', name: '孙省厅' });
    const otherVisitor = await signInAs(site, other);
    const address = `/bureau/permissions/${request?.id}`;
    const [mine, theirs] = await Promise.all([bureauVisitor.get(address), otherVisitor.get(address)]);
    expect((await bureauVisitor.submit(mine, { 'decision.result': 'pass' }, { form: '#form' })).status).toBe(303);
    const late = await otherVisitor.submit(theirs, { 'decision.result': 'refuse', 'decision.reason': '晚了' }, { form: '#form' });
    expect(late.status).toBe(403);
    expect(late.text()).toContain('该权限申请已经处理');
    const raced = await decidePermission(site.deps, await actorOf(other.accountId), {
      permissionId: request?.id ?? 0,
      decision: 'refuse',
      reason: '晚了',
      requestId: 'r',
    });
    expect(raced).toMatchObject({ kind: 'already-decided', request: { state: 'granted', decidedBy: '丛日新' } });
    expect(await stateOf(unit)).toBe('granted');
  });

  it('cannot grant when a namesake got the permission meanwhile', async () => {
    const unit = await makeUnit(site, { state: 'none', name: '威海市晚到学校' });
    await apply(unit);
    await makeUnit(site, { name: '威海市晚到学校', divisionCode: '371003' });
    const { page } = await openRequest(unit);
    const answer = await bureauVisitor.submit(page, { 'decision.result': 'pass' }, { form: '#form' });
    expect([answer.status, answer.errors()]).toEqual([422, ['已经存在有权限的同名单位，不能再通过']]);
    expect(await stateOf(unit)).toBe('requested');
    expect((await requestsOf(unit))[0]).toMatchObject({ state: 'requested', decided_by: null });
  });

  it('lists by state and name with pages, each filter in the address (R6)', async () => {
    await site
      .db('permission_requests')
      .where({ division_code: '371002', state: 'requested' })
      .update({ requested_at: site.db.raw("app_now() + interval '1 hour'") });
    const made = await Promise.all(
      Array.from({ length: 60 }, (_, i) => makeUnit(site, { state: 'requested', name: `排队单位${String(i).padStart(2, '0')}号` })),
    );
    await site.db('permission_requests').insert(
      made.map((u, i) => ({
        unit_id: u.unitId,
        credit_code: u.creditCode,
        division_code: '371002',
        state: 'requested',
        requested_by: u.accountId,
        requested_at: site.db.raw(`app_now() - interval '${100 - i} minutes'`),
      })),
    );
    const first = await bureauVisitor.get('/bureau/permissions');
    expect(first.all('tbody tr')).toHaveLength(50);
    expect(first.text('tbody tr')).toContain('排队单位00号');
    const second = await bureauVisitor.get(first.link('下一页'));
    expect(second.text()).toContain('排队单位55号');
    // R6: the last page is the same one from either side
    expect((await bureauVisitor.get(first.link('最后一页'))).text('tbody')).toBe(second.text('tbody'));
    expect((await bureauVisitor.get(second.link('上一页'))).text('tbody')).toBe(first.text('tbody'));
    expect((await bureauVisitor.get('/bureau/permissions?page=99999999&from=0&till=x')).text('tbody')).toBe(first.text('tbody'));
    const byName = await bureauVisitor.submit(first, { state: 'all', name: '排队单位07' }, { form: '.filters' });
    expect(byName.address).toContain('state=all');
    expect(byName.all('tbody tr')).toHaveLength(1);
    expect((await bureauVisitor.get('/bureau/permissions?state=refused&name=%25')).text()).toContain('没有符合条件的权限申请');
    expect((await bureauVisitor.get('/bureau/permissions?state=granted')).text('tbody')).toContain('威海市环翠区第九中学');
  });
});

describe('X2 who may come to the permission pages', () => {
  it('hides a request from the bureau of another division and from everybody else', async () => {
    const unit = await makeUnit(site, { state: 'none' });
    const { visitor } = await apply(unit);
    const { address } = await openRequest(unit);
    const elsewhere = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371003' }));
    const office = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: (await makeCommittee(site)).id }));
    for (const v of [elsewhere, visitor, office]) expect((await v.get(address)).status).toBe(404);
    const form = await bureauVisitor.get(address);
    const stolen = new URLSearchParams(form.fields('#form'));
    stolen.set('_csrf', (await elsewhere.get('/bureau/permissions')).find('input[name=_csrf]')?.getAttribute('value') ?? '');
    stolen.set('decision.result', 'pass');
    expect((await elsewhere.request('POST', address, stolen)).status).toBe(404);
    expect((await elsewhere.get('/bureau/permissions?state=all')).text()).not.toContain(unit.name);
    expect(await stateOf(unit)).toBe('requested');
    expect((await visitor.get('/bureau/permissions')).status).toBe(403);
    expect((await elsewhere.get('/unit/permission')).status).toBe(403);
    for (const nonsense of ['/bureau/permissions/0', '/bureau/permissions/x', '/bureau/permissions/99999999999999999999'])
      expect((await bureauVisitor.get(nonsense)).status).toBe(404);
  });

  it('searches a division by the same rule as the policy', () => {
    for (const own of ['370000', '371000', '371002']) {
      const [from, to] = divisionRange(own);
      for (const other of ['370000', '371000', '371002', '371003', '371100', '370102', '380000', '360000', '110000']) {
        expect([own, other, other >= from && other <= to]).toEqual([own, other, covers(own, other)]);
      }
    }
  });
});
