import type { Knex } from 'knex';

/** D8: continuing education as a platform or a bureau knows it. People are found by the keyed index of their ID number, so that records may be there before them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE learning_imports (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  division_code text NOT NULL REFERENCES divisions,
  file_name text NOT NULL,
  added int NOT NULL CHECK (added >= 0),
  changed int NOT NULL CHECK (changed >= 0),
  unchanged int NOT NULL CHECK (unchanged >= 0),
  refused int NOT NULL CHECK (refused >= 0),
  imported_by bigint NOT NULL REFERENCES accounts,
  imported_at timestamptz NOT NULL DEFAULT app_now()
);
CREATE INDEX learning_imports_division ON learning_imports (division_code, id DESC);
CREATE TABLE learning_records (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  person_index bytea NOT NULL CHECK (length(person_index) = 32),
  source text NOT NULL CHECK (source IN ('platform', 'import')),
  -- what readers are told: the platform's or the bureau's name
  source_name text NOT NULL CHECK (source_name <> ''),
  external_id text NOT NULL CHECK (external_id <> ''),
  import_id bigint REFERENCES learning_imports,
  year int NOT NULL CHECK (year BETWEEN 1980 AND 2100),
  kind text NOT NULL CHECK (kind IN ('professional', 'public')),
  title text NOT NULL CHECK (title <> ''),
  hours numeric(6, 1) NOT NULL CHECK (hours > 0),
  begins_on date NOT NULL,
  ends_on date NOT NULL,
  place text NOT NULL DEFAULT '',
  witness text NOT NULL DEFAULT '',
  fetched_at timestamptz NOT NULL DEFAULT app_now(),
  UNIQUE (person_index, source, external_id),
  CHECK (begins_on <= ends_on),
  CHECK ((source = 'import') = (import_id IS NOT NULL))
);
CREATE INDEX learning_records_import ON learning_records (import_id) WHERE import_id IS NOT NULL;
-- what became of the last question to the platform about somebody
CREATE TABLE learning_fetches (
  person_index bytea PRIMARY KEY CHECK (length(person_index) = 32),
  state text NOT NULL CHECK (state IN ('waiting', 'found', 'unknown', 'refused', 'unreachable')),
  asked_at timestamptz NOT NULL DEFAULT app_now(),
  answered_at timestamptz
);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE learning_fetches, learning_records, learning_imports');
}
