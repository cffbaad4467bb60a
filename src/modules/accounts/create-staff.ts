import { hashPassword } from '../../adapters/passwords';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { createStaffAccount, type NewStaff } from './account.store';
import { oneTimePassword } from './one-time-password';
import { demandNewPassword, switchAccount } from './staff.store';

/** Who makes an account: somebody signed in, or nobody when it is the first one of an installation. */
export interface StaffMaker {
  accountId?: number;
  name: string;
}

type WithoutHash<T> = T extends unknown ? Omit<T, 'passwordHash'> : never;
export type StaffInput = WithoutHash<NewStaff>;
export type CreateStaffOutcome = { kind: 'done'; accountId: number; password: string } | { kind: 'name-taken' };

/** S12: an account for somebody of the staff, with a random password that is told once and must be replaced at the first sign-in. */
export async function createStaff(
  deps: Pick<Deps, 'db' | 'cipher'>,
  actor: StaffMaker,
  input: StaffInput,
  requestId: string,
): Promise<CreateStaffOutcome> {
  const password = oneTimePassword();
  const passwordHash = await hashPassword(password);
  try {
    return await inTransaction(deps.db, async (trx): Promise<CreateStaffOutcome> => {
      const accountId = await createStaffAccount(trx, deps, { ...input, passwordHash });
      await demandNewPassword(trx, accountId);
      await appendAudit(trx, {
        actorId: actor.accountId ?? null,
        actorName: actor.name,
        action: 'account.create-staff',
        subjectKind: 'account',
        subjectId: String(accountId),
        detail: {
          role: input.role,
          ...(input.role === 'bureau' ? { divisionCode: input.divisionCode } : {}),
          ...(input.role === 'office' ? { committeeId: input.committeeId } : {}),
        },
        requestId,
      });
      return { kind: 'done', accountId, password };
    });
  } catch (e) {
    if (isViolationOf(e, 'accounts_login_name') || isViolationOf(e, 'sign_in_names_pkey')) return { kind: 'name-taken' };
    throw e;
  }
}

/** Disables or enables an account of the staff; false when it is that way already. */
export function switchStaff(deps: Deps, actor: Actor, accountId: number, isOn: boolean, requestId: string): Promise<boolean> {
  return inTransaction(deps.db, async (trx) => {
    if (!(await switchAccount(trx, accountId, isOn))) return false;
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: isOn ? 'account.enable' : 'account.disable',
      subjectKind: 'account',
      subjectId: String(accountId),
      requestId,
    });
    return true;
  });
}
