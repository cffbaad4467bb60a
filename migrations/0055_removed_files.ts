import type { Knex } from 'knex';

/** D14: the page of a section asks for what was taken out of it a moment ago, however much was taken out of others. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('CREATE INDEX attachments_removed_of ON attachments (declaration_id, section, removed_at) WHERE removed_at IS NOT NULL');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX attachments_removed_of');
}
