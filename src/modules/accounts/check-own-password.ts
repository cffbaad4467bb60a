import { verifyPassword } from '../../adapters/passwords';
import { appendAudit } from '../../audit/audit.store';
import type { Deps } from '../../deps';
import { showMoment } from '../../lib/moment';
import type { Actor } from '../../policy/actor';
import { findPasswordHash } from './password.store';
import { forgetTries, MAX_TRIES, takeTry } from './sign-in-attempt.store';

/**
 * S14: the password once more, before something that a stolen session must not reach. Wrong ones are counted together with wrong ones at sign-in (S11).
 * Gives the complaint, or undefined when it is right.
 */
export async function ownPasswordProblem(deps: Deps, actor: Actor, password: string, requestId: string): Promise<string | undefined> {
  if (password === '') return '请填写「登录密码」';
  const counter = { account: actor.accountId };
  const attempt = await takeTry(deps.db, counter);
  const locked = (until: Date): string => `密码连续 ${MAX_TRIES} 次输入错误，请在 ${showMoment(until)} 之后再试`;
  if (attempt.kind === 'locked') return locked(attempt.until);
  const stored = await findPasswordHash(deps.db, actor.accountId);
  if (stored !== undefined && (await verifyPassword(stored, password))) {
    await forgetTries(deps.db, counter, attempt.n);
    return undefined;
  }
  await appendAudit(deps.db, {
    actorId: actor.accountId,
    actorName: actor.name,
    action: 'account.password-wrong',
    subjectKind: 'account',
    subjectId: String(actor.accountId),
    detail: { tries: attempt.n },
    requestId,
  });
  return attempt.lockedUntil ? locked(attempt.lockedUntil) : `「登录密码」不正确，还可以尝试 ${MAX_TRIES - attempt.n} 次`;
}
