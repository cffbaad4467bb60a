import type { Knex } from 'knex';

/** S10: the second factor of accounts that see other people's data, its recovery codes, and its reset by two people when it is lost. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE second_factors (
  account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('totp', 'sms')),
  -- encrypted; a telephone number stands with the account
  totp_secret bytea,
  -- the last interval of 30 seconds whose code was taken: a code counts once
  last_step bigint NOT NULL DEFAULT 0,
  -- after the password was recovered by a message, the same telephone is no second factor: a recovery code is
  needs_recovery_code boolean NOT NULL DEFAULT false,
  failed_count int NOT NULL DEFAULT 0 CHECK (failed_count BETWEEN 0 AND 5),
  locked_until timestamptz,
  set_at timestamptz NOT NULL DEFAULT app_now(),
  CHECK ((kind = 'totp') = (totp_secret IS NOT NULL))
);
CREATE TABLE recovery_codes (
  account_id bigint NOT NULL REFERENCES second_factors ON DELETE CASCADE,
  code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
  used_at timestamptz,
  PRIMARY KEY (account_id, code_hash)
);
CREATE TABLE second_factor_resets (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES accounts,
  reason text NOT NULL CHECK (reason <> ''),
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'confirmed', 'refused')),
  requested_by bigint NOT NULL REFERENCES accounts,
  requested_at timestamptz NOT NULL DEFAULT app_now(),
  decided_by bigint REFERENCES accounts,
  decided_at timestamptz,
  decision_reason text NOT NULL DEFAULT '',
  CHECK ((state = 'pending') = (decided_at IS NULL)),
  CHECK ((state = 'pending') = (decided_by IS NULL)),
  CHECK (requested_by <> decided_by),
  CHECK (account_id <> requested_by AND account_id <> decided_by),
  CHECK (state <> 'refused' OR decision_reason <> '')
);
CREATE UNIQUE INDEX second_factor_resets_one_pending ON second_factor_resets (account_id) WHERE state = 'pending';
CREATE INDEX second_factor_resets_queue ON second_factor_resets (state, requested_at);
CREATE INDEX sessions_half_account ON sessions ((sess ->> 'halfAccountId'));
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX sessions_half_account; DROP TABLE second_factor_resets, recovery_codes, second_factors');
}
