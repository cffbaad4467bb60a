import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { makeQueryCode } from '../../lib/query-code';
import { insertObjection, lockItem, type ObjectionFile, type Objector } from './objections.store';

export type HandInOutcome = { kind: 'received'; receipt: string } | { kind: 'too-late' };

/** J4: the public hands in an objection to a result that is put up, under their name or without. Gives 「受理编号」. */
export async function handInObjection(
  deps: Pick<Deps, 'db' | 'cipher'>,
  o: {
    publicityId: number;
    declarationId: string;
    objector: Objector | undefined;
    content: string;
    file: ObjectionFile | undefined;
    requestId: string;
  },
): Promise<HandInOutcome> {
  return inTransaction(deps.db, async (trx): Promise<HandInOutcome> => {
    if (!(await lockItem(trx, o.publicityId, o.declarationId))) return { kind: 'too-late' };
    const receipt = makeQueryCode();
    const id = await insertObjection(trx, deps.cipher, { ...o, receipt });
    await appendAudit(trx, {
      actorId: null,
      actorName: o.objector ? '公众（实名）' : '公众（匿名）',
      action: 'objection.receive',
      subjectKind: 'declaration',
      subjectId: o.declarationId,
      detail: { objectionId: id },
      requestId: o.requestId,
    });
    return { kind: 'received', receipt };
  });
}
