import { choice } from '../../form/fields';
import { CHOOSE, type Field, type FormContext, type Option, type RawGroup } from '../../form/field';
import type { Division } from './divisions.read';

const blank = (text: string): Option => ({ value: '', text });

/** 所属地区 as three choices, each of which narrows down the next; a unit of the province or of a city leaves the finer ones empty (guide of 2022, part 4, paragraph 4). */
export const divisionFields = (): Field[] => [
  choice({
    id: 'province',
    label: '所属地区：省（自治区、直辖市）',
    required: true,
    refreshes: true,
    options: (_raw, ctx) => [CHOOSE, ...ctx.options('divisions', '')],
  }),
  choice({
    id: 'city',
    label: '所属地区：市',
    hint: '省直单位不选',
    refreshes: true,
    options: (raw, ctx) => [blank('（省直单位不选）'), ...ctx.options('divisions', raw.province ?? '-')],
  }),
  choice({
    id: 'district',
    label: '所属地区：区（县、市）',
    hint: '市直部门及其下属单位不选；区、县和县级市的单位须选到区（县、市）',
    options: (raw, ctx) => [blank('（市直单位不选）'), ...ctx.options('divisions', raw.city ?? '-')],
  }),
];

/** Which divisions the choices need: those below what is chosen. */
export const divisionParents = ({ province = '', city = '' }: RawGroup): string[] =>
  [province, city].filter((code) => /^\d{6}$/.test(code));

/** The finest division chosen. A district that does not belong to the city was refused by the check. */
export const chosenDivision = ({ province = '', city = '', district = '' }: RawGroup): string => district || city || province;

export const divisionOptions =
  (divisions: readonly Division[]): FormContext['options'] =>
  (_list, parent = '') =>
    divisions.filter((d) => (d.parentCode ?? '') === parent).map((d) => ({ value: d.code, text: d.name }));
