import type { Handle } from '../../db/db';
import type { Level } from '../catalogue';

export interface CommitteeChoice {
  id: number;
  name: string;
  scopes: { seriesId: number; seriesName: string; levels: Level[] }[];
}

/** Approved committees within their term, with what each may review: what a batch can be made for. */
export async function listCommitteeChoices(h: Handle): Promise<CommitteeChoice[]> {
  const { rows } = await h.raw<{ rows: CommitteeChoice[] }>(
    `SELECT c.id, c.name, json_agg(json_build_object('seriesId', k.series_id, 'seriesName', k.name, 'levels', k.levels) ORDER BY k.position) AS scopes
     FROM committees c JOIN LATERAL (
       SELECT x.series_id, s.name, s.position, array_agg(x.level) AS levels FROM committee_scopes x JOIN series s ON s.id = x.series_id
       WHERE x.committee_id = c.id GROUP BY x.series_id, s.name, s.position) k ON true
     WHERE c.approved_at IS NOT NULL AND c.ended_at IS NULL AND app_today() <= c.valid_until GROUP BY c.id ORDER BY c.name`,
  );
  return rows;
}

export type BatchState = 'draft' | 'waiting' | 'applicants' | 'units' | 'over';

export interface BatchFilter {
  year?: number;
  seriesId?: number;
  state?: BatchState;
  committee: string;
  /** only this committee's */
  committeeId?: number;
}
export interface BatchLine {
  id: number;
  year: number;
  committeeName: string;
  seriesName: string;
  level: Level;
  state: BatchState;
  closesAt: Date;
  unitClosesAt: Date;
  now: Date;
}

const STATE = `CASE WHEN b.published_at IS NULL THEN 'draft' WHEN app_now() < b.applicant_opens_at THEN 'waiting' WHEN app_now() < b.applicant_closes_at THEN 'applicants'
  WHEN app_now() < b.unit_closes_at THEN 'units' ELSE 'over' END`;
const FOUND = `FROM batches b JOIN committees c ON c.id = b.committee_id JOIN series s ON s.id = b.series_id
  WHERE (:year::int IS NULL OR b.year = :year::int) AND (:series::int IS NULL OR b.series_id = :series::int) AND (:own::bigint IS NULL OR b.committee_id = :own::bigint)
    AND (:state::text IS NULL OR ${STATE} = :state::text) AND (:committee = '' OR strpos(c.name, :committee) > 0)`;
const bind = (f: BatchFilter): Record<string, string | number | null> => ({
  year: f.year ?? null,
  series: f.seriesId ?? null,
  own: f.committeeId ?? null,
  state: f.state ?? null,
  committee: f.committee,
});

export async function countBatches(h: Handle, f: BatchFilter): Promise<number> {
  const { rows } = await h.raw<{ rows: { n: number }[] }>(`SELECT count(*)::int AS n ${FOUND}`, bind(f));
  return rows[0]?.n ?? 0;
}

/** The newest year first. A province has some thousand batches in ten years. */
export async function listBatches(h: Handle, f: BatchFilter, limit: number, offset: number): Promise<BatchLine[]> {
  const { rows } = await h.raw<{ rows: BatchLine[] }>(
    `SELECT b.id, b.year, c.name AS "committeeName", s.name AS "seriesName", b.level, ${STATE} AS state, b.applicant_closes_at AS "closesAt", b.unit_closes_at AS "unitClosesAt",
       app_now() AS now ${FOUND} ORDER BY b.year DESC, c.name, s.position, b.level, b.id LIMIT :limit OFFSET :offset`,
    { ...bind(f), limit, offset },
  );
  return rows;
}

/** Years and series that batches have, for the filter. */
export async function findBatchChoices(h: Handle): Promise<{ years: number[]; series: { id: number; name: string }[] }> {
  const { rows } = await h.raw<{ rows: { years: number[]; series: { id: number; name: string }[] }[] }>(
    `SELECT coalesce((SELECT json_agg(y.year) FROM (SELECT DISTINCT year FROM batches ORDER BY year DESC) y), '[]') AS years,
       coalesce((SELECT json_agg(json_build_object('id', s.id, 'name', s.name) ORDER BY s.position) FROM series s WHERE EXISTS (SELECT 1 FROM batches b WHERE b.series_id = s.id)), '[]') AS series`,
  );
  return rows[0] ?? { years: [], series: [] };
}

export interface BatchDetail {
  state: BatchState;
  now: Date;
  /** declarations begun, and those of them that are not submitted yet */
  begun: number;
  drafts: number;
  /** with the units of their way, not reported to the committee yet */
  atUnits: number;
  changes: { kind: string; changes: { label: string; before: string; after: string }[]; reason: string; by: string; at: Date }[];
  commitments: { version: number; text: string; since: Date }[];
  extensions: { id: number; personName: string; applicantUntil: Date; unitUntil: Date; reason: string; by: string; isLive: boolean }[];
}

/** What the page of a batch shows beside the batch: one query. */
export async function findBatchDetail(h: Handle, id: number): Promise<BatchDetail | undefined> {
  const { rows } = await h.raw<{ rows: BatchDetail[] }>(
    `SELECT ${STATE} AS state, app_now() AS now, d.begun, d.drafts, d.at_units AS "atUnits",
       coalesce((SELECT json_agg(json_build_object('kind', x.kind, 'changes', x.changes, 'reason', x.reason, 'by', x.changed_by_name, 'at', x.at) ORDER BY x.id DESC)
         FROM (SELECT * FROM batch_changes WHERE batch_id = b.id ORDER BY id DESC LIMIT 50) x), '[]') AS changes,
       coalesce((SELECT json_agg(json_build_object('version', k.version, 'text', k.text, 'since', k.since) ORDER BY k.version DESC) FROM batch_commitments k WHERE k.batch_id = b.id), '[]') AS commitments,
       coalesce((SELECT json_agg(json_build_object('id', e.id, 'personName', a.display_name, 'applicantUntil', e.applicant_until, 'unitUntil', e.unit_until, 'reason', e.reason,
           'by', g.display_name, 'isLive', e.revoked_at IS NULL) ORDER BY e.id DESC)
         FROM (SELECT * FROM batch_extensions WHERE batch_id = b.id ORDER BY id DESC LIMIT 200) e JOIN accounts a ON a.id = e.person_id JOIN accounts g ON g.id = e.granted_by), '[]') AS extensions
     FROM batches b, LATERAL (SELECT count(*)::int AS begun, count(*) FILTER (WHERE x.state = 'draft')::int AS drafts,
         count(*) FILTER (WHERE x.state IN ('unit_review', 'unit_passed', 'returned_to_unit'))::int AS at_units
       FROM declarations x WHERE x.batch_id = b.id AND x.deleted_at IS NULL) d
     WHERE b.id = ?`,
    [id],
  );
  return rows[0];
}
