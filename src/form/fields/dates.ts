import { z } from 'zod';
import { readDate, readYearMonth, showDate, showYearMonth } from '../../lib/dates';
import { normaliseLine } from '../../lib/text';
import { asText, type Field, type FieldBase } from '../field';

interface DateOptions extends FieldBase {
  /** a day or month that has not come yet is refused */
  notInFuture?: boolean;
}

interface MonthOptions extends DateOptions {
  /** the end of a span that may still go on: a blank is 「至今」, and so is the word */
  untilNow?: boolean;
}

const NOW = /^(至今|迄今|今|现在|目前)[。.]?$/;

/** A month, typed in any usual way (2020.9, 2020年9月, 202009); value `YYYY-MM`. */
export function yearMonth({ untilNow, ...o }: MonthOptions): Field {
  return {
    ...o,
    ...(untilNow ? { blankText: '至今' } : {}),
    type: 'yearMonth',
    extraInputs: [],
    verb: '填写',
    read: (input) => {
      const line = normaliseLine(input);
      return untilNow && NOW.test(line) ? '' : line;
    },
    schema: (_raw, ctx) =>
      z.string().transform((s, issue) => {
        const value = readYearMonth(s);
        const complaint =
          value === undefined
            ? `「${o.label}」请按年、月填写，例如 2017.12`
            : o.notInFuture && value > ctx.today.slice(0, 7)
              ? `「${o.label}」不能晚于本月`
              : undefined;
        if (complaint === undefined && value !== undefined) return value;
        issue.addIssue({ code: 'custom', message: complaint ?? '' });
        return z.NEVER;
      }),
    control: () => ({ inputmode: 'decimal', width: 's' }),
    text: (v) => showYearMonth(asText(v)),
    words: () => [],
    cell: asText,
  };
}

/** A day; value `YYYY-MM-DD`. */
export function date(o: DateOptions): Field {
  return {
    ...o,
    type: 'date',
    extraInputs: [],
    verb: '填写',
    read: normaliseLine,
    schema: (_raw, ctx) =>
      z.string().transform((s, issue) => {
        const value = readDate(s);
        const complaint =
          value === undefined
            ? `「${o.label}」请按年、月、日填写，例如 2017.12.5`
            : o.notInFuture && value > ctx.today
              ? `「${o.label}」不能晚于今天`
              : undefined;
        if (complaint === undefined && value !== undefined) return value;
        issue.addIssue({ code: 'custom', message: complaint ?? '' });
        return z.NEVER;
      }),
    control: () => ({ inputmode: 'decimal', width: 's' }),
    text: (v) => showDate(asText(v)),
    words: () => [],
    cell: asText,
  };
}
