import type { Knex } from 'knex';

/** P4: the telephone of a bureau, which it keeps itself; a division without one is answered for by the one above it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
ALTER TABLE divisions ADD phone text CONSTRAINT divisions_phone CHECK (phone ~ '^[0-9]' AND length(phone) <= 30);
CREATE FUNCTION bureau_phone(division text) RETURNS text LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT d.phone FROM divisions d WHERE d.code = ANY (division_and_above(division)) AND d.phone IS NOT NULL ORDER BY d.code COLLATE "C" DESC LIMIT 1 $$;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP FUNCTION bureau_phone(text); ALTER TABLE divisions DROP COLUMN phone');
}
