import type { Handle } from '../../db/db';

/** What a unit does with its permission: what it means to take it back. */
export interface PermissionUse {
  /** its own paths that are asked for or approved */
  paths: number;
  /** units with such a path to it */
  lowerUnits: number;
  /** not submitted yet, and naming it */
  drafts: number;
  /** with it, to be checked; returned to it from above; passed and not reported yet */
  toReview: number;
  returned: number;
  toReport: number;
  /** returned by it to the applicant */
  withApplicants: number;
  /** reported by it, and not at its end yet */
  onward: number;
  /** who signs in for it */
  operators: string[];
}

const LIVE = `state IN ('requested', 'approved')`;
const FINAL = `('not_recommended', 'refused', 'abandoned', 'voted_failed', 'certified')`;

/** One query; each count by an index that begins with the unit. */
export async function findPermissionUse(h: Handle, unitId: number): Promise<PermissionUse> {
  const { rows } = await h.raw<{ rows: PermissionUse[] }>(
    `SELECT (SELECT count(*)::int FROM reporting_paths WHERE unit_id = :id AND ${LIVE}) AS paths,
       (SELECT count(DISTINCT unit_id)::int FROM reporting_paths WHERE upstream_unit_id = :id AND ${LIVE}) AS "lowerUnits",
       held.review AS "toReview", held.returned, held.passed AS "toReport", own.drafts, gone.back AS "withApplicants", gone.onward,
       array(SELECT a.display_name || CASE WHEN a.is_owner THEN '（主经办人）' ELSE '' END FROM accounts a WHERE a.unit_id = :id AND a.removed_at IS NULL ORDER BY a.is_owner DESC, a.id) AS operators
     FROM (SELECT count(*) FILTER (WHERE state = 'unit_review')::int AS review, count(*) FILTER (WHERE state = 'returned_to_unit')::int AS returned,
           count(*) FILTER (WHERE state = 'unit_passed')::int AS passed FROM declarations WHERE holder_unit_id = :id AND deleted_at IS NULL) held,
       (SELECT count(*)::int AS drafts FROM declarations WHERE unit_id = :id AND state = 'draft' AND deleted_at IS NULL) own,
       (SELECT count(*) FILTER (WHERE d.state IN ('returned_to_applicant', 'correction') AND d.return_position = s.position)::int AS back,
           count(*) FILTER (WHERE s.reported_at IS NOT NULL AND d.holder_unit_id IS DISTINCT FROM s.unit_id AND d.state NOT IN ${FINAL}
             AND d.return_position IS DISTINCT FROM s.position)::int AS onward
         FROM declaration_stops s JOIN declarations d ON d.id = s.declaration_id WHERE s.unit_id = :id AND d.deleted_at IS NULL) gone`,
    { id: unitId },
  );
  if (!rows[0]) throw new Error(`no unit ${unitId}`);
  return rows[0];
}

/** How many declarations stand with a unit. */
export async function countHeld(h: Handle, unitId: number): Promise<number> {
  const [row] = await h('declarations').where({ holder_unit_id: unitId }).whereNull('deleted_at').count<{ n: number | string }[]>('* as n');
  return Number(row?.n ?? 0);
}
