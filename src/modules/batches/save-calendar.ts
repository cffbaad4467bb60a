import { appendAudit } from '../../audit/audit.store';
import { databaseNow, inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { showDate, type PlainDate } from '../../lib/dates';
import type { Actor } from '../../policy/actor';
import type { CalendarDay } from './calendar-lines';
import { lockCalendar, writeDays, writeUntil, yearsWithoutHolidays } from './work-calendar.store';

/** K4: writes days of the calendar, all or none; gives how many changed. Deadlines that were already set keep their day. */
export function saveDays(deps: Pick<Deps, 'db'>, actor: Actor, days: readonly CalendarDay[], requestId: string): Promise<number> {
  return inTransaction(deps.db, async (trx) => {
    await lockCalendar(trx);
    const changes = await writeDays(trx, days);
    if (changes.length > 0)
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'calendar.days',
        subjectKind: 'calendar',
        detail: { changes },
        requestId,
      });
    return changes.length;
  });
}

export type UntilOutcome = { kind: 'done' } | { kind: 'refused'; text: string };

/** K4: says how far the calendar is known. A year without a single holiday is a year that nobody has entered yet. */
export function saveUntil(deps: Pick<Deps, 'db'>, actor: Actor, until: PlainDate, requestId: string): Promise<UntilOutcome> {
  return inTransaction(deps.db, async (trx): Promise<UntilOutcome> => {
    const before = await lockCalendar(trx);
    const { today } = await databaseNow(trx);
    if (until < today) return { kind: 'refused', text: '日历至少应当确定到今天' };
    const missing = until > before ? await yearsWithoutHolidays(trx, before, until) : [];
    if (missing.length > 0) return { kind: 'refused', text: `${missing.join('、')}年还没有录入节假日，请先按国务院办公厅的放假通知录入` };
    if (until === before) return { kind: 'refused', text: `日历已经确定到${showDate(until)}` };
    await writeUntil(trx, until);
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'calendar.until',
      subjectKind: 'calendar',
      detail: { before, after: until },
      requestId,
    });
    return { kind: 'done' };
  });
}
