import type { PlainDate } from '../../lib/dates';
import type { MeetingState } from '../../policy/policy';
import { askPrepared, type Handle } from '../../db/db';
import type { StateName } from '../../policy/declaration-moves';
import { OWN_FACTS, OWN_FACTS_FROM, type OwnFacts } from '../declarations';

export interface OwnDeclaration extends OwnFacts {
  id: string;
  batchId: number;
  year: number;
  seriesName: string;
  level: string;
  movedAt: Date;
  /** the unit or committee it lies with, or that sent it back; null: nobody but the applicant */
  desk: string | null;
  contactName: string | null;
  /** encrypted with purpose 'unit.mobile' */
  contactMobile: Buffer | null;
  /** of the committee's office */
  phone: string | null;
}

/** A person's declarations, newest first; the latest 10. */
export async function listOwnDeclarations(h: Handle, personId: number): Promise<OwnDeclaration[]> {
  return askPrepared<OwnDeclaration>(
    h,
    'own-declarations',
    `SELECT d.id, d.batch_id AS "batchId", d.year, s.name AS "seriesName", d.level, d.moved_at AS "movedAt", ${OWN_FACTS},
       coalesce(h.name, c.name) AS desk, h.contact_name AS "contactName", h.mobile AS "contactMobile", c.phone
     FROM declarations d JOIN batches b ON b.id = d.batch_id JOIN series s ON s.id = d.series_id
     ${OWN_FACTS_FROM}
     LEFT JOIN declaration_stops w ON w.declaration_id = d.id AND w.position = d.return_position
     LEFT JOIN units h ON h.id = coalesce(d.holder_unit_id, w.unit_id) LEFT JOIN committees c ON c.id = coalesce(d.holder_committee_id, w.committee_id)
     WHERE d.person_id = ? AND d.deleted_at IS NULL ORDER BY d.year DESC, d.created_at DESC LIMIT 10`,
    [personId],
  );
}

export async function hasPhoto(h: Handle, personId: number): Promise<boolean> {
  const [row] = await askPrepared<{ photo_sha256: string | null }>(h, 'photo', 'SELECT photo_sha256 FROM persons WHERE account_id = ?', [
    personId,
  ]);
  return typeof row?.photo_sha256 === 'string';
}

/** What the unit `u` holds, by year, series, level and state, as kept. */
const HELD_GROUPS = `SELECT c.year, c.series_id, c.level, CASE c.bucket WHEN 'returned_here' THEN 'returned_to_unit' ELSE c.bucket END AS state, sum(c.n)::int AS n
  FROM queue_counts c WHERE c.reader_kind = 'unit' AND c.reader_id = u.id AND c.bucket IN ('unit_review', 'returned_here', 'unit_passed') GROUP BY 1, 2, 3, 4 HAVING sum(c.n) > 0`;
/** When the one that waits longest of a group `g` came into its state. */
const FIRST_OF_GROUP = `SELECT d.moved_at FROM declarations d WHERE d.holder_unit_id = u.id AND d.state = g.state AND d.series_id = g.series_id AND d.level = g.level AND d.year = g.year
  AND d.deleted_at IS NULL ORDER BY d.moved_at LIMIT 1`;

export interface UnitFacts {
  permission: 'none' | 'requested' | 'granted' | 'refused' | 'withdrawn';
  divisionName: string;
  /** of the bureau the unit belongs to, or of the one above it */
  bureauPhone: string | null;
  /** reason of the last refusal, or of the permission having been taken back; '' when there is none */
  refusal: string;
  /** when the permission was asked for or decided last; null when it never was asked for */
  permissionSince: Date | null;
  registeredAt: Date;
  /** days in which employees asked for the permission by message */
  invitations: number;
  pathsApproved: number;
  pathsWaiting: number;
  pathsRefused: number;
  /** what other units asked this one to decide */
  pathRequests: number;
  toReview: number;
  returned: number;
  toReport: number;
  /** R5: somebody of those is to be put up in the unit first, and was not */
  isPublicityDue: boolean;
  /** when the oldest of each came */
  reviewSince: Date | null;
  returnedSince: Date | null;
  reportSince: Date | null;
  pathSince: Date | null;
  /** the first end of a reporting window that something with this unit waits for */
  closesAt: Date | null;
  /** K3: the last end that has passed of those that something with this unit has not met, nobody has prolonged for it, and no office has given it back */
  missedAt: Date | null;
  now: Date;
}

