import type { Knex } from 'knex';

/** J5: signed certificates that never change, revoked and issued anew; S35: how often somebody may ask. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
ALTER TABLE certificates
  ADD replaces_id bigint UNIQUE REFERENCES certificates,
  ADD revoked_by bigint REFERENCES accounts,
  ADD revoker_name text NOT NULL DEFAULT '',
  ADD CONSTRAINT certificates_revoked_for_a_reason CHECK (revoked_at IS NULL OR revoked_reason <> '') NOT VALID;
-- one that is in force for each declaration; revoked ones stay
ALTER TABLE certificates DROP CONSTRAINT certificates_declaration_id_key;
CREATE UNIQUE INDEX certificates_declaration_id_key ON certificates (declaration_id) WHERE revoked_at IS NULL;
CREATE INDEX certificates_declaration ON certificates (declaration_id, id DESC);

-- every file that was ever signed for a certificate, by its content
CREATE TABLE certificate_files (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  certificate_id bigint NOT NULL REFERENCES certificates,
  sha256 text NOT NULL UNIQUE CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  signer_subject text NOT NULL,
  -- SHA-256 of the signer's certificate
  signer_fingerprint text NOT NULL CHECK (signer_fingerprint ~ '^[0-9a-f]{64}$'),
  signed_at timestamptz NOT NULL
);
CREATE INDEX certificate_files_certificate ON certificate_files (certificate_id, id DESC);
CREATE TRIGGER certificate_files_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON certificate_files FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION keep_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'certificate % is revoked, never removed', OLD.number USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.declaration_id, NEW.number, NEW.query_code, NEW.issued_on, NEW.replaces_id) IS DISTINCT FROM (OLD.declaration_id, OLD.number, OLD.query_code, OLD.issued_on, OLD.replaces_id)
    OR (OLD.pdf_sha256 IS NOT NULL AND (NEW.holder_name, NEW.content) IS DISTINCT FROM (OLD.holder_name, OLD.content))
    OR (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at, NEW.revoked_reason, NEW.revoked_by) IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_reason, OLD.revoked_by)) THEN
    RAISE EXCEPTION 'what certificate % says is fixed', OLD.number USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER certificates_fixed BEFORE UPDATE OR DELETE ON certificates FOR EACH ROW EXECUTE FUNCTION keep_certificate();

-- how often something was asked for in a span of time
CREATE TABLE rate_counters (
  key text NOT NULL,
  began_at timestamptz NOT NULL,
  count int NOT NULL,
  PRIMARY KEY (key, began_at)
);
CREATE INDEX rate_counters_began ON rate_counters (began_at);
`);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('0036_certificates cannot be undone: restore a backup instead'));
}
