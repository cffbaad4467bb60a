import type { Knex } from 'knex';

/** Long tasks (exports, batch printing): who wants what, how far it is, and where the made file lies. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE tasks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind <> ''),
  title text NOT NULL CHECK (title <> ''),
  owner_id bigint NOT NULL REFERENCES accounts,
  input jsonb NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
  -- counts the runs; a run that lost its task to a later one can write nothing any more
  attempt int NOT NULL DEFAULT 0 CHECK (attempt BETWEEN 0 AND 3),
  -- the last sign of life of the process that runs it, by the real clock
  beat_at timestamptz,
  done int NOT NULL DEFAULT 0 CHECK (done >= 0),
  total int CHECK (total >= 0),
  problem text NOT NULL DEFAULT '',
  result_sha256 text CHECK (result_sha256 ~ '^[0-9a-f]{64}$'),
  result_size bigint CHECK (result_size >= 0),
  result_name text,
  result_type text,
  created_at timestamptz NOT NULL DEFAULT app_now(),
  ended_at timestamptz,
  expires_at timestamptz NOT NULL DEFAULT app_now() + interval '7 days',
  CHECK ((state = 'done') = (num_nonnulls(result_sha256, result_size, result_name, result_type) = 4)),
  CHECK ((state = 'failed') = (problem <> '')),
  CHECK ((state IN ('waiting', 'running')) = (ended_at IS NULL)),
  CHECK (state <> 'running' OR beat_at IS NOT NULL)
);
-- two clicks for the same thing are one task
CREATE UNIQUE INDEX tasks_one_open ON tasks (owner_id, kind, md5(input::text)) WHERE state IN ('waiting', 'running');
CREATE INDEX tasks_owner ON tasks (owner_id, id DESC);
CREATE INDEX tasks_open ON tasks (id) WHERE state IN ('waiting', 'running');
CREATE INDEX tasks_expire ON tasks (expires_at);
CREATE INDEX tasks_result ON tasks (result_sha256) WHERE result_sha256 IS NOT NULL;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE tasks');
}
