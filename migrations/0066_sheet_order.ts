import type { Knex } from 'knex';

/** R4, M4: 「一览表」 is read in its order out of an index, whatever its length; what has the same place is sorted when it is read. Bureaus have no such sheet. */
export const config = { transaction: false };

export async function up(knex: Knex): Promise<void> {
  // one that was broken off is there and not valid
  await knex.raw('DROP INDEX CONCURRENTLY IF EXISTS queue_entries_sheet');
  await knex.raw(/* sql */ `
    CREATE INDEX CONCURRENTLY queue_entries_sheet ON queue_entries (reader_kind, reader_id, year DESC, series_id, level, (unit_name = ''), unit_name, rank_up)
      WHERE reader_kind <> 'division'`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX CONCURRENTLY IF EXISTS queue_entries_sheet');
}
