import type { CheckedSection } from '../../form/section';
import { asText, isFraction } from '../../form/field';
import type { Declaration } from './declarations.store';

/** The columns that queues filter and sort on, out of 「申报信息」; written in the same transaction as the section. */
export function projectApplication(checked: CheckedSection): Partial<Declaration> {
  const v = checked.groups.main?.values ?? {};
  const rank = isFraction(v.rank) ? v.rank : undefined;
  const number = (text: string): number | null => (text === '' ? null : Number(text));
  return {
    title_id: number(asText(v.title)),
    speciality: asText(v.speciality),
    way: asText(v.way),
    unit_id: number(asText(v.unit)),
    work_unit: asText(v.workUnit),
    is_entrusted: v.isEntrusted === true,
    rank_n: rank?.n ?? null,
    rank_of: rank?.of ?? null,
  };
}
