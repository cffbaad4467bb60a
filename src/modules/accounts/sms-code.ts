import { randomInt } from 'node:crypto';
import { queueSms } from '../../adapters/sms';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Cipher } from '../../lib/cipher';
import { toHalfWidth } from '../../lib/text';
import type { Actor } from '../../policy/actor';
import { mobileIndex } from './mobile-index.store';
import { CODE_MINUTES, codeAges, insertCode, lockMobile, MAX_GUESSES, takeFromBudget, takeGuess, type CodeKey } from './sms-code.store';

/** What a code is for; one sent for one purpose proves nothing for another. The words stand in the message. */
export const codePurposes = {
  'register-person': '个人注册',
  'register-unit': '单位注册',
  'change-mobile': '更换手机号码',
  recover: '找回用户名或密码',
  'second-factor': '登录二次验证',
} as const;
export type CodePurpose = keyof typeof codePurposes;

/** Who stands in the record; nobody for people who have not signed in. */
export interface AskedBy {
  actor?: Actor | undefined;
  requestId: string;
}

/** The number, and the browser session that asks. */
export interface CodeRequest {
  purpose: CodePurpose;
  /** checked, 11 digits */
  mobile: string;
  owner: string;
}

/** S08: at most so many codes of one number in so many seconds. */
const LIMITS = [
  { count: 1, seconds: 60 },
  { count: 5, seconds: 3600 },
  { count: 10, seconds: 86_400 },
] as const;
export type CodeLimit = (typeof LIMITS)[number]['count'];

/** limited: `count` codes were sent already, the next may go in `seconds` · busy: the whole site has used up this minute's budget */
export type SentCode = { kind: 'sent'; messageId: string } | { kind: 'limited'; count: CodeLimit; seconds: number } | { kind: 'busy' };

const keyOf = (cipher: Cipher, r: CodeRequest): CodeKey => ({
  purpose: r.purpose,
  owner: r.owner,
  mobileIndex: mobileIndex(cipher, r.mobile),
});
const hashOf = (cipher: Cipher, r: CodeRequest, code: string): Buffer =>
  cipher.blindIndex(JSON.stringify([r.purpose, r.mobile, r.owner, code]), 'sms-code');

function limitOf(ages: readonly number[]): { count: CodeLimit; seconds: number } | undefined {
  const waits = LIMITS.map(({ count, seconds }) => ({ count, seconds: Math.ceil(seconds - (ages[count - 1] ?? Infinity)) }));
  const longest = waits.reduce((a, b) => (b.seconds > a.seconds ? b : a));
  return longest.seconds > 0 ? longest : undefined;
}

/**
 * S08: makes a code of six digits, good for five minutes, and sends it. Counted for each number, whoever asks and whatever for. `isDecoy`: everything is done
 * but the sending (a number without an account, S05).
 */
export function sendCode(deps: Deps, request: CodeRequest, { actor, requestId }: AskedBy, isDecoy = false): Promise<SentCode> {
  const key = keyOf(deps.cipher, request);
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  return inTransaction(deps.db, async (trx): Promise<SentCode> => {
    await lockMobile(trx, key.mobileIndex);
    const limit = limitOf(await codeAges(trx, key.mobileIndex));
    if (limit) return { kind: 'limited', ...limit };
    if (!(await takeFromBudget(trx, deps.config.smsPerMinute))) return { kind: 'busy' };
    await insertCode(trx, key, hashOf(deps.cipher, request, code));
    const messageId = await queueSms(deps, trx, {
      mobile: request.mobile,
      text: `验证码 ${code}，用于${codePurposes[request.purpose]}，${CODE_MINUTES} 分钟内有效。请勿告诉他人，工作人员不会向您索取。`,
      purpose: request.purpose,
      minutes: CODE_MINUTES,
      isDecoy,
    });
    await appendAudit(trx, {
      actorId: actor?.accountId ?? null,
      actorName: actor?.name ?? '未登录',
      action: 'sms.send-code',
      subjectKind: 'sms',
      subjectId: messageId,
      detail: { purpose: request.purpose },
      requestId,
    });
    return { kind: 'sent', messageId };
  });
}

/** wrong: `left` more guesses · gone: no code to compare with: expired, used, burned after five guesses, or none was sent */
export type CodeVerdict = { kind: 'right' } | { kind: 'wrong'; left: number } | { kind: 'gone' };

/** Compares a typed code. Runs outside of any transaction: the guess counts whatever follows. */
export async function proveCode(deps: Deps, request: CodeRequest, typed: string): Promise<CodeVerdict> {
  const code = toHalfWidth(typed).replace(/\s/g, '');
  const guess = await takeGuess(deps.db, keyOf(deps.cipher, request), hashOf(deps.cipher, request, code.slice(0, 20)));
  if (!guess) return { kind: 'gone' };
  if (guess.isRight) return { kind: 'right' };
  return guess.guess < MAX_GUESSES ? { kind: 'wrong', left: MAX_GUESSES - guess.guess } : { kind: 'gone' };
}

/** Seconds until the next code of this number may be sent; 0: at once. */
export async function secondsToWait(deps: Deps, mobile: string): Promise<number> {
  return limitOf(await codeAges(deps.db, mobileIndex(deps.cipher, mobile)))?.seconds ?? 0;
}
