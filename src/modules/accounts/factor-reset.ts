import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { findFactorByLogin, insertReset, lockReset, writeDecision } from './factor-reset.store';
import { endSessions } from './password.store';
import { deleteFactor } from './second-factor.store';

export type RequestResetOutcome = 'done' | 'no-factor' | 'own' | 'pending';

/** S10: somebody of the staff asks, with the reason, that the lost second factor of an account be taken away. Nothing changes before a second person agrees. */
export function requestFactorReset(
  deps: Deps,
  actor: Actor,
  input: { loginName: string; reason: string; requestId: string },
): Promise<RequestResetOutcome> {
  return inTransaction(deps.db, async (trx): Promise<RequestResetOutcome> => {
    const accountId = await findFactorByLogin(trx, input.loginName);
    if (accountId === undefined) return 'no-factor';
    if (accountId === actor.accountId) return 'own';
    if (!(await insertReset(trx, { accountId, reason: input.reason, requestedBy: actor.accountId }))) return 'pending';
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'account.second-factor-reset-request',
      subjectKind: 'account',
      subjectId: String(accountId),
      detail: { reason: input.reason },
      requestId: input.requestId,
    });
    return 'done';
  });
}

export type DecideResetOutcome = 'done' | 'gone' | 'own';

/** S10: the second person. Agreed, the factor and its recovery codes are gone, every session ends, and the next sign-in sets a new one. */
export function decideFactorReset(
  deps: Deps,
  actor: Actor,
  input: { id: number; isConfirmed: boolean; requestId: string },
): Promise<DecideResetOutcome> {
  return inTransaction(deps.db, async (trx): Promise<DecideResetOutcome> => {
    const reset = await lockReset(trx, input.id);
    if (!reset) return 'gone';
    if (reset.requestedBy === actor.accountId || reset.accountId === actor.accountId) return 'own';
    const reason = input.isConfirmed ? '' : '复核不同意';
    await writeDecision(trx, reset.id, { isConfirmed: input.isConfirmed, decidedBy: actor.accountId, reason });
    if (input.isConfirmed) {
      await deleteFactor(trx, reset.accountId);
      await endSessions(trx, reset.accountId);
    }
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: input.isConfirmed ? 'account.second-factor-reset-confirm' : 'account.second-factor-reset-refuse',
      subjectKind: 'account',
      subjectId: String(reset.accountId),
      detail: { requestedBy: reset.requestedByName },
      requestId: input.requestId,
    });
    return 'done';
  });
}
