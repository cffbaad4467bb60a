import type { Knex } from 'knex';

/** Which folder holds the keys of secret ballots: the mark that lies in it, so that a machine with another folder can be told (docs/decisions/2026-11-22-secret-ballot.md). */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`CREATE TABLE ballot_key_place (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    place text NOT NULL CHECK (place ~ '^[0-9a-f]{32}$'))`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE ballot_key_place');
}
