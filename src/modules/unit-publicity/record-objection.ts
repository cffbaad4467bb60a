import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { insertObjection, lockItem, type ObjectionKind } from './publicity.store';

export type RecordOutcome = { kind: 'done'; id: number } | { kind: 'not-now' };

/** R5: an objection to one of those put up. While it is open the declaration cannot be reported; after it was reported none is taken here. */
export async function recordObjection(
  deps: Deps,
  actor: Actor & { unitId: number },
  o: { publicityId: number; declarationId: string; receivedOn: string; kind: ObjectionKind; content: string; requestId: string },
): Promise<RecordOutcome> {
  return inTransaction(deps.db, async (trx): Promise<RecordOutcome> => {
    if (!(await lockItem(trx, actor.unitId, o.publicityId, o.declarationId))) return { kind: 'not-now' };
    const id = await insertObjection(trx, { ...o, by: actor });
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'unit-publicity.objection',
      subjectKind: 'declaration',
      subjectId: o.declarationId,
      detail: { publicityId: o.publicityId, objectionId: id },
      requestId: o.requestId,
    });
    return { kind: 'done', id };
  });
}
