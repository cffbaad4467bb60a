import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { findCorrection, lockIdentity, settleCorrection, type Correction } from './correction.store';
import { applyChange, isStillSo } from './request-correction';

export type DecideCorrectionOutcome =
  | { kind: 'done' }
  /** somebody was quicker: how it stands now */
  | { kind: 'already-decided'; correction: Correction }
  | { kind: 'stale' }
  | { kind: 'taken' };

/** S15: the second person confirms a correction, which takes effect in the same transaction, or refuses it with a reason. The caller has asked the policy. */
export async function decideCorrection(
  deps: Deps,
  actor: Actor,
  input: { id: number; decision: 'confirm' | 'refuse'; reason: string; requestId: string },
): Promise<DecideCorrectionOutcome> {
  const state = input.decision === 'confirm' ? 'confirmed' : 'refused';
  try {
    return await inTransaction(deps.db, async (trx): Promise<DecideCorrectionOutcome> => {
      const seen = await findCorrection(trx, deps.cipher, input.id);
      if (!seen) throw new Error(`no correction ${input.id}`);
      // the person first, as everywhere: one order, no deadlock
      const identity = await lockIdentity(trx, deps.cipher, seen.accountId);
      if (!(await settleCorrection(trx, input.id, { state, reason: input.reason, decidedBy: actor.accountId }))) {
        const correction = await findCorrection(trx, deps.cipher, input.id);
        if (!correction) throw new Error(`no correction ${input.id}`);
        return { kind: 'already-decided', correction };
      }
      if (state === 'confirmed') {
        if (!identity || !isStillSo(identity, seen.change)) throw new StaleCorrection();
        await applyChange(deps, trx, seen.accountId, seen.change);
      }
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: `account.correct-${seen.change.kind}-${input.decision}`,
        subjectKind: 'account',
        subjectId: String(seen.accountId),
        detail: {
          correction: seen.id,
          ...(seen.change.kind === 'name' ? { before: seen.change.oldName, after: seen.change.newName } : {}),
          ...(input.reason ? { reason: input.reason } : {}),
        },
        requestId: input.requestId,
      });
      return { kind: 'done' };
    });
  } catch (e) {
    if (e instanceof StaleCorrection) return { kind: 'stale' };
    if (isViolationOf(e, 'sign_in_names_pkey')) return { kind: 'taken' };
    throw e;
  }
}

/** Rolls the decision back: what was to be replaced is no longer there. */
class StaleCorrection extends Error {}
