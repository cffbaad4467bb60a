import type { Knex } from 'knex';

/** J4: who has a result is told of it once: on the home page until they put it away, and by a short message. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE result_news (
  -- the event that gave the result
  event_id bigint PRIMARY KEY REFERENCES declaration_events,
  declaration_id uuid NOT NULL REFERENCES declarations,
  person_id bigint NOT NULL REFERENCES accounts,
  at timestamptz NOT NULL DEFAULT app_now(),
  -- when the job has dealt with it, and whether a short message went out then
  told_at timestamptz,
  by_sms boolean NOT NULL DEFAULT false,
  dismissed_at timestamptz,
  CHECK (told_at IS NOT NULL OR NOT by_sms)
);
CREATE INDEX result_news_untold ON result_news (event_id) WHERE told_at IS NULL;
CREATE INDEX result_news_person ON result_news (person_id, event_id) WHERE dismissed_at IS NULL;
CREATE INDEX result_news_declaration ON result_news (declaration_id);

CREATE FUNCTION note_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO result_news (event_id, declaration_id, person_id, at) SELECT NEW.id, d.id, d.person_id, NEW.at FROM declarations d WHERE d.id = NEW.declaration_id;
  RETURN NULL;
END $$;
CREATE TRIGGER declaration_events_results AFTER INSERT ON declaration_events FOR EACH ROW
  WHEN (NEW.to_state IN ('voted_failed', 'certified')) EXECUTE FUNCTION note_result();
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TRIGGER declaration_events_results ON declaration_events; DROP FUNCTION note_result(); DROP TABLE result_news');
}
