import type { Knex } from 'knex';

/** J2, J3: experts, draws, meetings, and a ballot of which only sums are ever readable (docs/decisions/2026-11-22-secret-ballot.md). */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE judges (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  committee_id bigint NOT NULL REFERENCES committees,
  account_id bigint NOT NULL UNIQUE REFERENCES accounts,
  name text NOT NULL CHECK (name <> ''),
  -- keyed hash of the ID number, the same as in sign_in_names: tells that an applicant is the expert himself
  id_index bytea NOT NULL CHECK (length(id_index) = 32),
  unit_id bigint REFERENCES units,
  unit_name text NOT NULL CHECK (unit_name <> ''),
  -- names of further units whose people this expert must not judge
  avoided_units text[] NOT NULL DEFAULT '{}',
  title text NOT NULL,
  speciality text NOT NULL DEFAULT '',
  added_by bigint NOT NULL REFERENCES accounts,
  added_at timestamptz NOT NULL DEFAULT app_now(),
  left_at timestamptz,
  CONSTRAINT judges_once UNIQUE (committee_id, id_index)
);

CREATE TABLE meetings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  committee_id bigint NOT NULL REFERENCES committees,
  plan_id bigint NOT NULL REFERENCES review_plans,
  state text NOT NULL DEFAULT 'drawing' CHECK (state IN ('drawing', 'reviewing', 'voting', 'counted', 'cancelled')),
  reason text NOT NULL DEFAULT '',
  created_by bigint NOT NULL REFERENCES accounts,
  created_at timestamptz NOT NULL DEFAULT app_now(),
  began_at timestamptz,
  ended_at timestamptz,
  CHECK (state <> 'cancelled' OR reason <> '')
);
CREATE UNIQUE INDEX meetings_one_for_a_plan ON meetings (plan_id) WHERE state <> 'cancelled';
CREATE INDEX meetings_committee ON meetings (committee_id, id);

-- 人社部令第40号, article 12: drawn at random; the seed is committed to before, and opened with the result
CREATE TABLE draws (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  meeting_id bigint NOT NULL REFERENCES meetings,
  seats int NOT NULL CHECK (seats > 0),
  pool jsonb NOT NULL,
  pool_sha256 text NOT NULL CHECK (pool_sha256 ~ '^[0-9a-f]{64}$'),
  commitment text NOT NULL CHECK (commitment ~ '^[0-9a-f]{64}$'),
  sealed_seed bytea NOT NULL,
  committed_by bigint NOT NULL REFERENCES accounts,
  committed_at timestamptz NOT NULL DEFAULT app_now(),
  seed text CHECK (seed ~ '^[0-9a-f]{64}$'),
  witness text,
  drawn bigint[],
  drawn_by bigint REFERENCES accounts,
  drawn_at timestamptz,
  void_reason text NOT NULL DEFAULT '',
  voided_at timestamptz,
  CHECK (num_nonnulls(seed, witness, drawn, drawn_by, drawn_at) IN (0, 5)),
  CHECK (seed IS NULL OR encode(sha256(decode(seed, 'hex')), 'hex') = commitment),
  CHECK (voided_at IS NULL OR void_reason <> '')
);
CREATE UNIQUE INDEX draws_one_live ON draws (meeting_id) WHERE voided_at IS NULL;
CREATE FUNCTION keep_draw() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN RAISE EXCEPTION 'draws are kept'; END IF;
  IF (NEW.meeting_id, NEW.seats, NEW.pool, NEW.pool_sha256, NEW.commitment, NEW.committed_by, NEW.committed_at)
     IS DISTINCT FROM (OLD.meeting_id, OLD.seats, OLD.pool, OLD.pool_sha256, OLD.commitment, OLD.committed_by, OLD.committed_at)
     OR OLD.drawn_at IS NOT NULL AND (NEW.seed, NEW.witness, NEW.drawn, NEW.drawn_by, NEW.drawn_at) IS DISTINCT FROM (OLD.seed, OLD.witness, OLD.drawn, OLD.drawn_by, OLD.drawn_at)
     OR OLD.voided_at IS NOT NULL AND NEW.sealed_seed = OLD.sealed_seed
  THEN RAISE EXCEPTION 'a draw does not change' USING ERRCODE = 'check_violation', CONSTRAINT = 'draws_kept'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER draws_kept BEFORE UPDATE OR DELETE ON draws FOR EACH ROW EXECUTE FUNCTION keep_draw();

