import type { Knex } from 'knex';

/** R5: what a unit puts up before it reports, objections to it, and the end that an upheld objection can have. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE unit_publicities (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  unit_id bigint NOT NULL REFERENCES units,
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  -- working days that were asked for when it began
  days int NOT NULL CHECK (days >= 5),
  place text NOT NULL CHECK (place <> ''),
  contact text NOT NULL CHECK (contact <> ''),
  created_by bigint NOT NULL REFERENCES accounts,
  created_at timestamptz NOT NULL DEFAULT app_now(),
  CHECK (ends_on > starts_on)
);
CREATE INDEX unit_publicities_unit ON unit_publicities (unit_id, id DESC);
CREATE TABLE unit_publicity_items (
  publicity_id bigint NOT NULL REFERENCES unit_publicities,
  declaration_id uuid NOT NULL REFERENCES declarations,
  -- the version that was put up
  round int NOT NULL,
  -- the declaration went back to its applicant, or ended: what was put up does not count for what comes after
  voided_at timestamptz,
  PRIMARY KEY (publicity_id, declaration_id)
);
CREATE UNIQUE INDEX unit_publicity_items_one_live ON unit_publicity_items (declaration_id) WHERE voided_at IS NULL;
CREATE TABLE unit_objections (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  publicity_id bigint NOT NULL,
  declaration_id uuid NOT NULL,
  received_on date NOT NULL,
  kind text NOT NULL CHECK (kind IN ('named', 'anonymous', 'body')),
  content text NOT NULL CHECK (content <> ''),
  recorded_by bigint NOT NULL REFERENCES accounts,
  recorder_name text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT app_now(),
  outcome text CHECK (outcome IN ('dismissed', 'returned', 'withheld')),
  finding text NOT NULL DEFAULT '',
  decided_by bigint REFERENCES accounts,
  decider_name text NOT NULL DEFAULT '',
  decided_at timestamptz,
  FOREIGN KEY (publicity_id, declaration_id) REFERENCES unit_publicity_items,
  CHECK ((outcome IS NULL) = (decided_at IS NULL)),
  CHECK (outcome IS NULL OR finding <> '')
);
CREATE INDEX unit_objections_publicity ON unit_objections (publicity_id, id);
CREATE INDEX unit_objections_open ON unit_objections (declaration_id) WHERE outcome IS NULL;

-- who is not recommended has ended for this year's batch and may declare elsewhere
CREATE UNIQUE INDEX declarations_one_running ON declarations (person_id, year)
  WHERE deleted_at IS NULL AND state NOT IN ('draft', 'refused', 'abandoned', 'not_recommended');
DROP INDEX declarations_one_running_per_year;
ALTER INDEX declarations_one_running RENAME TO declarations_one_running_per_year;
CREATE UNIQUE INDEX declarations_rank_live ON declarations (unit_id, batch_id, rank_n)
  WHERE rank_fixed_at IS NOT NULL AND state NOT IN ('refused', 'abandoned', 'not_recommended');
DROP INDEX declarations_rank;
ALTER INDEX declarations_rank_live RENAME TO declarations_rank;
`);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('0025_unit_publicity cannot be undone: restore a backup instead'));
}
