import type { Knex } from 'knex';

/** C2, C3 「收回权限」: a permission that was granted can be taken back, with a reason; granting it anew is the way back. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
ALTER TABLE units DROP CONSTRAINT units_permission_state_check,
  ADD CONSTRAINT units_permission_state_known CHECK (permission_state IN ('none', 'requested', 'granted', 'refused', 'withdrawn')) NOT VALID;

CREATE TABLE permission_withdrawals (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  unit_id bigint NOT NULL REFERENCES units,
  -- the request by which it was granted last; null where it was granted by none
  request_id bigint REFERENCES permission_requests,
  reason text NOT NULL CHECK (reason <> ''),
  withdrawn_by bigint NOT NULL REFERENCES accounts,
  withdrawn_at timestamptz NOT NULL DEFAULT app_now()
);
CREATE INDEX permission_withdrawals_unit ON permission_withdrawals (unit_id, id);
-- what was granted once is taken back once
CREATE UNIQUE INDEX permission_withdrawals_request ON permission_withdrawals (request_id) WHERE request_id IS NOT NULL;
CREATE TRIGGER permission_withdrawals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON permission_withdrawals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION demand_permission_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.permission_state <> 'granted' OR NOT EXISTS (SELECT 1 FROM permission_withdrawals w WHERE w.unit_id = NEW.id AND w.request_id IS NOT DISTINCT FROM
      (SELECT max(r.id) FROM permission_requests r WHERE r.unit_id = NEW.id AND r.state = 'granted')) THEN
    RAISE EXCEPTION 'the permission of unit % is taken back without a record of it', NEW.id USING ERRCODE = 'check_violation', CONSTRAINT = 'units_withdrawn_with_record';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER units_withdrawn_with_record BEFORE UPDATE OF permission_state ON units FOR EACH ROW
  WHEN (NEW.permission_state = 'withdrawn' AND OLD.permission_state <> 'withdrawn') EXECUTE FUNCTION demand_permission_withdrawal();
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DROP TRIGGER units_withdrawn_with_record ON units;
DROP FUNCTION demand_permission_withdrawal();
DROP TABLE permission_withdrawals;
UPDATE units SET permission_state = 'none' WHERE permission_state = 'withdrawn';
ALTER TABLE units DROP CONSTRAINT units_permission_state_known,
  ADD CONSTRAINT units_permission_state_check CHECK (permission_state IN ('none', 'requested', 'granted', 'refused'));
`);
}
