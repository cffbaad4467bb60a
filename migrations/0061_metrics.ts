import type { Knex } from 'knex';

/** What is counted at every scrape of the metrics is found by index: messages that wait, accounts that are locked. */
export const config = { transaction: false };

const INDEXES = [
  ['sms_outbox_waiting', "sms_outbox (created_at) WHERE state = 'waiting'"],
  ['accounts_locked', 'accounts (locked_until) WHERE locked_until IS NOT NULL'],
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
