import type { Handle } from '../../db/db';
import type { StateName } from '../../policy/declaration-moves';

export interface OwnDeclaration {
  id: string;
  batchId: number;
  year: number;
  seriesName: string;
  level: string;
  titleName: string | null;
  state: StateName;
  unitName: string | null;
  correctionDueOn: string | null;
  movedAt: Date;
  /** still to be submitted, and the window is open by the database's clock */
  isOpen: boolean;
  closesAt: Date;
  now: Date;
}

/** A person's declarations, newest first; the latest 10. */
export async function listOwnDeclarations(h: Handle, personId: number): Promise<OwnDeclaration[]> {
  const { rows } = await h.raw<{ rows: OwnDeclaration[] }>(
    `SELECT d.id, d.batch_id AS "batchId", d.year, s.name AS "seriesName", d.level, t.name AS "titleName", d.state, u.name AS "unitName", d.correction_due_on AS "correctionDueOn", d.moved_at AS "movedAt",
       (app_now() >= b.applicant_opens_at AND app_now() < greatest(b.applicant_closes_at, e.applicant_until)) AS "isOpen",
       greatest(b.applicant_closes_at, e.applicant_until) AS "closesAt", app_now() AS now
     FROM declarations d JOIN batches b ON b.id = d.batch_id
     LEFT JOIN batch_extensions e ON e.batch_id = b.id AND e.person_id = d.person_id AND e.revoked_at IS NULL JOIN series s ON s.id = d.series_id LEFT JOIN titles t ON t.id = d.title_id LEFT JOIN units u ON u.id = d.unit_id
     WHERE d.person_id = ? AND d.deleted_at IS NULL ORDER BY d.year DESC, d.created_at DESC LIMIT 10`,
    [personId],
  );
  return rows;
}

export async function hasPhoto(h: Handle, personId: number): Promise<boolean> {
  const row = (await h('persons').where({ account_id: personId }).first('photo_sha256')) as { photo_sha256: string | null } | undefined;
  return typeof row?.photo_sha256 === 'string';
}

export interface UnitFacts {
  permission: 'none' | 'requested' | 'granted' | 'refused';
  divisionName: string;
  /** reason of the last refusal, '' when there is none */
  refusal: string;
  pathsApproved: number;
  pathsWaiting: number;
  pathsRefused: number;
  /** what other units asked this one to decide */
  pathRequests: number;
  toReview: number;
  returned: number;
  toReport: number;
  /** when the oldest of each came */
  reviewSince: Date | null;
  returnedSince: Date | null;
  reportSince: Date | null;
  pathSince: Date | null;
  /** the first end of a reporting window that something with this unit waits for */
  closesAt: Date | null;
  now: Date;
}

/** Everything the unit's home page counts, in one query; this year by the database's clock. */
export async function findUnitFacts(h: Handle, unitId: number): Promise<UnitFacts | undefined> {
  const { rows } = await h.raw<{ rows: UnitFacts[] }>(
    `SELECT u.permission_state AS permission, v.full_name AS "divisionName",
       coalesce((SELECT r.reason FROM permission_requests r WHERE r.unit_id = u.id AND r.state = 'refused' ORDER BY r.id DESC LIMIT 1), '') AS refusal,
       p.approved AS "pathsApproved", p.waiting AS "pathsWaiting", p.refused AS "pathsRefused",
       r.n AS "pathRequests", r.since AS "pathSince", q.review_since AS "reviewSince", q.returned_since AS "returnedSince", q.report_since AS "reportSince",
       q.review AS "toReview", q.returned AS "returned", q.report AS "toReport", q.closes AS "closesAt", app_now() AS now
     FROM units u JOIN divisions v ON v.code = u.division_code,
       LATERAL (SELECT count(*) FILTER (WHERE x.state = 'approved')::int AS approved, count(*) FILTER (WHERE x.state = 'requested')::int AS waiting,
           count(*) FILTER (WHERE x.state = 'refused')::int AS refused
         FROM reporting_paths x WHERE x.unit_id = u.id AND x.year = extract(year FROM app_today())) p,
       LATERAL (SELECT count(*)::int AS n, min(x.requested_at) AS since FROM reporting_paths x WHERE x.upstream_unit_id = u.id AND x.state = 'requested') r,
       LATERAL (SELECT count(*) FILTER (WHERE d.state = 'unit_review')::int AS review, count(*) FILTER (WHERE d.state = 'returned_to_unit')::int AS returned,
           count(*) FILTER (WHERE d.state = 'unit_passed')::int AS report,
           min(d.moved_at) FILTER (WHERE d.state = 'unit_review') AS review_since, min(d.moved_at) FILTER (WHERE d.state = 'returned_to_unit') AS returned_since,
           min(d.moved_at) FILTER (WHERE d.state = 'unit_passed') AS report_since,
           min(b.unit_closes_at) FILTER (WHERE b.unit_closes_at > app_now()) AS closes
         FROM declarations d JOIN batches b ON b.id = d.batch_id WHERE d.holder_unit_id = u.id AND d.state IN ('unit_review', 'returned_to_unit', 'unit_passed') AND d.deleted_at IS NULL) q
     WHERE u.id = ?`,
    [unitId],
  );
  return rows[0];
}

