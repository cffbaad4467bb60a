import type { Handle } from '../../db/db';
import type { PlainDate } from '../../lib/dates';
import { LINE_COLUMNS, type DeclarationLine } from '../review';

/** How the declarations of one batch stand, counted. */
export interface OverviewRow {
  batchId: number;
  year: number;
  seriesId: number;
  level: string;
  /** with the units, never yet reported to the committee */
  unreported: number;
  /** ever reported to the committee */
  arrived: number;
  waiting: number;
  /** reported but not complete: under correction, or sent back to a unit or the applicant */
  correction: number;
  sentBack: number;
  /** received, whatever came after it */
  accepted: number;
  refused: number;
  abandoned: number;
}

/** One row for each published batch of the committee in this year. One query; it reads the batches' declarations by their index. */
export async function listOverview(h: Handle, committeeId: number, year: number): Promise<OverviewRow[]> {
  const { rows } = await h.raw<{ rows: OverviewRow[] }>(
    `SELECT b.id AS "batchId", b.year, b.series_id AS "seriesId", b.level,
       (count(d.id) FILTER (WHERE NOT d.has_arrived AND d.state <> 'not_recommended'))::int AS unreported,
       (count(d.id) FILTER (WHERE d.has_arrived))::int AS arrived,
       (count(d.id) FILTER (WHERE d.state = 'office_review'))::int AS waiting,
       (count(d.id) FILTER (WHERE d.state = 'correction'))::int AS correction,
       (count(d.id) FILTER (WHERE d.has_arrived AND d.state IN ('returned_to_unit', 'returned_to_applicant', 'unit_review', 'unit_passed')))::int AS "sentBack",
       (count(d.id) FILTER (WHERE d.state IN ('accepted', 'voted_passed', 'voted_failed', 'publicity', 'certified')))::int AS accepted,
       (count(d.id) FILTER (WHERE d.state = 'refused'))::int AS refused,
       (count(d.id) FILTER (WHERE d.state = 'abandoned'))::int AS abandoned
     FROM batches b LEFT JOIN LATERAL (
       SELECT x.id, x.state, EXISTS (SELECT FROM declaration_stops s WHERE s.declaration_id = x.id AND s.committee_id = b.committee_id) AS has_arrived
       FROM declarations x WHERE x.batch_id = b.id AND x.deleted_at IS NULL AND x.state <> 'draft') d ON true
     WHERE b.committee_id = :committeeId AND b.year = :year AND b.published_at IS NOT NULL
     GROUP BY b.id ORDER BY b.series_id, array_position(ARRAY['junior', 'middle', 'associate', 'senior'], b.level), b.id`,
    { committeeId, year },
  );
  return rows;
}

/** The years in which the committee has published batches, newest first. */
export async function listCommitteeYears(h: Handle, committeeId: number): Promise<number[]> {
  const rows = (await h('batches')
    .distinct('year')
    .where({ committee_id: committeeId })
    .whereNotNull('published_at')
    .orderBy('year', 'desc')) as {
    year: number;
  }[];
  return rows.map((r) => r.year);
}

/** How many were refused for which reason, in the words that were given to the applicant. */
export async function countRefusals(h: Handle, committeeId: number, year: number): Promise<Map<string, number>> {
  const { rows } = await h.raw<{ rows: { reason: string; count: number }[] }>(
    `SELECT e.reason, count(*)::int AS count
     FROM batches b JOIN declarations d ON d.batch_id = b.id AND d.state = 'refused' AND d.deleted_at IS NULL
     CROSS JOIN LATERAL (SELECT x.detail->>'reason' AS reason FROM declaration_events x WHERE x.declaration_id = d.id AND x.move = 'refuse' ORDER BY x.id DESC LIMIT 1) e
     WHERE b.committee_id = :committeeId AND b.year = :year GROUP BY e.reason`,
    { committeeId, year },
  );
  return new Map(rows.map((r) => [r.reason, r.count]));
}

export interface CorrectionRow extends DeclarationLine {
  id: string;
  dueOn: PlainDate;
  today: PlainDate;
}

/** Corrections under way, the one that ends first at the top; at most `limit`. */
export async function listCorrections(h: Handle, committeeId: number, year: number, limit: number): Promise<CorrectionRow[]> {
  const { rows } = await h.raw<{ rows: CorrectionRow[] }>(
    `SELECT d.id, ${LINE_COLUMNS}, d.correction_due_on AS "dueOn", app_today() AS today
     FROM batches b JOIN declarations d ON d.batch_id = b.id AND d.state = 'correction' AND d.deleted_at IS NULL LEFT JOIN units u ON u.id = d.unit_id
     WHERE b.committee_id = :committeeId AND b.year = :year AND d.correction_due_on IS NOT NULL
     ORDER BY d.correction_due_on, d.id LIMIT :limit`,
    { committeeId, year, limit },
  );
  return rows;
}
