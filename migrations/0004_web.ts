import type { Knex } from 'knex';

/** Sessions by the hash of their id (S17), browsers that are known to an account (S02), and forms that were sent after their session had ended (A9). */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
-- Ids that were stored as they are cannot be turned into hashes without ending up in both forms somewhere: everybody signs in once more.
DELETE FROM sessions;
ALTER TABLE sessions ADD began_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX sessions_account ON sessions ((sess ->> 'accountId'));

-- S02: a browser in which somebody has signed in to this account has a counter of its own
CREATE TABLE device_cookies (
  token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
  account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
  failed_count int NOT NULL DEFAULT 0 CHECK (failed_count BETWEEN 0 AND 5),
  locked_until timestamptz,
  last_used_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (token_hash, account_id)
);
CREATE INDEX device_cookies_account ON device_cookies (account_id, last_used_at);
CREATE INDEX device_cookies_last_used ON device_cookies (last_used_at);

-- A9: whose pages carried a form token; outlives the session, so that what is sent with the token afterwards is known to be this account's
CREATE TABLE session_forms (
  token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
  account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
  made_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX session_forms_made ON session_forms (made_at);
CREATE TABLE kept_posts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  browser_hash bytea NOT NULL CHECK (length(browser_hash) = 32),
  account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
  digest text NOT NULL,
  summary bytea NOT NULL,
  content bytea NOT NULL,
  kept_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (browser_hash, account_id, digest)
);
CREATE INDEX kept_posts_kept ON kept_posts (kept_at);
CREATE INDEX kept_posts_account ON kept_posts (account_id, kept_at);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`DROP TABLE kept_posts, session_forms, device_cookies; DROP INDEX sessions_account; ALTER TABLE sessions DROP began_at`);
}
