/** D16, D17: whoever is to correct something, or whose year is over, hears of it at once. */
import { listSms } from '../../src/adapters/sms';
import { findActor, findPerson } from '../../src/modules/accounts';
import { findBatch } from '../../src/modules/batches';
import { moveDeclaration, noInput, type MoveInput } from '../../src/modules/declarations';
import type { Actor } from '../../src/policy/actor';
import type { MoveName } from '../../src/policy/declaration-moves';
import { makeDeclaration, stateOf } from '../support/declarations';
import { makeBatch, makeCommittee, makeStaff, makeUnit, type TestBatch, type TestUnit } from '../support/factories';
import { openSite, type Site } from '../support/site';

let site: Site;
let unit: TestUnit;
let batch: TestBatch;
let clerk: Actor;
let office: Actor;

const actorOf = async (accountId: number): Promise<Actor> => (await findActor(site.db, accountId)) as Actor;

beforeAll(async () => {
  site = await openSite();
  unit = await makeUnit(site);
  batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
  clerk = await actorOf(unit.accountId);
  office = await actorOf((await makeStaff(site, { role: 'office', committeeId: batch.committeeId })).accountId);
});
afterAll(() => site.close());

const act = (id: string, move: MoveName, actor: Actor, input: Partial<MoveInput> = {}) =>
  site.db.transaction((trx) => moveDeclaration(site.deps, trx, id, move, actor, { ...noInput, ...input }, 'test'));
/** What was sent to the applicant. */
async function messagesOf(id: string): Promise<string[]> {
  const d = (await site.db('declarations').where({ id }).first('person_id')) as { person_id: number };
  const mobile = (await findPerson(site.db, site.deps.cipher, d.person_id))?.mobile;
  return (await listSms(site.db, site.deps.cipher, 1000)).filter((m) => m.mobile === mobile).map((m) => m.text);
}
const comments = [{ section: 'performance', text: '请写明张三的工作量' }];

test('D17 returned by the unit: told once, however often it was pressed, and nothing of what the reviewer wrote', async () => {
  const id = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit] });
  const answers = await Promise.all([1, 2].map(() => act(id, 'return-to-applicant', clerk, { opinion: '秘密意见', comments })));
  expect(answers.map((a) => a.kind).sort()).toEqual(['moved', 'not-now']);
  const name = (await findBatch(site.db, batch.id))?.seriesName ?? '';
  const sent = await messagesOf(id);
  expect(sent).toEqual([expect.stringContaining(`2026年度${name}`)]);
  expect(sent[0]).toContain('已被退回修改');
  expect(sent[0]).not.toMatch(/秘密|张三/);
});

test('D17 asked for a correction: the day stands in it', async () => {
  const id = await makeDeclaration(site, { batch, state: 'office_review', units: [unit] });
  expect((await act(id, 'request-correction', office, { opinion: '补', comments, dueOn: '2027-01-08' })).kind).toBe('moved');
  expect(await messagesOf(id)).toEqual([expect.stringContaining('期限为2027年1月8日，逾期视为放弃')]);
});

test('J1 not received: told; passed and received: nothing, for it goes on by itself', async () => {
  const refused = await makeDeclaration(site, { batch, state: 'office_review', units: [unit] });
  await act(refused, 'refuse', office, { opinion: '不符合', reason: 'conditions' });
  expect(await messagesOf(refused)).toEqual([expect.stringContaining('未被受理')]);
  const received = await makeDeclaration(site, { batch, state: 'office_review', units: [unit] });
  expect((await act(received, 'accept', office)).kind).toBe('moved');
  expect(await messagesOf(received)).toEqual([]);
});

test('R3 returned to the unit below: the unit is told once a day while it has not handled what came back, and again when it has', async () => {
  const mobile = '13606339001';
  const [lower, upper] = [await makeUnit(site, { mobile }), await makeUnit(site)];
  const above = await actorOf(upper.accountId);
  const told = async (): Promise<string[]> =>
    (await listSms(site.db, site.deps.cipher, 1000)).filter((m) => m.mobile === mobile).map((m) => m.text);
  const ids = [];
  for (let i = 0; i < 3; i++)
    ids.push(await makeDeclaration(site, { batch, state: 'unit_review', units: [lower, upper], rank: [i + 1, 3] }));
  expect((await act(ids[0] ?? '', 'return-to-unit', above, { opinion: '秘密意见' })).kind).toBe('moved');
  expect(await told()).toEqual([expect.stringContaining('上一级退回贵单位 1 份职称申报。请登录系统，在「职称申报数据审核」中查看原因')]);
  expect((await told())[0]).not.toContain('秘密');
  expect((await act(ids[1] ?? '', 'return-to-unit', above, { opinion: '请核实' })).kind).toBe('moved');
  expect(await told()).toHaveLength(1);
  const below = await actorOf(lower.accountId);
  for (const id of ids.slice(0, 2)) expect((await act(id, 'pass', below)).kind).toBe('moved');
  expect((await act(ids[2] ?? '', 'return-to-unit', above, { opinion: '请核实' })).kind).toBe('moved');
  expect(await told()).toHaveLength(2);
});

test('the administrator can switch it off; the act is made all the same', async () => {
  await site.db('settings').insert({ key: 'moveMessagesOn', value: JSON.stringify(false), updated_by: office.accountId });
  site.deps.settings.refresh();
  const id = await makeDeclaration(site, { batch, state: 'unit_review', units: [unit] });
  await act(id, 'return-to-applicant', clerk, { opinion: '补', comments });
  expect(await stateOf(site, id)).toBe('returned_to_applicant');
  expect(await messagesOf(id)).toEqual([]);
});
