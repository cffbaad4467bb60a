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
-- searches within a region look at names without their rows
DROP INDEX declarations_region, declarations_year;
CREATE INDEX declarations_region ON declarations (region_code, year, state, moved_at DESC, id DESC) INCLUDE (series_id, level, applicant_name) WHERE deleted_at IS NULL AND state <> 'draft';
CREATE INDEX declarations_year ON declarations (year, state, moved_at DESC, id DESC) INCLUDE (series_id, level, region_code, applicant_name) WHERE deleted_at IS NULL AND state <> 'draft';
-- a unit's own paths, also those that live no more
CREATE INDEX reporting_paths_unit ON reporting_paths (unit_id, year, series_id, level);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DROP INDEX reporting_paths_unit, declarations_region, declarations_year;
CREATE INDEX declarations_region ON declarations (region_code, year, state, moved_at DESC, id DESC) INCLUDE (series_id, level) WHERE deleted_at IS NULL AND state <> 'draft';
CREATE INDEX declarations_year ON declarations (year, state, moved_at DESC, id DESC) INCLUDE (series_id, level, region_code) WHERE deleted_at IS NULL AND state <> 'draft';
CREATE INDEX queue_entries_ends_up ON queue_entries (reader_kind, reader_id, bucket, ends_up, arrived_at, declaration_id) WHERE reader_kind = 'division';
CREATE INDEX queue_entries_ends_down ON queue_entries (reader_kind, reader_id, bucket, ends_down, arrived_at, declaration_id) WHERE reader_kind = 'division';
DROP INDEX queue_entries_result_ends_up, queue_entries_result_ends_down, queue_entries_results_up, queue_entries_results_down;
`);
}
