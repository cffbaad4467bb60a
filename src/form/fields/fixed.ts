import { z } from 'zod';
import { asText, type Field, type FieldBase, type FormContext, type RawGroup } from '../field';

interface FixedOptions extends FieldBase {
  value: (raw: RawGroup, ctx: FormContext) => string;
}

/** Words that follow from the rest and that nobody types: shown in the form, at review and in print. */
export function fixed(o: FixedOptions): Field {
  const value = (raw: RawGroup, ctx: FormContext): string | undefined => {
    const words = o.value(raw, ctx);
    return words === '' ? undefined : words;
  };
  return {
    id: o.id,
    label: o.label,
    ...(o.hint ? { hint: o.hint } : {}),
    ...(o.appliesWhen ? { appliesWhen: o.appliesWhen } : {}),
    ...(o.blankText ? { blankText: o.blankText } : {}),
    type: 'computed',
    extraInputs: [],
    verb: '填写',
    read: () => '',
    schema: () => z.string(),
    derive: value,
    control: (raw, ctx) => ({ value: value(raw, ctx) ?? '' }),
    text: asText,
    words: (v) => [asText(v)],
    cell: asText,
  };
}
