import { choice, text } from '../../form/fields';
import { CHOOSE, type FormContext, type Option, type RawGroup, type RawSection } from '../../form/field';
import type { Problem, SectionDefinition } from '../../form/section';
import { smallFormContext } from '../../form/small-form';
import type { PlainDate } from '../../lib/dates';
import { isLevel, levelOptions, seriesOptions, type Catalogue } from '../catalogue';
import type { CommitteeOption } from './path.read';

export const PART = 'path';
const isUnit = (raw: RawGroup): boolean => raw.upward === 'unit';
const isCommittee = (raw: RawGroup): boolean => raw.upward === 'committee' && (raw.series ?? '') !== '' && (raw.level ?? '') !== '';

/** P1 「新增路径」. The upstream unit is chosen among the radios `unit` that stand under the form's fields. */
export const pathForm: SectionDefinition = {
  id: 'path',
  title: '新增路径',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        choice({ id: 'year', label: '年度', required: true, width: 's', options: (_raw, ctx) => ctx.options('years') }),
        choice({
          id: 'series',
          label: '职称系列',
          required: true,
          refreshes: true,
          options: (_raw, ctx) => [CHOOSE, ...ctx.options('series')],
        }),
        choice({
          id: 'level',
          label: '职称级别',
          required: true,
          refreshes: true,
          options: (raw, ctx) => [CHOOSE, ...ctx.options('levels', raw.series ?? '')],
        }),
        choice({
          id: 'upward',
          label: '上一级类型',
          hint: '有主管部门的选主管部门，没有主管部门的选评审委员会',
          required: true,
          refreshes: true,
          style: 'radios',
          options: [
            { value: 'unit', text: '主管部门或者呈报部门' },
            { value: 'committee', text: '评审委员会' },
          ],
        }),
        choice({
          id: 'committee',
          label: '评审委员会',
          required: true,
          width: 'l',
          appliesWhen: isCommittee,
          options: (_raw, ctx) => [CHOOSE, ...ctx.options('committees')],
        }),
        text({
          id: 'q',
          label: '上一级单位名称',
          hint: '填写名称的一部分或者拼音首字母，然后点击「查找」',
          appliesWhen: isUnit,
          max: 60,
          width: 'l',
        }),
      ],
    },
  ],
  rules: [],
};

/** This year and its neighbours: paths are set up ahead of a year and mended after it. */
const yearsAround = (year: number): Option[] => [year + 1, year, year - 1].map((y) => ({ value: String(y), text: `${y}年度` }));

export function pathContext(today: PlainDate, catalogue: Catalogue, committees: readonly CommitteeOption[]): FormContext {
  const lists: Record<string, (key: string) => Option[]> = {
    years: () => yearsAround(Number(today.slice(0, 4))),
    series: () => seriesOptions(catalogue.series),
    levels: (series) => levelOptions(catalogue.findSeries(Number(series)) ? catalogue.levelsOf(Number(series)) : undefined),
    committees: () => committees.map((c) => ({ value: String(c.id), text: `${c.name}（${c.divisionName}）` })),
  };
  return smallFormContext(today, { options: (list, key = '') => lists[list]?.(key) ?? [] });
}

export const pathDefaults = (today: PlainDate): RawSection => ({ groups: { [PART]: { year: today.slice(0, 4) } }, rows: {} });
export const groupOf = (raw: RawSection): RawGroup => raw.groups[PART] ?? {};

/** Series and level as typed, when both can be read: what the list of committees depends on. */
export function scopeOf(raw: RawSection): { seriesId: number; level: string } | undefined {
  const { series = '', level = '' } = groupOf(raw);
  return /^\d{1,4}$/.test(series) && isLevel(level) ? { seriesId: Number(series), level } : undefined;
}

/** A problem beside one field of this form. */
export const pathProblem = (field: string, message: string): Problem => ({ part: PART, field, severity: 'rule', text: message });
