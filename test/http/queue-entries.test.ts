import { findQueueFaults, foldQueueCounts } from '../../src/modules/review';
import { stateNames } from '../../src/policy/declaration-moves';
import { makeDeclaration } from '../support/declarations';
import { makeBatch, makeCommittee, makeUnit, type TestBatch, type TestUnit } from '../support/factories';
import { openSite, type Site } from '../support/site';

describe('R6 lists follow the facts', () => {
  let site: Site;
  let batch: TestBatch;
  let lower: TestUnit;
  let upper: TestUnit;
  beforeAll(async () => {
    site = await openSite();
    batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
    lower = await makeUnit(site);
    upper = await makeUnit(site);
  });
  afterAll(() => site.close());

  const count = async (sql: string): Promise<number> => (await site.db.raw<{ rows: object[] }>(sql)).rows.length;
  const expectRight = async (): Promise<void> => expect(await findQueueFaults(site.db)).toEqual({ entries: 0, counts: 0 });
  const entriesOf = async (id: string) =>
    (await site
      .db('queue_entries')
      .where({ declaration_id: id })
      .orderBy('position')
      .orderBy('reader_kind')
      .select('reader_kind', 'bucket')) as {
      reader_kind: string;
      bucket: string;
    }[];

  it('knows the place of every state', async () => {
    const { rows } = await site.db.raw<{ rows: { place: number }[] }>(
      'SELECT state_order(x)::int AS place FROM unnest(?::text[]) WITH ORDINALITY AS t(x, n) ORDER BY n',
      [[...stateNames]],
    );
    expect(rows.map((r) => r.place)).toEqual(stateNames.map((_, i) => i + 1));
  });

  it('has an entry for each reader, in every state', async () => {
    for (const state of stateNames) await makeDeclaration(site, { batch, state, units: [lower, upper] });
    expect(await site.db('queue_entries').count('* as n').first()).not.toEqual({ n: 0 });
    await expectRight();
  });

  it('follows moves, stops, publicities, names and units, and what is taken back', async () => {
    const id = await makeDeclaration(site, { batch, state: 'voted_passed', units: [lower, upper], rank: [1, 2] });
    expect((await entriesOf(id)).map((e) => e.bucket)).toEqual(['elsewhere', 'elsewhere', 'voted_passed']);
    await site.db('declarations').where({ id }).update({ state: 'publicity' });
    const [publicity] = (await site
      .db('publicities')
      .insert({ committee_id: batch.committeeId, starts_on: '2026-01-01', ends_on: '2026-01-08', created_by: lower.accountId })
      .returning('id')) as { id: number }[];
    await site.db('publicity_items').insert({ publicity_id: publicity?.id, declaration_id: id });
    expect((await entriesOf(id)).filter((e) => e.reader_kind === 'division').length).toBeGreaterThan(0);
    await expectRight();
    await site.db('publicities').where({ id: publicity?.id }).update({ ends_on: '2026-01-09' });
    await site.db('declarations').where({ id }).update({ applicant_name: '改名后', rank_n: 2 });
    await site.db('units').where({ id: lower.unitId }).update({ name: '改名后的单位' });
    await expectRight();
    await site.db('publicity_items').where({ declaration_id: id }).delete();
    await site.db('declaration_stops').where({ declaration_id: id }).where('position', '>', 0).delete();
    await site.db('declarations').where({ id }).update({ state: 'unit_review', holder_unit_id: lower.unitId, stop_position: 0 });
    expect(await entriesOf(id)).toEqual([{ reader_kind: 'unit', bucket: 'unit_review' }]);
    await expectRight();
  });

  it('is proven by a query that sees what is wrong', async () => {
    await site.db.raw(
      "UPDATE queue_entries SET name = 'x' WHERE declaration_id = (SELECT min(declaration_id::text)::uuid FROM queue_entries)",
    );
    await site.db('queue_counts').insert({
      reader_kind: 'unit',
      reader_id: lower.unitId,
      year: 2026,
      series_id: batch.seriesId,
      level: 'junior',
      bucket: 'elsewhere',
      is_reported: false,
      ends_on: '1999-01-01',
      n: 1,
    });
    const faults = await findQueueFaults(site.db);
    expect(faults.entries).toBeGreaterThan(0);
    expect(faults.counts).toBe(1);
    await site.db('queue_counts').where({ ends_on: '1999-01-01' }).delete();
    await site.db.raw('SELECT refresh_queue(array(SELECT DISTINCT declaration_id FROM queue_entries))');
    await expectRight();
  });

  it('folds its counts without losing one, and leaves nothing behind a transaction that fails', async () => {
    const before = await count('SELECT 1 FROM queue_counts');
    await Promise.all([
      foldQueueCounts(site.db),
      foldQueueCounts(site.db),
      makeDeclaration(site, { batch, state: 'unit_review', units: [lower] }),
    ]);
    await expectRight();
    await foldQueueCounts(site.db);
    expect(await count('SELECT 1 FROM queue_counts WHERE NOT is_folded')).toBe(0);
    expect(await count('SELECT 1 FROM queue_counts')).toBeLessThan(before);
    await expect(
      site.db.transaction(async (trx) => {
        await trx('declarations').where({ state: 'unit_review' }).update({ state: 'unit_passed' });
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    await expectRight();
  });
});
