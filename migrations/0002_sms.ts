import type { Knex } from 'knex';

/**
 * Short messages (A3, S08): the outbox that the queue sends from, the codes that prove a mobile number, and the index by which accounts of a number are found.
 * Rows of the outbox and codes live one day; a number and a text are only ever stored encrypted, a code only as its keyed hash.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE sms_outbox (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  mobile bytea NOT NULL,
  text bytea NOT NULL,
  purpose text NOT NULL CHECK (purpose <> ''),
  -- a decoy is never sent: it stands where a number without an account must look and cost like one with (S05)
  is_decoy boolean NOT NULL DEFAULT false,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'refused', 'expired')),
  tries int NOT NULL DEFAULT 0 CHECK (tries >= 0),
  reason text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT app_now(),
  expires_at timestamptz NOT NULL,
  settled_at timestamptz,
  CHECK ((state = 'waiting') = (settled_at IS NULL))
);
CREATE INDEX sms_outbox_newest ON sms_outbox (created_at DESC, id);

CREATE TABLE sms_codes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  mobile_index bytea NOT NULL,
  purpose text NOT NULL CHECK (purpose <> ''),
  owner text NOT NULL,
  code_hash bytea NOT NULL,
  tries int NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
  made_at timestamptz NOT NULL DEFAULT app_now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX sms_codes_mobile ON sms_codes (mobile_index, made_at DESC);
CREATE INDEX sms_codes_made ON sms_codes (made_at);

-- how many messages went out in each minute, for the budget of the whole site
CREATE TABLE sms_minutes (
  minute timestamptz PRIMARY KEY,
  used int NOT NULL CHECK (used > 0)
);

-- filled by the program at its start for rows that are older than this column: the index needs a key that the database does not have
ALTER TABLE persons ADD mobile_index bytea;
ALTER TABLE units ADD mobile_index bytea;
CREATE INDEX persons_mobile ON persons (mobile_index);
CREATE INDEX units_mobile ON units (mobile_index);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
ALTER TABLE units DROP mobile_index;
ALTER TABLE persons DROP mobile_index;
DROP TABLE sms_minutes, sms_codes, sms_outbox;
`);
}