/** Everything the unit's home page counts, in one query; this year by the database's clock. */
export async function findUnitFacts(h: Handle, unitId: number): Promise<UnitFacts | undefined> {
  const { rows } = await h.raw<{ rows: UnitFacts[] }>(
    `SELECT u.permission_state AS permission, v.full_name AS "divisionName", bureau_phone(v.code) AS "bureauPhone",
       coalesce(CASE u.permission_state WHEN 'withdrawn' THEN w.reason ELSE (SELECT r.reason FROM permission_requests r WHERE r.unit_id = u.id AND r.state = 'refused' ORDER BY r.id DESC LIMIT 1) END, '') AS refusal,
       CASE u.permission_state WHEN 'withdrawn' THEN w.at
         ELSE (SELECT coalesce(r.decided_at, r.requested_at) FROM permission_requests r WHERE r.unit_id = u.id ORDER BY r.id DESC LIMIT 1) END AS "permissionSince",
       u.created_at AS "registeredAt", (SELECT count(*)::int FROM unit_invitations i WHERE i.unit_id = u.id) AS invitations,
       p.approved AS "pathsApproved", p.waiting AS "pathsWaiting", p.refused AS "pathsRefused",
       r.n AS "pathRequests", r.since AS "pathSince", q.review_since AS "reviewSince", q.returned_since AS "returnedSince", q.report_since AS "reportSince",
       q.review AS "toReview", q.returned AS "returned", q.report AS "toReport", q.closes AS "closesAt", q.missed AS "missedAt",
       EXISTS (SELECT 1 FROM declarations d JOIN batches b ON b.id = d.batch_id WHERE d.holder_unit_id = u.id AND d.state = 'unit_passed' AND d.stop_position = 0 AND d.deleted_at IS NULL
         AND b.demands_unit_publicity AND NOT EXISTS (SELECT 1 FROM unit_publicity_items i WHERE i.declaration_id = d.id AND i.voided_at IS NULL)) AS "isPublicityDue", app_now() AS now
     FROM units u JOIN divisions v ON v.code = u.division_code
       LEFT JOIN LATERAL (SELECT reason, withdrawn_at AS at FROM permission_withdrawals WHERE unit_id = u.id ORDER BY id DESC LIMIT 1) w ON true,
       LATERAL (SELECT count(*) FILTER (WHERE x.state = 'approved')::int AS approved, count(*) FILTER (WHERE x.state = 'requested')::int AS waiting,
           count(*) FILTER (WHERE x.state = 'refused')::int AS refused
         FROM reporting_paths x WHERE x.unit_id = u.id AND x.year = extract(year FROM app_today())) p,
       LATERAL (SELECT count(*)::int AS n, min(x.requested_at) AS since FROM reporting_paths x WHERE x.upstream_unit_id = u.id AND x.state = 'requested') r,
       -- how many: kept; since when: the first row of each group's index
       LATERAL (SELECT coalesce(sum(g.n) FILTER (WHERE g.state = 'unit_review'), 0)::int AS review, coalesce(sum(g.n) FILTER (WHERE g.state = 'returned_to_unit'), 0)::int AS returned,
           coalesce(sum(g.n) FILTER (WHERE g.state = 'unit_passed'), 0)::int AS report,
           min(f.since) FILTER (WHERE g.state = 'unit_review') AS review_since, min(f.since) FILTER (WHERE g.state = 'returned_to_unit') AS returned_since,
           min(f.since) FILTER (WHERE g.state = 'unit_passed') AS report_since, min(f.closes) AS closes, max(f.missed) AS missed
         FROM (${HELD_GROUPS}) g, LATERAL (SELECT (${FIRST_OF_GROUP}) AS since,
           (SELECT min(b.unit_closes_at) FROM batches b WHERE b.year = g.year AND b.series_id = g.series_id AND b.level = g.level AND b.unit_closes_at > app_now() AND EXISTS (
             SELECT 1 FROM declarations d WHERE d.holder_unit_id = u.id AND d.state = g.state AND d.series_id = g.series_id AND d.level = g.level AND d.batch_id = b.id AND d.deleted_at IS NULL)) AS closes,
           (SELECT max(b.unit_closes_at) FROM batches b WHERE b.year = g.year AND b.series_id = g.series_id AND b.level = g.level AND b.unit_closes_at <= app_now() AND EXISTS (
             SELECT 1 FROM declarations d WHERE d.holder_unit_id = u.id AND d.state = g.state AND d.series_id = g.series_id AND d.level = g.level AND d.batch_id = b.id AND d.deleted_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM batch_extensions e WHERE e.batch_id = b.id AND e.person_id = d.person_id AND e.revoked_at IS NULL AND e.unit_until > app_now())
               AND NOT EXISTS (SELECT 1 FROM declaration_events v WHERE v.declaration_id = d.id AND v.to_state = 'office_review'))) AS missed) f) q
     WHERE u.id = ?`,
    [unitId],
  );
  return rows[0];
}

