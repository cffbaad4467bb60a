import type { Knex } from 'knex';

/** K6: names of divisions, found by any part of them; of two siblings in use no two have one name. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE UNIQUE INDEX divisions_sibling_names ON divisions (coalesce(parent_code, ''), name) WHERE ended_at IS NULL;
ALTER TABLE divisions ADD CONSTRAINT divisions_parent_differs CHECK (parent_code <> code);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`DROP INDEX divisions_sibling_names; ALTER TABLE divisions DROP CONSTRAINT divisions_parent_differs`);
}
