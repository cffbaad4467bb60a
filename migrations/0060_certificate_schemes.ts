import type { Knex } from 'knex';

/** J5, S35: how certificates are numbered, as data. What a certificate was numbered by never changes; another way of numbering is another row. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE certificate_schemes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- no digits: where it ends is always clear
  prefix text NOT NULL CHECK (prefix ~ '^[^0-9[:space:]]{1,6}$'),
  -- in this order, before the serial and the check digit
  parts text[] NOT NULL CHECK (parts <@ ARRAY['year', 'series', 'level', 'division'] AND 'year' = ANY (parts) AND cardinality(parts) <= 4),
  -- digits of the serial
  width int NOT NULL CHECK (width BETWEEN 4 AND 8),
  digits int NOT NULL GENERATED ALWAYS AS (width + 1 + 4
    + CASE WHEN 'series' = ANY (parts) THEN 2 ELSE 0 END + CASE WHEN 'level' = ANY (parts) THEN 1 ELSE 0 END + CASE WHEN 'division' = ANY (parts) THEN 6 ELSE 0 END) STORED,
  created_by bigint REFERENCES accounts,
  creator_name text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT app_now(),
  -- prefix and length tell the scheme of a number, so that no two schemes can ever give the same one
  CONSTRAINT certificate_schemes_tell_apart UNIQUE (prefix, digits)
);
INSERT INTO certificate_schemes (prefix, parts, width) VALUES ('鲁', ARRAY['year', 'series', 'level', 'division'], 5);

-- serials of the schemes after the first one, whose serials stand in certificate_serials; scope: what is counted apart
CREATE TABLE certificate_counters (
  scheme_id bigint NOT NULL REFERENCES certificate_schemes,
  scope text NOT NULL,
  last_serial int NOT NULL CHECK (last_serial > 0),
  PRIMARY KEY (scheme_id, scope)
);

-- null: the first scheme
ALTER TABLE certificates ADD scheme_id bigint REFERENCES certificate_schemes;
CREATE INDEX certificates_scheme ON certificates (scheme_id) WHERE scheme_id IS NOT NULL;

CREATE FUNCTION keep_certificate_scheme() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.created_by IS NULL OR EXISTS (SELECT 1 FROM certificates c WHERE c.scheme_id = OLD.id) THEN
    RAISE EXCEPTION 'certificates are numbered by scheme %', OLD.id USING ERRCODE = 'restrict_violation', CONSTRAINT = 'certificate_schemes_used';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER certificate_schemes_used BEFORE UPDATE OR DELETE ON certificate_schemes FOR EACH ROW EXECUTE FUNCTION keep_certificate_scheme();
`);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('0060_certificate_schemes cannot be undone: restore a backup instead'));
}
