/** C3 「收回权限」: a permission is taken back, nothing that is under way is lost, and it can be granted anew. */
import { listSms } from '../../src/adapters/sms';
import { findActor, findPerson } from '../../src/modules/accounts';
import { moveDeclaration, noInput } from '../../src/modules/declarations';
import { sendBackHeld } from '../../src/modules/reporting/send-back-held';
import { recheckPermissions } from '../../src/modules/units/recheck-permissions';
import type { MoveName } from '../../src/policy/declaration-moves';
import { countQueries, makeDeclaration, makeReportable, stateOf } from '../support/declarations';
import {
  makeBatch,
  makeCommittee,
  makePath,
  makePerson,
  makeStaff,
  makeUnit,
  signInAs,
  type TestBatch,
  type TestUnit,
} from '../support/factories';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let batch: TestBatch;
let committeeId: number;
let bureau: Visitor;
let bureauName: string;
let bureauAccount: number;
let elsewhere: Visitor;

beforeAll(async () => {
  site = await openSite();
  committeeId = (await makeCommittee(site)).id;
  batch = await makeBatch(site, { committeeId });
  const staff = await makeStaff(site, { role: 'bureau', divisionCode: '371002', name: '丛日升' });
  bureauName = '丛日升';
  bureauAccount = staff.accountId;
  bureau = await signInAs(site, staff);
  await site.db('divisions').where({ code: '371002' }).update({ phone: '0631-5230001' });
  elsewhere = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '370102' }));
});
afterAll(() => site.close());

const REASON = '单位已合并到威海市环翠区文化馆';
const withdrawForm = (unit: TestUnit): Promise<Page> => bureau.get(`/bureau/units/${unit.unitId}/withdraw`);
const withdraw = async (unit: TestUnit): Promise<Page> => bureau.send(await withdrawForm(unit), { 'withdrawal.reason': REASON });
const stateOfUnit = async (unit: TestUnit): Promise<string> =>
  ((await site.db('units').where({ id: unit.unitId }).first('permission_state')) as { permission_state: string }).permission_state;
const messagesTo = async (mobile: string): Promise<string[]> =>
  (await listSms(site.db, site.deps.cipher, 2000)).filter((m) => m.mobile === mobile).map((m) => m.text);
const act = async (id: string, move: MoveName, accountId: number) => {
  const actor = await findActor(site.db, accountId);
  if (!actor) throw new Error('no actor');
  return site.db.transaction((trx) => moveDeclaration(site.deps, trx, id, move, actor, noInput, 'test'));
};
const rowOf = async (id: string) =>
  (await site.db('declarations').where({ id }).first()) as Record<string, unknown> & { person_id: number };
let serial = 0;
const mobileFor = (): string => `1360631${String(++serial).padStart(4, '0')}`;

