import type { Handle, Trx } from '../../db/db';

export type PathState = 'requested' | 'approved' | 'refused' | 'ended';

export interface NewPath {
  unitId: number;
  seriesId: number;
  level: string;
  year: number;
  /** exactly one of the two */
  upstreamUnitId: number | null;
  committeeId: number | null;
  accountId: number;
}

/** Gives the new path's id. Violates reporting_paths_one_live or reporting_paths_no_ring when there is a live path already or it would close a ring (P3). */
export async function insertPath(trx: Trx, p: NewPath): Promise<number> {
  const [row] = (await trx('reporting_paths')
    .insert({
      unit_id: p.unitId,
      series_id: p.seriesId,
      level: p.level,
      year: p.year,
      upstream_unit_id: p.upstreamUnitId,
      committee_id: p.committeeId,
      state: 'requested',
      requested_by: p.accountId,
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('insert gave no row');
  return row.id;
}

/** Decides a path that is asked for; false when it is not any more. Approving may violate reporting_paths_no_ring. */
export async function decidePathRow(
  trx: Trx,
  id: number,
  d: { state: 'approved' | 'refused'; reason: string; accountId: number },
): Promise<boolean> {
  const n = await trx('reporting_paths')
    .where({ id, state: 'requested' })
    .update({ state: d.state, reason: d.reason, decided_by: d.accountId, decided_at: trx.raw('app_now()') });
  return n === 1;
}

/** Ends a path that is asked for or approved; false when it is neither. */
export async function endPathRow(trx: Trx, id: number): Promise<boolean> {
  return (await trx('reporting_paths').where({ id }).whereIn('state', ['requested', 'approved']).update({ state: 'ended' })) === 1;
}

/** J0: whether the committee is approved, within its term today, and there for this series and level and for units of this unit's division. */
export async function isCommitteeFit(h: Handle, committeeId: number, seriesId: number, level: string, unitId: number): Promise<boolean> {
  const { rows } = await h.raw<{ rows: { fit: boolean }[] }>(
    `SELECT EXISTS (SELECT 1 FROM committees c JOIN committee_scopes s ON s.committee_id = c.id JOIN units u ON u.id = ?
       WHERE c.id = ? AND s.series_id = ? AND s.level = ? AND committee_is_valid(c) AND committee_serves(c.id, u.division_code)) AS fit`,
    [unitId, committeeId, seriesId, level],
  );
  return rows[0]?.fit ?? false;
}
