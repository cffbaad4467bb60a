import type { Knex } from 'knex';

/** D0: what a declaration took over from an earlier year and its applicant has still to look at again; a section's row goes when it is saved. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE declaration_rechecks (
  declaration_id uuid NOT NULL REFERENCES declarations,
  section text NOT NULL,
  from_year int NOT NULL,
  places jsonb NOT NULL,
  PRIMARY KEY (declaration_id, section)
);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE declaration_rechecks');
}
