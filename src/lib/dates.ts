import { normaliseLine, toHalfWidth } from './text';

/** A month, `YYYY-MM`. Sorts as text. */
export type YearMonth = string;
/** A calendar date without time or zone, `YYYY-MM-DD`. Sorts as text. */
export type PlainDate = string;

const firstYear = 1900;
const lastYear = 2100;
// What people put between the numbers: 2020.9, 2020-09, 2020/9, 2020 9, 2020。9 and the dashes of input methods.
const separated = /^(\d{4}) ?[-.。·/ \u2010-\u2015\u2212] ?(\d{1,2})(?: ?[-.。·/ \u2010-\u2015\u2212] ?(\d{1,2}))?$/;
const inWords = /^(\d{4}) ?年 ?(\d{1,2})(?: ?月(?: ?(\d{1,2})(?: ?[日号])?)?)?$/;
const compact = /^(\d{4})(\d{2})(\d{2})?$/;

interface Parts {
  month: YearMonth;
  day: string | undefined;
}

function readParts(raw: string): Parts | undefined {
  const line = toHalfWidth(normaliseLine(raw)).trim();
  const match = separated.exec(line) ?? inWords.exec(line) ?? compact.exec(line);
  const [, year, month, day] = match ?? [];
  if (year === undefined || month === undefined) return undefined;
  return { month: `${year}-${month.padStart(2, '0')}`, day: day?.padStart(2, '0') };
}

/** Whether `s` is `YYYY-MM-DD` and such a day exists in the calendar, in whatever year from 1800 on. */
export function isCalendarDate(s: string): s is PlainDate {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(s);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1800 || month < 1 || month > 12) return false;
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Whether `s` is `YYYY-MM-DD`, exists in the calendar and lies in the years 1900 to 2100. */
export function isRealDate(s: string): s is PlainDate {
  const year = Number(s.slice(0, 4));
  return year >= firstYear && year <= lastYear && isCalendarDate(s);
}

/**
 * A month as typed: 2020.9, 2020-09, 2020/9, 2020年9月, 202009, also full-width and with blanks. Of a full date the day is dropped,
 * provided the date is real. Undefined when it is none of these or outside 1900 to 2100.
 */
export function readYearMonth(raw: string): YearMonth | undefined {
  const parts = readParts(raw);
  return parts && isRealDate(`${parts.month}-${parts.day ?? '01'}`) ? parts.month : undefined;
}

/** A date as typed, in the forms of `readYearMonth` with a day; undefined when it is not a real date of 1900 to 2100. */
export function readDate(raw: string): PlainDate | undefined {
  const parts = readParts(raw);
  if (parts?.day === undefined) return undefined;
  const date = `${parts.month}-${parts.day}`;
  return isRealDate(date) ? date : undefined;
}

/** 2020-09 as 「2020年9月」. */
export function showYearMonth(month: YearMonth): string {
  return `${month.slice(0, 4)}年${Number(month.slice(5, 7))}月`;
}

/** 2020-09-01 as 「2020年9月1日」. */
export function showDate(date: PlainDate): string {
  return `${showYearMonth(date)}${Number(date.slice(8, 10))}日`;
}

function monthNumber(month: YearMonth): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
}

function addMonths(month: YearMonth, count: number): YearMonth {
  const number = monthNumber(month) + count;
  return `${String(Math.floor(number / 12)).padStart(4, '0')}-${String((number % 12) + 1).padStart(2, '0')}`;
}

/** The month after. */
export function nextMonth(month: YearMonth): YearMonth {
  return addMonths(month, 1);
}

/** The month before. */
export function previousMonth(month: YearMonth): YearMonth {
  return addMonths(month, -1);
}

/** As people type a day, and as the hints beside fields show it: 1986.5.12. */
export const typedDate = (date: PlainDate): string => date.replace(/-0?/g, '.');

/** Months from `a` to `b`: 2017-12 to 2022-12 is 60; negative when `b` is earlier. */
export function monthsBetween(a: YearMonth, b: YearMonth): number {
  return monthNumber(b) - monthNumber(a);
}

/** The day after. */
export function nextDay(date: PlainDate): PlainDate {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}
