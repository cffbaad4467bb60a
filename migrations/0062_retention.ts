import type { Knex } from 'knex';

/** S63: drafts whose time is over are found by index. */
export const config = { transaction: false };

const INDEXES = [
  ['declarations_old_drafts', "declarations (created_at) WHERE state = 'draft' AND round = 0"],
  ['declarations_deleted', 'declarations (deleted_at) WHERE deleted_at IS NOT NULL'],
] as const;

export async function up(knex: Knex): Promise<void> {
  for (const [name, what] of INDEXES) {
    // one that was broken off is there and not valid
    await knex.raw(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
    await knex.raw(`CREATE INDEX CONCURRENTLY ${name} ON ${what}`);
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const [name] of INDEXES) await knex.raw(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
}
