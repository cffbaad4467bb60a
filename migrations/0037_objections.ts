import type { Knex } from 'knex';

/** J4: objections of the public to results that are put up, and their decision. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE result_objections (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  publicity_id bigint NOT NULL,
  declaration_id uuid NOT NULL,
  -- 「受理编号」: random, the objector asks by it what has come of it
  receipt text NOT NULL UNIQUE CHECK (receipt ~ '^[2-9A-HJKMNP-Z]{12}$'),
  kind text NOT NULL CHECK (kind IN ('named', 'anonymous')),
  -- who objects, encrypted; nothing of those who do not say
  objector_name bytea,
  objector_contact bytea,
  content text NOT NULL CHECK (content <> ''),
  file_sha256 text CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
  file_name text,
  file_type text,
  received_at timestamptz NOT NULL DEFAULT app_now(),
  outcome text CHECK (outcome IN ('dismissed', 'upheld')),
  finding text NOT NULL DEFAULT '',
  decided_by bigint REFERENCES accounts,
  decider_name text NOT NULL DEFAULT '',
  decided_at timestamptz,
  FOREIGN KEY (publicity_id, declaration_id) REFERENCES publicity_items,
  CHECK ((kind = 'named') = (objector_name IS NOT NULL AND objector_contact IS NOT NULL)),
  CHECK (kind = 'named' OR (objector_name IS NULL AND objector_contact IS NULL)),
  CHECK ((outcome IS NULL) = (decided_at IS NULL)),
  CHECK (outcome IS NULL OR finding <> ''),
  CHECK ((file_sha256 IS NULL) = (file_name IS NULL) AND (file_sha256 IS NULL) = (file_type IS NULL))
);
CREATE INDEX result_objections_publicity ON result_objections (publicity_id, id DESC);
CREATE INDEX result_objections_declaration ON result_objections (declaration_id);
CREATE INDEX result_objections_file ON result_objections (file_sha256);
CREATE INDEX publicities_committee ON publicities (committee_id, id);
CREATE FUNCTION keep_objection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.outcome IS NOT NULL
    OR (NEW.publicity_id, NEW.declaration_id, NEW.receipt, NEW.kind, NEW.content, NEW.file_sha256, NEW.received_at)
      IS DISTINCT FROM (OLD.publicity_id, OLD.declaration_id, OLD.receipt, OLD.kind, OLD.content, OLD.file_sha256, OLD.received_at) THEN
    RAISE EXCEPTION 'objection % is a record: it is decided once and never changed', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
-- the encrypted columns may be written over when keys are changed
CREATE TRIGGER result_objections_kept BEFORE DELETE OR UPDATE OF publicity_id, declaration_id, receipt, kind, content, file_sha256, received_at, outcome, finding, decided_at
  ON result_objections FOR EACH ROW EXECUTE FUNCTION keep_objection();
`);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('0037_objections cannot be undone: restore a backup instead'));
}
