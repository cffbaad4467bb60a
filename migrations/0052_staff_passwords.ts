import type { Knex } from 'knex';

/**
 * S06, 等保 8.1.4.1 a): since when a password holds, and of staff the last five before it. Kept whether or not the settings ask for a change, so that they hold at once when somebody sets them. Passwords
 * that were handed over (`must_change_password`) are nobody's choice and stay out: resetting an account five times must not empty its memory.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
ALTER TABLE accounts ADD password_set_at timestamptz NOT NULL DEFAULT app_now();

CREATE TABLE former_passwords (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES accounts,
  password_hash text NOT NULL,
  replaced_at timestamptz NOT NULL DEFAULT app_now()
);
CREATE INDEX former_passwords_account ON former_passwords (account_id, id);

CREATE FUNCTION keep_former_password() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.password_set_at := app_now();
  IF NEW.role NOT IN ('person', 'unit') AND NOT OLD.must_change_password THEN
    INSERT INTO former_passwords (account_id, password_hash) VALUES (OLD.id, OLD.password_hash);
    DELETE FROM former_passwords f WHERE f.account_id = OLD.id
      AND f.id NOT IN (SELECT k.id FROM former_passwords k WHERE k.account_id = OLD.id ORDER BY k.id DESC LIMIT 5);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER accounts_former_password BEFORE UPDATE OF password_hash ON accounts
  FOR EACH ROW WHEN (NEW.password_hash IS DISTINCT FROM OLD.password_hash) EXECUTE FUNCTION keep_former_password();
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DROP TRIGGER accounts_former_password ON accounts;
DROP FUNCTION keep_former_password();
DROP TABLE former_passwords;
ALTER TABLE accounts DROP password_set_at;
`);
}
