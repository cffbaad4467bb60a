import { readDate, nextDay } from './dates';
import { normaliseLine, toHalfWidth } from './text';

const beijing = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** A moment as 「2026年11月22日 09:05」, Beijing time, whatever the machine's zone; '' for none. Throws RangeError on a text that is no moment. */
export function showMoment(at: Date | string | null | undefined): string {
  if (at === null || at === undefined) return '';
  const p = Object.fromEntries(beijing.formatToParts(new Date(at)).map((x) => [x.type, x.value]));
  return `${p.year}年${p.month}月${p.day}日 ${p.hour}:${p.minute}`;
}

/** Midnight in Beijing ends the day before: 「5月20日 24:00」, for people read 「5月21日 00:00」 as the end of the 21st. */
const isMidnight = (at: Date): boolean => at.getTime() % 60_000 === 0 && typedMoment(at).endsWith(' 00:00');
const dayBefore = (at: Date): Date => new Date(at.getTime() - 60_000);

/** When something ends, as `showMoment`, midnight as 24:00 of the day that it ends. */
export function showEnd(at: Date | string | null | undefined): string {
  if (at === null || at === undefined) return '';
  const end = new Date(at);
  return isMidnight(end) ? showMoment(dayBefore(end)).replace(/23:59$/, '24:00') : showMoment(end);
}

/** When something ends, as it would be typed: 2026.5.20 24:00. */
export const typedEnd = (at: Date): string => (isMidnight(at) ? typedMoment(dayBefore(at)).replace(/23:59$/, '24:00') : typedMoment(at));

/** A moment as it would be typed: 2026.11.22 09:05, Beijing time. */
export function typedMoment(at: Date): string {
  const p = Object.fromEntries(beijing.formatToParts(at).map((x) => [x.type, x.value]));
  return `${p.year}.${p.month}.${p.day} ${p.hour}:${p.minute}`;
}

/**
 * A moment as typed, Beijing time: a day in any form of `readDate`, then the time as 17:00, 17：00, 17时, 17点30分, or none: `without` says whether a day alone means
 * its beginning or its end (24:00). Undefined when it is none of these.
 */
export function readMoment(raw: string, without: 'start' | 'end'): Date | undefined {
  const line = toHalfWidth(normaliseLine(raw)).trim();
  const match = /^(.*?[\d日号])(?:[ T](\d{1,2}) ?(?:[:.时点] ?(\d{1,2})? ?分?)?)?$/.exec(line.replace(/([日号]) ?(?=\d)/, '$1 '));
  const [, dayText = '', hourText, minuteText] = match ?? [];
  const day = readDate(dayText);
  if (day === undefined) {
    const whole = readDate(line);
    return whole === undefined ? undefined : at(whole, without === 'end' ? 24 : 0, 0);
  }
  if (hourText === undefined) return at(day, without === 'end' ? 24 : 0, 0);
  const [hour, minute] = [Number(hourText), Number(minuteText ?? '0')];
  if (hour > 24 || minute > 59 || (hour === 24 && minute > 0)) return undefined;
  return at(day, hour, minute);
}

function at(day: string, hour: number, minute: number): Date {
  const on = hour === 24 ? nextDay(day) : day;
  return new Date(`${on}T${String(hour % 24).padStart(2, '0')}:${String(minute).padStart(2, '0')}:00+08:00`);
}

/** How long until `until`, as people say it: 「还有 3 天」, 「还有 5 小时」, 「还有 20 分钟」, never longer than it is; 「已截止」 when it is over. */
export function timeLeft(now: Date, until: Date): string {
  const minutes = Math.floor((until.getTime() - now.getTime()) / 60_000);
  if (until.getTime() <= now.getTime()) return '已截止';
  if (minutes >= 2 * 1440) return `还有 ${Math.floor(minutes / 1440)} 天`;
  if (minutes >= 120) return `还有 ${Math.floor(minutes / 60)} 小时`;
  return minutes >= 1 ? `还有 ${minutes} 分钟` : '还有不到 1 分钟';
}
