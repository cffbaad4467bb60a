import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { explain, moveDeclaration, noInput } from '../declarations';
import { decideRow, findObjectionFor, type Objection, type ObjectionOutcome } from './objections.store';

export type DecideOutcome = { kind: 'done' } | { kind: 'not-now'; reason: string };

class Undone extends Error {
  constructor(readonly reason: string) {
    super('the move of an upheld objection was refused');
  }
}

/** J4: the office decides an objection; one that is upheld annuls the result. Decision and move are one transaction. */
export async function decideObjection(
  deps: Deps,
  actor: Actor,
  o: Objection,
  d: { outcome: ObjectionOutcome; finding: string; requestId: string },
): Promise<DecideOutcome> {
  try {
    return await inTransaction(deps.db, async (trx): Promise<DecideOutcome> => {
      if (!(await decideRow(trx, o.id, { outcome: d.outcome, finding: d.finding, by: actor }))) {
        const now = await findObjectionFor(trx, actor, o.id);
        return { kind: 'not-now', reason: `该异议已由${now?.deciderName ?? '其他人员'}处理，您的意见没有保存` };
      }
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'objection.decide',
        subjectKind: 'declaration',
        subjectId: o.declarationId,
        detail: { objectionId: o.id, outcome: d.outcome },
        requestId: d.requestId,
      });
      if (d.outcome === 'dismissed') return { kind: 'done' };
      const moved = await moveDeclaration(deps, trx, o.declarationId, 'annul', actor, { ...noInput, opinion: d.finding }, d.requestId);
      if (moved.kind === 'moved') return { kind: 'done' };
      throw new Undone(explain(moved));
    });
  } catch (e) {
    if (e instanceof Undone) return { kind: 'not-now', reason: e.reason };
    throw e;
  }
}
