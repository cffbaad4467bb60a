import type { Trx } from '../../db/db';

/** Whether a lock of this account runs, for all browsers or for one that is known to it; the account is held until the transaction is over. */
export async function isLocked(trx: Trx, accountId: number): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: { locked: boolean }[] }>(
    `SELECT coalesce(a.locked_until > app_now(), false) OR EXISTS (SELECT 1 FROM device_cookies d WHERE d.account_id = a.id AND d.locked_until > app_now()) AS locked
     FROM accounts a WHERE a.id = ? FOR UPDATE OF a`,
    [accountId],
  );
  return rows[0]?.locked === true;
}
