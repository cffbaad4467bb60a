import type { Knex } from 'knex';

/**
 * R6: a bureau's results by their end. An index whose first column its own predicate fixes is read from its very beginning, since the planner drops the condition that the
 * predicate implies: the reader's kind stands in the predicate only. One pair within a kind of entry, one over all of them.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE INDEX queue_entries_result_ends_up ON queue_entries (reader_id, bucket, ends_up, arrived_at, declaration_id) WHERE reader_kind = 'division';
CREATE INDEX queue_entries_result_ends_down ON queue_entries (reader_id, bucket, ends_down, arrived_at, declaration_id) WHERE reader_kind = 'division';
CREATE INDEX queue_entries_results_up ON queue_entries (reader_id, ends_up, arrived_at, declaration_id) WHERE reader_kind = 'division';
CREATE INDEX queue_entries_results_down ON queue_entries (reader_id, ends_down, arrived_at, declaration_id) WHERE reader_kind = 'division';
DROP INDEX queue_entries_ends_up, queue_entries_ends_down;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE INDEX queue_entries_ends_up ON queue_entries (reader_kind, reader_id, bucket, ends_up, arrived_at, declaration_id) WHERE reader_kind = 'division';
CREATE INDEX queue_entries_ends_down ON queue_entries (reader_kind, reader_id, bucket, ends_down, arrived_at, declaration_id) WHERE reader_kind = 'division';
DROP INDEX queue_entries_result_ends_up, queue_entries_result_ends_down, queue_entries_results_up, queue_entries_results_down;
`);
}
