import { appendAudit } from '../../audit/audit.store';
import { databaseNow, inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { can } from '../../policy/policy';
import { termProblem } from './committee-form';
import { approveCommittee, decideRequest, findAskedTerm, findCommitteeSubject, lockCommittee, renewCommitteeRow } from './committee.store';

export type DecideOutcome = { kind: 'done' } | { kind: 'not-now'; reason: string } | { kind: 'term-too-long'; problem: string };

/** J0 「评委会审核」: the bureau approves a founding or a new term, or refuses with a reason. */
export function decideCommittee(
  deps: Deps,
  actor: Actor,
  input: { committeeId: number; decision: 'grant' | 'refuse'; reason: string; requestId: string },
): Promise<DecideOutcome> {
  const approve = input.decision === 'grant';
  return inTransaction(deps.db, async (trx): Promise<DecideOutcome> => {
    await lockCommittee(trx, input.committeeId);
    const subject = await findCommitteeSubject(trx, input.committeeId);
    if (!subject) throw new Error(`committee ${input.committeeId} is gone`);
    const decision = can(actor, 'committee.decide', subject);
    if (!decision.ok) return { kind: 'not-now', reason: decision.why === 'not-now' ? decision.reason : '没有找到该评审委员会' };
    if (approve) {
      const until = await findAskedTerm(trx, input.committeeId);
      const problem = until === undefined ? undefined : termProblem((await databaseNow(trx)).today, until);
      if (problem !== undefined) return { kind: 'term-too-long', problem };
    }
    const decided = await decideRequest(trx, input.committeeId, { approve, reason: input.reason, accountId: actor.accountId });
    if (!decided) return { kind: 'not-now', reason: '该申请已经处理' };
    if (approve && decided.kind === 'found') await approveCommittee(trx, input.committeeId);
    if (approve && decided.valid_until !== null) await renewCommitteeRow(trx, input.committeeId, decided.valid_until);
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: approve ? 'committee.approve' : 'committee.refuse',
      subjectKind: 'committee',
      subjectId: String(input.committeeId),
      detail: { what: decided.kind, ...(input.reason ? { reason: input.reason } : {}) },
      requestId: input.requestId,
    });
    return { kind: 'done' };
  });
}
