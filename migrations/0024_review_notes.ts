import type { Knex } from 'knex';

/** R1: what reviewers note while they read, and the reasons they use again and again. Both belong to the body that reviews, not to one of its operators. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE review_notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  declaration_id uuid NOT NULL REFERENCES declarations,
  round int NOT NULL,
  unit_id bigint REFERENCES units,
  committee_id bigint REFERENCES committees,
  section text NOT NULL,
  -- the label of the field it is about; '' for the section as a whole
  field text NOT NULL DEFAULT '',
  text text NOT NULL CHECK (text <> '' AND length(text) <= 1000),
  created_by bigint NOT NULL REFERENCES accounts,
  author_name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT app_now(),
  removed_at timestamptz,
  -- went out with a return: it stands in the event from then on
  sent_at timestamptz,
  CHECK (num_nonnulls(unit_id, committee_id) = 1)
);
CREATE INDEX review_notes_open ON review_notes (declaration_id, id) WHERE removed_at IS NULL AND sent_at IS NULL;

CREATE TABLE return_reasons (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  unit_id bigint REFERENCES units,
  committee_id bigint REFERENCES committees,
  text text NOT NULL CHECK (text <> '' AND length(text) <= 400),
  created_by bigint NOT NULL REFERENCES accounts,
  created_at timestamptz NOT NULL DEFAULT app_now(),
  removed_at timestamptz,
  CHECK (num_nonnulls(unit_id, committee_id) = 1)
);
CREATE UNIQUE INDEX return_reasons_unit ON return_reasons (unit_id, text) WHERE removed_at IS NULL AND unit_id IS NOT NULL;
CREATE UNIQUE INDEX return_reasons_committee ON return_reasons (committee_id, text) WHERE removed_at IS NULL AND committee_id IS NOT NULL;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE return_reasons; DROP TABLE review_notes');
}
