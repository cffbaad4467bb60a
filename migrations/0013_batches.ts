import type { Knex } from 'knex';

/** K2, K3, R7: batches as the administrator keeps them: opened by hand, with policies, a history, extensions of single cases, and reminders before they close. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
-- published_at: nobody but the administrator sees a batch before; a batch that an older program makes is open at once, as it always was
ALTER TABLE batches
  ADD published_at timestamptz DEFAULT app_now(),
  ADD demands_unit_publicity boolean NOT NULL DEFAULT false,
  ADD unit_publicity_days int NOT NULL DEFAULT 5 CHECK (unit_publicity_days BETWEEN 5 AND 60),
  ADD correction_days int NOT NULL DEFAULT 10 CHECK (correction_days BETWEEN 1 AND 60),
  ADD version int NOT NULL DEFAULT 1;
CREATE INDEX batches_by_year ON batches (year DESC, committee_id, series_id, level);
CREATE INDEX batches_closing ON batches (unit_closes_at);

-- What a declaration that was begun relies on must stay as it is; each refusal carries a name of its own.
CREATE FUNCTION keep_batch_promises() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE broken text;
BEGIN
  broken := CASE
    WHEN (NEW.year, NEW.committee_id, NEW.series_id, NEW.level) IS DISTINCT FROM (OLD.year, OLD.committee_id, OLD.series_id, OLD.level) THEN 'batches_keep_identity'
    WHEN (NEW.rank_by, NEW.entrusted_evidence_by) IS DISTINCT FROM (OLD.rank_by, OLD.entrusted_evidence_by) THEN 'batches_keep_policy'
    WHEN NEW.demands_unit_publicity AND NOT OLD.demands_unit_publicity THEN 'batches_keep_policy'
    WHEN NEW.max_results < OLD.max_results THEN 'batches_keep_policy'
    WHEN NEW.published_at IS NULL AND OLD.published_at IS NOT NULL THEN 'batches_keep_open'
    WHEN NEW.applicant_opens_at > OLD.applicant_opens_at THEN 'batches_keep_open'
  END;
  IF broken IS NOT NULL AND EXISTS (SELECT 1 FROM declarations d WHERE d.batch_id = OLD.id AND d.deleted_at IS NULL) THEN
    RAISE EXCEPTION 'batch % has declarations', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = broken;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER batches_keep_promises BEFORE UPDATE ON batches FOR EACH ROW EXECUTE FUNCTION keep_batch_promises();

-- every wording of 「申报承诺书」 that a batch ever had; what somebody agreed to stands in commitments
CREATE TABLE batch_commitments (
  batch_id bigint NOT NULL REFERENCES batches,
  version int NOT NULL,
  text text NOT NULL,
  since timestamptz NOT NULL DEFAULT app_now(),
  PRIMARY KEY (batch_id, version)
);
INSERT INTO batch_commitments (batch_id, version, text) SELECT id, 1, commitment FROM batches;
CREATE FUNCTION keep_commitment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO batch_commitments (batch_id, version, text)
    SELECT NEW.id, coalesce(max(version), 0) + 1, NEW.commitment FROM batch_commitments WHERE batch_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER batches_first_commitment AFTER INSERT ON batches FOR EACH ROW EXECUTE FUNCTION keep_commitment();
CREATE TRIGGER batches_next_commitment AFTER UPDATE ON batches FOR EACH ROW WHEN (NEW.commitment <> OLD.commitment) EXECUTE FUNCTION keep_commitment();
CREATE TRIGGER batch_commitments_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON batch_commitments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE batch_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  batch_id bigint NOT NULL REFERENCES batches,
  kind text NOT NULL CHECK (kind IN ('create', 'edit', 'publish', 'window', 'extend', 'revoke')),
  changes jsonb NOT NULL DEFAULT '[]',
  reason text NOT NULL DEFAULT '',
  changed_by bigint NOT NULL REFERENCES accounts,
  changed_by_name text NOT NULL,
  at timestamptz NOT NULL DEFAULT app_now(),
  CHECK (kind NOT IN ('window', 'extend', 'revoke') OR reason <> '')
);
CREATE INDEX batch_changes_batch ON batch_changes (batch_id, id);
CREATE TRIGGER batch_changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON batch_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- K3: one person may submit, and their units may report it, after the batch has closed
CREATE TABLE batch_extensions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  batch_id bigint NOT NULL REFERENCES batches,
  person_id bigint NOT NULL REFERENCES persons,
  applicant_until timestamptz NOT NULL,
  unit_until timestamptz NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  granted_by bigint NOT NULL REFERENCES accounts,
  granted_at timestamptz NOT NULL DEFAULT app_now(),
  revoked_by bigint REFERENCES accounts,
  revoked_at timestamptz,
  CHECK (applicant_until <= unit_until),
  CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE UNIQUE INDEX batch_extensions_one_live ON batch_extensions (batch_id, person_id) WHERE revoked_at IS NULL;
CREATE INDEX batch_extensions_person ON batch_extensions (person_id) WHERE revoked_at IS NULL;

-- R7: who was reminded of which deadline, so that nobody is reminded of it twice; a deadline that was moved is another one
CREATE TABLE window_reminders (
  batch_id bigint NOT NULL REFERENCES batches,
  closes_at timestamptz NOT NULL,
  hours int NOT NULL,
  to_kind text NOT NULL CHECK (to_kind IN ('person', 'unit')),
  to_id bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT app_now(),
  PRIMARY KEY (batch_id, closes_at, hours, to_kind, to_id)
);
CREATE INDEX window_reminders_at ON window_reminders (at);
ALTER TABLE persons ADD wants_reminders boolean NOT NULL DEFAULT true;
ALTER TABLE units ADD wants_reminders boolean NOT NULL DEFAULT true;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
ALTER TABLE units DROP wants_reminders;
ALTER TABLE persons DROP wants_reminders;
DROP TABLE window_reminders, batch_extensions, batch_changes, batch_commitments;
DROP TRIGGER batches_next_commitment ON batches;
DROP TRIGGER batches_first_commitment ON batches;
DROP FUNCTION keep_commitment();
DROP TRIGGER batches_keep_promises ON batches;
DROP FUNCTION keep_batch_promises();
DROP INDEX batches_closing, batches_by_year;
ALTER TABLE batches DROP published_at, DROP demands_unit_publicity, DROP unit_publicity_days, DROP correction_days, DROP version;
`);
}
