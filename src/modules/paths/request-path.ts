import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { isPermitted } from '../units';
import { insertPath, isCommitteeFit } from './path.store';

export type Upward = { kind: 'unit'; unitId: number } | { kind: 'committee'; committeeId: number };
export type RequestOutcome =
  | { kind: 'done'; pathId: number }
  /** this unit has a living path for the series, level and year */
  | { kind: 'already-live' }
  /** the upstream already reports to this unit, directly or through others */
  | { kind: 'ring' }
  | { kind: 'self' }
  | { kind: 'upstream-not-permitted' }
  | { kind: 'committee-not-fit' };

/** P1 「新增路径」: asks an upstream unit or a committee to take this unit's data of one series, level and year. */
export async function requestPath(
  deps: Deps,
  actor: Actor & { unitId: number },
  input: { seriesId: number; level: string; year: number; upward: Upward; requestId: string },
): Promise<RequestOutcome> {
  const { upward } = input;
  if (upward.kind === 'unit' && upward.unitId === actor.unitId) return { kind: 'self' };
  try {
    return await inTransaction(deps.db, async (trx): Promise<RequestOutcome> => {
      if (upward.kind === 'unit' && !(await isPermitted(trx, upward.unitId))) return { kind: 'upstream-not-permitted' };
      if (upward.kind === 'committee' && !(await isCommitteeFit(trx, upward.committeeId, input.seriesId, input.level, actor.unitId)))
        return { kind: 'committee-not-fit' };
      const pathId = await insertPath(trx, {
        unitId: actor.unitId,
        seriesId: input.seriesId,
        level: input.level,
        year: input.year,
        upstreamUnitId: upward.kind === 'unit' ? upward.unitId : null,
        committeeId: upward.kind === 'committee' ? upward.committeeId : null,
        accountId: actor.accountId,
      });
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'path.request',
        subjectKind: 'path',
        subjectId: String(pathId),
        detail: {
          unitId: actor.unitId,
          seriesId: input.seriesId,
          level: input.level,
          year: input.year,
          ...(upward.kind === 'unit' ? { upstreamUnitId: upward.unitId } : { committeeId: upward.committeeId }),
        },
        requestId: input.requestId,
      });
      return { kind: 'done', pathId };
    });
  } catch (e) {
    if (isViolationOf(e, 'reporting_paths_one_live')) return { kind: 'already-live' };
    if (isViolationOf(e, 'reporting_paths_no_ring')) return { kind: 'ring' };
    throw e;
  }
}
