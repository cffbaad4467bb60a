import { nextDay, showDate, type PlainDate } from './dates';

/** Which days are working days, known up to and including `until`. */
export interface WorkCalendar {
  until: PlainDate;
  isWorkday(d: PlainDate): boolean;
}

export type WorkingDayAnswer<T> = { ok: true; value: T } | { ok: false; problem: string };

/** A calendar of Monday to Friday but for `exceptions`: holidays (`workday` false) and make-up working days (`workday` true). */
export function createWorkCalendar(until: PlainDate, exceptions: readonly { day: PlainDate; workday: boolean }[]): WorkCalendar {
  const known = new Map(exceptions.map(({ day, workday }) => [day, workday]));
  return {
    until,
    isWorkday(day) {
      const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
      return known.get(day) ?? (weekday !== 0 && weekday !== 6);
    },
  };
}

function pastEnd(cal: WorkCalendar): { ok: false; problem: string } {
  return { ok: false, problem: `工作日历只到${showDate(cal.until)}，请联系系统管理员补充之后的工作日安排` };
}

/**
 * The `n`th working day after `from`; day 1 is the first working day after it, 0 gives `from` itself. Refused when the calendar ends
 * before. Throws RangeError when `n` is not a whole number from 0 up.
 */
export function addWorkingDays(cal: WorkCalendar, from: PlainDate, n: number): WorkingDayAnswer<PlainDate> {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`not a number of working days: ${n}`);
  let day = from;
  for (let left = n; left > 0;) {
    day = nextDay(day);
    if (day > cal.until) return pastEnd(cal);
    if (cal.isWorkday(day)) left -= 1;
  }
  return day > cal.until ? pastEnd(cal) : { ok: true, value: day };
}

/** Working days after `from` up to and including `to`, 0 when `to` is not later: the inverse of `addWorkingDays`. Refused past the end. */
export function countWorkingDays(cal: WorkCalendar, from: PlainDate, to: PlainDate): WorkingDayAnswer<number> {
  if (from > cal.until || to > cal.until) return pastEnd(cal);
  let count = 0;
  for (let day = from; day < to;) {
    day = nextDay(day);
    if (cal.isWorkday(day)) count += 1;
  }
  return { ok: true, value: count };
}
