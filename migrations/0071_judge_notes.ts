import type { Knex } from 'knex';

/** J3: what a judge notes down while reading, and a recusal that was registered wrongly and is taken back. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
-- One judge's own: read by nobody else, exported nowhere, gone some days after the meeting.
CREATE TABLE judge_notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  meeting_id bigint NOT NULL,
  judge_id bigint NOT NULL,
  declaration_id uuid NOT NULL,
  -- '' for the declaration as a whole
  section text NOT NULL,
  body bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT app_now(),
  FOREIGN KEY (meeting_id, judge_id) REFERENCES meeting_seats,
  FOREIGN KEY (meeting_id, declaration_id) REFERENCES meeting_items
);
CREATE INDEX judge_notes_own ON judge_notes (meeting_id, judge_id, declaration_id, id);

ALTER TABLE recusals ADD was_assigned boolean NOT NULL DEFAULT false, ADD substitute_id bigint REFERENCES judges;

-- A recusal that was taken back, as it stood.
CREATE TABLE withdrawn_recusals (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  meeting_id bigint NOT NULL,
  judge_id bigint NOT NULL,
  declaration_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('request', 'ordered')),
  reason text NOT NULL,
  recorded_by bigint NOT NULL REFERENCES accounts,
  recorded_at timestamptz NOT NULL,
  withdrawal_reason text NOT NULL CHECK (withdrawal_reason <> ''),
  withdrawn_by bigint NOT NULL REFERENCES accounts,
  withdrawn_at timestamptz NOT NULL DEFAULT app_now(),
  FOREIGN KEY (meeting_id, judge_id) REFERENCES meeting_seats,
  FOREIGN KEY (meeting_id, declaration_id) REFERENCES meeting_items
);
CREATE INDEX withdrawn_recusals_meeting ON withdrawn_recusals (meeting_id, id);
CREATE TRIGGER withdrawn_recusals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON withdrawn_recusals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- S30: a recusal goes only while the meeting reviews, only where somebody has entered it, and never without a trace
CREATE FUNCTION keep_recusal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT m.state FROM meetings m WHERE m.id = OLD.meeting_id) IS DISTINCT FROM 'reviewing' OR NOT EXISTS (
    SELECT 1 FROM withdrawn_recusals w WHERE (w.meeting_id, w.judge_id, w.declaration_id, w.kind, w.recorded_at)
      = (OLD.meeting_id, OLD.judge_id, OLD.declaration_id, OLD.kind, OLD.recorded_at))
  THEN RAISE EXCEPTION 'a recusal is kept' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'recusals_kept'; END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER recusals_kept BEFORE DELETE ON recusals FOR EACH ROW EXECUTE FUNCTION keep_recusal();
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DROP TRIGGER recusals_kept ON recusals;
DROP FUNCTION keep_recusal();
DROP TABLE withdrawn_recusals, judge_notes;
ALTER TABLE recusals DROP substitute_id, DROP was_assigned;
`);
}
