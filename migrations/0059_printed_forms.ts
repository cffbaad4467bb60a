import type { Knex } from 'knex';

/** M6: review forms that were printed already, by everything that stands on them. Nothing but a memory: it may be emptied at any time. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE printed_forms (
  key text PRIMARY KEY CHECK (key ~ '^[0-9a-f]{64}$'),
  declaration_id uuid NOT NULL REFERENCES declarations,
  applicant_name text NOT NULL,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  printed_at timestamptz NOT NULL DEFAULT app_now()
);
CREATE INDEX printed_forms_printed ON printed_forms (printed_at);
CREATE INDEX printed_forms_file ON printed_forms (sha256);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE printed_forms');
}
