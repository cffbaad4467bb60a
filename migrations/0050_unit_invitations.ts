import type { Knex } from 'knex';

/** P4: who asked which unit by message to apply for the permission. The keys are the limits: a unit gets one a day, a person sends three. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE unit_invitations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  unit_id bigint NOT NULL REFERENCES units,
  invited_by bigint NOT NULL REFERENCES accounts,
  invited_on date NOT NULL DEFAULT app_today(),
  of_the_day int NOT NULL CHECK (of_the_day BETWEEN 1 AND 3),
  invited_at timestamptz NOT NULL DEFAULT app_now(),
  CONSTRAINT unit_invitations_one_a_day UNIQUE (unit_id, invited_on),
  CONSTRAINT unit_invitations_three_a_day UNIQUE (invited_by, invited_on, of_the_day)
);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE unit_invitations');
}
