import type { Knex } from 'knex';

/** K5: who may declare what, as data. A rule is never changed: a later version takes its place from its day on. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
CREATE TABLE eligibility_rules (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rule_key uuid NOT NULL DEFAULT gen_random_uuid(),
  version int NOT NULL CHECK (version >= 1),
  -- null: every series that has no rules of its own for this rank and way
  series_id int REFERENCES series,
  rank_name text NOT NULL CHECK (rank_name IN ('员级', '助理级', '中级', '副高级', '正高级')),
  way text NOT NULL,
  education text NOT NULL CHECK (education IN ('any', 'lower', 'secondary', 'college', 'bachelor', 'master', 'doctor')),
  held_rank text CHECK (held_rank IN ('员级', '助理级', '中级', '副高级', '正高级')),
  held_years int CHECK (held_years BETWEEN 0 AND 60),
  work_years int CHECK (work_years BETWEEN 0 AND 60),
  outcome text NOT NULL CHECK (outcome IN ('pass', 'block', 'human')),
  basis text NOT NULL CHECK (basis <> ''),
  is_ended boolean NOT NULL DEFAULT false,
  valid_from date NOT NULL,
  -- null: came with the program
  created_by bigint REFERENCES accounts,
  created_at timestamptz NOT NULL DEFAULT app_now(),
  UNIQUE (rule_key, version),
  CHECK (held_years IS NULL OR held_rank IS NOT NULL)
);
CREATE INDEX eligibility_rules_rank ON eligibility_rules (rank_name, series_id);
CREATE TRIGGER eligibility_rules_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON eligibility_rules FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE eligibility_rules');
}
