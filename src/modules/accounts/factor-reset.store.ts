import type { Handle, Trx } from '../../db/db';
import type { Role } from '../../policy/actor';

/** A lost second factor that somebody asks to take away (S10). */
export interface FactorReset {
  id: number;
  accountId: number;
  accountName: string;
  loginName: string;
  role: Role;
  reason: string;
  requestedBy: number;
  requestedByName: string;
  requestedAt: Date;
}

const SELECT = `SELECT r.id, r.account_id AS "accountId", a.display_name AS "accountName", a.login_name AS "loginName", a.role, r.reason,
    r.requested_by AS "requestedBy", b.display_name AS "requestedByName", r.requested_at AS "requestedAt"
  FROM second_factor_resets r JOIN accounts a ON a.id = r.account_id JOIN accounts b ON b.id = r.requested_by WHERE r.state = 'pending'`;

/** What waits for a second person, the oldest first. */
export async function listPendingResets(h: Handle): Promise<FactorReset[]> {
  const { rows } = await h.raw<{ rows: FactorReset[] }>(`${SELECT} ORDER BY r.requested_at LIMIT 200`);
  return rows;
}

/** The request while it waits, held until the transaction is over. */
export async function lockReset(trx: Trx, id: number): Promise<FactorReset | undefined> {
  const { rows } = await trx.raw<{ rows: FactorReset[] }>(`${SELECT} AND r.id = ? FOR UPDATE OF r`, [id]);
  return rows[0];
}

/** The account of this login name that has a second factor. */
export async function findFactorByLogin(h: Handle, loginName: string): Promise<number | undefined> {
  const { rows } = await h.raw<{ rows: { id: number }[] }>(
    'SELECT a.id FROM accounts a JOIN second_factors f ON f.account_id = a.id WHERE lower(a.login_name) = lower(?)',
    [loginName],
  );
  return rows[0]?.id;
}

/** False when one for this account waits already. */
export async function insertReset(trx: Trx, r: { accountId: number; reason: string; requestedBy: number }): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `INSERT INTO second_factor_resets (account_id, reason, requested_by) VALUES (?, ?, ?)
     ON CONFLICT (account_id) WHERE state = 'pending' DO NOTHING RETURNING id`,
    [r.accountId, r.reason, r.requestedBy],
  );
  return rows.length === 1;
}

export async function writeDecision(trx: Trx, id: number, d: { isConfirmed: boolean; decidedBy: number; reason: string }): Promise<void> {
  await trx('second_factor_resets')
    .where({ id })
    .update({
      state: d.isConfirmed ? 'confirmed' : 'refused',
      decided_by: d.decidedBy,
      decided_at: trx.raw('app_now()'),
      decision_reason: d.reason,
    });
}
