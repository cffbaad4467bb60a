import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { findBatch } from '../batches';
import { isCommitteeEnded, lockDeletedDraft, undeleteDraft } from './declarations.store';

export type RestoreOutcome = { kind: 'restored' } | { kind: 'gone' } | { kind: 'another-one' } | { kind: 'committee-ended' };

/** D0: takes the deletion of one's own draft back, with all that was typed and uploaded, as long as deleted drafts are kept. */
export async function restoreDraft(deps: Deps, actor: Actor, id: string, requestId: string): Promise<RestoreOutcome> {
  const { deletedDraftDays } = await deps.settings.get();
  try {
    return await inTransaction(deps.db, async (trx): Promise<RestoreOutcome> => {
      const draft = await lockDeletedDraft(trx, id, actor.accountId, deletedDraftDays);
      if (!draft) return { kind: 'gone' };
      const batch = await findBatch(trx, draft.batch_id);
      if (!batch) throw new Error(`no batch ${draft.batch_id}`);
      if (await isCommitteeEnded(trx, batch.committeeId)) return { kind: 'committee-ended' };
      await undeleteDraft(trx, draft.id);
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'declaration.restore',
        subjectKind: 'declaration',
        subjectId: draft.id,
        requestId,
      });
      return { kind: 'restored' };
    });
  } catch (e) {
    // another declaration of the same batch was begun meanwhile
    if (isViolationOf(e, 'declarations_one_per_batch')) return { kind: 'another-one' };
    throw e;
  }
}
