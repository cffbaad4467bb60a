import { hashPassword } from '../../adapters/passwords';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { takeDraft } from '../../http/form-drafts.store';
import { mobileIndex } from './mobile-index.store';
import { passwordProblem } from './password-rules';
import { writePassword } from './password.store';
import { personRegistration } from './person-registration';
import { countAccountsOfMobile, listAccountsOfMobile, type RecoverableAccount } from './recovery.store';
import { demandRecoveryCode } from './second-factor.store';
import { proveCode, sendCode, type CodeVerdict, type SentCode } from './sms-code';
import { unitRegistration } from './unit-registration';

/** What is kept between the pages of 「找回用户名或密码」. */
export interface RecoveryDraft {
  /** checked, 11 digits */
  mobile: string;
  /** a code has proven the number */
  isProven: boolean;
  /** the account chosen among several, as its place in the list */
  choice: string;
  problems: { part: string; field: string; text: string }[];
}

export interface RecoveryVisit {
  owner: string;
  requestId: string;
}

/**
 * A3, S05: sends a code to the number if an account has it. For any other number everything else happens just the same, so that neither answer nor time tells
 * whether there is one.
 */
export async function sendRecoveryCode(deps: Deps, mobile: string, { owner, requestId }: RecoveryVisit): Promise<SentCode> {
  const isDecoy = (await countAccountsOfMobile(deps.db, mobileIndex(deps.cipher, mobile))) === 0;
  return sendCode(deps, { purpose: 'recover', mobile, owner }, { requestId }, isDecoy);
}

/** Compares the code; a right one is recorded with each account whose login name is shown now. */
export async function proveRecovery(deps: Deps, mobile: string, typed: string, { owner, requestId }: RecoveryVisit): Promise<CodeVerdict> {
  const verdict = await proveCode(deps, { purpose: 'recover', mobile, owner }, typed);
  if (verdict.kind !== 'right') return verdict;
  await inTransaction(deps.db, async (trx) => {
    for (const account of await accountsOf(deps, mobile)) {
      await appendAudit(trx, {
        actorId: account.id,
        actorName: account.displayName,
        action: 'account.recover-name',
        subjectKind: 'account',
        subjectId: String(account.id),
        requestId,
      });
    }
  });
  return verdict;
}

export const accountsOf = (deps: Deps, mobile: string): Promise<RecoverableAccount[]> =>
  listAccountsOfMobile(deps.db, deps.cipher, mobileIndex(deps.cipher, mobile));

/** The rules of registration hold for the new password too. */
export const rulesFor = (account: RecoverableAccount): { min: number; hint: string } => {
  const kind = account.role === 'person' ? personRegistration : unitRegistration;
  return { min: kind.minPassword, hint: kind.passwordHint };
};

export function newPasswordProblem(account: RecoverableAccount, mobile: string, password: string): string | undefined {
  return passwordProblem(password, {
    min: rulesFor(account).min,
    forbidden: [
      { text: account.loginName, what: '登录名' },
      { text: account.displayName, what: '姓名' },
      { text: account.name, what: account.role === 'person' ? '姓名' : '单位名称' },
      { text: account.number, what: account.role === 'person' ? '证件号码' : '统一社会信用代码' },
      { text: mobile, what: '手机号码' },
    ],
  });
}

/** gone: the draft was used already or is too old; nothing was changed */
export type RecoverOutcome = { kind: 'done' } | { kind: 'gone' };

/** A3, A2: sets the new password, opens the lock and ends every session of the account. Of any number of copies one succeeds. */
export async function recoverAccount(
  deps: Deps,
  draftId: string,
  accountId: number,
  password: string,
  { owner, requestId }: RecoveryVisit,
): Promise<RecoverOutcome> {
  const passwordHash = await hashPassword(password);
  return inTransaction(deps.db, async (trx): Promise<RecoverOutcome> => {
    const draft = await takeDraft<RecoveryDraft>(trx, deps.cipher, 'recover', owner, draftId);
    if (!draft?.isProven) return { kind: 'gone' };
    const account = (await listAccountsOfMobile(trx, deps.cipher, mobileIndex(deps.cipher, draft.mobile))).find((a) => a.id === accountId);
    if (!account) return { kind: 'gone' };
    await writePassword(trx, account.id, { passwordHash, mustChange: false });
    await demandRecoveryCode(trx, account.id);
    await appendAudit(trx, {
      actorId: account.id,
      actorName: account.displayName,
      action: 'account.recover',
      subjectKind: 'account',
      subjectId: String(account.id),
      requestId,
    });
    return { kind: 'done' };
  });
}
