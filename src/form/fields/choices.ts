import { z } from 'zod';
import { countCharacters, normaliseLine } from '../../lib/text';
import { asText, type Field, type FieldBase, type FormContext, type Option, type RawGroup } from '../field';

export type OptionSource = readonly Option[] | ((raw: RawGroup, ctx: FormContext) => readonly Option[]);
const optionsOf = (source: OptionSource, raw: RawGroup, ctx: FormContext): readonly Option[] =>
  typeof source === 'function' ? source(raw, ctx) : source;

interface ChoiceOptions extends FieldBase {
  options: OptionSource;
  style?: 'select' | 'radios';
}

/** One of a list; the list may depend on other fields (级别 → 系列 → 职称 → 专业). */
export function choice(o: ChoiceOptions): Field {
  const textOf = (value: string, raw: RawGroup, ctx: FormContext) =>
    optionsOf(o.options, raw, ctx).find((x) => x.value === value)?.text ?? value;
  return {
    ...o,
    type: 'choice',
    extraInputs: [],
    verb: '选择',
    read: normaliseLine,
    schema: (raw, ctx) =>
      z.string().refine((s) => optionsOf(o.options, raw, ctx).some((x) => x.value === s), { error: `请在列表中重新选择「${o.label}」` }),
    control: (raw, ctx) => ({
      style: o.style ?? 'select',
      items: optionsOf(o.options, raw, ctx).map((x) => ({ ...x, selected: x.value === raw[o.id] })),
      width: o.width ?? 'm',
    }),
    text: (v, raw, ctx) => textOf(asText(v), raw, ctx),
    words: () => [],
    cell: (v, raw, ctx) => textOf(asText(v), raw, ctx),
  };
}

export const OTHER = 'other';

interface ChoiceWithOtherOptions extends ChoiceOptions {
  otherLabel: string;
  otherMax?: number;
  /** Who has none of these says so with 「无」 (D4). */
  mayBeNone?: true;
}

/** One of a list, or 「其他」 with words of one's own (D4: 「其他」 and 「无」). The value is the text itself. */
export function choiceWithOther(o: ChoiceWithOtherOptions): Field {
  const otherInput = `${o.id}Other`;
  const all = (raw: RawGroup, ctx: FormContext): readonly Option[] => [...optionsOf(o.options, raw, ctx), { value: OTHER, text: '其他' }];
  return {
    ...o,
    type: 'choiceWithOther',
    extraInputs: [otherInput],
    verb: '选择',
    read: normaliseLine,
    schema: (raw, ctx) =>
      z.string().transform((s, issue) => {
        const found = all(raw, ctx).find((x) => x.value === s);
        const own = normaliseLine(raw[otherInput] ?? '');
        const complaint = !found
          ? `请在列表中重新选择「${o.label}」`
          : s === OTHER && own === ''
            ? `选择「其他」时，请填写「${o.otherLabel}」${o.mayBeNone ? '；没有的填写「无」' : ''}`
            : s === OTHER && countCharacters(own) > (o.otherMax ?? 50)
              ? `「${o.otherLabel}」最多 ${o.otherMax ?? 50} 个字，现有 ${countCharacters(own)} 个字`
              : undefined;
        if (complaint !== undefined) {
          issue.addIssue({ code: 'custom', message: complaint });
          return z.NEVER;
        }
        return s === OTHER ? own : (found?.text ?? '');
      }),
    control: (raw, ctx) => ({
      style: 'select',
      items: all(raw, ctx).map((x) => ({ ...x, selected: x.value === raw[o.id] })),
      other: { id: '', name: '', label: o.otherLabel, value: raw[otherInput] ?? '' },
      width: o.width ?? 'm',
    }),
    text: asText,
    words: (v) => [asText(v)],
    cell: asText,
  };
}

/** 是 or 否. */
export function yesNo(o: FieldBase): Field {
  const items: readonly Option[] = [
    { value: 'yes', text: '是' },
    { value: 'no', text: '否' },
  ];
  return {
    ...o,
    type: 'yesNo',
    extraInputs: [],
    verb: '选择',
    read: normaliseLine,
    schema: () =>
      z.string().transform((s, issue) => {
        if (s === 'yes' || s === 'no') return s === 'yes';
        issue.addIssue({ code: 'custom', message: `请选择「${o.label}」` });
        return z.NEVER;
      }),
    control: (raw) => ({ style: 'radios', items: items.map((x) => ({ ...x, selected: x.value === raw[o.id] })) }),
    text: (v) => (v === true ? '是' : '否'),
    words: () => [],
    cell: (v) => (v === true ? '是' : '否'),
  };
}
