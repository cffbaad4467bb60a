import { z } from 'zod';
import { countCharacters, normaliseLine, normaliseText } from '../../lib/text';
import { asText, type Field, type FieldBase } from '../field';

interface TextOptions extends FieldBase {
  /** at most this many characters, counted as a person counts */
  max?: number;
  /** a rule of its own: the complaint, or undefined */
  check?: (value: string) => string | undefined;
  /** tidies further, such as upper case for codes */
  tidy?: (value: string) => string;
  inputmode?: string;
  autocomplete?: string;
}

/** One line of text. */
export function text(o: TextOptions): Field {
  const max = o.max ?? 100;
  return {
    ...o,
    type: 'text',
    extraInputs: [],
    verb: '填写',
    read: (input) => (o.tidy ?? ((s: string) => s))(normaliseLine(input)),
    schema: () =>
      z.string().transform((s, issue) => {
        const n = countCharacters(s);
        const complaint = n > max ? `「${o.label}」最多 ${max} 个字，现有 ${n} 个字` : o.check?.(s);
        if (complaint === undefined) return s;
        issue.addIssue({ code: 'custom', message: complaint });
        return z.NEVER;
      }),
    control: () => ({
      ...(o.inputmode ? { inputmode: o.inputmode } : {}),
      ...(o.autocomplete ? { autocomplete: o.autocomplete } : {}),
      width: o.width ?? 'l',
    }),
    text: asText,
    words: (v) => [asText(v)],
    cell: asText,
  };
}

interface LongTextOptions extends FieldBase {
  limit: number;
  rows?: number;
}

/** Several paragraphs with a character limit (D11: 1200). Line breaks are kept. */
export function longText(o: LongTextOptions): Field {
  return {
    ...o,
    type: 'longText',
    extraInputs: [],
    verb: '填写',
    read: normaliseText,
    schema: () =>
      z.string().refine((s) => countCharacters(s) <= o.limit, {
        error: (i) =>
          `「${o.label}」最多 ${o.limit} 个字，现有 ${countCharacters(String(i.input))} 个字，请精简 ${countCharacters(String(i.input)) - o.limit} 个字`,
      }),
    control: (raw) => ({ rows: o.rows ?? 8, limit: o.limit, count: countCharacters(raw[o.id] ?? ''), width: 'full' }),
    text: asText,
    words: (v) => [asText(v)],
    cell: asText,
  };
}
