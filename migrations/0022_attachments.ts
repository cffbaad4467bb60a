import type { Knex } from 'knex';

/** D14, S51, S52: one item holds a content once; at most 200 files of one declaration; what the virus scanner and the nightly check found. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
UPDATE attachments later SET removed_at = app_now()
WHERE later.removed_at IS NULL AND EXISTS (
  SELECT 1 FROM attachments a WHERE a.removed_at IS NULL AND a.declaration_id = later.declaration_id AND a.section = later.section AND a.part = later.part
    AND a.row_id = later.row_id AND a.field = later.field AND a.sha256 = later.sha256 AND (a.position, a.id) < (later.position, later.id));
CREATE UNIQUE INDEX attachments_once_per_item ON attachments (declaration_id, section, part, row_id, field, sha256) WHERE removed_at IS NULL;

ALTER TABLE attachments ADD scan text NOT NULL DEFAULT 'unscanned' CHECK (scan IN ('unscanned', 'waiting', 'clean', 'infected'));
ALTER TABLE attachments ADD damaged_at timestamptz;
CREATE INDEX attachments_waiting ON attachments (uploaded_at) WHERE scan = 'waiting';
CREATE INDEX attachments_removed ON attachments (removed_at) WHERE removed_at IS NOT NULL;

-- Every write to a declaration locks its row first, so that the count below is exact.
CREATE FUNCTION refuse_too_many_attachments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM attachments WHERE declaration_id = NEW.declaration_id AND removed_at IS NULL) >= 200 THEN
    RAISE EXCEPTION 'too many attachments' USING ERRCODE = 'check_violation', CONSTRAINT = 'attachments_at_most_200';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER attachments_at_most_200_new BEFORE INSERT ON attachments FOR EACH ROW WHEN (NEW.removed_at IS NULL) EXECUTE FUNCTION refuse_too_many_attachments();
CREATE TRIGGER attachments_at_most_200_back BEFORE UPDATE OF removed_at ON attachments FOR EACH ROW
  WHEN (OLD.removed_at IS NOT NULL AND NEW.removed_at IS NULL) EXECUTE FUNCTION refuse_too_many_attachments();
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DROP TRIGGER attachments_at_most_200_back ON attachments;
DROP TRIGGER attachments_at_most_200_new ON attachments;
DROP FUNCTION refuse_too_many_attachments();
DROP INDEX attachments_removed, attachments_waiting, attachments_once_per_item;
ALTER TABLE attachments DROP damaged_at, DROP scan;
`);
}