/** One series and level without an approved path in which declarations wait, or whose path waits (P4, P5). */
export interface PathlessWork {
  year: number;
  seriesId: number;
  level: string;
  /** how many declarations wait */
  n: number;
  /** null when none waits yet */
  since: Date | null;
  closesAt: Date | null;
  /** the last path asked for; null: none was */
  path: {
    state: 'requested' | 'approved' | 'refused' | 'ended';
    /** it leads to a unit whose permission was taken back */
    isCut: boolean;
    reason: string;
    requestedAt: string;
    upstream: string;
    contactName: string | null;
    /** hexadecimal, encrypted with purpose 'unit.mobile' */
    contactMobile: string | null;
    phone: string | null;
  } | null;
}
/** What this unit has reported and another one has not passed on yet. */
export interface UpstreamWork {
  name: string;
  n: number;
  since: Date;
  contactName: string | null;
  /** encrypted with purpose 'unit.mobile' */
  contactMobile: Buffer | null;
  phone: string | null;
}

const HELD = "('unit_review', 'returned_to_unit', 'unit_passed')";

/** C3: the upstream unit of the path `x` has no permission any more. */
const IS_CUT = "EXISTS (SELECT 1 FROM units g WHERE g.id = x.upstream_unit_id AND g.permission_state <> 'granted')";
const IS_STUCK = "(p.state IS DISTINCT FROM 'approved' OR p.is_cut)";

/** P4: series and levels whose path waits for an answer, or in which declarations wait with the unit and cannot go on for want of an approved path to a unit with the permission; those that close first at the top, 20 at most. */
export async function listPathlessWork(h: Handle, unitId: number): Promise<PathlessWork[]> {
  const { rows } = await h.raw<{ rows: PathlessWork[] }>(
    `SELECT w.year, w.series_id AS "seriesId", w.level, w.n, w.since, w.closes AS "closesAt",
       CASE WHEN p.id IS NOT NULL THEN json_build_object('state', p.state, 'isCut', p.is_cut, 'reason', p.reason, 'requestedAt', p.requested_at, 'upstream', coalesce(up.name, c.name),
         'contactName', up.contact_name, 'contactMobile', encode(up.mobile, 'hex'), 'phone', c.phone) END AS path
     FROM units u CROSS JOIN LATERAL (SELECT y.year, y.series_id, y.level, sum(y.n)::int AS n
           FROM (${HELD_GROUPS}
             UNION ALL SELECT x.year, x.series_id, x.level, 'path', 0 FROM reporting_paths x
               WHERE x.unit_id = u.id AND (x.state = 'requested' OR x.state = 'approved' AND ${IS_CUT}) AND x.year >= extract(year FROM app_today())) y
           GROUP BY y.year, y.series_id, y.level) v
       LEFT JOIN LATERAL (SELECT x.*, x.state IN ('requested', 'approved') AND ${IS_CUT} AS is_cut FROM reporting_paths x WHERE x.unit_id = u.id AND x.series_id = v.series_id AND x.level = v.level AND x.year = v.year
         ORDER BY x.state IN ('requested', 'approved') DESC, x.id DESC LIMIT 1) p ON true
       -- only for the few that cannot go on
       CROSS JOIN LATERAL (SELECT v.*, min(d.moved_at) AS since, max(b.unit_closes_at) AS closes FROM declarations d JOIN batches b ON b.id = d.batch_id
         WHERE ${IS_STUCK} AND d.holder_unit_id = u.id AND d.state IN ${HELD} AND d.series_id = v.series_id AND d.level = v.level AND d.year = v.year AND d.deleted_at IS NULL) w
       LEFT JOIN units up ON up.id = p.upstream_unit_id LEFT JOIN committees c ON c.id = p.committee_id
     WHERE u.id = :unit AND ${IS_STUCK} ORDER BY w.closes, w.series_id, w.level LIMIT 20`,
    { unit: unitId },
  );
  return rows;
}

