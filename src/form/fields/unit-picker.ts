import { z } from 'zod';
import { barredText } from '../../lib/withdrawal';
import { normaliseLine } from '../../lib/text';
import { asText, type Field, type FieldBase } from '../field';

/** A registered unit; raw and value are its id, the text is its name. Search page without script, search as you type with it (D2 申报单位). */
export function unitPicker(o: FieldBase): Field {
  return {
    ...o,
    type: 'unitPicker',
    extraInputs: [],
    verb: '选择',
    read: normaliseLine,
    schema: (_raw, ctx) =>
      z.string().transform((s, issue) => {
        const unit = ctx.unit(s);
        const complaint = !unit ? `请重新查找并选择「${o.label}」` : !unit.permitted ? barredText(unit.name, unit.withdrawal) : undefined;
        if (complaint === undefined) return s;
        issue.addIssue({ code: 'custom', message: complaint });
        return z.NEVER;
      }),
    control: (raw, ctx) => {
      const unit = ctx.unit(raw[o.id] ?? '');
      return { picker: { text: unit?.name ?? '', ...(unit?.detail ? { detail: unit.detail } : {}), searchHref: '' }, width: 'full' };
    },
    text: (v, _raw, ctx) => ctx.unit(asText(v))?.name ?? '',
    words: () => [],
    cell: (v, _raw, ctx) => ctx.unit(asText(v))?.name ?? '',
  };
}
