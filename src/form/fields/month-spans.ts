import { z } from 'zod';
import { readYearMonth, showYearMonth, type YearMonth } from '../../lib/dates';
import { normaliseText, toHalfWidth } from '../../lib/text';
import { asText, type Field, type FieldBase } from '../field';

export interface MonthSpan {
  from: YearMonth;
  to: YearMonth;
}

const MONTH = '\\d{4} ?[-.年/] ?\\d{1,2} ?月?';
const SPAN = new RegExp(`^(${MONTH}) ?(?:[-~\\u2010-\\u2015\\u2212\\u223C\\uFF5E]+|至|到) ?(${MONTH})$`);
const MOST = 10;

/** Spans of months as people write them, 「2019.3-2019.8；2020年1月至2020年2月」; undefined when one of them can't be read. */
export function readMonthSpans(typed: string): MonthSpan[] | undefined {
  const spans: MonthSpan[] = [];
  for (const piece of toHalfWidth(normaliseText(typed)).split(/[;；、,，\n]/)) {
    const line = piece.replace(/\s+/g, ' ').trim();
    if (line === '') continue;
    const match = SPAN.exec(line);
    const from = readYearMonth(match?.[1] ?? '');
    const to = readYearMonth(match?.[2] ?? '');
    if (from === undefined || to === undefined || to < from || spans.length === MOST) return undefined;
    spans.push({ from, to });
  }
  return spans.sort((a, b) => a.from.localeCompare(b.from));
}

const spansOf = (value: string): MonthSpan[] =>
  value === '' ? [] : value.split(' ').map((s) => ({ from: s.slice(0, 7), to: s.slice(8) }));

/** Several spans of months in one line; value `2019-03/2019-08 2020-01/2020-02`, in time order. */
export function monthSpans(o: FieldBase): Field {
  return {
    ...o,
    type: 'text',
    extraInputs: [],
    verb: '填写',
    read: normaliseText,
    schema: () =>
      z.string().transform((s, issue) => {
        const spans = readMonthSpans(s);
        if (spans && spans.length > 0) return spans.map((x) => `${x.from}/${x.to}`).join(' ');
        issue.addIssue({
          code: 'custom',
          message: `「${o.label}」请按起止年月填写，例如 2019.3-2019.8，有多段的用分号隔开，最多 ${MOST} 段`,
        });
        return z.NEVER;
      }),
    control: () => ({ width: 'l' }),
    text: (v) =>
      spansOf(asText(v))
        .map((x) => (x.from === x.to ? showYearMonth(x.from) : `${showYearMonth(x.from)}至${showYearMonth(x.to)}`))
        .join('、'),
    words: () => [],
    cell: asText,
  };
}
