import type { Knex } from 'knex';

/** R7, X2: a bureau's list of what its region declares, newest act first: by unit for a district, by year for a province. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE INDEX declarations_region_unit ON declarations (unit_id, year, moved_at DESC, id DESC) WHERE deleted_at IS NULL AND state <> 'draft';
CREATE INDEX declarations_region_year ON declarations (year, moved_at DESC, id DESC) WHERE deleted_at IS NULL AND state <> 'draft';
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX declarations_region_unit; DROP INDEX declarations_region_year');
}
