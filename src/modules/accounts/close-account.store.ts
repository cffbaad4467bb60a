import type { Trx } from '../../db/db';

/** Holds the person and all their declarations until the transaction is over; true when one of these was ever submitted. */
export async function lockHasSubmitted(trx: Trx, accountId: number): Promise<boolean> {
  await trx('persons').where({ account_id: accountId }).forUpdate().first('account_id');
  const { rows } = await trx.raw<{ rows: { submitted: boolean }[] }>(
    `SELECT d.state <> 'draft' OR d.round > 0 OR EXISTS (SELECT 1 FROM declaration_events e WHERE e.declaration_id = d.id) AS submitted
     FROM declarations d WHERE d.person_id = ? FOR UPDATE OF d`,
    [accountId],
  );
  return rows.some((r) => r.submitted);
}

/** B6: takes away everything about a person that is not the log, and leaves a disabled account without a name. Frees ID number and login name. */
export async function erasePerson(trx: Trx, accountId: number, unusableHash: string): Promise<void> {
  const own = () => trx('declarations').where({ person_id: accountId }).select('id');
  await trx('attachments').whereIn('declaration_id', own()).delete();
  await trx('declaration_sections').whereIn('declaration_id', own()).delete();
  await trx('declaration_rechecks').whereIn('declaration_id', own()).delete();
  await trx('declarations').where({ person_id: accountId }).delete();
  for (const table of ['commitments', 'identity_corrections', 'sign_in_names', 'device_cookies', 'session_forms', 'kept_posts', 'persons'])
    await trx(table).where({ account_id: accountId }).delete();
  await trx('sessions')
    .whereRaw("sess->>'accountId' = ?", [String(accountId)])
    .delete();
  await trx('accounts')
    .where({ id: accountId })
    .update({ login_name: `closed-${accountId}`, display_name: '已注销', password_hash: unusableHash, disabled_at: trx.raw('app_now()') });
}
