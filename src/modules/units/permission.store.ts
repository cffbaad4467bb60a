import type { Handle, Trx } from '../../db/db';

export interface PermissionRequest {
  id: number;
  unitId: number;
  creditCode: string;
  divisionCode: string;
  divisionName: string;
  state: 'requested' | 'granted' | 'refused';
  isAutomatic: boolean;
  /** what the automatic check could not confirm; '' when it confirmed everything */
  checkNote: string;
  reason: string;
  requestedAt: Date;
  decidedAt: Date | null;
  /** name of the officer; null for the automatic check */
  decidedBy: string | null;
  /** what it granted was taken back later */
  isWithdrawn: boolean;
}

const SELECT = `SELECT r.id, r.unit_id AS "unitId", r.credit_code AS "creditCode", r.division_code AS "divisionCode", d.full_name AS "divisionName", r.state,
    r.is_automatic AS "isAutomatic", r.check_note AS "checkNote", r.reason, r.requested_at AS "requestedAt", r.decided_at AS "decidedAt", a.display_name AS "decidedBy",
    EXISTS (SELECT 1 FROM permission_withdrawals w WHERE w.request_id = r.id) AS "isWithdrawn"
  FROM permission_requests r JOIN divisions d ON d.code = r.division_code LEFT JOIN accounts a ON a.id = r.decided_by`;

export async function findPermissionRequest(h: Handle, id: number): Promise<PermissionRequest | undefined> {
  const { rows } = await h.raw<{ rows: PermissionRequest[] }>(`${SELECT} WHERE r.id = ?`, [id]);
  return rows[0];
}

/** The newest request of a unit. */
export async function findLatestRequest(h: Handle, unitId: number): Promise<PermissionRequest | undefined> {
  const { rows } = await h.raw<{ rows: PermissionRequest[] }>(`${SELECT} WHERE r.unit_id = ? ORDER BY r.id DESC LIMIT 1`, [unitId]);
  return rows[0];
}

export interface EarlierRequest extends PermissionRequest {
  /** why what it granted was taken back; null when it was not */
  withdrawnReason: string | null;
}

/** What was decided for the unit of a request before it, in the same division, the newest first; the last twenty. */
export async function listEarlierRequests(
  h: Handle,
  r: Pick<PermissionRequest, 'id' | 'unitId' | 'divisionCode'>,
): Promise<EarlierRequest[]> {
  const { rows } = await h.raw<{ rows: EarlierRequest[] }>(
    `SELECT q.*, (SELECT w.reason FROM permission_withdrawals w WHERE w.request_id = q.id) AS "withdrawnReason"
     FROM (${SELECT} WHERE r.unit_id = ? AND r.id < ? AND r.division_code = ? AND r.state <> 'requested' ORDER BY r.id DESC LIMIT 20) q ORDER BY q.id DESC`,
    [r.unitId, r.id, r.divisionCode],
  );
  return rows;
}

