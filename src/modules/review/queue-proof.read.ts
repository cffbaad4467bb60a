import type { Handle } from '../../db/db';

const ENTRY = `declaration_id, reader_kind, reader_id, position, bucket, is_reported, state_order, year, series_id, level, arrived_at, name, unit_name, rank_n, ends_on`;
const GROUP = 'reader_kind, reader_id, year, series_id, level, bucket, is_reported';

/**
 * What must always be nothing (R6): entries of lists that are missing, too many or not what the facts say, and kept counts that a recount contradicts. Reads
 * everything: for proofs, not for pages. Two queries.
 */
export async function findQueueFaults(h: Handle): Promise<{ entries: number; counts: number }> {
  const entries = await h.raw<{ rows: { n: number }[] }>(
    `SELECT count(*)::int AS n FROM (
       (SELECT ${ENTRY} FROM queue_entries EXCEPT SELECT ${ENTRY} FROM queue_wanted)
       UNION ALL (SELECT ${ENTRY} FROM queue_wanted EXCEPT SELECT ${ENTRY} FROM queue_entries)) x`,
  );
  const counts = await h.raw<{ rows: { n: number }[] }>(
    `SELECT count(*)::int AS n FROM (
       SELECT ${GROUP}, ends_on FROM (
         SELECT ${GROUP}, ends_on, n FROM queue_counts
         UNION ALL SELECT ${GROUP}, ends_on, -n FROM region_wanted
         UNION ALL SELECT ${GROUP}, CASE WHEN bucket = 'publicity' THEN ends_on END, -1 FROM queue_entries) y
       GROUP BY ${GROUP}, ends_on HAVING sum(n) <> 0) x`,
  );
  return { entries: entries.rows[0]?.n ?? 0, counts: counts.rows[0]?.n ?? 0 };
}
