import type { Knex } from 'knex';

/**
 * The whole schema of the first release. Plain SQL, because what matters here are the constraints: what the database refuses, no bug can store.
 * Times are timestamptz, dates are dates in Asia/Shanghai; tables plural; `text` never varchar(n).
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
-- The clock. Every decision about time asks app_now(); only a demonstration may shift it (config refuses that in production).
CREATE TABLE clock (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  shift interval NOT NULL DEFAULT '0'
);
INSERT INTO clock DEFAULT VALUES;
CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT now() + shift FROM clock $$;
CREATE FUNCTION app_today() RETURNS date LANGUAGE sql STABLE AS $$ SELECT (app_now() AT TIME ZONE 'Asia/Shanghai')::date $$;

-- K6, K1: divisions (GB/T 2260) and the catalogue
CREATE TABLE divisions (
  code text PRIMARY KEY CHECK (code ~ '^[0-9]{6}$'),
  name text NOT NULL,
  full_name text NOT NULL,
  parent_code text REFERENCES divisions
);
CREATE INDEX divisions_parent ON divisions (parent_code);
CREATE TABLE series (
  id int PRIMARY KEY,
  code text NOT NULL UNIQUE CHECK (code ~ '^[0-9]{2}$'),
  name text NOT NULL UNIQUE,
  position int NOT NULL
);
CREATE TABLE titles (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  series_id int NOT NULL REFERENCES series,
  level text NOT NULL CHECK (level IN ('senior', 'associate', 'middle', 'junior')),
  rank_name text NOT NULL,
  name text NOT NULL,
  branch text,
  code text,
  position int NOT NULL,
  UNIQUE NULLS NOT DISTINCT (series_id, rank_name, name, branch)
);
CREATE TABLE specialities (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  series_id int NOT NULL REFERENCES series,
  name text NOT NULL,
  position int NOT NULL,
  UNIQUE (series_id, name)
);
-- K4: days on which work differs from Monday to Friday, known up to calendar_limits.until
CREATE TABLE calendar_days (
  day date PRIMARY KEY,
  is_workday boolean NOT NULL,
  note text NOT NULL DEFAULT ''
);
CREATE TABLE calendar_limits (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  until date NOT NULL
);

-- C1, C2: units and their permission
CREATE TABLE units (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL CHECK (name <> ''),
  pinyin text COLLATE "C" NOT NULL DEFAULT '',
  credit_code text NOT NULL UNIQUE CHECK (credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$'),
  nature text NOT NULL,
  division_code text NOT NULL REFERENCES divisions,
  superior_name text NOT NULL DEFAULT '',
  contact_name text NOT NULL,
  mobile bytea NOT NULL,
  permission_state text NOT NULL DEFAULT 'none' CHECK (permission_state IN ('none', 'requested', 'granted', 'refused')),
  created_at timestamptz NOT NULL DEFAULT app_now()
);
CREATE UNIQUE INDEX units_one_permitted_name ON units (name) WHERE permission_state = 'granted';
CREATE INDEX units_by_division ON units (division_code, permission_state);
CREATE FUNCTION grams(s text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT array(SELECT DISTINCT g FROM (SELECT substr(s, i, 1) g FROM generate_series(1, length(s)) i
    UNION ALL SELECT substr(s, i, 2) FROM generate_series(1, length(s) - 1) i) x) $$;
ALTER TABLE units ADD grams text[] GENERATED ALWAYS AS (grams(lower(name) || chr(1) || pinyin)) STORED;
CREATE INDEX units_grams ON units USING gin (grams) WITH (fastupdate = off);
ALTER TABLE units ALTER grams SET STATISTICS 1000;
CREATE INDEX units_by_name ON units (name);
CREATE TABLE unit_register (
  credit_code text PRIMARY KEY,
  name text NOT NULL,
  division_code text NOT NULL REFERENCES divisions
);

-- J0: committees
CREATE TABLE committees (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  division_code text NOT NULL REFERENCES divisions,
  founded_by text NOT NULL,
  phone text NOT NULL DEFAULT '',
  valid_from date NOT NULL,
  valid_until date NOT NULL,
  approved_at timestamptz,
  CHECK (valid_until > valid_from AND valid_until <= valid_from + interval '3 years')
);
CREATE TABLE committee_scopes (
  committee_id bigint NOT NULL REFERENCES committees,
  series_id int NOT NULL REFERENCES series,
  level text NOT NULL CHECK (level IN ('senior', 'associate', 'middle', 'junior')),
  PRIMARY KEY (committee_id, series_id, level)
);

-- Accounts. sign_in_names is one namespace for login names, ID numbers and credit codes (keyed hashes), so that one name can only ever mean one account (B2).
CREATE TABLE accounts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  role text NOT NULL CHECK (role IN ('person', 'unit', 'bureau', 'office', 'support', 'admin')),
  login_name text NOT NULL,
  password_hash text NOT NULL,
  display_name text NOT NULL CHECK (display_name <> ''),
  unit_id bigint REFERENCES units,
  division_code text REFERENCES divisions,
  committee_id bigint REFERENCES committees,
  failed_count int NOT NULL DEFAULT 0 CHECK (failed_count BETWEEN 0 AND 5),
  locked_until timestamptz,
  disabled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT app_now(),
  CHECK ((role = 'unit') = (unit_id IS NOT NULL)),
  CHECK ((role = 'bureau') = (division_code IS NOT NULL)),
  CHECK ((role = 'office') = (committee_id IS NOT NULL))
);
-- A2: names that belong to nobody are counted as if they did, so that the answer never tells
CREATE TABLE sign_in_failures (
  name_index bytea PRIMARY KEY,
  failed_count int NOT NULL DEFAULT 0 CHECK (failed_count BETWEEN 0 AND 5),
  locked_until timestamptz,
  updated_at timestamptz NOT NULL DEFAULT app_now()
);
CREATE UNIQUE INDEX accounts_login_name ON accounts (lower(login_name));
CREATE INDEX accounts_unit ON accounts (unit_id) WHERE unit_id IS NOT NULL;
CREATE TABLE sign_in_names (
  name_index bytea PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES accounts,
  kind text NOT NULL CHECK (kind IN ('login-name', 'id-number', 'credit-code')),
  UNIQUE (account_id, kind)
);
CREATE TABLE persons (
  account_id bigint PRIMARY KEY REFERENCES accounts,
  name text NOT NULL CHECK (name <> ''),
  id_type text NOT NULL CHECK (id_type IN ('resident', 'hmt-residence', 'passport')),
  id_number bytea NOT NULL,
  sex text NOT NULL CHECK (sex IN ('male', 'female')),
  born_on date NOT NULL,
  ethnicity text NOT NULL,
  mobile bytea NOT NULL,
  political_status text NOT NULL DEFAULT '',
  native_place text NOT NULL DEFAULT '',
  photo_sha256 text CHECK (photo_sha256 ~ '^[0-9a-f]{64}$'),
  version int NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT app_now()
);

CREATE TABLE permission_requests (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  unit_id bigint NOT NULL REFERENCES units,
  credit_code text NOT NULL,
  division_code text NOT NULL REFERENCES divisions,
  state text NOT NULL CHECK (state IN ('requested', 'granted', 'refused')),
  is_automatic boolean NOT NULL DEFAULT false,
  check_note text NOT NULL DEFAULT '',
  reason text NOT NULL DEFAULT '',
  requested_by bigint NOT NULL REFERENCES accounts,
  requested_at timestamptz NOT NULL DEFAULT app_now(),
  decided_by bigint REFERENCES accounts,
  decided_at timestamptz,
  CHECK (state <> 'refused' OR reason <> ''),
  CHECK ((state = 'requested') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX permission_requests_one_open ON permission_requests (unit_id) WHERE state = 'requested';
CREATE INDEX permission_requests_queue ON permission_requests (division_code, state, requested_at);

-- P1-P3: reporting paths
CREATE TABLE reporting_paths (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  unit_id bigint NOT NULL REFERENCES units,
  series_id int NOT NULL REFERENCES series,
  level text NOT NULL CHECK (level IN ('senior', 'associate', 'middle', 'junior')),
  year int NOT NULL CHECK (year BETWEEN 2000 AND 2100),
  upstream_unit_id bigint REFERENCES units,
  committee_id bigint REFERENCES committees,
  state text NOT NULL CHECK (state IN ('requested', 'approved', 'refused', 'ended')),
  reason text NOT NULL DEFAULT '',
  requested_by bigint NOT NULL REFERENCES accounts,
  requested_at timestamptz NOT NULL DEFAULT app_now(),
  decided_by bigint REFERENCES accounts,
  decided_at timestamptz,
  CHECK (num_nonnulls(upstream_unit_id, committee_id) = 1),
  CHECK (upstream_unit_id IS DISTINCT FROM unit_id),
  CHECK (state <> 'refused' OR reason <> '')
);
CREATE UNIQUE INDEX reporting_paths_one_live ON reporting_paths (unit_id, series_id, level, year) WHERE state IN ('requested', 'approved');
CREATE INDEX reporting_paths_upstream ON reporting_paths (upstream_unit_id, state) WHERE upstream_unit_id IS NOT NULL;
CREATE INDEX reporting_paths_committee ON reporting_paths (committee_id, state) WHERE committee_id IS NOT NULL;
-- Two approvals that together would close a ring must not both pass: one lock per series, level and year, then walk upward.
CREATE FUNCTION refuse_path_ring() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE at_unit bigint := NEW.upstream_unit_id; hops int := 0;
BEGIN
  IF NEW.state NOT IN ('requested', 'approved') OR NEW.upstream_unit_id IS NULL THEN RETURN NEW; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('path:' || NEW.series_id || ':' || NEW.level || ':' || NEW.year, 0));
  WHILE at_unit IS NOT NULL AND hops < 50 LOOP
    IF at_unit = NEW.unit_id THEN RAISE EXCEPTION 'reporting path would close a ring' USING ERRCODE = 'check_violation', CONSTRAINT = 'reporting_paths_no_ring'; END IF;
    SELECT p.upstream_unit_id INTO at_unit FROM reporting_paths p
      WHERE p.unit_id = at_unit AND p.series_id = NEW.series_id AND p.level = NEW.level AND p.year = NEW.year AND p.state IN ('requested', 'approved');
    hops := hops + 1;
  END LOOP;
  RETURN NEW;
END $$;
CREATE TRIGGER reporting_paths_no_ring BEFORE INSERT OR UPDATE ON reporting_paths FOR EACH ROW EXECUTE FUNCTION refuse_path_ring();

-- K2: batches
CREATE TABLE batches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  year int NOT NULL CHECK (year BETWEEN 2000 AND 2100),
  committee_id bigint NOT NULL REFERENCES committees,
  series_id int NOT NULL REFERENCES series,
  level text NOT NULL CHECK (level IN ('senior', 'associate', 'middle', 'junior')),
  applicant_opens_at timestamptz NOT NULL,
  applicant_closes_at timestamptz NOT NULL,
  unit_closes_at timestamptz NOT NULL,
  rank_by text NOT NULL CHECK (rank_by IN ('applicant', 'unit')),
  entrusted_evidence_by text NOT NULL CHECK (entrusted_evidence_by IN ('applicant', 'unit')),
  max_results int NOT NULL DEFAULT 15 CHECK (max_results BETWEEN 1 AND 100),
  publicity_days int NOT NULL DEFAULT 5 CHECK (publicity_days >= 5),
  commitment text NOT NULL,
  UNIQUE (year, committee_id, series_id, level),
  FOREIGN KEY (committee_id, series_id, level) REFERENCES committee_scopes,
  CHECK (applicant_opens_at < applicant_closes_at AND applicant_closes_at <= unit_closes_at)
);
CREATE TABLE commitments (
  account_id bigint NOT NULL REFERENCES accounts,
  batch_id bigint NOT NULL REFERENCES batches,
  text text NOT NULL,
  accepted_at timestamptz NOT NULL DEFAULT app_now(),
  PRIMARY KEY (account_id, batch_id)
);

-- D: declarations
CREATE TABLE declarations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  person_id bigint NOT NULL REFERENCES persons,
  batch_id bigint NOT NULL REFERENCES batches,
  year int NOT NULL,
  series_id int NOT NULL REFERENCES series,
  level text NOT NULL,
  state text NOT NULL,
  applicant_name text NOT NULL,
  title_id int REFERENCES titles,
  speciality text NOT NULL DEFAULT '',
  way text NOT NULL DEFAULT '',
  unit_id bigint REFERENCES units,
  work_unit text NOT NULL DEFAULT '',
  is_entrusted boolean NOT NULL DEFAULT false,
  rank_n int,
  rank_of int,
  rank_fixed_at timestamptz,
  stop_position int,
  holder_unit_id bigint REFERENCES units,
  holder_committee_id bigint REFERENCES committees,
  return_position int,
  reopened_sections text[],
  correction_due_on date,
  round int NOT NULL DEFAULT 0,
  version int NOT NULL DEFAULT 1,
  submitted_at timestamptz,
  moved_at timestamptz NOT NULL DEFAULT app_now(),
  created_at timestamptz NOT NULL DEFAULT app_now(),
  deleted_at timestamptz,
  CHECK (rank_n IS NULL OR (rank_n >= 1 AND rank_n <= rank_of)),
  CHECK (rank_fixed_at IS NULL OR rank_n IS NOT NULL),
  CHECK (deleted_at IS NULL OR state = 'draft')
);
CREATE UNIQUE INDEX declarations_one_per_batch ON declarations (person_id, batch_id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX declarations_one_running_per_year ON declarations (person_id, year) WHERE deleted_at IS NULL AND state NOT IN ('draft', 'refused', 'abandoned');
CREATE UNIQUE INDEX declarations_rank ON declarations (unit_id, batch_id, rank_n) WHERE rank_fixed_at IS NOT NULL AND state NOT IN ('refused', 'abandoned');
CREATE INDEX declarations_unit_queue ON declarations (holder_unit_id, state, series_id, level, moved_at, id) WHERE holder_unit_id IS NOT NULL;
CREATE INDEX declarations_office_queue ON declarations (holder_committee_id, state, moved_at, id) WHERE holder_committee_id IS NOT NULL;
CREATE INDEX declarations_person ON declarations (person_id, year DESC);
CREATE INDEX declarations_batch_state ON declarations (batch_id, state);
CREATE TABLE declaration_sections (
  declaration_id uuid NOT NULL REFERENCES declarations,
  section text NOT NULL,
  raw jsonb NOT NULL,
  version int NOT NULL DEFAULT 1,
  updated_by bigint NOT NULL REFERENCES accounts,
  updated_at timestamptz NOT NULL DEFAULT app_now(),
  PRIMARY KEY (declaration_id, section)
);
CREATE TABLE attachments (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  declaration_id uuid NOT NULL REFERENCES declarations,
  section text NOT NULL,
  part text NOT NULL,
  row_id text NOT NULL DEFAULT '',
  field text NOT NULL,
  position int NOT NULL,
  name text NOT NULL,
  media_type text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/gif', 'application/pdf')),
  size int NOT NULL CHECK (size > 0 AND size <= 5 * 1024 * 1024),
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  thumb_sha256 text CHECK (thumb_sha256 ~ '^[0-9a-f]{64}$'),
  pages int,
  uploaded_by bigint NOT NULL REFERENCES accounts,
  uploaded_at timestamptz NOT NULL DEFAULT app_now(),
  removed_at timestamptz
);
CREATE INDEX attachments_declaration ON attachments (declaration_id, section) WHERE removed_at IS NULL;
CREATE INDEX attachments_blob ON attachments (sha256);
CREATE INDEX attachments_thumb ON attachments (thumb_sha256) WHERE thumb_sha256 IS NOT NULL;
-- D15: what was submitted, frozen
CREATE TABLE declaration_versions (
  declaration_id uuid NOT NULL REFERENCES declarations,
  round int NOT NULL,
  content jsonb NOT NULL,
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  frozen_at timestamptz NOT NULL DEFAULT app_now(),
  PRIMARY KEY (declaration_id, round)
);
-- the stops on the way up: position 0 is the declaring unit
CREATE TABLE declaration_stops (
  declaration_id uuid NOT NULL REFERENCES declarations,
  position int NOT NULL,
  unit_id bigint REFERENCES units,
  committee_id bigint REFERENCES committees,
  path_id bigint REFERENCES reporting_paths,
  arrived_at timestamptz NOT NULL DEFAULT app_now(),
  passed_at timestamptz,
  reported_at timestamptz,
  PRIMARY KEY (declaration_id, position),
  CHECK (num_nonnulls(unit_id, committee_id) = 1)
);
CREATE INDEX declaration_stops_unit ON declaration_stops (unit_id, declaration_id) WHERE unit_id IS NOT NULL;
CREATE INDEX declaration_stops_committee ON declaration_stops (committee_id, declaration_id) WHERE committee_id IS NOT NULL;
CREATE TABLE declaration_events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  declaration_id uuid NOT NULL REFERENCES declarations,
  move text NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  round int NOT NULL,
  actor_id bigint NOT NULL REFERENCES accounts,
  actor_name text NOT NULL,
  on_behalf_of text NOT NULL,
  stop_position int,
  opinion text NOT NULL DEFAULT '',
  comments jsonb NOT NULL DEFAULT '[]',
  detail jsonb NOT NULL DEFAULT '{}',
  at timestamptz NOT NULL DEFAULT app_now()
);
CREATE INDEX declaration_events_declaration ON declaration_events (declaration_id, id);

-- J3-J5
CREATE TABLE votes (
  declaration_id uuid PRIMARY KEY REFERENCES declarations,
  total int NOT NULL CHECK (total > 0),
  present int NOT NULL,
  yes int NOT NULL CHECK (yes >= 0),
  no int NOT NULL CHECK (no >= 0),
  abstain int NOT NULL CHECK (abstain >= 0),
  is_passed boolean NOT NULL,
  met_on date NOT NULL,
  entered_by bigint NOT NULL REFERENCES accounts,
  entered_at timestamptz NOT NULL DEFAULT app_now(),
  CHECK (present > 0 AND present <= total AND yes + no + abstain = present),
  CHECK (3 * present >= 2 * total),
  CHECK (is_passed = (3 * yes >= 2 * present))
);
CREATE TABLE publicities (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  committee_id bigint NOT NULL REFERENCES committees,
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  created_by bigint NOT NULL REFERENCES accounts,
  created_at timestamptz NOT NULL DEFAULT app_now(),
  CHECK (ends_on > starts_on)
);
CREATE TABLE publicity_items (
  publicity_id bigint NOT NULL REFERENCES publicities,
  declaration_id uuid NOT NULL UNIQUE REFERENCES declarations,
  PRIMARY KEY (publicity_id, declaration_id)
);
CREATE TABLE certificate_serials (
  year int NOT NULL,
  series_id int NOT NULL REFERENCES series,
  level text NOT NULL,
  division_code text NOT NULL REFERENCES divisions,
  last_serial int NOT NULL CHECK (last_serial BETWEEN 1 AND 99999),
  PRIMARY KEY (year, series_id, level, division_code)
);
CREATE TABLE certificates (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  declaration_id uuid NOT NULL UNIQUE REFERENCES declarations,
  number text NOT NULL UNIQUE,
  query_code text NOT NULL UNIQUE,
  holder_name text NOT NULL,
  content jsonb NOT NULL,
  issued_on date NOT NULL,
  pdf_sha256 text CHECK (pdf_sha256 ~ '^[0-9a-f]{64}$'),
  revoked_at timestamptz,
  revoked_reason text NOT NULL DEFAULT ''
);

-- X1: the audit log. Rows are written in the caller's transaction and chained in order by one sealer (src/audit), so that writers never wait for each other.
CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT app_now(),
  actor_id bigint,
  actor_name text NOT NULL,
  action text NOT NULL,
  subject_kind text NOT NULL DEFAULT '',
  subject_id text NOT NULL DEFAULT '',
  detail jsonb NOT NULL DEFAULT '{}',
  request_id text NOT NULL DEFAULT ''
);
CREATE INDEX audit_log_subject ON audit_log (subject_kind, subject_id, id);
CREATE INDEX audit_log_actor ON audit_log (actor_id, id);
CREATE TABLE audit_seals (
  seq bigint PRIMARY KEY,
  audit_id bigint NOT NULL UNIQUE REFERENCES audit_log,
  hash bytea NOT NULL
);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER declaration_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON declaration_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER declaration_versions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON declaration_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A4, A5
CREATE TABLE notices (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title text NOT NULL,
  body text NOT NULL,
  issued_by text NOT NULL,
  published_at timestamptz NOT NULL DEFAULT app_now()
);
CREATE TABLE faqs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  category text NOT NULL,
  question text NOT NULL UNIQUE,
  answer text NOT NULL,
  position int NOT NULL
);

-- the web layer's own tables
CREATE TABLE sessions (
  sid text PRIMARY KEY,
  sess json NOT NULL,
  expire timestamptz NOT NULL
);
CREATE INDEX sessions_expire ON sessions (expire);
CREATE TABLE one_time_tokens (
  token text PRIMARY KEY CHECK (length(token) BETWEEN 16 AND 64),
  owner text NOT NULL,
  path text NOT NULL,
  result jsonb,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX one_time_tokens_created ON one_time_tokens (created_at);
CREATE TABLE captchas (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  owner text NOT NULL,
  answer_hash bytea NOT NULL,
  question text NOT NULL DEFAULT '',
  png bytea,
  expires_at timestamptz NOT NULL
);
CREATE INDEX captchas_expire ON captchas (expires_at);
CREATE TABLE form_drafts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  purpose text NOT NULL,
  owner text NOT NULL,
  content bytea NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX form_drafts_expire ON form_drafts (expires_at);
`);
}

/** The first migration has nothing to go back to. */
export function down(): Promise<void> {
  return Promise.reject(new Error('0001_init cannot be undone: restore a backup instead'));
}