describe('C3 taking a permission back', () => {
  it('shows what it means, asks for the reason, is recorded, and tells the unit', async () => {
    const mobile = mobileFor();
    const unit = await makeUnit(site, { mobile, contactName: '曲文静' });
    const lower = await makeUnit(site);
    await makePath(site, batch, unit, { committeeId });
    await makePath(site, batch, lower, { unitId: unit.unitId });
    await makeDeclaration(site, { batch, state: 'unit_review', units: [unit] });
    await makeDeclaration(site, { batch, state: 'unit_passed', units: [lower, unit] });
    await makeDeclaration(site, { batch, state: 'office_review', units: [unit] });
    const page = await bureau.get((await bureau.get(`/bureau/units/${unit.unitId}`)).link('收回权限'));
    for (const words of [
      '2 份（待审核 1 份，上级退回 0 份，待上报 1 份）',
      '该单位已上报、正在办理的申报 1 份',
      '1 条',
      '1 个',
      '曲文静（主经办人）',
      '不受影响',
    ])
      expect(page.text()).toContain(words);
    const blank = await bureau.submit(page, { 'withdrawal.reason': '' });
    expect([blank.status, blank.errors()]).toEqual([422, ['请填写「收回原因」']]);
    expect(await stateOfUnit(unit)).toBe('granted');
    const done = await bureau.send(blank, { 'withdrawal.reason': REASON });
    expect(done.text('body')).toContain('权限已收回。还有 2 份申报在该单位');
    expect(done.text('body')).toContain(`由${bureauName}收回，原因：${REASON}`);
    expect(await stateOfUnit(unit)).toBe('withdrawn');
    const [audited] = (await site.db('audit_log').where({ action: 'permission.withdraw', subject_id: String(unit.unitId) })) as {
      detail: object;
    }[];
    expect(audited?.detail).toMatchObject({ reason: REASON, divisionCode: '371002' });
    expect((await messagesTo(mobile)).filter((t) => t.includes('权限已被收回'))).toHaveLength(1);
    const own = await signInAs(site, unit);
    expect((await own.get('/home')).text('body')).toContain(REASON);
    expect((await own.get('/unit/permission')).text()).toContain(`被收回，原因：${REASON}`);
    const refused = await own.get('/unit/review');
    expect(refused.status).toBe(403);
    for (const words of ['贵单位的「职称评审」权限已于', '由山东省威海市环翠区人力资源和社会保障局收回', '电话 0631-5230001'])
      expect(refused.text()).toContain(words);
    expect(refused.text()).not.toContain('尚未取得');
    expect(refused.text()).not.toContain(bureauName);
    const applicant = await signInAs(site, await makePerson(site));
    const begun = await applicant.submit(await applicant.open(`/declarations/new/${batch.id}`));
    const id = /\/declarations\/([0-9a-f-]{36})/.exec(begun.location)?.[1] ?? '';
    const found = await applicant.get(`/declarations/${id}/sections/application/find-unit?field=main.unit&q=${unit.creditCode}`);
    expect(found.text('#unit-results')).toContain(`「职称评审」权限已被收回，不能选择：${unit.name}`);
    expect((await own.get('/unit/paths')).status).toBe(403);
  });

  it('C3 stops new reports at once: submitting to it, its own acts, lower units; what it has reported goes on', async () => {
    const [unit, lower] = [await makeUnit(site), await makeUnit(site)];
    await makePath(site, batch, unit, { committeeId });
    await makePath(site, batch, lower, { unitId: unit.unitId });
    const passed = await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit] });
    const [below] = await makeReportable(site, batch, lower, 1);
    const onward = await makeDeclaration(site, { batch, state: 'office_review', units: [unit] });
    await withdraw(unit);
    expect(await act(passed, 'report', unit.accountId)).toMatchObject({
      kind: 'not-now',
      reason: expect.stringContaining('权限') as string,
    });
    expect(await act(below ?? '', 'report', lower.accountId)).toMatchObject({
      kind: 'blocked',
      complaints: [{ text: expect.stringContaining('权限已被收回') as string }],
    });
    const office = await makeStaff(site, { role: 'office', committeeId });
    expect((await act(onward, 'accept', office.accountId)).kind).toBe('moved');
    const { rows } = await site.db.raw<{ rows: unknown[] }>(`SELECT 1 FROM units WHERE id = ? AND permission_state = 'granted'`, [
      unit.unitId,
    ]);
    expect(rows).toEqual([]);
  });

  it('F03 of two officers the second is told; the database keeps no withdrawal without its record', async () => {
    const unit = await makeUnit(site);
    const forms = [await withdrawForm(unit), await withdrawForm(unit)];
    const answers = await Promise.all(forms.map((f) => bureau.submit(f, { 'withdrawal.reason': REASON })));
    const statuses = answers.map((a) => a.status).sort();
    expect(statuses[0]).toBe(303);
    expect([403, 409]).toContain(statuses[1]);
    expect(await site.db('permission_withdrawals').where({ unit_id: unit.unitId })).toHaveLength(1);
    const other = await makeUnit(site);
    await expect(site.db('units').where({ id: other.unitId }).update({ permission_state: 'withdrawn' })).rejects.toThrow(
      'without a record',
    );
    await expect(site.db('permission_withdrawals').where({ unit_id: unit.unitId }).update({ reason: '改' })).rejects.toThrow();
  });

  it('X2, S28 only the bureau over its division', async () => {
    const unit = await makeUnit(site);
    for (const address of [`/bureau/units/${unit.unitId}/withdraw`, `/bureau/units/${unit.unitId}/send-back`])
      expect((await elsewhere.get(address)).status).toBe(404);
    expect((await bureau.get(`/bureau/units/${unit.unitId}/send-back`)).status).toBe(403);
    const city = await signInAs(site, await makeStaff(site, { role: 'bureau', divisionCode: '371000' }));
    expect((await city.get(`/bureau/units/${unit.unitId}/withdraw`)).status).toBe(200);
  });
});