/** P4: this year's declarations that the unit has reported and that wait with somebody else, by whom they wait with; those that wait longest first, 20 at most. */
export async function listUpstreamWork(h: Handle, unitId: number): Promise<UpstreamWork[]> {
  const { rows } = await h.raw<{ rows: UpstreamWork[] }>(
    `SELECT coalesce(up.name, c.name) AS name, w.n, w.since, up.contact_name AS "contactName", up.mobile AS "contactMobile", c.phone
     FROM (SELECT d.holder_unit_id, d.holder_committee_id, count(*)::int AS n, min(d.moved_at) AS since
           FROM queue_entries e JOIN declarations d ON d.id = e.declaration_id
           WHERE e.reader_kind = 'unit' AND e.reader_id = :unit AND e.is_reported AND e.year = extract(year FROM app_today())
             AND e.state_order IN (state_order('unit_review'), state_order('unit_passed'), state_order('returned_to_unit'), state_order('office_review')) AND d.holder_unit_id IS DISTINCT FROM :unit
           GROUP BY d.holder_unit_id, d.holder_committee_id) w
       LEFT JOIN units up ON up.id = w.holder_unit_id LEFT JOIN committees c ON c.id = w.holder_committee_id
     ORDER BY w.since LIMIT 20`,
    { unit: unitId },
  );
  return rows;
}

/** What waits for those who look after the site, and what they have to renew. */
export interface DeskFacts {
  /** what others asked for: nobody decides on a request of their own */
  corrections: number;
  correctionsSince: Date | null;
  factorResets: number;
  factorResetsSince: Date | null;
  /** batches that take declarations or reports now, and when the first of them ends for the units */
  openBatches: number;
  firstCloses: Date | null;
  /** the last day that the calendar of working days knows */
  calendarUntil: string;
  /** whether less than 60 days of it are left */
  calendarIsShort: boolean;
  /** records of the operation log that are not in its chain yet, 1,000 at most, and when the newest of all was made */
  unsealed: number;
  newestRecord: Date | null;
  now: Date;
}

/** For technical support, administrators and auditors; one query. */
export async function findDeskFacts(h: Handle, accountId: number): Promise<DeskFacts> {
  const { rows } = await h.raw<{ rows: DeskFacts[] }>(
    `SELECT i.n AS corrections, i.since AS "correctionsSince", f.n AS "factorResets", f.since AS "factorResetsSince", b.n AS "openBatches", b.closes AS "firstCloses",
       l.until AS "calendarUntil", l.until < app_today() + 60 AS "calendarIsShort",
       (SELECT count(*)::int FROM (SELECT 1 FROM audit_log WHERE id > coalesce((SELECT audit_id FROM audit_seals ORDER BY seq DESC LIMIT 1), 0) LIMIT 1000) x) AS unsealed,
       (SELECT at FROM audit_log ORDER BY id DESC LIMIT 1) AS "newestRecord", app_now() AS now
     FROM calendar_limits l,
       (SELECT count(*)::int AS n, min(requested_at) AS since FROM identity_corrections WHERE state = 'pending' AND requested_by <> :me) i,
       (SELECT count(*)::int AS n, min(requested_at) AS since FROM second_factor_resets WHERE state = 'pending' AND requested_by <> :me AND account_id <> :me) f,
       (SELECT count(*)::int AS n, min(unit_closes_at) AS closes FROM batches WHERE applicant_opens_at <= app_now() AND unit_closes_at > app_now()) b`,
    { me: accountId },
  );
  const [facts] = rows;
  if (!facts) throw new Error('the working-day calendar has no end: calendar_limits is empty');
  return facts;
}

