import { monthsBetween, nextMonth, previousMonth, showYearMonth, type YearMonth } from './dates';

/** A span of work; without `to` it lasts until today (至今). */
export interface Period {
  from: YearMonth;
  to?: YearMonth;
  label: string;
}

/** Months nobody accounts for (`gap`) or two periods claim (`overlap`), first to last month, and the labels before and behind. */
export interface Break {
  kind: 'gap' | 'overlap';
  from: YearMonth;
  to: YearMonth;
  /** Label of the period that comes before the break. */
  after?: string;
  /** Label of the period that comes behind it. */
  before?: string;
}

interface ClosedPeriod {
  from: YearMonth;
  to: YearMonth;
  label: string;
}

// Periods that end before they begin, or begin after `end`, have no months to account for; the fields' own checks name them.
function close(periods: readonly Period[], end: YearMonth): ClosedPeriod[] {
  return periods
    .map(({ from, to = end, label }) => ({ from, to: to < end ? to : end, label }))
    .filter(({ from, to }) => from <= to)
    .sort((a, b) => (a.from === b.from ? (a.to < b.to ? -1 : 1) : a.from < b.from ? -1 : 1));
}

/**
 * Where the periods, in whatever order, do not run without gap or overlap from `start` to `today` (both months included), in time order.
 * At month precision a period may begin in the month in which the one before it ends, or in the next.
 */
export function findBreaks(periods: readonly Period[], start: YearMonth, today: YearMonth): Break[] {
  const breaks: Break[] = [];
  let last: ClosedPeriod | undefined;
  let expected = start;
  for (const period of close(periods, today)) {
    if (period.from > expected) {
      breaks.push({
        kind: 'gap',
        from: expected,
        to: previousMonth(period.from),
        ...(last && { after: last.label }),
        before: period.label,
      });
    } else if (last && period.from < last.to) {
      const to = period.to < last.to ? period.to : last.to;
      breaks.push({ kind: 'overlap', from: period.from, to, after: last.label, before: period.label });
    }
    if (!last || period.to >= last.to) last = period;
    if (last.to >= expected) expected = nextMonth(last.to);
  }
  if (expected <= today) breaks.push({ kind: 'gap', from: expected, to: today, ...(last && { after: last.label }) });
  return breaks;
}

/** Whole years, the months left over, and the sentence that shows how they were computed. */
export interface FullYears {
  years: number;
  months: number;
  working: string;
}

/**
 * The years of appointment (聘任年限) or work the periods hold up to `until` (a month; of a date the day is ignored), usually December of
 * the declaring year: counted from month to month, breaks subtracted, overlaps counted once. From 2017-12 without break until 2022-12 is 5
 * (guide of 2022, part 3, paragraph 10).
 */
export function fullYears(periods: readonly Period[], until: YearMonth): FullYears {
  const end = until.slice(0, 7);
  const closed = close(periods, end);
  const first = closed[0];
  if (!first) return { years: 0, months: 0, working: `截至${showYearMonth(end)}没有可以计算的时间` };
  const span = monthsBetween(first.from, end);
  const gaps = findBreaks(closed, first.from, end).filter((found) => found.kind === 'gap');
  const lost = gaps.reduce((total, gap) => total + monthsBetween(gap.from, gap.to) + 1, 0);
  const counted = span - lost;
  const years = Math.floor(counted / 12);
  const months = counted % 12;
  const whole = `从${showYearMonth(first.from)}算到${showYearMonth(end)}为 ${span} 个月`;
  const spans = gaps.map((gap) => (gap.from === gap.to ? showYearMonth(gap.from) : `${showYearMonth(gap.from)}至${showYearMonth(gap.to)}`));
  const deducted = gaps.length > 0 ? `，扣除间断的 ${lost} 个月（${spans.join('、')}），合计 ${counted} 个月` : '';
  return { years, months, working: `${whole}${deducted}，满 ${years} 年` };
}