/** Gives the new request's id. */
export async function insertRequest(
  trx: Trx,
  r: { unitId: number; creditCode: string; divisionCode: string; accountId: number; checkNote: string; grantedAutomatically: boolean },
): Promise<number> {
  const [row] = (await trx('permission_requests')
    .insert({
      unit_id: r.unitId,
      credit_code: r.creditCode,
      division_code: r.divisionCode,
      state: r.grantedAutomatically ? 'granted' : 'requested',
      is_automatic: r.grantedAutomatically,
      check_note: r.checkNote,
      requested_by: r.accountId,
      decided_at: r.grantedAutomatically ? trx.raw('app_now()') : null,
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('insert gave no row');
  return row.id;
}

/** False when it was decided already. */
export async function decideRequest(
  trx: Trx,
  id: number,
  d: { state: 'granted' | 'refused'; reason: string; accountId: number },
): Promise<boolean> {
  const n = await trx('permission_requests')
    .where({ id, state: 'requested' })
    .update({ state: d.state, reason: d.reason, decided_by: d.accountId, decided_at: trx.raw('app_now()') });
  return n === 1;
}

/** Requests that wait for a bureau and whose code the register holds under the declared division, by id after `after`; `limit` at most. */
export async function listWaitingInRegister(h: Handle, after: number, limit: number): Promise<number[]> {
  const { rows } = await h.raw<{ rows: { id: number }[] }>(
    `SELECT r.id FROM permission_requests r JOIN unit_register e ON e.credit_code = r.credit_code AND e.division_code = r.division_code
     WHERE r.state = 'requested' AND r.id > ? ORDER BY r.id LIMIT ?`,
    [after, limit],
  );
  return rows.map((r) => r.id);
}

/** Grants by the automatic check; false when it was decided already. */
export async function grantAutomatically(trx: Trx, id: number): Promise<boolean> {
  const n = await trx('permission_requests')
    .where({ id, state: 'requested' })
    .update({ state: 'granted', is_automatic: true, check_note: '', decided_at: trx.raw('app_now()') });
  return n === 1;
}

export interface Withdrawal {
  reason: string;
  /** the officer */
  byName: string;
  at: Date;
}

/** Why the unit has no permission, where it had one: the last withdrawal that no grant has followed. */
export async function findWithdrawal(h: Handle, unitId: number): Promise<Withdrawal | undefined> {
  const { rows } = await h.raw<{ rows: Withdrawal[] }>(
    `SELECT w.reason, a.display_name AS "byName", w.withdrawn_at AS at FROM permission_withdrawals w JOIN accounts a ON a.id = w.withdrawn_by
     WHERE w.unit_id = ? AND NOT EXISTS (SELECT 1 FROM units u WHERE u.id = w.unit_id AND u.permission_state = 'granted') ORDER BY w.id DESC LIMIT 1`,
    [unitId],
  );
  return rows[0];
}

/** Records that the permission is taken back, and which grant. */
export async function insertWithdrawal(trx: Trx, w: { unitId: number; reason: string; accountId: number }): Promise<void> {
  await trx.raw(
    `INSERT INTO permission_withdrawals (unit_id, request_id, reason, withdrawn_by)
     VALUES (?, (SELECT max(id) FROM permission_requests WHERE unit_id = ? AND state = 'granted'), ?, ?)`,
    [w.unitId, w.unitId, w.reason, w.accountId],
  );
}

/** A declaration whose applicant has to choose another unit. */
export interface Freed {
  personId: number;
  year: number;
  seriesId: number;
  level: string;
}

/**
 * Whoever corrects what this unit has returned may choose another unit now, when none of the units below it that have had the declaration holds the permission either:
 * 「申报信息」 is opened to them too, and what is handed in begins anew with the unit that is chosen. Gives who they are; not those who have chosen another one already.
 */
export async function openUnitChoice(trx: Trx, unitId: number): Promise<Freed[]> {
  const { rows } = await trx.raw<{ rows: Freed[] }>(
    `UPDATE declarations d SET return_position = 0,
       reopened_sections = CASE WHEN d.reopened_sections @> ARRAY['application'] THEN d.reopened_sections ELSE d.reopened_sections || 'application'::text END
     FROM declaration_stops own
     WHERE own.unit_id = ? AND own.declaration_id = d.id AND own.position <= d.return_position AND d.state = 'returned_to_applicant' AND d.deleted_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM declaration_stops s JOIN units u ON u.id = s.unit_id
         WHERE s.declaration_id = d.id AND s.position <= d.return_position AND u.permission_state = 'granted')
       AND (d.rank_fixed_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM units u WHERE u.id = d.unit_id AND u.permission_state = 'granted'))
     RETURNING d.person_id AS "personId", d.year, d.series_id AS "seriesId", d.level`,
    [unitId],
  );
  return rows;
}

/** The telephones, encrypted with purpose 'unit.mobile', of units that report to this one: whose path of this year leads to it, or what waits with them of another year. */
export async function listLowerMobiles(h: Handle, unitId: number): Promise<Buffer[]> {
  const { rows } = await h.raw<{ rows: { mobile: Buffer }[] }>(
    `SELECT u.mobile FROM units u WHERE u.id IN (
       SELECT p.unit_id FROM reporting_paths p WHERE p.upstream_unit_id = ? AND p.state IN ('requested', 'approved')
         AND (p.year >= extract(year FROM app_today()) OR EXISTS (SELECT 1 FROM declarations d WHERE d.holder_unit_id = p.unit_id
           AND d.state IN ('unit_review', 'returned_to_unit', 'unit_passed') AND d.series_id = p.series_id AND d.level = p.level AND d.year = p.year AND d.deleted_at IS NULL)))
     ORDER BY u.id`,
    [unitId],
  );
  return rows.map((r) => r.mobile);
}