export interface BureauFacts {
  permissionsWaiting: number;
  oldestRequest: Date | null;
  resultsReady: number;
  /** the last day of the publicity that ended first of those */
  resultsSince: string | null;
  resultsInPublicity: number;
  /** requests for a recheck that the bureau is to decide on, and since when the oldest of them waits */
  appeals: number;
  appealSince: Date | null;
  /** declarations that still stand with units whose permission was taken back, with how many units, and since when the first was taken back */
  held: number;
  heldUnits: number;
  heldSince: Date | null;
  /** the bureau has put down where it is reached */
  hasPhone: boolean;
  now: Date;
}

/** What waits for a bureau in the divisions it covers (`range`: first and last code). */
export async function findBureauFacts(h: Handle, [from, to]: readonly [string, string]): Promise<BureauFacts> {
  const { rows } = await h.raw<{ rows: BureauFacts[] }>(
    `SELECT w.n AS "permissionsWaiting", w.oldest AS "oldestRequest", r.ready AS "resultsReady", r.since AS "resultsSince", r.running AS "resultsInPublicity", a.n AS appeals, a.since AS "appealSince", k.held, k.units AS "heldUnits", k.since AS "heldSince", app_now() AS now,
       EXISTS (SELECT 1 FROM divisions v WHERE v.code = :from AND v.phone IS NOT NULL) AS "hasPhone"
     FROM (SELECT count(*)::int AS n, min(requested_at) AS oldest FROM permission_requests WHERE state = 'requested' AND division_code BETWEEN :from AND :to) w,
       (SELECT coalesce(sum(q.n) FILTER (WHERE q.ends_on < app_today()), 0)::int AS ready, min(q.ends_on) FILTER (WHERE q.ends_on < app_today() AND q.n > 0) AS since, coalesce(sum(q.n) FILTER (WHERE q.ends_on >= app_today()), 0)::int AS running
        FROM queue_counts q WHERE q.reader_kind = 'division' AND q.reader_id = CAST(:from AS bigint) AND q.bucket = 'publicity') r,
       (SELECT count(*)::int AS n, min(x.answered_at) AS since FROM appeals x JOIN committees c ON c.id = x.committee_id
        WHERE x.state = 'proposed' AND c.division_code BETWEEN :from AND :to) a,
       (SELECT coalesce(sum(y.n), 0)::int AS held, count(*)::int AS units, min(y.at) AS since FROM (
          SELECT max(w.withdrawn_at) AS at, (SELECT sum(q.n) FROM queue_counts q WHERE q.reader_kind = 'unit' AND q.reader_id = u.id AND q.bucket IN ('unit_review', 'returned_here', 'unit_passed')) AS n
          FROM permission_withdrawals w JOIN units u ON u.id = w.unit_id WHERE u.permission_state <> 'granted' AND u.division_code BETWEEN :from AND :to GROUP BY u.id) y WHERE y.n > 0) k`,
    { from, to },
  );
  return rows[0] as BureauFacts;
}

export interface OfficeFacts {
  pathRequests: number;
  pathSince: Date | null;
  /** objections and requests for a recheck that the office is to decide */
  objections: number;
  objectionSince: Date | null;
  appeals: number;
  appealSince: Date | null;
  /** meetings under way, and approved plans of a day still to come without one (planned, the id is the plan's), the next one first */
  meetings: { id: number; meetsOn: PlainDate; state: MeetingState | 'planned' }[];
  /** since: when the oldest of them came into the state; null where nobody holds them any more */
  counts: { state: StateName; n: number; since: string | null }[];
  /** the bureau that confirms the results */
  divisionName: string;
  bureauPhone: string | null;
  now: Date;
}