CREATE TABLE meeting_seats (
  meeting_id bigint NOT NULL REFERENCES meetings,
  judge_id bigint NOT NULL REFERENCES judges,
  position int NOT NULL,
  group_number int,
  is_chair boolean NOT NULL DEFAULT false,
  present_at timestamptz,
  PRIMARY KEY (meeting_id, judge_id),
  UNIQUE (meeting_id, position)
);
CREATE UNIQUE INDEX meeting_seats_one_chair ON meeting_seats (meeting_id) WHERE is_chair;
CREATE INDEX meeting_seats_judge ON meeting_seats (judge_id, meeting_id);

CREATE TABLE meeting_items (
  meeting_id bigint NOT NULL REFERENCES meetings,
  declaration_id uuid NOT NULL REFERENCES declarations,
  position int NOT NULL,
  group_number int,
  is_live boolean NOT NULL DEFAULT true,
  opinion text NOT NULL DEFAULT '',
  opinion_by bigint REFERENCES judges,
  opinion_at timestamptz,
  version int NOT NULL DEFAULT 1,
  PRIMARY KEY (meeting_id, declaration_id),
  UNIQUE (meeting_id, position)
);
CREATE UNIQUE INDEX meeting_items_one_meeting ON meeting_items (declaration_id) WHERE is_live;

CREATE TABLE recusals (
  meeting_id bigint NOT NULL,
  judge_id bigint NOT NULL,
  declaration_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('self', 'own-unit', 'avoided-unit', 'relation', 'request', 'ordered')),
  reason text NOT NULL DEFAULT '',
  recorded_by bigint NOT NULL REFERENCES accounts,
  recorded_at timestamptz NOT NULL DEFAULT app_now(),
  PRIMARY KEY (meeting_id, judge_id, declaration_id),
  FOREIGN KEY (meeting_id, judge_id) REFERENCES meeting_seats,
  FOREIGN KEY (meeting_id, declaration_id) REFERENCES meeting_items
);

CREATE TABLE review_assignments (
  meeting_id bigint NOT NULL,
  declaration_id uuid NOT NULL,
  judge_id bigint NOT NULL,
  score int CHECK (score BETWEEN 0 AND 100),
  remark text NOT NULL DEFAULT '',
  scored_at timestamptz,
  PRIMARY KEY (meeting_id, declaration_id, judge_id),
  FOREIGN KEY (meeting_id, judge_id) REFERENCES meeting_seats,
  FOREIGN KEY (meeting_id, declaration_id) REFERENCES meeting_items,
  CHECK ((score IS NULL) = (scored_at IS NULL))
);
CREATE INDEX review_assignments_judge ON review_assignments (judge_id, meeting_id);
CREATE INDEX review_assignments_declaration ON review_assignments (declaration_id);

-- S30, article 26: nobody is given their own declaration, one of their own unit, or one they are in recusal from
CREATE FUNCTION why_recused(judge bigint, declaration uuid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM sign_in_names n WHERE n.account_id = d.person_id AND n.kind = 'id-number' AND n.name_index = j.id_index) THEN 'self'
    WHEN j.unit_id = d.unit_id OR j.unit_name IN (u.name, d.work_unit) THEN 'own-unit'
    WHEN EXISTS (SELECT 1 FROM unnest(j.avoided_units) x WHERE x IN (u.name, d.work_unit)) THEN 'avoided-unit'
  END FROM judges j, declarations d LEFT JOIN units u ON u.id = d.unit_id WHERE j.id = judge AND d.id = declaration $$;
CREATE FUNCTION refuse_partial_judge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF why_recused(NEW.judge_id, NEW.declaration_id) IS NOT NULL OR EXISTS (SELECT 1 FROM recusals r
       WHERE r.meeting_id = NEW.meeting_id AND r.judge_id = NEW.judge_id AND r.declaration_id = NEW.declaration_id)
  THEN RAISE EXCEPTION 'judge % must not review this declaration', NEW.judge_id USING ERRCODE = 'check_violation', CONSTRAINT = 'review_assignments_impartial'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER review_assignments_impartial BEFORE INSERT ON review_assignments FOR EACH ROW EXECUTE FUNCTION refuse_partial_judge();

CREATE TABLE ballot_rounds (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  meeting_id bigint NOT NULL REFERENCES meetings,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'counted', 'void')),
  seats int NOT NULL CHECK (seats > 0),
  present int NOT NULL CHECK (3 * present >= 2 * seats AND present <= seats),
  -- SHA-256 of the round's key, so that a lost or wrong key is told from a changed ballot
  key_sha256 text NOT NULL CHECK (key_sha256 ~ '^[0-9a-f]{64}$'),
  opened_by bigint NOT NULL REFERENCES accounts,
  opened_at timestamptz NOT NULL DEFAULT app_now(),
  closed_by bigint REFERENCES accounts,
  closed_at timestamptz,
  reason text NOT NULL DEFAULT '',
  CHECK ((state = 'open') = (closed_at IS NULL)),
  CHECK (state <> 'void' OR reason <> '')
);
CREATE UNIQUE INDEX ballot_rounds_one_live ON ballot_rounds (meeting_id) WHERE state <> 'void';
CREATE INDEX ballot_rounds_meeting ON ballot_rounds (meeting_id, id);

