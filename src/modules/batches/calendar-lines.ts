import { nextDay, readDate, type PlainDate } from '../../lib/dates';
import { countCharacters, normaliseText, toHalfWidth } from '../../lib/text';

/** holiday: no work on a weekday · workday: a make-up day · usual: as the days of the week say */
export type DayKind = 'holiday' | 'workday' | 'usual';
export const dayKindTexts: Record<DayKind, string> = { holiday: '放假', workday: '上班（调休）', usual: '按星期（周一至周五上班）' };

export interface CalendarDay {
  day: PlainDate;
  kind: DayKind;
  note: string;
}
export interface CalendarLine {
  number: number;
  typed: string;
  days: CalendarDay[];
  problem?: string;
}

const MOST_LINES = 400;
const MOST_DAYS = 31;
const words: readonly [RegExp, DayKind][] = [
  [/^(放假|休假|休息|休|假)$/, 'holiday'],
  [/^(上班|调休上班|调休|补班|班|工作)$/, 'workday'],
  [/^(正常|按星期|取消)$/, 'usual'],
];

function readLine(typed: string, number: number): CalendarLine {
  const refuse = (problem: string): CalendarLine => ({ number, typed, days: [], problem });
  const [span = '', word = '', ...rest] = toHalfWidth(typed)
    .split(/[\s,，、]+/)
    .filter((x) => x !== '');
  const [first = '', last = first, ...more] = span.split(/[~～至]/);
  const from = readDate(first);
  const to = readDate(last);
  if (from === undefined || to === undefined || more.length > 0)
    return refuse('日期请按年、月、日填写，例如 2027.10.1 或者 2027.10.1至2027.10.7');
  if (to < from) return refuse('结束日期早于开始日期');
  const kind = words.find(([pattern]) => pattern.test(word))?.[1];
  if (!kind) return refuse('日期之后请写「放假」「上班」或者「正常」，中间空一格');
  const note = rest.join(' ');
  if (countCharacters(note) > 30) return refuse('说明最多 30 个字');
  const days: CalendarDay[] = [];
  for (let day = from; day <= to; day = nextDay(day)) {
    if (days.length >= MOST_DAYS) return refuse(`一行最多 ${MOST_DAYS} 天`);
    days.push({ day, kind, note });
  }
  return { number, typed, days };
}

/** K4: pasted lines, each `2027.10.1至2027.10.7 放假 国庆节`. Every line has its answer; a day that comes twice is refused where it comes again. */
export function readCalendarLines(text: string): CalendarLine[] {
  const seen = new Map<PlainDate, number>();
  return normaliseText(text)
    .split('\n')
    .map((typed, i) => ({ typed: typed.trim(), number: i + 1 }))
    .filter(({ typed }) => typed !== '')
    .slice(0, MOST_LINES)
    .map(({ typed, number }) => {
      const line = readLine(typed, number);
      const twice = line.days.find((d) => seen.has(d.day));
      if (twice) return { ...line, days: [], problem: `${twice.day} 已经写在第 ${seen.get(twice.day) ?? 0} 行` };
      for (const d of line.days) seen.set(d.day, number);
      return line;
    });
}
