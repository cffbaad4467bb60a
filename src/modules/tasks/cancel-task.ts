import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { cancelTaskRow } from './tasks.store';

/** Ends a task that waits or runs; a run notices at its next progress. Nothing happens to one that has ended. */
export async function cancelTask(deps: Deps, actor: Actor, id: number, requestId: string): Promise<void> {
  await inTransaction(deps.db, async (trx) => {
    if (!(await cancelTaskRow(trx, id))) return;
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'task.cancel',
      subjectKind: 'task',
      subjectId: String(id),
      requestId,
    });
  });
}
