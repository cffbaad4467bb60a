import type { Handle } from '../../db/db';
import type { PlainDate } from '../../lib/dates';
import type { CommitteeSubject } from '../../policy/policy';
import { divisionRange } from '../catalogue';
import { COMMITTEE_STATE, LATEST_REQUEST } from './committee.store';

export interface CommitteeRow {
  id: number;
  name: string;
  divisionCode: string;
  divisionName: string;
  foundedBy: string;
  foundingUnitId: number | null;
  phone: string;
  validFrom: PlainDate;
  validUntil: PlainDate;
  isValid: boolean;
  members: number | null;
  seriesId: number | null;
  /** lowest first */
  levels: string[];
  specialities: string[];
  /** full names */
  divisions: string[];
  state: CommitteeSubject['state'];
  endReason: string;
  request: {
    kind: 'found' | 'renew';
    state: 'requested' | 'approved' | 'refused';
    reason: string;
    validUntil: PlainDate | null;
    at: Date;
    by: string;
    decidedAt: Date | null;
    decidedBy: string | null;
  } | null;
}

const SELECT = `SELECT c.id, c.name, c.division_code AS "divisionCode", v.full_name AS "divisionName", c.founded_by AS "foundedBy", c.founding_unit_id AS "foundingUnitId",
    c.phone, c.valid_from AS "validFrom", c.valid_until AS "validUntil", committee_is_valid(c) AS "isValid", c.member_count AS members, c.end_reason AS "endReason",
    (SELECT min(s.series_id) FROM committee_scopes s WHERE s.committee_id = c.id) AS "seriesId",
    array(SELECT s.level FROM committee_scopes s WHERE s.committee_id = c.id ORDER BY array_position(ARRAY['junior', 'middle', 'associate', 'senior'], s.level)) AS levels,
    array(SELECT DISTINCT unnest(s.specialities) FROM committee_scopes s WHERE s.committee_id = c.id ORDER BY 1) AS specialities,
    array(SELECT d.full_name FROM committee_divisions x JOIN divisions d ON d.code = x.division_code WHERE x.committee_id = c.id ORDER BY d.code) AS divisions,
    ${COMMITTEE_STATE} AS state,
    CASE WHEN q.id IS NULL THEN NULL ELSE json_build_object('kind', q.kind, 'state', q.state, 'reason', q.reason, 'validUntil', q.valid_until, 'at', q.requested_at,
      'by', (SELECT a.display_name FROM accounts a WHERE a.id = q.requested_by), 'decidedAt', q.decided_at,
      'decidedBy', (SELECT a.display_name FROM accounts a WHERE a.id = q.decided_by)) END AS request
  FROM committees c JOIN divisions v ON v.code = c.division_code ${LATEST_REQUEST}`;

export async function findCommittee(h: Handle, id: number): Promise<CommitteeRow | undefined> {
  const { rows } = await h.raw<{ rows: CommitteeRow[] }>(`${SELECT} WHERE c.id = ?`, [id]);
  return rows[0];
}

/** Committees that this unit founded, or that bureaus founded in this division; the newest first. At most 200. */
export async function listFounded(h: Handle, by: { unitId: number } | { divisionCode: string }): Promise<CommitteeRow[]> {
  const [where, bindings] =
    'unitId' in by
      ? ['c.founding_unit_id = ?', [by.unitId]]
      : ['c.founding_unit_id IS NULL AND c.division_code BETWEEN ? AND ?', divisionRange(by.divisionCode)];
  const { rows } = await h.raw<{ rows: CommitteeRow[] }>(
    `${SELECT} WHERE ${where as string} ORDER BY c.id DESC LIMIT 200`,
    bindings as string[],
  );
  return rows;
}

const REVIEW_WHERE = {
  waiting: `q.state = 'requested'`,
  valid: `committee_is_valid(c)`,
  over: `c.ended_at IS NOT NULL OR (c.approved_at IS NOT NULL AND NOT committee_is_valid(c))`,
  all: 'true',
} as const;
export type ReviewShow = keyof typeof REVIEW_WHERE;
export const reviewShows = Object.keys(REVIEW_WHERE) as ReviewShow[];

/** Committees of a bureau's division: those that wait for it the longest first. At most 200. */
export async function listForBureau(h: Handle, divisionCode: string, show: ReviewShow): Promise<CommitteeRow[]> {
  const { rows } = await h.raw<{ rows: CommitteeRow[] }>(
    `${SELECT} WHERE c.division_code BETWEEN ? AND ? AND (${REVIEW_WHERE[show]}) ORDER BY q.requested_at NULLS LAST, c.id LIMIT 200`,
    divisionRange(divisionCode),
  );
  return rows;
}

export interface BureauCounts {
  committees: number;
  committeesSince: Date | null;
  plans: number;
  plansSince: Date | null;
}
/** How many wait for a bureau, and the oldest since when: committees and review plans. One query. */
export async function countForBureau(h: Handle, divisionCode: string): Promise<BureauCounts> {
  const [from, to] = divisionRange(divisionCode);
  const { rows } = await h.raw<{ rows: BureauCounts[] }>(
    `SELECT q.n AS committees, q.since AS "committeesSince", p.n AS plans, p.since AS "plansSince"
     FROM (SELECT count(*)::int AS n, min(q.requested_at) AS since FROM committee_requests q JOIN committees c ON c.id = q.committee_id
           WHERE q.state = 'requested' AND c.division_code BETWEEN :from AND :to) q,
       (SELECT count(*)::int AS n, min(p.requested_at) AS since FROM review_plans p JOIN committees c ON c.id = p.committee_id
           WHERE p.state = 'requested' AND c.division_code BETWEEN :from AND :to) p`,
    { from, to },
  );
  return rows[0] as BureauCounts;
}
