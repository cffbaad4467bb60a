import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { endPathRow } from './path.store';

export type EndOutcome = { kind: 'done' } | { kind: 'not-live' };

/** P2: ends a path; what was reported by it stays where it is. The caller has asked the policy. */
export async function endPath(deps: Deps, actor: Actor, input: { pathId: number; requestId: string }): Promise<EndOutcome> {
  return inTransaction(deps.db, async (trx): Promise<EndOutcome> => {
    if (!(await endPathRow(trx, input.pathId))) return { kind: 'not-live' };
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'path.end',
      subjectKind: 'path',
      subjectId: String(input.pathId),
      requestId: input.requestId,
    });
    return { kind: 'done' };
  });
}
