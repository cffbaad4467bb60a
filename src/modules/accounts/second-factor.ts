import { randomInt } from 'node:crypto';
import { appendAudit } from '../../audit/audit.store';
import { databaseNow, inTransaction, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { Cipher } from '../../lib/cipher';
import { showMoment } from '../../lib/moment';
import { toHalfWidth } from '../../lib/text';
import { matchingStep } from '../../lib/totp';
import type { Role } from '../../policy/actor';
import {
  findFactor,
  findFactorAccount,
  hasFactor,
  lockAccount,
  takeRecoveryCode,
  takeStep,
  writeFactor,
  writeRecoveryCodes,
  type FactorAccount,
  type SecondFactor,
} from './second-factor.store';
import { forgetTries, MAX_TRIES, takeTry } from './sign-in-attempt.store';
import { proveCode, type CodeRequest } from './sms-code';
import { codeProblem } from './sms-texts';

/** What a sign-in still needs after the password: nothing, the second factor, or setting one. */
export type NextStep = 'none' | 'ask' | 'set';

/** S10: everybody but a person sees other people's data. */
export const needsFactor = (role: Role): boolean => role !== 'person';

export async function nextStep(deps: Pick<Deps, 'config' | 'db'>, account: { id: number; role: Role }): Promise<NextStep> {
  const mode = deps.config.secondFactor;
  if (mode === 'off' || !needsFactor(account.role)) return 'none';
  if (await hasFactor(deps.db, account.id)) return 'ask';
  return mode === 'required' ? 'set' : 'none';
}

// without letters and digits that are taken for one another
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const CODES = 10;
const HALF_LENGTH = 5;

/** Ten codes of about 49 bits, each good for one sign-in. */
export function newRecoveryCodes(): string[] {
  const half = (): string => Array.from({ length: HALF_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  return Array.from({ length: CODES }, () => `${half()}-${half()}`);
}
const hashOf = (cipher: Cipher, accountId: number, code: string): Buffer =>
  cipher.blindIndex(JSON.stringify([accountId, code.replace('-', '')]), 'recovery-code');

/** What a code for this account is bound to. */
export const codeRequest = (mobile: string, owner: string): CodeRequest => ({ purpose: 'second-factor', mobile, owner });

export interface FactorInput {
  accountId: number;
  typed: string;
  owner: string;
  requestId: string;
}
/** gone: the account was disabled, or its factor was reset, meanwhile */
export type FactorVerdict = { kind: 'right' } | { kind: 'wrong'; text: string } | { kind: 'gone' };

type Means = 'totp' | 'sms' | 'recovery-code';

/** What is wrong, or by what it was proven. */
async function compare(
  deps: Deps,
  account: FactorAccount,
  factor: SecondFactor,
  { typed, owner }: FactorInput,
): Promise<{ by: Means } | { problem: string | undefined }> {
  const code = toHalfWidth(typed).toLowerCase().replace(/[\s-]/g, '').slice(0, 20);
  if (/[a-z]/.test(code) || code.length === 2 * HALF_LENGTH)
    return (await takeRecoveryCode(deps.db, account.id, hashOf(deps.cipher, account.id, code)))
      ? { by: 'recovery-code' }
      : { problem: '恢复码不正确，或者已经使用过' };
  if (factor.needsRecoveryCode) return { problem: '您刚用短信找回了密码，本次登录须填写恢复码' };
  if (factor.kind === 'sms') {
    if (account.mobile === undefined) return { problem: '该账号没有手机号码，请填写恢复码' };
    const problem = codeProblem(await proveCode(deps, codeRequest(account.mobile, owner), code));
    return problem === undefined ? { by: 'sms' } : { problem };
  }
  const step = matchingStep(factor.secret ?? '', code, (await databaseNow(deps.db)).now);
  return step !== undefined && (await takeStep(deps.db, account.id, step)) ? { by: 'totp' } : { problem: undefined };
}

/**
 * S10: compares what was typed on the second page of a sign-in. A try is counted before it is compared, by one statement, so that of any number at once five are
 * compared; the fifth wrong one locks the second page for 15 minutes. A code by time, a code by message and a recovery code share the count.
 */
export async function checkFactor(deps: Deps, input: FactorInput): Promise<FactorVerdict> {
  const { db, cipher } = deps;
  const { accountId, requestId } = input;
  const [account, factor] = await Promise.all([findFactorAccount(db, cipher, accountId), findFactor(db, cipher, accountId)]);
  if (!account || !factor) return { kind: 'gone' };
  const locked = (until: Date): FactorVerdict => ({
    kind: 'wrong',
    text: `验证码连续 ${MAX_TRIES} 次输入错误，请在 ${showMoment(until)} 之后再试`,
  });
  const counter = { factorOf: accountId };
  const attempt = await takeTry(db, counter);
  if (attempt.kind === 'locked') return locked(attempt.until);
  const result = await compare(deps, account, factor, input);
  if ('by' in result) {
    await inTransaction(db, async (trx) => {
      await forgetTries(trx, counter, attempt.n);
      await recordSignIn(trx, account, result.by, requestId);
    });
    return { kind: 'right' };
  }
  await appendAudit(db, {
    actorId: null,
    actorName: '未登录',
    action: 'account.second-factor-wrong',
    subjectKind: 'account',
    subjectId: String(accountId),
    detail: { tries: attempt.n },
    requestId,
  });
  if (attempt.lockedUntil) return locked(attempt.lockedUntil);
  return { kind: 'wrong', text: `${result.problem ?? '验证码不正确，或者已经使用过'}；还可以尝试 ${MAX_TRIES - attempt.n} 次` };
}

function recordSignIn(trx: Trx, account: FactorAccount, by: Means | 'set', requestId: string): Promise<void> {
  return appendAudit(trx, {
    actorId: account.id,
    actorName: account.name,
    action: 'account.sign-in',
    subjectKind: 'account',
    subjectId: String(account.id),
    detail: { secondFactor: by },
    requestId,
  });
}

export interface NewFactor {
  accountId: number;
  /** base32, when it is a code by time; otherwise codes go to the account's telephone */
  secret: string | undefined;
  typed: string;
  owner: string;
  requestId: string;
  /** the sign-in is complete with it */
  isSignIn: boolean;
}
/** taken: somebody has set a factor meanwhile: in the middle of a sign-in it must be given, not replaced */
export type SetOutcome = { kind: 'done'; codes: string[] } | { kind: 'wrong'; text: string } | { kind: 'taken' } | { kind: 'gone' };

/** S10: sets the second factor once a code of it was given, with new recovery codes, which are told this once. */
export async function setFactor(deps: Deps, input: NewFactor): Promise<SetOutcome> {
  const { db, cipher } = deps;
  const { accountId, secret, typed, owner, requestId } = input;
  const account = await findFactorAccount(db, cipher, accountId);
  if (!account || (secret === undefined && account.mobile === undefined)) return { kind: 'gone' };
  const code = toHalfWidth(typed).replace(/\s/g, '').slice(0, 20);
  const step = secret === undefined ? undefined : matchingStep(secret, code, (await databaseNow(db)).now);
  if (secret !== undefined && step === undefined)
    return { kind: 'wrong', text: '验证码不正确，请填写验证器现在显示的 6 位数字，并检查手机的时间是否准确' };
  if (secret === undefined) {
    const problem = codeProblem(await proveCode(deps, codeRequest(account.mobile ?? '', owner), code));
    if (problem !== undefined) return { kind: 'wrong', text: problem };
  }
  const codes = newRecoveryCodes();
  return inTransaction(db, async (trx): Promise<SetOutcome> => {
    await lockAccount(trx, accountId);
    if (input.isSignIn && (await hasFactor(trx, accountId))) return { kind: 'taken' };
    const codeHashes = codes.map((c) => hashOf(cipher, accountId, c));
    await writeFactor(trx, cipher, accountId, { kind: secret === undefined ? 'sms' : 'totp', secret, step, codeHashes });
    await appendAudit(trx, {
      actorId: accountId,
      actorName: account.name,
      action: 'account.second-factor-set',
      subjectKind: 'account',
      subjectId: String(accountId),
      detail: { kind: secret === undefined ? 'sms' : 'totp' },
      requestId,
    });
    if (input.isSignIn) await recordSignIn(trx, account, 'set', requestId);
    return { kind: 'done', codes };
  });
}

/** New recovery codes instead of the old ones; undefined when the account has no second factor. */
export function renewRecoveryCodes(
  deps: Deps,
  actor: { accountId: number; name: string },
  requestId: string,
): Promise<string[] | undefined> {
  const codes = newRecoveryCodes();
  return inTransaction(deps.db, async (trx) => {
    await lockAccount(trx, actor.accountId);
    if (!(await hasFactor(trx, actor.accountId))) return undefined;
    await writeRecoveryCodes(
      trx,
      actor.accountId,
      codes.map((c) => hashOf(deps.cipher, actor.accountId, c)),
    );
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'account.recovery-codes',
      subjectKind: 'account',
      subjectId: String(actor.accountId),
      requestId,
    });
    return codes;
  });
}
