import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { findPath, type PathRow } from './path.read';
import { decidePathRow, isCommitteeFit } from './path.store';
import { tellPath } from './tell-path';

export type DecideOutcome =
  | { kind: 'done' }
  /** somebody was quicker, or the unit ended it: how it stands now */
  | { kind: 'already-decided'; path: PathRow }
  | { kind: 'ring' }
  /** the committee's term is over, or it is not there for this series and level any more */
  | { kind: 'committee-not-fit' };

/** P2 「路径审核」: the upstream approves, or refuses with a reason; the unit is told by message. The caller has asked the policy. */
export async function decidePath(
  deps: Deps,
  actor: Actor,
  input: { pathId: number; decision: 'grant' | 'refuse'; reason: string; requestId: string },
): Promise<DecideOutcome> {
  const path = await findPath(deps.db, input.pathId);
  if (!path) throw new Error(`no path ${input.pathId}`);
  const approve = input.decision === 'grant';
  try {
    return await inTransaction(deps.db, async (trx): Promise<DecideOutcome> => {
      if (approve && path.committeeId !== null && !(await isCommitteeFit(trx, path.committeeId, path.seriesId, path.level, path.unitId)))
        return { kind: 'committee-not-fit' };
      const state = approve ? 'approved' : 'refused';
      const isFirst = await decidePathRow(trx, path.id, {
        state,
        reason: input.reason,
        accountId: actor.accountId,
      });
      if (!isFirst) return { kind: 'already-decided', path: (await findPath(trx, path.id)) ?? path };
      await tellPath(deps, trx, path, state);
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: approve ? 'path.approve' : 'path.refuse',
        subjectKind: 'path',
        subjectId: String(path.id),
        detail: { unitId: path.unitId, ...(input.reason ? { reason: input.reason } : {}) },
        requestId: input.requestId,
      });
      return { kind: 'done' };
    });
  } catch (e) {
    if (isViolationOf(e, 'reporting_paths_no_ring')) return { kind: 'ring' };
    throw e;
  }
}
