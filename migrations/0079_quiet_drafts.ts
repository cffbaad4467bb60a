import type { Knex } from 'knex';

const queue = (first: string): string => /* sql */ `
CREATE OR REPLACE FUNCTION queue_follows_declarations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[];
BEGIN
  ${first}ids := array(SELECT n.id FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE NOT (n.state = 'draft' AND o.state = 'draft')
      AND (n.state, n.applicant_name, n.holder_unit_id, n.stop_position, n.return_position, n.rank_n, n.unit_id, n.batch_id, n.year, n.series_id, n.level, n.deleted_at)
        IS DISTINCT FROM (o.state, o.applicant_name, o.holder_unit_id, o.stop_position, o.return_position, o.rank_n, o.unit_id, o.batch_id, o.year, o.series_id, o.level, o.deleted_at));
  IF cardinality(ids) > 0 THEN PERFORM refresh_queue(ids); END IF;
  RETURN NULL;
END $$;`;

const counts = (first: string): string => /* sql */ `
CREATE OR REPLACE FUNCTION region_counts_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  ${first}INSERT INTO queue_counts (reader_kind, reader_id, year, series_id, level, bucket, is_reported, n)
    SELECT 'region', r::bigint, year, series_id, level, state, false, sum(x.n) FROM (
      SELECT region_code, year, series_id, level, state, count(*) AS n FROM new_rows WHERE deleted_at IS NULL AND state <> 'draft' GROUP BY 1, 2, 3, 4, 5
      UNION ALL SELECT region_code, year, series_id, level, state, -count(*) FROM old_rows WHERE deleted_at IS NULL AND state <> 'draft' GROUP BY 1, 2, 3, 4, 5) x
      CROSS JOIN LATERAL unnest(division_and_above(x.region_code)) r
    GROUP BY 2, 3, 4, 5, 6 HAVING sum(x.n) <> 0;
  RETURN NULL;
END $$;`;

/** M1: drafts stand in nobody's list and in no count. Every save of a section changes one, and both triggers found that out by joining and grouping. */
const NOTHING_LISTED = `IF NOT EXISTS (SELECT 1 FROM new_rows WHERE state <> 'draft') AND NOT EXISTS (SELECT 1 FROM old_rows WHERE state <> 'draft') THEN RETURN NULL; END IF;
  `;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(queue(NOTHING_LISTED) + counts(NOTHING_LISTED));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(queue('') + counts(''));
}
