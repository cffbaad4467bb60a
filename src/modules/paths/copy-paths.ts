import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { listCopyable, type CopyablePath } from './path.read';
import { requestPath, type RequestOutcome } from './request-path';

export type CopyAnswer = { path: CopyablePath } & ({ kind: 'done' } | { kind: 'refused'; why: Exclude<RequestOutcome['kind'], 'done'> });

/**
 * P3: asks for last year's paths once more. Each is a request of its own with an answer of its own: the upstream decides it as any other. `ids` that are not the unit's
 * own approved paths of that year, or that were asked for meanwhile, are left out.
 */
export async function copyPaths(
  deps: Deps,
  actor: Actor & { unitId: number },
  input: { fromYear: number; ids: readonly number[]; requestId: string },
): Promise<CopyAnswer[]> {
  const chosen = (await listCopyable(deps.db, actor.unitId, input.fromYear)).filter((p) => input.ids.includes(p.id));
  const answers: CopyAnswer[] = [];
  for (const path of chosen) {
    const outcome = await requestPath(deps, actor, {
      seriesId: path.seriesId,
      level: path.level,
      year: input.fromYear + 1,
      upward:
        path.upstreamUnitId === null
          ? { kind: 'committee', committeeId: path.committeeId as number }
          : { kind: 'unit', unitId: path.upstreamUnitId },
      requestId: input.requestId,
    });
    answers.push(outcome.kind === 'done' ? { path, kind: 'done' } : { path, kind: 'refused', why: outcome.kind });
  }
  return answers;
}
