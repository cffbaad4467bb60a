import type { Knex } from 'knex';

/**
 * C6: several named operators of one unit. The account that a unit registered with becomes its owner; exactly one account of a unit is the owner at every commit,
 * and a suspended or removed account never is. `mobile` is the telephone of operators and of staff; an owner's is the unit's own.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
ALTER TABLE accounts ADD is_owner boolean NOT NULL DEFAULT false;
ALTER TABLE accounts ADD removed_at timestamptz;
ALTER TABLE accounts ADD mobile bytea;
ALTER TABLE accounts ADD mobile_index bytea;
CREATE INDEX accounts_mobile ON accounts (mobile_index) WHERE mobile_index IS NOT NULL;

UPDATE accounts SET is_owner = true
  WHERE id IN (SELECT min(id) FROM accounts WHERE unit_id IS NOT NULL AND disabled_at IS NULL GROUP BY unit_id);

ALTER TABLE accounts ADD CONSTRAINT accounts_owner_in_force CHECK (NOT is_owner OR (role = 'unit' AND disabled_at IS NULL));
ALTER TABLE accounts ADD CONSTRAINT accounts_removed_operator CHECK (removed_at IS NULL OR (role = 'unit' AND disabled_at IS NOT NULL));
ALTER TABLE accounts ADD CONSTRAINT accounts_mobile_indexed CHECK (num_nonnulls(mobile, mobile_index) IN (0, 2));
ALTER TABLE accounts ADD CONSTRAINT accounts_owner_mobile CHECK (NOT is_owner OR mobile IS NULL);
CREATE UNIQUE INDEX accounts_one_owner ON accounts (unit_id) WHERE is_owner;

-- The first account of a unit is its owner; not more than 30 are not removed. The unit's row is held, so that two people cannot add the 30th both.
CREATE FUNCTION admit_operator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM units WHERE id = NEW.unit_id FOR NO KEY UPDATE;
  IF NOT EXISTS (SELECT 1 FROM accounts WHERE unit_id = NEW.unit_id AND is_owner) THEN
    NEW.is_owner := true;
  ELSIF (SELECT count(*) FROM accounts WHERE unit_id = NEW.unit_id AND removed_at IS NULL) >= 30 THEN
    RAISE EXCEPTION 'a unit has at most 30 operators' USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_operator_limit';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER accounts_admit_operator BEFORE INSERT ON accounts FOR EACH ROW WHEN (NEW.unit_id IS NOT NULL) EXECUTE FUNCTION admit_operator();

-- Whatever changes or removes an owner leaves another one behind by the end of its transaction.
CREATE FUNCTION keep_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM accounts WHERE unit_id = OLD.unit_id AND is_owner)
     AND EXISTS (SELECT 1 FROM units WHERE id = OLD.unit_id) THEN
    RAISE EXCEPTION 'a unit cannot be without its owner' USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_keep_owner';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER accounts_keep_owner AFTER UPDATE OR DELETE ON accounts DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.is_owner) EXECUTE FUNCTION keep_owner();
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DROP TRIGGER accounts_keep_owner ON accounts;
DROP FUNCTION keep_owner();
DROP TRIGGER accounts_admit_operator ON accounts;
DROP FUNCTION admit_operator();
DROP INDEX accounts_one_owner;
ALTER TABLE accounts DROP is_owner, DROP removed_at, DROP mobile, DROP mobile_index;
`);
}
