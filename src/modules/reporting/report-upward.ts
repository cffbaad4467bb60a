import type { Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { noInput } from '../declarations';
import { BULK_LIMIT, moveTogether, vanished, type Reason } from '../review';
import { checkRanks } from './check-ranks';
import { findReportable, listDestinations, type Destination } from './reporting.read';

export type ReportOutcome =
  /** to: who holds them now */
  | { kind: 'done'; count: number; to: Destination[] }
  | { kind: 'nothing-ticked' }
  | { kind: 'too-many' }
  /** nothing was reported; the reasons by declaration */
  | { kind: 'refused'; problems: { id: string; name: string; reasons: Reason[] }[] };

/**
 * 「数据上报」: all ticked declarations go to the unit's upstream, or none does (R2). `typed`: the rank as typed, by declaration. `conclude` runs in the
 * transaction of those that went.
 */
export async function reportUpward(
  deps: Deps,
  actor: Actor,
  ids: readonly string[],
  typed: ReadonlyMap<string, string>,
  requestId: string,
  conclude?: (trx: Trx, outcome: ReportOutcome) => Promise<void>,
): Promise<ReportOutcome> {
  if (ids.length === 0) return { kind: 'nothing-ticked' };
  if (ids.length > BULK_LIMIT) return { kind: 'too-many' };
  const rows = actor.unitId === undefined ? [] : await findReportable(deps.db, actor.unitId, ids);
  const nameOf = new Map(rows.map((r) => [r.id, r.name]));
  const { ranks, problems } = checkRanks(rows.filter((r) => r.takesRank).map((r) => ({ ...r, typed: typed.get(r.id) ?? '' })));
  if (problems.size > 0)
    return refused(
      [...problems].map(([id, text]) => ({ id, reasons: [{ text }] })),
      nameOf,
    );
  const items = ids.map((id) => {
    const rank = ranks.get(id);
    return { id, input: rank ? { ...noInput, rank } : noInput };
  });
  const done: Extract<ReportOutcome, { kind: 'done' }> = { kind: 'done', count: ids.length, to: [] };
  const outcome = await moveTogether(deps, actor, 'report', items, requestId, {
    async conclude(trx) {
      done.to = await listDestinations(trx, ids);
      await conclude?.(trx, done);
    },
  });
  if (outcome.kind === 'moved') return done;
  return refused(
    outcome.answers.flatMap((a) => (a.kind === 'refused' ? [{ id: a.id, reasons: a.reasons }] : [])),
    nameOf,
  );
}

/** In the order of the ticks' names, so that the summary reads like the list. */
function refused(list: { id: string; reasons: Reason[] }[], nameOf: ReadonlyMap<string, string>): ReportOutcome {
  const order = [...nameOf.keys()];
  const place = (id: string): number => (order.includes(id) ? order.indexOf(id) : order.length);
  return {
    kind: 'refused',
    problems: [...list]
      .sort((a, b) => place(a.id) - place(b.id))
      .map(({ id, reasons }) => ({ id, name: nameOf.get(id) ?? '', reasons: reasons.length > 0 ? reasons : [vanished] })),
  };
}
