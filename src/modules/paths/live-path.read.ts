import type { Handle } from '../../db/db';

export interface LivePath {
  id: number;
  state: 'requested' | 'approved';
  /** exactly one of the two is set */
  upstreamUnitId: number | null;
  committeeId: number | null;
  upstreamName: string;
}

/**
 * The one path of this unit, series, level and year that is asked for or approved (P3), held against being ended or decided until the transaction is over.
 * Only an approved one carries data: the caller looks at `state`.
 */
export async function lockLivePath(
  h: Handle,
  unitId: number,
  seriesId: number,
  level: string,
  year: number,
): Promise<LivePath | undefined> {
  const { rows } = await h.raw<{ rows: LivePath[] }>(
    `SELECT p.id, p.state, p.upstream_unit_id AS "upstreamUnitId", p.committee_id AS "committeeId", coalesce(u.name, c.name) AS "upstreamName"
     FROM reporting_paths p LEFT JOIN units u ON u.id = p.upstream_unit_id LEFT JOIN committees c ON c.id = p.committee_id
     WHERE p.unit_id = ? AND p.series_id = ? AND p.level = ? AND p.year = ? AND p.state IN ('requested', 'approved') FOR SHARE OF p`,
    [unitId, seriesId, level, year],
  );
  return rows[0];
}
