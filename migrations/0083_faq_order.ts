import type { Knex } from 'knex';

/** A4: the order of 「常见问题」 is counted from 1, as its form demands; the first questions of older installations stand at 0. Each moves on by one, so that the order stays. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('UPDATE faqs SET position = position + 1 WHERE EXISTS (SELECT 1 FROM faqs f WHERE f.position = 0)');
}

/** A list that begins with 1 is right in every version. */
export function down(): Promise<void> {
  return Promise.resolve();
}
