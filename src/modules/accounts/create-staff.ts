import { hashPassword } from '../../adapters/passwords';
import { queueSms } from '../../adapters/sms';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { createStaffAccount, type NewStaff } from './account.store';
import { PASSWORD_SMS_MINUTES } from './add-operator';
import { oneTimePassword } from './one-time-password';
import { writePassword } from './password.store';
import { findFactorAccount, lockAccount } from './second-factor.store';
import { demandNewPassword, switchAccount } from './staff.store';

/** Who makes an account: somebody signed in, or nobody when it is the first one of an installation. */
export interface StaffMaker {
  accountId?: number;
  name: string;
}

type WithoutHash<T> = T extends unknown ? Omit<T, 'passwordHash'> : never;
export type StaffInput = WithoutHash<NewStaff>;
type NameTaken = { kind: 'name-taken' };
/** `password`: to be told once, where there is no telephone to send it to */
export type CreateStaffOutcome = { kind: 'done'; accountId: number; password: string | undefined } | NameTaken;

/**
 * S12: an account for somebody of the staff, with a random password that goes to their telephone, or is told once where there is none, and must be replaced at the
 * first sign-in.
 */
export async function createStaff(deps: Deps, actor: StaffMaker, input: StaffInput, requestId: string): Promise<CreateStaffOutcome> {
  const { mobile } = input;
  if (mobile === undefined) return insertStaff(deps, actor, input, requestId);
  const outcome = await insertStaff(deps, actor, input, requestId, (trx, password) =>
    sendStaffPassword(deps, trx, mobile, input.loginName, password),
  );
  return outcome.kind === 'done' ? { ...outcome, password: undefined } : outcome;
}

/** The account and its record. `deliver` hands the password over in the same transaction; without it the caller tells it. */
export async function insertStaff(
  deps: Pick<Deps, 'db' | 'cipher'>,
  actor: StaffMaker,
  input: StaffInput,
  requestId: string,
  deliver?: (trx: Trx, password: string) => Promise<void>,
): Promise<{ kind: 'done'; accountId: number; password: string } | NameTaken> {
  const password = oneTimePassword();
  const passwordHash = await hashPassword(password);
  try {
    return await inTransaction(deps.db, async (trx) => {
      const accountId = await createStaffAccount(trx, deps, { ...input, passwordHash });
      await demandNewPassword(trx, accountId);
      await deliver?.(trx, password);
      await appendAudit(trx, {
        actorId: actor.accountId ?? null,
        actorName: actor.name,
        action: 'account.create-staff',
        subjectKind: 'account',
        subjectId: String(accountId),
        detail: {
          role: input.role,
          ...(input.role === 'bureau' ? { divisionCode: input.divisionCode } : {}),
          ...(input.role === 'office' || input.role === 'judge' ? { committeeId: input.committeeId } : {}),
        },
        requestId,
      });
      return { kind: 'done' as const, accountId, password };
    });
  } catch (e) {
    if (isViolationOf(e, 'accounts_login_name') || isViolationOf(e, 'sign_in_names_pkey')) return { kind: 'name-taken' };
    throw e;
  }
}

async function sendStaffPassword(
  deps: Pick<Deps, 'cipher' | 'jobs'>,
  trx: Trx,
  mobile: string,
  loginName: string,
  password: string,
): Promise<void> {
  await queueSms(deps, trx, {
    mobile,
    text: `您的职称申报系统工作人员账号：登录名 ${loginName}，临时密码：${password}。登录后请立即修改密码。请勿转发本短信。`,
    purpose: 'staff-password',
    minutes: PASSWORD_SMS_MINUTES,
  });
}

/** shown: there is no telephone, the password is to be told once */
export type ResetStaffOutcome = { kind: 'sent' } | { kind: 'shown'; password: string } | { kind: 'off' };

/** S13: a random password for an account of the staff; nobody chooses it, its sessions end, and it must be replaced at the first sign-in. */
export async function resetStaffPassword(deps: Deps, actor: Actor, accountId: number, requestId: string): Promise<ResetStaffOutcome> {
  const password = oneTimePassword();
  const passwordHash = await hashPassword(password);
  return inTransaction(deps.db, async (trx): Promise<ResetStaffOutcome> => {
    await lockAccount(trx, accountId);
    const account = await findFactorAccount(trx, deps.cipher, accountId);
    if (!account) return { kind: 'off' };
    await writePassword(trx, accountId, { passwordHash, mustChange: true });
    if (account.mobile !== undefined) await sendStaffPassword(deps, trx, account.mobile, account.loginName, password);
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'account.reset-password',
      subjectKind: 'account',
      subjectId: String(accountId),
      detail: { by: account.mobile === undefined ? 'page' : 'sms' },
      requestId,
    });
    return account.mobile === undefined ? { kind: 'shown', password } : { kind: 'sent' };
  });
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
