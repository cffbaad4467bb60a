import type { Handle, Trx } from '../../db/db';
import type { PlainDate } from '../../lib/dates';
import type { PlanSubject } from '../../policy/policy';
import { divisionRange } from '../catalogue';

export interface Plan {
  id: number;
  committeeId: number;
  committeeName: string;
  year: number;
  meetsOn: PlainDate;
  place: string;
  seats: number;
  expected: number;
  content: string;
  state: PlanSubject['state'];
  reason: string;
  requestedAt: Date;
  decidedAt: Date | null;
  decidedBy: string | null;
  /** the meeting that follows it, unless cancelled */
  meetingId: number | null;
}
export type NewPlan = Pick<Plan, 'committeeId' | 'year' | 'meetsOn' | 'place' | 'seats' | 'expected' | 'content'>;

const SELECT = `SELECT p.id, p.committee_id AS "committeeId", c.name AS "committeeName", p.year, p.meets_on AS "meetsOn", p.place, p.seats, p.expected, p.content, p.state,
    p.reason, p.requested_at AS "requestedAt", p.decided_at AS "decidedAt", a.display_name AS "decidedBy",
    (SELECT m.id FROM meetings m WHERE m.plan_id = p.id AND m.state <> 'cancelled') AS "meetingId"
  FROM review_plans p JOIN committees c ON c.id = p.committee_id LEFT JOIN accounts a ON a.id = p.decided_by`;

export async function findPlan(h: Handle, id: number): Promise<Plan | undefined> {
  const { rows } = await h.raw<{ rows: Plan[] }>(`${SELECT} WHERE p.id = ?`, [id]);
  return rows[0];
}
/** A committee's plans, the newest first. At most 100. */
export async function listPlans(h: Handle, committeeId: number): Promise<Plan[]> {
  const { rows } = await h.raw<{ rows: Plan[] }>(`${SELECT} WHERE p.committee_id = ? ORDER BY p.id DESC LIMIT 100`, [committeeId]);
  return rows;
}
/** Plans of the committees of a division: waiting ones first, then the newest. At most 200. */
export async function listPlansOfDivision(h: Handle, divisionCode: string, waitingOnly: boolean): Promise<Plan[]> {
  const { rows } = await h.raw<{ rows: Plan[] }>(
    `${SELECT} WHERE c.division_code BETWEEN ? AND ? ${waitingOnly ? "AND p.state = 'requested'" : ''} ORDER BY p.state <> 'requested', p.id DESC LIMIT 200`,
    divisionRange(divisionCode),
  );
  return rows;
}

/** What the policy needs to know of a review plan. */
export async function findPlanSubject(h: Handle, id: number): Promise<PlanSubject | undefined> {
  const { rows } = await h.raw<{ rows: Omit<PlanSubject, 'kind'>[] }>(
    `SELECT p.id, p.committee_id AS "committeeId", c.division_code AS "divisionCode", p.state FROM review_plans p JOIN committees c ON c.id = p.committee_id WHERE p.id = ?`,
    [id],
  );
  return rows[0] && { kind: 'plan', ...rows[0] };
}

/** Gives the id. Violates review_plans_one_open when one waits already. */
export async function insertPlan(trx: Trx, p: NewPlan, accountId: number): Promise<number> {
  const [row] = (await trx('review_plans')
    .insert({
      committee_id: p.committeeId,
      year: p.year,
      meets_on: p.meetsOn,
      place: p.place,
      seats: p.seats,
      expected: p.expected,
      content: p.content,
      requested_by: accountId,
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('insert gave no row');
  return row.id;
}
/** False when it is decided already. */
export async function decidePlanRow(trx: Trx, id: number, d: { approve: boolean; reason: string; accountId: number }): Promise<boolean> {
  const n = await trx('review_plans')
    .where({ id, state: 'requested' })
    .update({ state: d.approve ? 'approved' : 'refused', reason: d.reason, decided_by: d.accountId, decided_at: trx.raw('app_now()') });
  return n === 1;
}

export interface Standing {
  isValid: boolean;
  /** experts in the pool, and the numbers the highest level of the committee asks for */
  pool: number;
  poolMin: number;
  seatsMin: number;
  /** accepted, waiting for a meeting */
  accepted: number;
  foundedBy: string;
  /** whom to call at the unit that founded it; null where a bureau did */
  founderContact: string | null;
  /** encrypted with purpose 'unit.mobile' */
  founderMobile: Buffer | null;
  bureauPhone: string | null;
}
/** How a committee stands: whether it is in its term, how large its pool is and must be (J2), and what waits for a meeting. One query. */
export async function findStanding(h: Handle, committeeId: number): Promise<Standing> {
  const { rows } = await h.raw<{ rows: Standing[] }>(
    `SELECT committee_is_valid(c) AS "isValid", (SELECT count(*)::int FROM judges j WHERE j.committee_id = c.id AND j.left_at IS NULL) AS pool,
       coalesce((SELECT max(z.pool_min) FROM committee_scopes s JOIN committee_sizes z ON z.level = s.level WHERE s.committee_id = c.id), 3) AS "poolMin",
       coalesce((SELECT max(z.seats_min) FROM committee_scopes s JOIN committee_sizes z ON z.level = s.level WHERE s.committee_id = c.id), 3) AS "seatsMin",
       (SELECT count(*)::int FROM declarations d WHERE d.holder_committee_id = c.id AND d.state = 'accepted'
          AND NOT EXISTS (SELECT 1 FROM meeting_items i WHERE i.declaration_id = d.id AND i.is_live)) AS accepted,
       c.founded_by AS "foundedBy", u.contact_name AS "founderContact", u.mobile AS "founderMobile", bureau_phone(c.division_code) AS "bureauPhone"
     FROM committees c LEFT JOIN units u ON u.id = c.founding_unit_id WHERE c.id = ?`,
    [committeeId],
  );
  const [row] = rows;
  if (!row) throw new Error(`no committee ${committeeId}`);
  return row;
}
