import type { Knex } from 'knex';

/** D16, D17: a correction that was not made in time counts as given up; the site itself moves it there. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
ALTER TABLE declaration_events ALTER actor_id DROP NOT NULL;
ALTER TABLE declaration_events ADD CONSTRAINT declaration_events_only_deadlines_have_no_actor CHECK (actor_id IS NOT NULL OR move = 'abandon');
CREATE INDEX declarations_correction_due ON declarations (correction_due_on, id) WHERE state = 'correction';
-- who was told that a deadline is near: once for each deadline
CREATE TABLE correction_reminders (
  declaration_id uuid NOT NULL REFERENCES declarations,
  due_on date NOT NULL,
  told_at timestamptz NOT NULL DEFAULT app_now(),
  PRIMARY KEY (declaration_id, due_on)
);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`DROP TABLE correction_reminders; DROP INDEX declarations_correction_due;
    ALTER TABLE declaration_events DROP CONSTRAINT declaration_events_only_deadlines_have_no_actor;
    ALTER TABLE declaration_events ALTER actor_id SET NOT NULL`);
}