/** How many declarations that reached the committee are in which state, and how many units wait for their path. */
export async function findOfficeFacts(h: Handle, committeeId: number): Promise<OfficeFacts> {
  const { rows } = await h.raw<{ rows: OfficeFacts[] }>(
    `SELECT r.n AS "pathRequests", r.since AS "pathSince", o.n AS objections, o.since AS "objectionSince", a.n AS appeals, a.since AS "appealSince", app_now() AS now,
       v.full_name AS "divisionName", bureau_phone(v.code) AS "bureauPhone",
       coalesce((SELECT json_agg(json_build_object('id', g.id, 'meetsOn', g.meets_on, 'state', g.state) ORDER BY g.meets_on, g.id) FROM
         (SELECT m.id, p.meets_on, m.state FROM meetings m JOIN review_plans p ON p.id = m.plan_id WHERE m.committee_id = :committee AND m.state IN ('drawing', 'reviewing', 'voting')
          UNION ALL
          SELECT p.id, p.meets_on, 'planned' FROM review_plans p WHERE p.committee_id = :committee AND p.state = 'approved' AND p.meets_on >= app_today()
            AND NOT EXISTS (SELECT FROM meetings m WHERE m.plan_id = p.id AND m.state <> 'cancelled')) g), '[]') AS meetings,
       coalesce((SELECT json_agg(json_build_object('state', y.state, 'n', y.n, 'since', y.since)) FROM
         (SELECT g.state, g.n, CASE g.state
              WHEN 'correction' THEN (SELECT min(d.moved_at) FROM queue_entries e JOIN declarations d ON d.id = e.declaration_id
                WHERE e.reader_kind = 'committee' AND e.reader_id = :committee AND e.bucket = 'correction')
              ELSE (SELECT d.moved_at FROM declarations d WHERE d.holder_committee_id = :committee AND d.state = g.state ORDER BY d.moved_at LIMIT 1) END AS since
          FROM (SELECT c.bucket AS state, sum(c.n)::int AS n FROM queue_counts c WHERE c.reader_kind = 'committee' AND c.reader_id = :committee GROUP BY 1 HAVING sum(c.n) > 0) g) y), '[]') AS counts
     FROM (SELECT d.code, d.full_name FROM committees k JOIN divisions d ON d.code = k.division_code WHERE k.id = :committee) v,
       (SELECT count(*)::int AS n, min(x.requested_at) AS since FROM reporting_paths x WHERE x.committee_id = :committee AND x.state = 'requested') r,
       (SELECT count(*)::int AS n, min(x.received_at) AS since FROM result_objections x JOIN publicities p ON p.id = x.publicity_id
        WHERE p.committee_id = :committee AND x.outcome IS NULL) o,
       (SELECT count(*)::int AS n, min(x.asked_at) AS since FROM appeals x WHERE x.committee_id = :committee AND x.state = 'asked') a`,
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
  const [kind, id] = 'unitId' in at ? ['unit', at.unitId] : ['committee', at.committeeId];
  const { rows } = await h.raw<{ rows: Arrivals[] }>(
    `SELECT to_char(g.day, 'YYYY-MM-DD') AS day, count(x.arrived_at)::int AS n
     FROM generate_series(app_today() - :before::int, app_today(), interval '1 day') AS g (day)
     LEFT JOIN (SELECT e.arrived_at FROM queue_entries e
       WHERE e.reader_kind = :kind AND e.reader_id = :id AND e.arrived_at >= ((app_today() - :before::int)::timestamp AT TIME ZONE 'Asia/Shanghai')) x
       ON (x.arrived_at AT TIME ZONE 'Asia/Shanghai')::date = g.day
     GROUP BY g.day ORDER BY g.day`,
    { kind, id, before: ARRIVAL_DAYS - 1 },
  );
  return rows;
}
