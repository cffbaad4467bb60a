/** C3 「收回权限」: who learns of it, and where what was given back goes when it is handed in again. */
import { listSms } from '../../src/adapters/sms';
import { findActor } from '../../src/modules/accounts';
import { moveDeclaration, noInput } from '../../src/modules/declarations';
import { findPermissionUse } from '../../src/modules/units/permission-use.read';
import { withdrawPermission } from '../../src/modules/units/withdraw-permission';
import type { Actor } from '../../src/policy/actor';
import { caseSections } from '../support/case';
import { countQueries, makeDeclaration, stateOf } from '../support/declarations';
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
import { chooseTitleAndUnit, fillSection } from '../support/fill';
import { openSite, type Page, type Site, type Visitor } from '../support/site';

let site: Site;
let batch: TestBatch;
let committeeId: number;
let bureau: Visitor;
let officer: Actor;

beforeAll(async () => {
  site = await openSite();
  committeeId = (await makeCommittee(site)).id;
  batch = await makeBatch(site, { committeeId, rankBy: 'unit' });
  const staff = await makeStaff(site, { role: 'bureau', divisionCode: '371002', name: '丛日升' });
  bureau = await signInAs(site, staff);
  officer = await actorOf(staff.accountId);
});
afterAll(() => site.close());

async function actorOf(accountId: number): Promise<Actor> {
  const actor = await findActor(site.db, accountId);
  if (!actor) throw new Error('no actor');
  return actor;
}
const withdraw = async (unit: TestUnit): Promise<Page> =>
  bureau.send(await bureau.get(`/bureau/units/${unit.unitId}/withdraw`), { 'withdrawal.reason': '单位已撤销' });
async function grantAnew(unit: TestUnit): Promise<void> {
  const own = await signInAs(site, unit);
  await own.send(await own.get('/unit/permission'), { 'permission.creditCode': unit.creditCode }, { button: 'do=save' });
  const [request] = (await site.db('permission_requests').where({ unit_id: unit.unitId, state: 'requested' })) as { id: number }[];
  await bureau.send(await bureau.get(`/bureau/permissions/${request?.id}`), { 'decision.result': 'pass' }, { button: 'do=save' });
}
const messagesTo = async (mobile: string): Promise<string[]> =>
  (await listSms(site.db, site.deps.cipher, 2000)).filter((m) => m.mobile === mobile).map((m) => m.text);
const returnBy = async (unit: TestUnit, id: string): Promise<string> => {
  const input = { ...noInput, opinion: '请补充', comments: [{ section: 'performance', text: '请补充' }] };
  const actor = await actorOf(unit.accountId);
  return (await site.db.transaction((trx) => moveDeclaration(site.deps, trx, id, 'return-to-applicant', actor, input, 'test'))).kind;
};
const rowOf = async (id: string): Promise<Record<string, unknown>> =>
  (await site.db('declarations').where({ id }).first()) as Record<string, unknown>;
let serial = 0;
const mobileFor = (): string => `1360632${String(++serial).padStart(4, '0')}`;

describe('C3, P4 the units that report to a unit whose permission is taken back', () => {
  it('are told by message, on the home page and at the path, each once; and again when they can report as before', async () => {
    const mobile = mobileFor();
    const [upper, lower] = [await makeUnit(site, { name: '威海市环翠区戏剧中心' }), await makeUnit(site, { mobile })];
    await makePath(site, batch, upper, { committeeId });
    await makePath(site, batch, lower, upper);
    await makePath(site, { ...batch, year: batch.year + 1 }, lower, upper);
    const past = mobileFor();
    const former = await makeUnit(site, { mobile: past });
    await makePath(site, { ...batch, year: batch.year - 1 }, former, upper);
    await withdraw(upper);
    expect(await messagesTo(mobile)).toEqual([
      expect.stringContaining('上一级单位「威海市环翠区戏剧中心」的「职称评审」权限已被收回') as string,
    ]);
    expect(await messagesTo(past)).toEqual([]);
    const own = await signInAs(site, lower);
    expect((await own.get('/home')).text('body')).toContain(
      '「威海市环翠区戏剧中心」的「职称评审」权限已被收回，不能向其上报。请终止该路径',
    );
    const list = await own.get('/unit/paths');
    expect(list.text('main')).toContain('上级权限已收回');
    expect(list.text('main')).toContain('请终止该路径，向其他上级单位重新申请');
    expect(list.text('main')).not.toContain('尚未申请本系列');
    await grantAnew(upper);
    expect(await messagesTo(mobile)).toContainEqual(expect.stringContaining('已重新取得「职称评审」权限'));
    expect((await own.get('/home')).text('body')).not.toContain('权限已被收回');
    expect((await own.get('/unit/paths')).text('main')).not.toContain('上级权限已收回');
  });

  it('M8 are told by as many statements whether 2 or 20', async () => {
    const counts: number[] = [];
    for (const n of [2, 20]) {
      const upper = await makeUnit(site);
      for (let i = 0; i < n; i++) {
        const lower = await makeUnit(site);
        await makePath(site, batch, lower, upper);
        await makeDeclaration(site, { batch, state: 'returned_to_applicant', units: [upper] });
      }
      expect((await findPermissionUse(site.db, upper.unitId)).lowerUnits).toBe(n);
      counts.push(
        await countQueries(site, () => withdrawPermission(site.deps, officer, { unitId: upper.unitId, reason: '撤销', requestId: 'test' })),
      );
    }
    expect(counts[0]).toBe(counts[1]);
  });
});

