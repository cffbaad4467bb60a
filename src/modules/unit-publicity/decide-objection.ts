import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { moveDeclaration, noInput, type MoveInput } from '../declarations';
import { decideObjectionRow, findObjection, lockItem, type Objection, type ObjectionOutcome } from './publicity.store';

export type DecideOutcome =
  | { kind: 'done' }
  /** somebody was quicker, or the declaration is no longer with the unit */
  | { kind: 'not-now'; reason: string };

class Undone extends Error {
  constructor(readonly reason: string) {
    super('the move of an upheld objection was refused');
  }
}

/** R5: the unit decides an objection: unfounded, back to the applicant, or not recommended. Decision and move are one transaction. */
export async function decideObjection(
  deps: Deps,
  actor: Actor & { unitId: number },
  objection: Objection,
  d: { outcome: ObjectionOutcome; finding: string; comments: MoveInput['comments']; requestId: string },
): Promise<DecideOutcome> {
  try {
    return await inTransaction(deps.db, async (trx): Promise<DecideOutcome> => {
      if (!(await lockItem(trx, actor.unitId, objection.publicityId, objection.declarationId))) {
        // the declaration has gone on (sent back, or ended): what remains is to say that nothing came of it
        if (d.outcome !== 'dismissed') return { kind: 'not-now', reason: '该申报已经不由贵单位处理，不能再退回或者终止' };
      }
      if (!(await decideObjectionRow(trx, objection.id, { outcome: d.outcome, finding: d.finding, by: actor }))) {
        const now = await findObjection(trx, actor.unitId, objection.id);
        return { kind: 'not-now', reason: `该异议已由${now?.deciderName ?? '其他人员'}处理，您的意见没有保存` };
      }
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'unit-publicity.decide',
        subjectKind: 'declaration',
        subjectId: objection.declarationId,
        detail: { objectionId: objection.id, outcome: d.outcome },
        requestId: d.requestId,
      });
      if (d.outcome === 'dismissed') return { kind: 'done' };
      const move = d.outcome === 'returned' ? 'return-to-applicant' : 'withhold';
      const input = { ...noInput, opinion: d.finding, comments: d.outcome === 'returned' ? d.comments : [] };
      const moved = await moveDeclaration(deps, trx, objection.declarationId, move, actor, input, d.requestId);
      if (moved.kind === 'moved') return { kind: 'done' };
      throw new Undone(
        moved.kind === 'not-now'
          ? moved.reason
          : moved.kind === 'blocked'
            ? moved.complaints.map((c) => c.text).join('；')
            : '没有找到该申报',
      );
    });
  } catch (e) {
    if (e instanceof Undone) return { kind: 'not-now', reason: e.reason };
    throw e;
  }
}
