import type { Knex } from 'knex';

/**
 * R6: what every reader (a unit, a committee, a bureau) has in its lists, one row for each declaration, so that lists of any size are read out of one index: in
 * each order, from any place, by part of the name. Follows declarations, stops, publicities and units by triggers, in the same transaction. How many there are
 * of each kind is kept beside it as a sum of rows (queue_counts): every change adds a row and waits for nobody; a job folds them.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
-- the places of the states in the order of the process; the list of src/policy/declaration-moves.ts (a test compares the two)
CREATE FUNCTION state_order(state text) RETURNS smallint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(array_position(ARRAY['draft', 'unit_review', 'unit_passed', 'not_recommended', 'returned_to_applicant', 'returned_to_unit', 'office_review', 'correction', 'accepted',
    'refused', 'abandoned', 'voted_passed', 'voted_failed', 'publicity', 'certified'], state), 99)::smallint $$;
-- grams of a name that only one reader's search finds
CREATE FUNCTION queue_grams(reader_kind text, reader_id bigint, name text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT array(SELECT left(reader_kind, 1) || reader_id || ':' || g FROM unnest(grams(lower(name))) g) $$;

CREATE TABLE queue_entries (
  declaration_id uuid NOT NULL REFERENCES declarations,
  reader_kind text NOT NULL CHECK (reader_kind IN ('unit', 'committee', 'division')),
  -- of a division: its code
  reader_id bigint NOT NULL,
  position int NOT NULL,
  -- a committee's and a bureau's: the state; a unit's: what the declaration is to this unit
  bucket text NOT NULL,
  is_reported boolean NOT NULL,
  state_order smallint NOT NULL,
  year int NOT NULL,
  series_id int NOT NULL,
  level text NOT NULL,
  arrived_at timestamptz NOT NULL,
  name text NOT NULL,
  unit_name text COLLATE "C" NOT NULL,
  rank_n int,
  ends_on date,
  -- those without a value stand last in either direction
  rank_up int GENERATED ALWAYS AS (coalesce(rank_n, 2147483647)) STORED,
  rank_down int GENERATED ALWAYS AS (coalesce(-rank_n, 2147483647)) STORED,
  ends_up int GENERATED ALWAYS AS (coalesce(ends_on - date '2000-01-01', 2147483647)) STORED,
  ends_down int GENERATED ALWAYS AS (coalesce(date '2000-01-01' - ends_on, 2147483647)) STORED,
  grams text[] GENERATED ALWAYS AS (queue_grams(reader_kind, reader_id, name)) STORED,
  PRIMARY KEY (declaration_id, reader_kind, reader_id)
);
CREATE TABLE queue_counts (
  reader_kind text NOT NULL,
  reader_id bigint NOT NULL,
  year int NOT NULL,
  series_id int NOT NULL,
  level text NOT NULL,
  bucket text NOT NULL,
  is_reported boolean NOT NULL,
  -- of those in publicity
  ends_on date,
  n int NOT NULL,
  is_folded boolean NOT NULL DEFAULT false
);

-- what the entries must be, out of the facts
CREATE VIEW queue_wanted AS
  SELECT d.id AS declaration_id, r.kind AS reader_kind, r.id AS reader_id, s.position,
    CASE
      WHEN s.committee_id IS NOT NULL THEN d.state
      WHEN d.state IN ('unit_review', 'unit_passed') AND d.holder_unit_id = s.unit_id THEN d.state
      WHEN d.state = 'returned_to_unit' AND d.holder_unit_id = s.unit_id THEN 'returned_here'
      -- given back by this unit to one below
      WHEN d.state = 'returned_to_unit' AND s.position >= d.stop_position THEN 'given_back'
      WHEN d.state = 'returned_to_applicant' AND d.return_position = s.position THEN d.state
      ELSE 'elsewhere'
    END AS bucket,
    s.reported_at IS NOT NULL AS is_reported, state_order(d.state) AS state_order, d.year, d.series_id, d.level, s.arrived_at, d.applicant_name AS name,
    coalesce(u.name, '') AS unit_name, d.rank_n, p.ends_on
  FROM declarations d
    JOIN declaration_stops s ON s.declaration_id = d.id
    JOIN batches b ON b.id = d.batch_id
    JOIN committees c ON c.id = b.committee_id
    LEFT JOIN units u ON u.id = d.unit_id
    LEFT JOIN publicity_items i ON i.declaration_id = d.id
    LEFT JOIN publicities p ON p.id = i.publicity_id
    -- the district, the city and the province of the committee see results
    CROSS JOIN LATERAL (
      SELECT CASE WHEN s.unit_id IS NULL THEN 'committee' ELSE 'unit' END AS kind, coalesce(s.unit_id, s.committee_id) AS id
        WHERE NOT EXISTS (SELECT 1 FROM declaration_stops x WHERE x.declaration_id = d.id AND x.position > s.position
          AND (x.unit_id = s.unit_id OR x.committee_id = s.committee_id))
      UNION ALL
      SELECT DISTINCT 'division', code::bigint FROM unnest(ARRAY[c.division_code, left(c.division_code, 4) || '00', left(c.division_code, 2) || '0000']) code
        WHERE d.state IN ('publicity', 'certified') AND s.committee_id IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM declaration_stops x WHERE x.declaration_id = d.id AND x.position > s.position AND x.committee_id IS NOT NULL)
    ) r
  WHERE d.deleted_at IS NULL AND d.state <> 'draft';

CREATE FUNCTION refresh_queue(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH wanted AS MATERIALIZED (SELECT * FROM queue_wanted WHERE declaration_id = ANY(ids)),
  gone AS (DELETE FROM queue_entries e WHERE e.declaration_id = ANY(ids) AND NOT EXISTS
    (SELECT 1 FROM wanted w WHERE w.declaration_id = e.declaration_id AND w.reader_kind = e.reader_kind AND w.reader_id = e.reader_id))
  INSERT INTO queue_entries AS e (declaration_id, reader_kind, reader_id, position, bucket, is_reported, state_order, year, series_id, level, arrived_at, name, unit_name, rank_n, ends_on)
    SELECT * FROM wanted
    ON CONFLICT (declaration_id, reader_kind, reader_id) DO UPDATE SET position = excluded.position, bucket = excluded.bucket, is_reported = excluded.is_reported,
      state_order = excluded.state_order, year = excluded.year, series_id = excluded.series_id, level = excluded.level, arrived_at = excluded.arrived_at,
      name = excluded.name, unit_name = excluded.unit_name, rank_n = excluded.rank_n, ends_on = excluded.ends_on
    WHERE (e.position, e.bucket, e.is_reported, e.state_order, e.year, e.series_id, e.level, e.arrived_at, e.name, e.unit_name, e.rank_n, e.ends_on) IS DISTINCT FROM
      (excluded.position, excluded.bucket, excluded.is_reported, excluded.state_order, excluded.year, excluded.series_id, excluded.level, excluded.arrived_at,
       excluded.name, excluded.unit_name, excluded.rank_n, excluded.ends_on);
END $$;

-- counts follow entries
CREATE FUNCTION queue_counts_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO queue_counts (reader_kind, reader_id, year, series_id, level, bucket, is_reported, ends_on, n)
    SELECT reader_kind, reader_id, year, series_id, level, bucket, is_reported, CASE WHEN bucket = 'publicity' THEN ends_on END, count(*) FROM new_rows GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
  RETURN NULL;
END $$;
CREATE FUNCTION queue_counts_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO queue_counts (reader_kind, reader_id, year, series_id, level, bucket, is_reported, ends_on, n)
    SELECT reader_kind, reader_id, year, series_id, level, bucket, is_reported, CASE WHEN bucket = 'publicity' THEN ends_on END, -count(*) FROM old_rows GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
  RETURN NULL;
END $$;
CREATE FUNCTION queue_counts_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO queue_counts (reader_kind, reader_id, year, series_id, level, bucket, is_reported, ends_on, n)
    SELECT reader_kind, reader_id, year, series_id, level, bucket, is_reported, ends_on, sum(n) FROM (
      SELECT reader_kind, reader_id, year, series_id, level, bucket, is_reported, CASE WHEN bucket = 'publicity' THEN ends_on END AS ends_on, 1 AS n FROM new_rows
      UNION ALL SELECT reader_kind, reader_id, year, series_id, level, bucket, is_reported, CASE WHEN bucket = 'publicity' THEN ends_on END, -1 FROM old_rows) x
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 HAVING sum(n) <> 0;
  RETURN NULL;
END $$;
CREATE TRIGGER queue_counts_insert AFTER INSERT ON queue_entries REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION queue_counts_insert();
CREATE TRIGGER queue_counts_delete AFTER DELETE ON queue_entries REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION queue_counts_delete();
CREATE TRIGGER queue_counts_update AFTER UPDATE ON queue_entries REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION queue_counts_update();

-- entries follow the facts
CREATE FUNCTION queue_follows_declarations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[];
BEGIN
  ids := array(SELECT n.id FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE NOT (n.state = 'draft' AND o.state = 'draft')
      AND (n.state, n.applicant_name, n.holder_unit_id, n.stop_position, n.return_position, n.rank_n, n.unit_id, n.batch_id, n.year, n.series_id, n.level, n.deleted_at)
        IS DISTINCT FROM (o.state, o.applicant_name, o.holder_unit_id, o.stop_position, o.return_position, o.rank_n, o.unit_id, o.batch_id, o.year, o.series_id, o.level, o.deleted_at));
  IF cardinality(ids) > 0 THEN PERFORM refresh_queue(ids); END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION queue_follows_new_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_queue(array(SELECT DISTINCT declaration_id FROM new_rows));
  RETURN NULL;
END $$;
CREATE FUNCTION queue_follows_old_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_queue(array(SELECT DISTINCT declaration_id FROM old_rows));
  RETURN NULL;
END $$;
CREATE FUNCTION queue_follows_stops() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[];
BEGIN
  ids := array(SELECT DISTINCT n.declaration_id FROM new_rows n JOIN old_rows o ON o.declaration_id = n.declaration_id AND o.position = n.position
    WHERE (n.unit_id, n.committee_id, n.arrived_at, n.reported_at IS NULL) IS DISTINCT FROM (o.unit_id, o.committee_id, o.arrived_at, o.reported_at IS NULL));
  IF cardinality(ids) > 0 THEN PERFORM refresh_queue(ids); END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION queue_follows_publicities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_queue(array(SELECT i.declaration_id FROM publicity_items i WHERE i.publicity_id = NEW.id));
  RETURN NULL;
END $$;
CREATE FUNCTION queue_follows_units() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_queue(array(SELECT d.id FROM declarations d WHERE d.unit_id = NEW.id AND d.state <> 'draft'));
  RETURN NULL;
END $$;
CREATE FUNCTION queue_follows_committees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_queue(array(SELECT d.id FROM declarations d JOIN batches b ON b.id = d.batch_id WHERE b.committee_id = NEW.id AND d.state IN ('publicity', 'certified')));
  RETURN NULL;
END $$;
CREATE INDEX declarations_unit ON declarations (unit_id) WHERE state <> 'draft';
CREATE TRIGGER queue_follows AFTER UPDATE ON declarations REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION queue_follows_declarations();
CREATE TRIGGER queue_follows_insert AFTER INSERT ON declaration_stops REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION queue_follows_new_rows();
CREATE TRIGGER queue_follows_update AFTER UPDATE ON declaration_stops REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION queue_follows_stops();
CREATE TRIGGER queue_follows_delete AFTER DELETE ON declaration_stops REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION queue_follows_old_rows();
CREATE TRIGGER queue_follows_insert AFTER INSERT ON publicity_items REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION queue_follows_new_rows();
CREATE TRIGGER queue_follows_delete AFTER DELETE ON publicity_items REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION queue_follows_old_rows();
CREATE TRIGGER queue_follows AFTER UPDATE OF ends_on ON publicities FOR EACH ROW WHEN (NEW.ends_on <> OLD.ends_on) EXECUTE FUNCTION queue_follows_publicities();
CREATE TRIGGER queue_follows AFTER UPDATE OF name ON units FOR EACH ROW WHEN (NEW.name <> OLD.name) EXECUTE FUNCTION queue_follows_units();
CREATE TRIGGER queue_follows AFTER UPDATE OF division_code ON committees FOR EACH ROW WHEN (NEW.division_code <> OLD.division_code) EXECUTE FUNCTION queue_follows_committees();

INSERT INTO queue_entries (declaration_id, reader_kind, reader_id, position, bucket, is_reported, state_order, year, series_id, level, arrived_at, name, unit_name, rank_n, ends_on)
  SELECT * FROM queue_wanted;
CREATE INDEX queue_entries_arrived ON queue_entries (reader_kind, reader_id, arrived_at, declaration_id);
CREATE INDEX queue_entries_waiting ON queue_entries (reader_kind, reader_id, arrived_at, declaration_id) WHERE bucket IN ('unit_review', 'returned_here');
CREATE INDEX queue_entries_bucket ON queue_entries (reader_kind, reader_id, bucket, arrived_at, declaration_id);
CREATE INDEX queue_entries_state ON queue_entries (reader_kind, reader_id, state_order, arrived_at, declaration_id);
CREATE INDEX queue_entries_name ON queue_entries (reader_kind, reader_id, name, arrived_at, declaration_id);
CREATE INDEX queue_entries_unit ON queue_entries (reader_kind, reader_id, unit_name, arrived_at, declaration_id);
CREATE INDEX queue_entries_rank_up ON queue_entries (reader_kind, reader_id, rank_up, arrived_at, declaration_id) WHERE reader_kind <> 'division';
CREATE INDEX queue_entries_rank_down ON queue_entries (reader_kind, reader_id, rank_down, arrived_at, declaration_id) WHERE reader_kind <> 'division';
CREATE INDEX queue_entries_ends_up ON queue_entries (reader_kind, reader_id, bucket, ends_up, arrived_at, declaration_id) WHERE reader_kind = 'division';
CREATE INDEX queue_entries_ends_down ON queue_entries (reader_kind, reader_id, bucket, ends_down, arrived_at, declaration_id) WHERE reader_kind = 'division';
CREATE INDEX queue_entries_grams ON queue_entries USING gin (grams);
CREATE INDEX queue_counts_reader ON queue_counts (reader_kind, reader_id);
CREATE INDEX queue_counts_unfolded ON queue_counts (reader_kind, reader_id) WHERE NOT is_folded;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
DROP TRIGGER queue_follows ON declarations; DROP TRIGGER queue_follows_insert ON declaration_stops; DROP TRIGGER queue_follows_update ON declaration_stops;
DROP TRIGGER queue_follows_delete ON declaration_stops; DROP TRIGGER queue_follows_insert ON publicity_items; DROP TRIGGER queue_follows_delete ON publicity_items;
DROP TRIGGER queue_follows ON publicities; DROP TRIGGER queue_follows ON units; DROP TRIGGER queue_follows ON committees;
DROP FUNCTION queue_follows_declarations, queue_follows_new_rows, queue_follows_old_rows, queue_follows_stops, queue_follows_publicities, queue_follows_units, queue_follows_committees;
DROP FUNCTION refresh_queue; DROP VIEW queue_wanted; DROP TABLE queue_entries, queue_counts;
DROP FUNCTION queue_counts_insert, queue_counts_delete, queue_counts_update, queue_grams, state_order; DROP INDEX declarations_unit;
`);
}
