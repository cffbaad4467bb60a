import type { Knex } from 'knex';

/** Corrections by support staff and by bureaus, and passwords that must be changed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
-- S12, S13: an account whose password somebody else has handed over
ALTER TABLE accounts ADD must_change_password boolean NOT NULL DEFAULT false;

-- B4, S15: what was corrected in a person's identity, with the value before; an ID number only by two people
CREATE TABLE identity_corrections (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES accounts,
  kind text NOT NULL CHECK (kind IN ('name', 'id-number')),
  old_name text,
  new_name text,
  old_id_type text CHECK (old_id_type IN ('resident', 'hmt-residence', 'passport')),
  new_id_type text CHECK (new_id_type IN ('resident', 'hmt-residence', 'passport')),
  old_id_number bytea,
  new_id_number bytea,
  reason text NOT NULL CHECK (reason <> ''),
  evidence_name text NOT NULL,
  evidence_type text NOT NULL CHECK (evidence_type IN ('image/jpeg', 'image/png', 'image/gif', 'application/pdf')),
  evidence_sha256 text NOT NULL CHECK (evidence_sha256 ~ '^[0-9a-f]{64}$'),
  state text NOT NULL CHECK (state IN ('pending', 'confirmed', 'refused')),
  requested_by bigint NOT NULL REFERENCES accounts,
  requested_at timestamptz NOT NULL DEFAULT app_now(),
  decided_by bigint REFERENCES accounts,
  decided_at timestamptz,
  decision_reason text NOT NULL DEFAULT '',
  dismissed_at timestamptz,
  CHECK (num_nonnulls(old_name, new_name) = CASE kind WHEN 'name' THEN 2 ELSE 0 END),
  CHECK (num_nonnulls(old_id_type, new_id_type, old_id_number, new_id_number) = CASE kind WHEN 'id-number' THEN 4 ELSE 0 END),
  CHECK (old_name <> new_name),
  CHECK ((state = 'pending') = (decided_at IS NULL)),
  CHECK (kind = 'name' OR state = 'pending' OR decided_by IS NOT NULL),
  CHECK (requested_by <> decided_by),
  CHECK (state <> 'refused' OR decision_reason <> '')
);
CREATE UNIQUE INDEX identity_corrections_one_pending ON identity_corrections (account_id, kind) WHERE state = 'pending';
CREATE INDEX identity_corrections_account ON identity_corrections (account_id, id);
CREATE INDEX identity_corrections_queue ON identity_corrections (state, requested_at);
CREATE INDEX identity_corrections_evidence ON identity_corrections (evidence_sha256);

-- C4: what a bureau corrected in a unit's data; telephone numbers stand encrypted
CREATE TABLE unit_corrections (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  unit_id bigint NOT NULL REFERENCES units,
  before jsonb NOT NULL,
  after jsonb NOT NULL,
  mobile_before bytea,
  mobile_after bytea,
  reason text NOT NULL CHECK (reason <> ''),
  corrected_by bigint NOT NULL REFERENCES accounts,
  corrected_at timestamptz NOT NULL DEFAULT app_now(),
  CHECK (num_nonnulls(mobile_before, mobile_after) IN (0, 2))
);
CREATE INDEX unit_corrections_unit ON unit_corrections (unit_id, id);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DROP TABLE unit_corrections;
DROP TABLE identity_corrections;
ALTER TABLE accounts DROP must_change_password;
`);
}
