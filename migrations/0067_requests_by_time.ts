import type { Knex } from 'knex';

/** M3: 「单位权限审核」 of a province by time, for names that a great part of all units hold: read in this order until a page is full. */
export const config = { transaction: false };

export async function up(knex: Knex): Promise<void> {
  // one that was broken off is there and not valid
  await knex.raw('DROP INDEX CONCURRENTLY IF EXISTS permission_requests_by_time');
  await knex.raw(
    'CREATE INDEX CONCURRENTLY permission_requests_by_time ON permission_requests (state, requested_at, id) INCLUDE (division_code, unit_id)',
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX CONCURRENTLY IF EXISTS permission_requests_by_time');
}
