import type { Knex } from 'knex';

/** J2: where the review went when a recusal was taken back, so that office and judges can read it afterwards. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
ALTER TABLE withdrawn_recusals
  -- the judge had the review before the recusal, and has it again
  ADD is_given_back boolean,
  -- the last substitute, who had not scored yet and has given the review back
  ADD taken_from bigint REFERENCES judges,
  -- the last substitute, who had scored and keeps the review
  ADD stays_with bigint REFERENCES judges,
  ADD CONSTRAINT withdrawn_recusals_one_way CHECK (CASE WHEN is_given_back THEN stays_with IS NULL ELSE taken_from IS NULL END);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE withdrawn_recusals DROP is_given_back, DROP taken_from, DROP stays_with');
}
