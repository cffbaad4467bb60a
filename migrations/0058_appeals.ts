import type { Knex } from 'knex';

/** J4: 「复查」 of a result: asked for once by the applicant, answered by the office, and by the bureau where the committee is to review anew (人社部令第40号, article 28). */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
ALTER TABLE batches ADD appeal_days int NOT NULL DEFAULT 10 CHECK (appeal_days BETWEEN 1 AND 60);

CREATE TABLE appeals (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  declaration_id uuid NOT NULL REFERENCES declarations,
  committee_id bigint NOT NULL REFERENCES committees,
  -- the event that gave the result
  result_event_id bigint NOT NULL REFERENCES declaration_events,
  reason text NOT NULL CHECK (reason <> ''),
  asked_by bigint NOT NULL REFERENCES accounts,
  asked_at timestamptz NOT NULL DEFAULT app_now(),
  -- asked: the office is to answer · proposed: the office would have the committee review anew, the bureau decides · kept, refused: the result stands ·
  -- granted: reviewed anew · withdrawn by the applicant
  state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'proposed', 'kept', 'refused', 'granted', 'withdrawn')),
  finding text NOT NULL DEFAULT '',
  answered_by bigint REFERENCES accounts,
  answerer_name text NOT NULL DEFAULT '',
  answered_at timestamptz,
  opinion text NOT NULL DEFAULT '',
  decided_by bigint REFERENCES accounts,
  decider_name text NOT NULL DEFAULT '',
  decided_at timestamptz,
  withdrawn_at timestamptz,
  CHECK ((state IN ('asked', 'withdrawn')) = (answered_at IS NULL)),
  CHECK ((answered_at IS NULL) = (finding = '')),
  CHECK ((state IN ('refused', 'granted')) = (decided_at IS NOT NULL)),
  CHECK (state <> 'refused' OR opinion <> ''),
  CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL))
);
-- one request for each result; who has taken it back may ask once more in time
CREATE UNIQUE INDEX appeals_one_for_a_result ON appeals (result_event_id) WHERE state <> 'withdrawn';
CREATE INDEX appeals_declaration ON appeals (declaration_id, id);
CREATE INDEX appeals_committee ON appeals (committee_id, id);

CREATE FUNCTION keep_appeal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
    OR (NEW.declaration_id, NEW.committee_id, NEW.result_event_id, NEW.reason, NEW.asked_by, NEW.asked_at)
      IS DISTINCT FROM (OLD.declaration_id, OLD.committee_id, OLD.result_event_id, OLD.reason, OLD.asked_by, OLD.asked_at)
    OR NOT (OLD.state = 'asked' AND NEW.state IN ('proposed', 'kept', 'withdrawn') OR OLD.state = 'proposed' AND NEW.state IN ('refused', 'granted'))
    OR OLD.state = 'proposed' AND (NEW.finding, NEW.answered_by, NEW.answered_at) IS DISTINCT FROM (OLD.finding, OLD.answered_by, OLD.answered_at) THEN
    RAISE EXCEPTION 'appeal % is a record: each step is taken once', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER appeals_kept BEFORE UPDATE OR DELETE ON appeals FOR EACH ROW EXECUTE FUNCTION keep_appeal();

-- figures of a vote that a new review takes the place of
CREATE TABLE former_votes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  declaration_id uuid NOT NULL REFERENCES declarations,
  total int NOT NULL,
  present int NOT NULL,
  yes int NOT NULL,
  no int NOT NULL,
  abstain int NOT NULL,
  is_passed boolean NOT NULL,
  met_on date NOT NULL,
  entered_by bigint NOT NULL REFERENCES accounts,
  entered_at timestamptz NOT NULL,
  superseded_at timestamptz NOT NULL DEFAULT app_now()
);
CREATE INDEX former_votes_declaration ON former_votes (declaration_id, id);
CREATE TRIGGER former_votes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON former_votes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- a result that was annulled and came out anew is put up a second time
ALTER TABLE publicity_items ADD superseded_at timestamptz;
CREATE UNIQUE INDEX publicity_items_one_live ON publicity_items (declaration_id) WHERE superseded_at IS NULL;
CREATE INDEX publicity_items_declaration ON publicity_items (declaration_id);
ALTER TABLE publicity_items DROP CONSTRAINT publicity_items_declaration_id_key;
CREATE OR REPLACE VIEW queue_wanted AS
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
    LEFT JOIN publicity_items i ON i.declaration_id = d.id AND i.superseded_at IS NULL
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
`);
}

export function down(): Promise<void> {
  return Promise.reject(new Error('0058_appeals cannot be undone: restore a backup instead'));
}
