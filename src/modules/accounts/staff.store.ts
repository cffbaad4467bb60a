import type { Trx } from '../../db/db';
import { endSessions } from './password.store';

/** S12: the password that was handed over must be replaced at the first sign-in. */
export async function demandNewPassword(trx: Trx, accountId: number): Promise<void> {
  await trx('accounts').where({ id: accountId }).update({ must_change_password: true });
}

/** Disables an account, whose sessions end, or enables it again; false when it is that way already. */
export async function switchAccount(trx: Trx, accountId: number, isOn: boolean): Promise<boolean> {
  const query = trx('accounts').where({ id: accountId });
  const changed = isOn
    ? await query.whereNotNull('disabled_at').update({ disabled_at: null })
    : await query.whereNull('disabled_at').update({ disabled_at: trx.raw('app_now()') });
  if (changed === 1 && !isOn) await endSessions(trx, accountId);
  return changed === 1;
}
