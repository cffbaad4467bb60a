import { randomUUID } from 'node:crypto';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInAs } from '../support/factories';
import { openSite, type Site } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const prune = (): Promise<void> => site.composition.jobs['housekeeping:prune']({});
const count = async (table: string, where: object = {}): Promise<number> =>
  Number((await site.db(table).where(where).count('* as n'))[0]?.n);
const log = (action: string): Promise<{ actor_name: string; detail: Record<string, number> }[]> =>
  site.db('audit_log').where({ action }).orderBy('id');

/** A person with one started declaration, in which something is typed. */
async function startOne(): Promise<{ id: string; accountId: number }> {
  const unit = await makeUnit(site);
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  await makePath(site, batch, unit, { committeeId: committee.id });
  const person = await makePerson(site);
  const visitor = await signInAs(site, person);
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`), { agree: 'yes' });
  const id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
  await visitor.submit(
    await visitor.open(`/declarations/${id}/sections/education`),
    { 'fullTime.school': '山东大学' },
    { button: 'do=save' },
  );
  return { id, accountId: person.accountId };
}
const age = async (id: string, years: number): Promise<void> => {
  await site
    .db('declarations')
    .where({ id })
    .update({ created_at: site.db.raw('app_now() - make_interval(years => ?)', [years]) });
  await site
    .db('declaration_sections')
    .where({ declaration_id: id })
    .update({ updated_at: site.db.raw('app_now() - make_interval(years => ?)', [years]) });
};

describe('S63 what is past its term goes, and the log says how much of what', () => {
  test('S63 drafts that were never submitted go after their years, with what was typed; younger, touched and submitted ones stay', async () => {
    const [old, touched, young, sent] = await Promise.all([startOne(), startOne(), startOne(), startOne()]);
    for (const d of [old, touched, sent]) await age(d.id, 4);
    await site
      .db('declaration_sections')
      .where({ declaration_id: touched.id })
      .update({ updated_at: site.db.raw('app_now()') });
    // it has gone up once and was returned: part of the record
    await site.db('declarations').where({ id: sent.id }).update({ round: 1 });
    await prune();
    expect(await count('declarations', { id: old.id })).toBe(0);
    expect(await count('declaration_sections', { declaration_id: old.id })).toBe(0);
    for (const d of [touched, young, sent]) expect(await count('declaration_sections', { declaration_id: d.id })).toBeGreaterThan(0);
    expect(await log('retention.drafts')).toMatchObject([{ actor_name: '系统', detail: { removed: 1, years: 3, deletedDays: 30 } }]);
    await prune();
    expect(await log('retention.drafts')).toHaveLength(1);
  });

  test('S63 a draft that its person deleted is forgotten after the days of the settings', async () => {
    const { id } = await startOne();
    const deletedAgo = (days: number): Promise<number> =>
      site
        .db('declarations')
        .where({ id })
        .update({ deleted_at: site.db.raw('app_now() - make_interval(days => ?)', [days]) });
    await deletedAgo(8);
    await prune();
    expect(await count('declarations', { id })).toBe(1);
    await site.db('settings').insert({ key: 'deletedDraftDays', value: JSON.stringify(7) });
    site.deps.settings.refresh();
    await prune();
    expect(await count('declarations', { id })).toBe(0);
    expect((await log('retention.drafts')).at(-1)?.detail).toEqual({ removed: 1, years: 3, deletedDays: 7 });
  });

  test('S63 sessions, captchas, messages, kept forms, drafts of forms, results of tasks: each by its own term, counted in one line', async () => {
    const { accountId } = await startOne();
    const past = site.db.raw("now() - interval '400 days'");
    const ago = (n: number): unknown => site.db.raw('now() - make_interval(days => ?)', [n]);
    await site.db('sessions').insert({ sid: 'old', sess: '{}', expire: past });
    await site.db('form_drafts').insert({ purpose: 'x', owner: 'x', content: Buffer.from('x'), expires_at: past });
    for (const [days, n] of [
      [2, 2],
      [0, 1],
    ] as const)
      // prettier-ignore
      for (let i = 0; i < n; i++)
        await site.db('sms_outbox').insert({ mobile: Buffer.from('x'), text: Buffer.from('x'), purpose: 'x', created_at: ago(days), expires_at: ago(days) });
    const task = {
      kind: 'roster:xlsx',
      title: '一览表',
      owner_id: accountId,
      input: '{}',
      state: 'done',
      ended_at: ago(30),
      result_sha256: 'a'.repeat(64),
      result_size: 1,
      result_name: 'x',
      result_type: 'x',
    };
    await site.db('tasks').insert([
      { ...task, expires_at: ago(1) },
      { ...task, result_sha256: 'b'.repeat(64), expires_at: site.db.raw("now() + interval '1 day'") },
    ]);
    const form = randomUUID();
    await site.db('rate_counters').insert({ key: form, began_at: past, count: 1 });
    await prune();
    expect(await count('sessions', { sid: 'old' })).toBe(0);
    expect(await count('form_drafts', { purpose: 'x' })).toBe(0);
    expect(await count('sms_outbox', { purpose: 'x' })).toBe(1);
    expect(await count('tasks', { owner_id: accountId })).toBe(1);
    expect(await count('rate_counters', { key: form })).toBe(0);
    const line = (await log('retention.prune')).at(-1);
    expect(line?.actor_name).toBe('系统');
    expect(line?.detail).toMatchObject({ removed: { sessions: 1, sms: 2, tasks: 1, rateCounters: 1 } });
  });
});
