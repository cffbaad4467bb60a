import type { Knex } from 'knex';

/** B4, S15: a lost mobile number is replaced as an ID number is corrected: with reason, evidence and a second person. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
ALTER TABLE identity_corrections ADD old_mobile bytea, ADD new_mobile bytea;
ALTER TABLE identity_corrections DROP CONSTRAINT identity_corrections_kind_check;
ALTER TABLE identity_corrections ADD CONSTRAINT identity_corrections_kind_check CHECK (kind IN ('name', 'id-number', 'mobile'));
ALTER TABLE identity_corrections ADD CONSTRAINT identity_corrections_mobile_check
  CHECK (num_nonnulls(old_mobile, new_mobile) = CASE kind WHEN 'mobile' THEN 2 ELSE 0 END);
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
DELETE FROM identity_corrections WHERE kind = 'mobile';
ALTER TABLE identity_corrections DROP old_mobile, DROP new_mobile;
ALTER TABLE identity_corrections DROP CONSTRAINT identity_corrections_kind_check;
ALTER TABLE identity_corrections ADD CONSTRAINT identity_corrections_kind_check CHECK (kind IN ('name', 'id-number'));
`);
}
