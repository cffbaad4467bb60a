import type { Handle } from '../../db/db';
import type { PlainDate } from '../../lib/dates';

export interface CommitteeLine {
  committee: string;
  seriesName: string;
  /** codes, lowest first */
  levels: string[];
  foundedBy: string;
  divisionName: string;
  phone: string;
  validUntil: PlainDate;
}
export interface CommitteeFilter {
  seriesId?: number;
  level?: string;
}

/** A6: committees that are approved and in their term today, a line for each of their series. */
export async function listCommittees(h: Handle, { seriesId, level }: CommitteeFilter): Promise<CommitteeLine[]> {
  const { rows } = await h.raw<{ rows: CommitteeLine[] }>(
    `SELECT c.name AS committee, s.name AS "seriesName", array_agg(k.level ORDER BY array_position(ARRAY['junior', 'middle', 'associate', 'senior'], k.level)) AS levels,
       c.founded_by AS "foundedBy", d.full_name AS "divisionName", c.phone, c.valid_until AS "validUntil"
     FROM committees c JOIN committee_scopes k ON k.committee_id = c.id JOIN series s ON s.id = k.series_id JOIN divisions d ON d.code = c.division_code
     WHERE committee_is_valid(c)
       AND (:series::int IS NULL OR k.series_id = :series::int)
       AND (:level::text IS NULL OR EXISTS (SELECT 1 FROM committee_scopes x WHERE x.committee_id = c.id AND x.series_id = k.series_id AND x.level = :level::text))
     GROUP BY c.id, s.id, d.code ORDER BY s.position, d.code, c.name`,
    { series: seriesId ?? null, level: level ?? null },
  );
  return rows;
}

/** The series that occur among those committees, for the filter. */
export async function listCommitteeSeries(h: Handle): Promise<{ id: number; name: string }[]> {
  const { rows } = await h.raw<{ rows: { id: number; name: string }[] }>(
    `SELECT s.id, s.name FROM series s WHERE EXISTS (SELECT 1 FROM committee_scopes k JOIN committees c ON c.id = k.committee_id
       WHERE k.series_id = s.id AND committee_is_valid(c)) ORDER BY s.position`,
  );
  return rows;
}
