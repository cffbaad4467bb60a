import { z } from 'zod';
import { readFraction } from '../../lib/fraction';
import { normaliseLine, toHalfWidth } from '../../lib/text';
import { isFraction, type Field, type FieldBase, type FormContext, type Proposal, type RawGroup } from '../field';

interface IntegerOptions extends FieldBase {
  min?: number;
  max?: number;
  unit?: string;
  /** further words that people write behind the number; the unit itself is one of them */
  wordsBehind?: readonly string[];
  /** a computed proposal with its working shown (D4 聘任年限) */
  propose?: (raw: RawGroup, ctx: FormContext) => Proposal | undefined;
}

/** A whole number. */
export function integer({ wordsBehind = [], ...o }: IntegerOptions): Field {
  const min = o.min ?? 0;
  const max = o.max ?? 9999;
  const complaint = `「${o.label}」请填写 ${min} 至 ${max} 之间的整数`;
  const behind = [(o.unit ?? '').trim(), ...wordsBehind].filter((word) => word !== '');
  const plain = (s: string): string => {
    const word = behind.find((w) => s.endsWith(w));
    return word === undefined ? s : s.slice(0, -word.length);
  };
  return {
    ...o,
    type: 'integer',
    extraInputs: [],
    verb: '填写',
    read: normaliseLine,
    schema: () =>
      z.string().transform((s, issue) => {
        const digits = plain(toHalfWidth(s).replace(/\s/g, ''));
        const n = /^\d{1,9}$/.test(digits) ? Number(digits) : NaN;
        if (n >= min && n <= max) return n;
        issue.addIssue({ code: 'custom', message: complaint });
        return z.NEVER;
      }),
    control: () => ({ inputmode: 'numeric', width: 'xs' }),
    text: (v) => (typeof v === 'number' ? `${v}${o.unit ?? ''}` : ''),
    words: () => [],
    cell: (v) => (typeof v === 'number' ? v : ''),
  };
}

/** Rank of how many: `3/5` (D2 单位推荐排序, D10 位次). */
export function fraction(o: FieldBase): Field {
  return {
    ...o,
    type: 'fraction',
    extraInputs: [],
    verb: '填写',
    read: normaliseLine,
    schema: () =>
      z.string().transform((s, issue) => {
        const r = readFraction(s);
        if (r.ok) return r.value;
        issue.addIssue({ code: 'custom', message: `「${o.label}」${r.problem}` });
        return z.NEVER;
      }),
    control: () => ({ width: 'xs' }),
    text: (v) => (isFraction(v) ? `${v.n}/${v.of}` : ''),
    words: () => [],
    cell: (v) => (isFraction(v) ? `${v.n}/${v.of}` : ''),
  };
}
