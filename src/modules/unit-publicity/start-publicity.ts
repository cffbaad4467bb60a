import { appendAudit } from '../../audit/audit.store';
import { databaseNow, inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import { showDate } from '../../lib/dates';
import { addWorkingDays } from '../../lib/working-days';
import type { Actor } from '../../policy/actor';
import { loadWorkCalendar } from '../batches';
import { insertPublicity, listCandidates } from './publicity.store';

export type StartOutcome =
  | { kind: 'done'; id: number }
  /** some of the ticked declarations are not there to be put up (any more) */
  | { kind: 'vanished' }
  | { kind: 'dates'; field: 'startsOn' | 'endsOn'; problem: string };

/** Papers are put up when they are announced here, at most so many days ahead. */
const DAYS_AHEAD = 60;

/**
 * R5: puts up the list of those whom the unit will report. The period counts working days by the calendar, day 1 is the first working day after it began (as for results, J4);
 * where batches ask for different periods, the longest holds. Without an end, the earliest possible one is taken.
 */
export async function startPublicity(
  deps: Deps,
  actor: Actor & { unitId: number },
  input: { ids: readonly string[]; startsOn?: string; endsOn?: string; place: string; contact: string; requestId: string },
): Promise<StartOutcome> {
  try {
    return await inTransaction(deps.db, async (trx): Promise<StartOutcome> => {
      const rows = await listCandidates(trx, actor.unitId, input.ids);
      if (rows.length !== new Set(input.ids).size) return { kind: 'vanished' };
      const { today } = await databaseNow(trx);
      const startsOn = input.startsOn ?? today;
      // counted on the day of Beijing, whatever day it is elsewhere
      const latest = new Date(Date.parse(`${today}T00:00:00Z`) + DAYS_AHEAD * 86_400_000).toISOString().slice(0, 10);
      if (startsOn < today || startsOn > latest)
        return { kind: 'dates', field: 'startsOn', problem: `开始日期应当在今天（${showDate(today)}）到${showDate(latest)}之间` };
      const days = Math.max(...rows.map((r) => r.days));
      const earliest = addWorkingDays(await loadWorkCalendar(trx), startsOn, days);
      if (!earliest.ok) return { kind: 'dates', field: 'startsOn', problem: earliest.problem };
      const endsOn = input.endsOn ?? earliest.value;
      if (endsOn < earliest.value)
        return { kind: 'dates', field: 'endsOn', problem: `公示不少于 ${days} 个工作日，结束日期最早为${showDate(earliest.value)}` };
      const id = await insertPublicity(
        trx,
        { unitId: actor.unitId, startsOn, endsOn, days, place: input.place, contact: input.contact, by: actor.accountId },
        rows,
      );
      for (const r of rows)
        await appendAudit(trx, {
          actorId: actor.accountId,
          actorName: actor.name,
          action: 'unit-publicity.start',
          subjectKind: 'declaration',
          subjectId: r.id,
          detail: { publicityId: id, startsOn, endsOn },
          requestId: input.requestId,
        });
      return { kind: 'done', id };
    });
  } catch (e) {
    if (isViolationOf(e, 'unit_publicity_items_one_live')) return { kind: 'vanished' };
    throw e;
  }
}
