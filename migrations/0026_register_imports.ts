import type { Knex } from 'knex';

/** C2: what became of each file of the unit register that a bureau imported. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE register_imports (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  division_code text NOT NULL REFERENCES divisions,
  report jsonb NOT NULL,
  imported_by bigint NOT NULL REFERENCES accounts,
  by_name text NOT NULL,
  imported_at timestamptz NOT NULL DEFAULT app_now()
);
CREATE INDEX register_imports_division ON register_imports (division_code, id DESC);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE register_imports');
}