describe('C3, D17 what an upper unit had given back to its applicant before its permission was taken back', () => {
  it('goes to the next unit below that can report, as the applicant reads before; with none left they choose another unit', async () => {
    const mobile = mobileFor();
    const [branch, hall, authority, other] = [
      await makeUnit(site, { name: '威海市环翠区群艺馆分馆' }),
      await makeUnit(site, { name: '威海市环翠区群艺馆' }),
      await makeUnit(site, { name: '威海市环翠区文化局' }),
      await makeUnit(site, { name: '威海市环翠区美术馆' }),
    ];
    const applicant = await signInAs(site, await makePerson(site, { mobile }));
    const begun = await applicant.submit(await applicant.open(`/declarations/new/${batch.id}`));
    const id = /\/declarations\/([0-9a-f-]{36})\//.exec(begun.location)?.[1] ?? '';
    for (const c of caseSections(batch.year)) {
      await fillSection(applicant, id, c);
      if (c.section === 'application') await chooseTitleAndUnit(applicant, id, '助理馆员', '群艺馆分馆');
    }
    await applicant.send(await applicant.open(`/declarations/${id}/check`));
    expect(await stateOf(site, id)).toBe('unit_review');
    // it has come up to the third level
    const now = site.db.raw('app_now()');
    await site.db('declaration_stops').where({ declaration_id: id }).update({ passed_at: now, reported_at: now });
    await site.db('declaration_stops').insert([
      { declaration_id: id, position: 1, unit_id: hall.unitId, passed_at: now, reported_at: now },
      { declaration_id: id, position: 2, unit_id: authority.unitId },
    ]);
    await site
      .db('declarations')
      .where({ id })
      .update({ stop_position: 2, holder_unit_id: authority.unitId, rank_n: 1, rank_of: 2, rank_fixed_at: now });
    expect(await returnBy(authority, id)).toBe('moved');
    expect((await applicant.get(`/declarations/${id}/check`)).text('.lead')).toContain('提交给：威海市环翠区文化局');
    await withdraw(authority);
    expect(await messagesTo(mobile)).toHaveLength(1); // that it was returned
    const check = await applicant.get(`/declarations/${id}/check`);
    expect(check.text('.lead')).toContain('提交给：威海市环翠区群艺馆');
    expect(check.text('main')).toContain(
      '「威海市环翠区文化局」的「职称评审」权限已被收回，提交后，申报数据送达「威海市环翠区群艺馆」，由该单位审核后重新上报',
    );
    const sent = await applicant.send(check);
    expect(sent.text('main')).toContain('「威海市环翠区文化局」的「职称评审」权限已被收回，送达：威海市环翠区群艺馆');
    expect(await rowOf(id)).toMatchObject({
      state: 'unit_review',
      stop_position: 1,
      holder_unit_id: hall.unitId,
      return_position: null,
      rank_n: 1,
      rank_of: 2,
    });
    const own = await signInAs(site, hall);
    expect((await own.get('/unit/review')).text('table')).toContain('待审核');
    // every unit it has been with is gone
    expect(await returnBy(hall, id)).toBe('moved');
    await withdraw(branch);
    expect(await rowOf(id)).toMatchObject({ return_position: 1, reopened_sections: ['performance'] });
    expect(await messagesTo(mobile)).toHaveLength(2);
    await withdraw(hall);
    expect(await rowOf(id)).toMatchObject({ return_position: 0, reopened_sections: ['performance', 'application'] });
    expect((await messagesTo(mobile)).filter((t) => t.includes('重新选择申报单位'))).toHaveLength(1);
    const blocked = await applicant.get(`/declarations/${id}/check`);
    expect(blocked.text('.box--warning')).toMatch(
      /「威海市环翠区群艺馆分馆」的「职称评审」权限已于 .+ 由山东省威海市环翠区人力资源和社会保障局收回，请选择其他单位/,
    );
    await chooseTitleAndUnit(applicant, id, '助理馆员', '环翠区美术馆');
    await applicant.send(await applicant.open(`/declarations/${id}/check`));
    expect(await rowOf(id)).toMatchObject({ state: 'unit_review', stop_position: 0, holder_unit_id: other.unitId, rank_fixed_at: null });
  });

  it('F03 a unit that gives back after its permission is gone is refused, so that no applicant is left without a choice', async () => {
    const unit = await makeUnit(site);
    const id = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit] });
    const actor = await actorOf(unit.accountId);
    await withdraw(unit);
    const input = { ...noInput, opinion: '请补充', comments: [{ section: 'performance', text: '请补充' }] };
    const outcome = await site.db.transaction((trx) => moveDeclaration(site.deps, trx, id, 'return-to-applicant', actor, input, 'test'));
    expect(outcome).toMatchObject({ kind: 'blocked', complaints: [{ text: expect.stringContaining('刚刚被收回') as string }] });
  });
});
