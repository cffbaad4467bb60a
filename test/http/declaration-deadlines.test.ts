/** D16, D17: a correction has a last day; what becomes of those who miss it. */
import { listSms } from '../../src/adapters/sms';
import { nextWorkingDay } from '../../src/modules/declarations/watch-corrections';
import { createWorkCalendar } from '../../src/lib/working-days';
import { makeDeclaration, stateOf } from '../support/declarations';
import { makeBatch, makeCommittee, makeStaff, makeUnit, signInAs, type TestBatch } from '../support/factories';
import { openSite, type Site, type Visitor } from '../support/site';

let site: Site;
let batch: TestBatch;
let unit: { unitId: number };

beforeAll(async () => {
  site = await openSite();
  unit = await makeUnit(site);
  const committee = await makeCommittee(site, { phone: '0631-5201234' });
  batch = await makeBatch(site, { committeeId: committee.id });
});
afterAll(() => site.close());

async function correctionDueIn(days: number): Promise<{ id: string; loginName: string }> {
  const id = await makeDeclaration(site, { batch, state: 'correction', units: [unit] });
  await site
    .db('declarations')
    .where({ id })
    .update({ correction_due_on: site.db.raw('app_today() + ?::int', [days]) });
  await site.db('declaration_events').insert({
    declaration_id: id,
    move: 'request-correction',
    from_state: 'office_review',
    to_state: 'correction',
    round: 1,
    actor_id: (await makeStaff(site, { role: 'office', committeeId: batch.committeeId })).accountId,
    actor_name: '宋建国',
    on_behalf_of: '评委会办事机构',
    opinion: '请补充工作量',
    comments: JSON.stringify([{ section: 'performance', text: '请写明工作量' }]),
  });
  const { login_name: loginName } = (await site
    .db('accounts as a')
    .join('declarations as d', 'd.person_id', 'a.id')
    .where('d.id', id)
    .first('a.login_name')) as { login_name: string };
  return { id, loginName };
}
const watch = (): Promise<void> => site.composition.jobs['corrections:watch']({});
const told = async (words: string): Promise<string[]> =>
  (await listSms(site.db, site.deps.cipher, 100)).map((m) => m.text).filter((t) => t.includes(words));

describe('D16, D17 the last day of a correction', () => {
  test('D16 told once before, given up after it by the database’s clock, told again; the office keeps it in its list', async () => {
    const { id, loginName } = await correctionDueIn(30);
    await watch();
    expect(await told('补正期限')).toEqual([]);
    await site.advanceClock('29 days');
    await Promise.all([watch(), watch()]);
    await watch();
    const before = await told('逾期视为放弃');
    expect(before).toHaveLength(1);
    expect(before[0]).toContain('2026年度群众文化初级职称');
    expect(before[0]).toContain('0631-5201234');

    await site.advanceClock('1 day');
    await watch();
    expect(await stateOf(site, id)).toBe('correction');
    const lastDay = await (await signInAs(site, { loginName })).open(`/declarations/${id}`);
    expect(lastDay.text()).toContain('逾期视为放弃');

    await site.advanceClock('1 day');
    const visitor = await signInAs(site, { loginName });
    const late = await visitor.open(`/declarations/${id}/check`);
    expect(late.text()).toContain('已过，视为放弃');
    await Promise.all([watch(), watch()]);
    expect(await stateOf(site, id)).toBe('abandoned');
    expect(await told('视为放弃。如有疑问')).toHaveLength(1 + before.length);
    const page = await visitor.open(`/declarations/${id}`);
    for (const words of ['视为放弃', '逾期未补正', '系统', '请写明工作量']) expect(page.text()).toContain(words);
    expect((await visitor.get(`/declarations/${id}/check`)).status).toBe(403);
    expect((await visitor.get(`/declarations/${id}/moves/abandon`)).status).toBe(404);

    const events = (await site.db('declaration_events').where({ declaration_id: id, move: 'abandon' })) as { actor_id: number | null }[];
    expect(events.map((e) => e.actor_id)).toEqual([null]);
    expect(await site.db('audit_log').where({ subject_id: id, action: 'declaration.abandon', actor_id: null })).toHaveLength(1);
    const office: Visitor = await signInAs(site, await makeStaff(site, { role: 'office', committeeId: batch.committeeId }));
    expect((await office.open('/office/declarations?state=abandoned')).text('table')).toContain('已放弃');
  });

  test('D17 resubmitted between the look and the move: nothing is given up and nobody is told', async () => {
    const { id } = await correctionDueIn(1);
    const all = (await told('')).length;
    await site.advanceClock('3 days');
    // the applicant's resubmission holds the row while the job looks
    const trx = await site.db.transaction();
    await trx('declarations').where({ id }).forUpdate().first();
    const running = watch();
    await trx('declarations')
      .where({ id })
      .update({ state: 'office_review', correction_due_on: null, holder_committee_id: batch.committeeId });
    await trx.commit();
    await running;
    expect(await stateOf(site, id)).toBe('office_review');
    expect((await told('')).length).toBe(all);
  });

  test('D16 only deadlines are moved by nobody: the database refuses any other event without an actor (X1)', async () => {
    const { id } = await correctionDueIn(90);
    const event = {
      declaration_id: id,
      from_state: 'a',
      to_state: 'b',
      round: 1,
      actor_id: null,
      actor_name: '系统',
      on_behalf_of: '系统',
    };
    await expect(site.db('declaration_events').insert({ ...event, move: 'accept' })).rejects.toThrow('only_deadlines');
  });
});

describe('K4, D16 one working day before', () => {
  const calendar = createWorkCalendar('2026-10-12', [
    { day: '2026-10-01', workday: false },
    { day: '2026-10-02', workday: false },
    { day: '2026-10-10', workday: true },
  ]);
  test.each([
    ['2026-09-29', '2026-09-30'],
    ['2026-09-30', '2026-10-05'],
    ['2026-10-09', '2026-10-10'],
    ['2026-10-12', '2026-10-13'],
    ['2027-05-01', '2027-05-02'],
  ])('K4 on %s everybody whose last day is not after %s is told', (today, until) => {
    expect(nextWorkingDay(calendar, today)).toBe(until);
  });
});
