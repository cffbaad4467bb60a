import type { Knex } from 'knex';

/** What the 「一览表」 says of a frozen version (R4); null in versions that were frozen before: it is made out of their content when it is read. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE declaration_versions ADD roster jsonb');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE declaration_versions DROP roster');
}
