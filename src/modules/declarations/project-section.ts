import type { CheckedSection } from '../../form/section';
import { asText, isFraction } from '../../form/field';
import type { Declaration } from './declarations.store';

const number = (text: string): number | null => (text === '' ? null : Number(text));

/** The unit that 「申报信息」 names, and the rank within it where the applicant gives it. */
export function projectUnit(checked: CheckedSection): Pick<Declaration, 'unit_id' | 'rank_n' | 'rank_of'> {
  const v = checked.groups.main?.values ?? {};
  const rank = isFraction(v.rank) ? v.rank : undefined;
  return { unit_id: number(asText(v.unit)), rank_n: rank?.n ?? null, rank_of: rank?.of ?? null };
}

/**
 * The columns that queues filter and sort on, out of 「申报信息」; written in the same transaction as the section. `ranked`: the unit has reported it, so that its rank
 * there stands (R3); another unit counts from the resubmission on.
 */
export function projectApplication(checked: CheckedSection, { ranked = false } = {}): Partial<Declaration> {
  const v = checked.groups.main?.values ?? {};
  return {
    title_id: number(asText(v.title)),
    speciality: asText(v.speciality),
    way: asText(v.way),
    work_unit: asText(v.workUnit),
    is_entrusted: v.isEntrusted === true,
    ...(ranked ? {} : projectUnit(checked)),
  };
}
