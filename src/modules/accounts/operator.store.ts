import type { Handle, Trx } from '../../db/db';
import type { Cipher } from '../../lib/cipher';
import { ownMobile } from './account.store';
import { mobileIndex } from './mobile-index.store';
import { endSessions } from './password.store';

/** One of the people who work for a unit (C6). */
export interface Operator {
  id: number;
  name: string;
  loginName: string;
  isOwner: boolean;
  mobile: string;
  mustChangePassword: boolean;
  disabledAt: Date | null;
  removedAt: Date | null;
  createdAt: Date;
}

/** As many as the database admits (trigger admit_operator). */
export const MAX_OPERATORS = 30;

interface Row extends Omit<Operator, 'mobile'> {
  account_mobile: Buffer | null;
  unit_mobile: Buffer;
}

const SELECT = `SELECT a.id, a.display_name AS name, a.login_name AS "loginName", a.is_owner AS "isOwner", a.mobile AS account_mobile, u.mobile AS unit_mobile,
    a.must_change_password AS "mustChangePassword", a.disabled_at AS "disabledAt", a.removed_at AS "removedAt", a.created_at AS "createdAt"
  FROM accounts a JOIN units u ON u.id = a.unit_id`;

const operatorOf =
  (cipher: Cipher) =>
  ({ account_mobile, unit_mobile, ...r }: Row): Operator => ({
    ...r,
    mobile: account_mobile ? cipher.decrypt(account_mobile, 'account.mobile') : r.isOwner ? cipher.decrypt(unit_mobile, 'unit.mobile') : '',
  });

/** The operators of a unit: the owner first, removed ones last. */
export async function listOperators(h: Handle, cipher: Cipher, unitId: number): Promise<Operator[]> {
  const { rows } = await h.raw<{ rows: Row[] }>(
    `${SELECT} WHERE a.unit_id = ? ORDER BY a.removed_at DESC NULLS FIRST, a.is_owner DESC, a.id LIMIT 200`,
    [unitId],
  );
  return rows.map(operatorOf(cipher));
}

export async function findOperator(h: Handle, cipher: Cipher, id: number): Promise<Operator | undefined> {
  const { rows } = await h.raw<{ rows: Row[] }>(`${SELECT} WHERE a.id = ?`, [id]);
  return rows[0] && operatorOf(cipher)(rows[0]);
}

/** Whoever changes the operators of a unit waits here for the others until the transaction ends. */
export async function lockOperators(trx: Trx, unitId: number): Promise<void> {
  await trx.raw('SELECT 1 FROM units WHERE id = ? FOR NO KEY UPDATE', [unitId]);
}

export async function writeOperatorMobile(trx: Trx, cipher: Cipher, id: number, mobile: string): Promise<void> {
  await trx('accounts').where({ id }).update(ownMobile(cipher, mobile));
}

/** The account stays, for the record names it; nobody can sign in with it again. */
export async function markRemoved(trx: Trx, id: number): Promise<void> {
  await trx('accounts')
    .where({ id })
    .update({ removed_at: trx.raw('app_now()'), disabled_at: trx.raw('coalesce(disabled_at, app_now())') });
  await trx('device_cookies').where({ account_id: id }).delete();
  await endSessions(trx, id);
}

/**
 * Makes another operator the owner. The unit's contact and telephone become theirs and the credit code signs in to their account: who is no longer the owner
 * can recover nothing but their own account.
 */
export async function moveOwnership(trx: Trx, cipher: Cipher, unitId: number, from: Operator, to: Operator): Promise<void> {
  await trx('accounts')
    .where({ id: from.id })
    .update({ is_owner: false, ...ownMobile(cipher, from.mobile) });
  await trx('accounts').where({ id: to.id }).update({ is_owner: true, mobile: null, mobile_index: null });
  await trx('units')
    .where({ id: unitId })
    .update({ contact_name: to.name, mobile: cipher.encrypt(to.mobile, 'unit.mobile'), mobile_index: mobileIndex(cipher, to.mobile) });
  await trx('sign_in_names').where({ account_id: from.id, kind: 'credit-code' }).update({ account_id: to.id });
}