export interface BureauFacts {
  permissionsWaiting: number;
  oldestRequest: Date | null;
  resultsReady: number;
  resultsInPublicity: number;
  now: Date;
}

/** What waits for a bureau in the divisions it covers (`range`: first and last code). */
export async function findBureauFacts(h: Handle, [from, to]: readonly [string, string]): Promise<BureauFacts> {
  const { rows } = await h.raw<{ rows: BureauFacts[] }>(
    `SELECT w.n AS "permissionsWaiting", w.oldest AS "oldestRequest", r.ready AS "resultsReady", r.running AS "resultsInPublicity", app_now() AS now
     FROM (SELECT count(*)::int AS n, min(requested_at) AS oldest FROM permission_requests WHERE state = 'requested' AND division_code BETWEEN :from AND :to) w,
       (SELECT coalesce(sum(q.n) FILTER (WHERE q.ends_on < app_today()), 0)::int AS ready, coalesce(sum(q.n) FILTER (WHERE q.ends_on >= app_today()), 0)::int AS running
        FROM queue_counts q WHERE q.reader_kind = 'division' AND q.reader_id = CAST(:from AS bigint) AND q.bucket = 'publicity') r`,
    { from, to },
  );
  return rows[0] as BureauFacts;
}

export interface OfficeFacts {
  pathRequests: number;
  pathSince: Date | null;
  /** since: when the oldest of them came into the state */
  counts: { state: StateName; n: number; since: string }[];
  now: Date;
}

/** How many declarations that reached the committee are in which state, and how many units wait for their path. */
export async function findOfficeFacts(h: Handle, committeeId: number): Promise<OfficeFacts> {
  const { rows } = await h.raw<{ rows: OfficeFacts[] }>(
    `SELECT r.n AS "pathRequests", r.since AS "pathSince", app_now() AS now,
       coalesce((SELECT json_agg(json_build_object('state', y.state, 'n', y.n, 'since', y.since)) FROM
         (SELECT d.state, count(*)::int AS n, min(d.moved_at) AS since FROM declaration_stops s JOIN declarations d ON d.id = s.declaration_id
          WHERE s.committee_id = :committee AND d.deleted_at IS NULL GROUP BY d.state) y), '[]') AS counts
     FROM (SELECT count(*)::int AS n, min(x.requested_at) AS since FROM reporting_paths x WHERE x.committee_id = :committee AND x.state = 'requested') r`,
    { committee: committeeId },
  );
  return rows[0] as OfficeFacts;
}

/** One day and how many declarations reached a unit or committee on it. */
export interface Arrivals {
  day: string;
  n: number;
}
export const ARRIVAL_DAYS = 14;

/** R7: what arrived on each of the last 14 days, today included, the days without anything too. */
export async function listArrivals(h: Handle, at: { unitId: number } | { committeeId: number }): Promise<Arrivals[]> {
  const [column, id] = 'unitId' in at ? ['unit_id', at.unitId] : ['committee_id', at.committeeId];
  const { rows } = await h.raw<{ rows: Arrivals[] }>(
    `SELECT to_char(g.day, 'YYYY-MM-DD') AS day, count(x.arrived_at)::int AS n
     FROM generate_series(app_today() - :before::int, app_today(), interval '1 day') AS g (day)
     LEFT JOIN (SELECT s.arrived_at FROM declaration_stops s JOIN declarations d ON d.id = s.declaration_id
       WHERE s.:column: = :id AND d.deleted_at IS NULL AND s.arrived_at >= ((app_today() - :before::int)::timestamp AT TIME ZONE 'Asia/Shanghai')) x
       ON (x.arrived_at AT TIME ZONE 'Asia/Shanghai')::date = g.day
     GROUP BY g.day ORDER BY g.day`,
    { column, id, before: ARRIVAL_DAYS - 1 },
  );
  return rows;
}
