import type { Handle, Trx } from '../../db/db';

/** Holds the unit until the transaction is over, so that its permission is not granted anew meanwhile. */
export async function holdUnit(trx: Trx, unitId: number): Promise<void> {
  await trx('units').where({ id: unitId }).forShare().first('id');
}

export interface HeldDeclaration {
  id: string;
  /** handed in by its applicant, not reported by a lower unit */
  isFirst: boolean;
}

/** What stands with a unit, those that came first before the others. By the index of units' queues. */
export async function listHeld(h: Handle, unitId: number, limit: number): Promise<HeldDeclaration[]> {
  const { rows } = await h.raw<{ rows: HeldDeclaration[] }>(
    `SELECT id, stop_position = 0 AS "isFirst" FROM declarations WHERE holder_unit_id = ? AND deleted_at IS NULL ORDER BY moved_at, id LIMIT ?`,
    [unitId, limit],
  );
  return rows;
}

export interface HeldGroup {
  seriesId: number;
  level: string;
  year: number;
  /** from applicants */
  first: number;
  /** from lower units */
  reported: number;
}

/** The same counted by series and level. */
export async function countHeldGroups(h: Handle, unitId: number): Promise<HeldGroup[]> {
  const { rows } = await h.raw<{ rows: HeldGroup[] }>(
    `SELECT series_id AS "seriesId", level, year, count(*) FILTER (WHERE stop_position = 0)::int AS first, count(*) FILTER (WHERE stop_position > 0)::int AS reported
     FROM declarations WHERE holder_unit_id = ? AND deleted_at IS NULL GROUP BY 1, 2, 3 ORDER BY 3 DESC, 1, 2`,
    [unitId],
  );
  return rows;
}
