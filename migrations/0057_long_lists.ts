import type { Knex } from 'knex';

/**
 * R6: lists that grow with the province are read from a place in their order, out of an index. What a region declares (R7, X2) is found by the division of the
 * declaring unit, which declarations carry, and counted like the other lists, in queue_counts: reader 'region' is a division, bucket the state.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
-- where the declaring unit is, today
ALTER TABLE declarations ADD region_code text;
ALTER TABLE declarations DISABLE TRIGGER queue_follows;
UPDATE declarations d SET region_code = u.division_code FROM units u WHERE u.id = d.unit_id;
ALTER TABLE declarations ENABLE TRIGGER queue_follows;
CREATE FUNCTION region_of_declaration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.region_code := (SELECT division_code FROM units WHERE id = NEW.unit_id);
  RETURN NEW;
END $$;
CREATE TRIGGER declarations_region BEFORE INSERT OR UPDATE OF unit_id ON declarations FOR EACH ROW EXECUTE FUNCTION region_of_declaration();
CREATE FUNCTION region_follows_units() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE declarations SET region_code = NEW.division_code WHERE unit_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER region_follows AFTER UPDATE OF division_code ON units FOR EACH ROW WHEN (NEW.division_code <> OLD.division_code) EXECUTE FUNCTION region_follows_units();

-- a division, its city and its province
CREATE FUNCTION division_and_above(code text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN code LIKE '__0000' THEN ARRAY[code] WHEN code LIKE '____00' THEN ARRAY[code, left(code, 2) || '0000'] ELSE ARRAY[code, left(code, 4) || '00', left(code, 2) || '0000'] END $$;
CREATE VIEW region_wanted AS
  SELECT 'region' AS reader_kind, r::bigint AS reader_id, d.year, d.series_id, d.level, d.state AS bucket, false AS is_reported, NULL::date AS ends_on, count(*)::int AS n
  FROM declarations d CROSS JOIN LATERAL unnest(division_and_above(d.region_code)) r
  WHERE d.deleted_at IS NULL AND d.state <> 'draft' GROUP BY 2, 3, 4, 5, 6;
CREATE FUNCTION region_counts_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO queue_counts (reader_kind, reader_id, year, series_id, level, bucket, is_reported, n)
    SELECT 'region', r::bigint, year, series_id, level, state, false, count(*) FROM new_rows CROSS JOIN LATERAL unnest(division_and_above(region_code)) r
    WHERE deleted_at IS NULL AND state <> 'draft' GROUP BY 2, 3, 4, 5, 6;
  RETURN NULL;
END $$;
CREATE FUNCTION region_counts_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO queue_counts (reader_kind, reader_id, year, series_id, level, bucket, is_reported, n)
    SELECT 'region', r::bigint, year, series_id, level, state, false, -count(*) FROM old_rows CROSS JOIN LATERAL unnest(division_and_above(region_code)) r
    WHERE deleted_at IS NULL AND state <> 'draft' GROUP BY 2, 3, 4, 5, 6;
  RETURN NULL;
END $$;
CREATE FUNCTION region_counts_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO queue_counts (reader_kind, reader_id, year, series_id, level, bucket, is_reported, n)
    SELECT 'region', r::bigint, year, series_id, level, state, false, sum(x.n) FROM (
      SELECT region_code, year, series_id, level, state, count(*) AS n FROM new_rows WHERE deleted_at IS NULL AND state <> 'draft' GROUP BY 1, 2, 3, 4, 5
      UNION ALL SELECT region_code, year, series_id, level, state, -count(*) FROM old_rows WHERE deleted_at IS NULL AND state <> 'draft' GROUP BY 1, 2, 3, 4, 5) x
      CROSS JOIN LATERAL unnest(division_and_above(x.region_code)) r
    GROUP BY 2, 3, 4, 5, 6 HAVING sum(x.n) <> 0;
  RETURN NULL;
END $$;
INSERT INTO queue_counts (reader_kind, reader_id, year, series_id, level, bucket, is_reported, ends_on, n, is_folded) SELECT *, true FROM region_wanted;
CREATE TRIGGER region_counts_insert AFTER INSERT ON declarations REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION region_counts_insert();
CREATE TRIGGER region_counts_delete AFTER DELETE ON declarations REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION region_counts_delete();
CREATE TRIGGER region_counts_update AFTER UPDATE ON declarations REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION region_counts_update();

-- within a state; a list of all states is put together from each one's first rows
CREATE INDEX declarations_region ON declarations (region_code, year, state, moved_at DESC, id DESC) INCLUDE (series_id, level) WHERE deleted_at IS NULL AND state <> 'draft';
CREATE INDEX declarations_year ON declarations (year, state, moved_at DESC, id DESC) INCLUDE (series_id, level, region_code) WHERE deleted_at IS NULL AND state <> 'draft';
CREATE INDEX declarations_name ON declarations USING gin (short_grams('', applicant_name)) WHERE deleted_at IS NULL AND state <> 'draft';
DROP INDEX declarations_region_unit;
DROP INDEX declarations_region_year;

CREATE INDEX units_by_division_name ON units (division_code, name, id);
CREATE INDEX permission_requests_order ON permission_requests (division_code, state, requested_at, id);
CREATE INDEX permission_requests_unit ON permission_requests (unit_id);
CREATE INDEX reporting_paths_upstream_order ON reporting_paths (upstream_unit_id, state, requested_at, id) WHERE upstream_unit_id IS NOT NULL;
CREATE INDEX reporting_paths_committee_order ON reporting_paths (committee_id, state, requested_at, id) WHERE committee_id IS NOT NULL;
CREATE INDEX identity_corrections_decided ON identity_corrections (state, decided_at, id);
CREATE INDEX accounts_staff ON accounts (id) WHERE role NOT IN ('person', 'unit');
CREATE INDEX notices_newest ON notices (published_at DESC, id DESC);
CREATE INDEX publicities_ended ON publicities (ends_on DESC, id DESC);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DROP INDEX units_by_division_name, permission_requests_order, permission_requests_unit, reporting_paths_upstream_order, reporting_paths_committee_order, identity_corrections_decided,
  accounts_staff, notices_newest, publicities_ended;
CREATE INDEX declarations_region_unit ON declarations (unit_id, year, moved_at DESC, id DESC) WHERE deleted_at IS NULL AND state <> 'draft';
CREATE INDEX declarations_region_year ON declarations (year, moved_at DESC, id DESC) WHERE deleted_at IS NULL AND state <> 'draft';
DROP TRIGGER region_counts_insert ON declarations; DROP TRIGGER region_counts_delete ON declarations; DROP TRIGGER region_counts_update ON declarations;
DROP TRIGGER declarations_region ON declarations; DROP TRIGGER region_follows ON units;
DROP FUNCTION region_counts_insert, region_counts_delete, region_counts_update, region_of_declaration, region_follows_units;
DROP VIEW region_wanted;
DROP FUNCTION division_and_above;
DELETE FROM queue_counts WHERE reader_kind = 'region';
DROP INDEX declarations_region, declarations_year, declarations_name;
ALTER TABLE declarations DROP region_code;
`);
}