-- One row for each expert present when the round was opened: who may vote, and who has. box holds the sealed vote until it is counted, and nothing afterwards.
CREATE TABLE ballots (
  round_id bigint NOT NULL REFERENCES ballot_rounds,
  judge_id bigint NOT NULL REFERENCES judges,
  cast_at timestamptz,
  box text,
  PRIMARY KEY (round_id, judge_id),
  CHECK (box IS NULL OR cast_at IS NOT NULL)
);
CREATE FUNCTION guard_ballot() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE round_state text;
BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'ballots are kept'; END IF;
  SELECT state INTO round_state FROM ballot_rounds WHERE id = NEW.round_id FOR SHARE;
  IF TG_OP = 'INSERT' THEN
    IF round_state <> 'open' OR NEW.cast_at IS NOT NULL THEN RAISE EXCEPTION 'the voters are settled when a round is opened'; END IF;
    RETURN NEW;
  END IF;
  IF NEW.round_id <> OLD.round_id OR NEW.judge_id <> OLD.judge_id THEN RAISE EXCEPTION 'a ballot stays whose it is'; END IF;
  IF OLD.cast_at IS NULL AND NEW.cast_at IS NOT NULL AND NEW.box IS NOT NULL THEN
    IF round_state <> 'open' THEN RAISE EXCEPTION 'the ballot is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'ballots_in_time'; END IF;
    RETURN NEW;
  END IF;
  IF NEW.cast_at IS NOT DISTINCT FROM OLD.cast_at AND NEW.box IS NULL AND round_state <> 'open' THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'one vote each' USING ERRCODE = 'check_violation', CONSTRAINT = 'ballots_once';
END $$;
CREATE TRIGGER ballots_guard BEFORE INSERT OR UPDATE OR DELETE ON ballots FOR EACH ROW EXECUTE FUNCTION guard_ballot();

CREATE TABLE ballot_results (
  round_id bigint NOT NULL REFERENCES ballot_rounds,
  declaration_id uuid NOT NULL REFERENCES declarations,
  total int NOT NULL CHECK (total > 0),
  present int NOT NULL CHECK (present BETWEEN 0 AND total),
  yes int NOT NULL CHECK (yes >= 0),
  no int NOT NULL CHECK (no >= 0),
  abstain int NOT NULL CHECK (abstain >= 0),
  -- too few of the members may vote on this one: no result, and no figures
  is_valid boolean NOT NULL,
  is_passed boolean NOT NULL,
  PRIMARY KEY (round_id, declaration_id),
  CHECK (is_valid = (3 * present >= 2 * total)),
  CHECK (yes + no + abstain = CASE WHEN is_valid THEN present ELSE 0 END),
  CHECK (is_passed = (is_valid AND 3 * yes >= 2 * present))
);
CREATE INDEX ballot_results_declaration ON ballot_results (declaration_id);
CREATE TRIGGER ballot_results_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ballot_results FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A declaration that stands before a meeting with a ballot has the figures of that ballot and no others.
CREATE FUNCTION check_vote_of_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM meeting_items i WHERE i.declaration_id = NEW.declaration_id AND i.is_live) AND NOT EXISTS (
    SELECT 1 FROM meeting_items i JOIN ballot_rounds r ON r.meeting_id = i.meeting_id AND r.state = 'counted'
      JOIN ballot_results x ON x.round_id = r.id AND x.declaration_id = i.declaration_id
    WHERE i.declaration_id = NEW.declaration_id AND i.is_live AND x.is_valid
      AND (x.total, x.present, x.yes, x.no, x.abstain) = (NEW.total, NEW.present, NEW.yes, NEW.no, NEW.abstain))
  THEN RAISE EXCEPTION 'the vote is not the one of the meeting' USING ERRCODE = 'check_violation', CONSTRAINT = 'votes_of_the_meeting'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER votes_of_the_meeting BEFORE INSERT OR UPDATE ON votes FOR EACH ROW EXECUTE FUNCTION check_vote_of_meeting();
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DROP TRIGGER votes_of_the_meeting ON votes;
DROP FUNCTION check_vote_of_meeting();
DROP TABLE ballot_results, ballots, ballot_rounds, review_assignments, recusals, meeting_items, meeting_seats, draws, meetings, judges;
DROP FUNCTION guard_ballot();
DROP FUNCTION refuse_partial_judge();
DROP FUNCTION why_recused(bigint, uuid);
DROP FUNCTION keep_draw();
`);
}