describe('C3 what stands with a unit whose permission was taken back', () => {
  it('D17 goes back by one press: to applicants, who are told and choose another unit, and to the unit that reported it', async () => {
    const lowerMobile = mobileFor();
    const [unit, lower] = [await makeUnit(site), await makeUnit(site, { mobile: lowerMobile })];
    const first = await makeDeclaration(site, { batch, state: 'unit_passed', units: [unit] });
    const reported = await makeDeclaration(site, { batch, state: 'unit_review', units: [lower, unit] });
    await withdraw(unit);
    const confirm = await bureau.get((await bureau.get(`/bureau/units/${unit.unitId}`)).link('退回申报'));
    // the bureau is reminded of it
    const home = await bureau.get('/home');
    expect(home.text('main')).toContain('权限已被收回的单位，单位不能处理，请退回申报人或者下级单位');
    const heldList = await bureau.get(home.link('退回申报'));
    expect(heldList.text('table')).toContain(unit.name);
    expect(heldList.text('table')).not.toContain(lower.name);
    expect((await elsewhere.get('/home')).text('main')).not.toContain('待退回');
    expect(confirm.text()).toContain('重新选择申报单位');
    expect(confirm.text()).toContain('退回下级单位，由下级单位按新的路径重新上报');
    const done = await bureau.send(confirm);
    expect(done.text('body')).toContain('正在该单位的申报已全部退回');
    expect((await bureau.get('/bureau/units?show=held')).text('main')).not.toContain(unit.name);
    expect([await stateOf(site, first), await stateOf(site, reported)]).toEqual(['returned_to_applicant', 'returned_to_unit']);
    expect(await rowOf(first)).toMatchObject({ holder_unit_id: null, return_position: 0, reopened_sections: ['application'] });
    expect(await rowOf(reported)).toMatchObject({ holder_unit_id: lower.unitId, stop_position: 0 });
    expect(await messagesTo(lowerMobile)).toEqual([expect.stringContaining('人社局退回贵单位 1 份职称申报')]);
    const person = await findPerson(site.db, site.deps.cipher, (await rowOf(first)).person_id);
    expect(await messagesTo(person?.mobile ?? '')).toEqual([expect.stringContaining('重新选择申报单位')]);
    const event = (await site.db('declaration_events').where({ declaration_id: first }).orderBy('id', 'desc').first()) as Record<
      string,
      unknown
    >;
    expect(event).toMatchObject({ move: 'send-back', actor_name: bureauName, opinion: expect.stringContaining(REASON) as string });
    expect(await site.db('audit_log').where({ action: 'declaration.send-back', actor_name: bureauName, subject_id: first })).toHaveLength(
      1,
    );
    // the bureau has read nothing of it
    expect((await bureau.get(`/declarations/${first}`)).status).toBe(404);
    const applicant = await signInAs(site, {
      loginName: ((await site.db('accounts').where({ id: person?.accountId }).first()) as { login_name: string }).login_name,
    });
    const status = await applicant.get(`/declarations/${first}`);
    expect(status.text()).toContain('没有「职称评审」权限，请重新选择「申报单位」');
    // the lower unit reports again by another path
    await makePath(site, batch, lower, { committeeId });
    expect((await act(reported, 'pass', lower.accountId)).kind).toBe('moved');
    // nothing is left to send back
    expect((await bureau.get(`/bureau/units/${unit.unitId}/send-back`)).text()).toContain('没有需要退回的申报');
  });

  it('D17 a correction of what the unit had reported still goes back to the office that asked for it', async () => {
    const unit = await makeUnit(site);
    const id = await makeDeclaration(site, { batch, state: 'office_review', units: [unit] });
    const office = await makeStaff(site, { role: 'office', committeeId });
    const actor = await findActor(site.db, office.accountId);
    const input = { ...noInput, opinion: '请补正', comments: [{ section: 'performance', text: '请补正' }], dueOn: '2030-01-08' };
    expect(
      (await site.db.transaction((trx) => moveDeclaration(site.deps, trx, id, 'request-correction', actor as never, input, 'test'))).kind,
    ).toBe('moved');
    await withdraw(unit);
    const outcome = await act(id, 'resubmit', (await rowOf(id)).person_id);
    const said = outcome.kind === 'blocked' ? outcome.complaints.map((c) => c.text).join() : outcome.kind;
    expect(said).not.toContain('权限');
  });

  it('is the unit’s again once the permission was granted anew, by an officer and not by the register alone', async () => {
    const unit = await makeUnit(site);
    await makePath(site, batch, unit, { committeeId });
    const id = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit] });
    await site.db('unit_register').insert({ credit_code: unit.creditCode, name: unit.name, division_code: '371002' });
    await withdraw(unit);
    const own = await signInAs(site, unit);
    const asked = await own.send(await own.get('/unit/permission'), { 'permission.creditCode': unit.creditCode }, { button: 'do=save' });
    expect(asked.text('body')).toContain('等待人社局审核');
    expect(await stateOfUnit(unit)).toBe('requested');
    await recheckPermissions(site.deps);
    expect(await stateOfUnit(unit)).toBe('requested');
    const queue = await bureau.get('/bureau/permissions?state=all');
    expect(queue.text()).toContain('权限曾被收回');
    const [request] = (await site.db('permission_requests').where({ unit_id: unit.unitId, state: 'requested' })) as { id: number }[];
    await bureau.send(await bureau.get(`/bureau/permissions/${request?.id}`), { 'decision.result': 'pass' }, { button: 'do=save' });
    expect(await stateOfUnit(unit)).toBe('granted');
    expect((await act(id, 'pass', unit.accountId)).kind).toBe('moved');
    expect((await bureau.get(`/bureau/units/${unit.unitId}`)).text()).not.toContain('由丛日升收回');
    // and can be taken back a second time
    await withdraw(unit);
    expect(await stateOfUnit(unit)).toBe('withdrawn');
    expect((await bureau.get(`/bureau/permissions/${request?.id}`)).text('body')).toContain('已收回');
  });

  it('D17 whoever corrects what it has returned may choose another unit', async () => {
    const unit = await makeUnit(site);
    const id = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit] });
    const actor = await findActor(site.db, unit.accountId);
    const input = { ...noInput, opinion: '补', comments: [{ section: 'performance', text: '请补充' }] };
    await site.db.transaction((trx) => moveDeclaration(site.deps, trx, id, 'return-to-applicant', actor as never, input, 'test'));
    expect((await withdrawForm(unit)).text()).toContain('由该单位退回、申报人正在修改的申报 1 份');
    await withdraw(unit);
    expect(await rowOf(id)).toMatchObject({ state: 'returned_to_applicant', reopened_sections: ['performance', 'application'] });
  });

  it('M8 30 go back by as many statements as 3, and every applicant is told', async () => {
    const officer = await findActor(site.db, bureauAccount);
    if (!officer) throw new Error('no actor');
    const counts: number[] = [];
    for (const n of [3, 30]) {
      const unit = await makeUnit(site);
      const ids = await makeReportable(site, batch, unit, n);
      const mobile = mobileFor();
      await site
        .db('persons')
        .whereIn('account_id', site.db('declarations').whereIn('id', ids).select('person_id'))
        .update({ mobile: site.deps.cipher.encrypt(mobile, 'person.mobile') });
      await withdraw(unit);
      counts.push(await countQueries(site, () => sendBackHeld(site.deps, officer, { unitId: unit.unitId, requestId: 'test' })));
      for (const id of ids) expect(await stateOf(site, id)).toBe('returned_to_applicant');
      expect(await messagesTo(mobile)).toHaveLength(n);
    }
    expect(counts[0]).toBe(counts[1]);
  });
});
