import type { Knex } from 'knex';

/** J0: founding, renewing and ending committees, their review plans; the role of a judge. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
-- Roles are added to whatever the list has become by now.
DO $$
DECLARE c record;
BEGIN
  FOR c IN SELECT conname, pg_get_constraintdef(oid) AS def FROM pg_constraint WHERE conrelid = 'accounts'::regclass AND contype = 'c' LOOP
    IF c.conname = 'accounts_role_check' THEN
      EXECUTE 'ALTER TABLE accounts DROP CONSTRAINT accounts_role_check';
      EXECUTE 'ALTER TABLE accounts ADD CONSTRAINT accounts_role_check ' || replace(c.def, '''admin''::text', '''admin''::text, ''judge''::text');
    ELSIF c.def LIKE '%''office''%' AND c.def LIKE '%committee_id%' THEN
      EXECUTE format('ALTER TABLE accounts DROP CONSTRAINT %I', c.conname);
      EXECUTE format('ALTER TABLE accounts ADD CONSTRAINT %I CHECK ((role IN (''office'', ''judge'')) = (committee_id IS NOT NULL))', c.conname);
    END IF;
  END LOOP;
END $$;

ALTER TABLE committees
  ADD founding_unit_id bigint REFERENCES units,
  ADD member_count int CHECK (member_count > 0 AND member_count % 2 = 1),
  ADD ended_at timestamptz,
  ADD end_reason text NOT NULL DEFAULT '',
  ADD CONSTRAINT committees_ended_with_reason CHECK (ended_at IS NULL OR end_reason <> '');
CREATE INDEX committees_founding_unit ON committees (founding_unit_id) WHERE founding_unit_id IS NOT NULL;
CREATE INDEX committees_division ON committees (division_code);
-- none named: every speciality of the series
ALTER TABLE committee_scopes ADD specialities text[] NOT NULL DEFAULT '{}';
-- whose units it serves; none named: no limit
CREATE TABLE committee_divisions (
  committee_id bigint NOT NULL REFERENCES committees,
  division_code text NOT NULL REFERENCES divisions,
  PRIMARY KEY (committee_id, division_code)
);
-- 人社部令第40号, article 10: how many experts a pool and a meeting need; the numbers below the senior level are the region's own
CREATE TABLE committee_sizes (
  level text PRIMARY KEY CHECK (level IN ('senior', 'associate', 'middle', 'junior')),
  pool_min int NOT NULL CHECK (pool_min >= 3),
  seats_min int NOT NULL CHECK (seats_min >= 3 AND seats_min % 2 = 1),
  CHECK (seats_min <= pool_min)
);
INSERT INTO committee_sizes VALUES ('senior', 25, 11), ('associate', 25, 11), ('middle', 11, 7), ('junior', 9, 5);

-- One rule for everybody who asks whether a committee may receive, meet and publish today.
CREATE FUNCTION committee_is_valid(c committees) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT c.approved_at IS NOT NULL AND c.approved_at <= app_now() AND c.ended_at IS NULL AND app_today() BETWEEN c.valid_from AND c.valid_until $$;
-- GB/T 2260: a province covers its cities, a city its districts
CREATE FUNCTION division_covers(wide text, narrow text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN wide LIKE '%0000' THEN left(wide, 2) = left(narrow, 2) WHEN wide LIKE '%00' THEN left(wide, 4) = left(narrow, 4) ELSE wide = narrow END $$;
CREATE FUNCTION committee_serves(committee bigint, division text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT EXISTS (SELECT 1 FROM committee_divisions x WHERE x.committee_id = committee)
    OR EXISTS (SELECT 1 FROM committee_divisions x WHERE x.committee_id = committee AND division_covers(x.division_code, division)) $$;

CREATE TABLE committee_requests (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  committee_id bigint NOT NULL REFERENCES committees,
  kind text NOT NULL CHECK (kind IN ('found', 'renew')),
  -- of a renewal: until when; it begins on the day of its approval
  valid_until date,
  state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'approved', 'refused')),
  reason text NOT NULL DEFAULT '',
  requested_by bigint NOT NULL REFERENCES accounts,
  requested_at timestamptz NOT NULL DEFAULT app_now(),
  decided_by bigint REFERENCES accounts,
  decided_at timestamptz,
  CHECK ((kind = 'renew') = (valid_until IS NOT NULL)),
  CHECK ((state = 'requested') = (decided_at IS NULL)),
  CHECK (state <> 'refused' OR reason <> ''),
  CONSTRAINT committee_requests_four_eyes CHECK (decided_by IS DISTINCT FROM requested_by)
);
CREATE UNIQUE INDEX committee_requests_one_open ON committee_requests (committee_id) WHERE state = 'requested';
CREATE INDEX committee_requests_committee ON committee_requests (committee_id, id);

CREATE TABLE review_plans (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  committee_id bigint NOT NULL REFERENCES committees,
  year int NOT NULL CHECK (year BETWEEN 2000 AND 2100),
  meets_on date NOT NULL,
  place text NOT NULL CHECK (place <> ''),
  seats int NOT NULL CHECK (seats >= 3 AND seats % 2 = 1),
  expected int NOT NULL CHECK (expected > 0),
  content text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'approved', 'refused')),
  reason text NOT NULL DEFAULT '',
  requested_by bigint NOT NULL REFERENCES accounts,
  requested_at timestamptz NOT NULL DEFAULT app_now(),
  decided_by bigint REFERENCES accounts,
  decided_at timestamptz,
  CHECK ((state = 'requested') = (decided_at IS NULL)),
  CHECK (state <> 'refused' OR reason <> '')
);
CREATE UNIQUE INDEX review_plans_one_open ON review_plans (committee_id) WHERE state = 'requested';
CREATE INDEX review_plans_committee ON review_plans (committee_id, id);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DROP TABLE review_plans, committee_requests, committee_sizes, committee_divisions;
DROP FUNCTION committee_serves(bigint, text);
DROP FUNCTION division_covers(text, text);
DROP FUNCTION committee_is_valid(committees);
ALTER TABLE committee_scopes DROP specialities;
ALTER TABLE committees DROP founding_unit_id, DROP member_count, DROP ended_at, DROP end_reason;
`);
}
