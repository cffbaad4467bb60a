import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { liftLocks } from '../accounts';
import { isLocked } from './lock.store';

export type UnlockOutcome = { kind: 'done' } | { kind: 'not-locked' };

/** A2: ends the lock of an account before its time. */
export function unlockAccount(
  deps: Deps,
  actor: Actor,
  input: { accountId: number; reason: string; requestId: string },
): Promise<UnlockOutcome> {
  return inTransaction(deps.db, async (trx): Promise<UnlockOutcome> => {
    if (!(await isLocked(trx, input.accountId))) return { kind: 'not-locked' };
    await liftLocks(trx, input.accountId);
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'account.unlock',
      subjectKind: 'account',
      subjectId: String(input.accountId),
      detail: { reason: input.reason },
      requestId: input.requestId,
    });
    return { kind: 'done' };
  });
}
