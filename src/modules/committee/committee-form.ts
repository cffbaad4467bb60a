import { choice, date, integer, longText, text } from '../../form/fields';
import { asText, CHOOSE, type FormContext, type Option, type RawSection } from '../../form/field';
import type { CheckedSection, Problem, SectionDefinition } from '../../form/section';
import { smallFormContext } from '../../form/small-form';
import type { PlainDate } from '../../lib/dates';
import { normaliseLine } from '../../lib/text';
import {
  chosenDivision,
  divisionFields,
  divisionOptions,
  divisionPath,
  seriesOptions,
  type Catalogue,
  type Division,
  type Level,
} from '../catalogue';

export const PART = 'committee';
const TERM_YEARS = 3;

/** 人社部令第40号, article 7: committees of the senior, middle and junior level, each with the levels it may review. */
const grades: readonly { value: string; text: string; levels: readonly Level[] }[] = [
  { value: 'senior', text: '高级评审委员会（正高级、副高级）', levels: ['senior', 'associate'] },
  { value: 'associate', text: '高级评审委员会（副高级）', levels: ['associate'] },
  { value: 'middle-junior', text: '中级评审委员会（中级、初级）', levels: ['middle', 'junior'] },
  { value: 'middle', text: '中级评审委员会（中级）', levels: ['middle'] },
  { value: 'junior', text: '初级评审委员会（初级）', levels: ['junior'] },
];

/** The day three years later, less one: 2026-11-22 gives 2029-11-21. */
export function lastDayOfTerm(from: PlainDate, years = TERM_YEARS): PlainDate {
  const day = new Date(`${from}T00:00:00Z`);
  day.setUTCFullYear(day.getUTCFullYear() + years);
  day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}

/** What is wrong with a term; undefined when it is right (article 9: at most three years). */
export function termProblem(from: PlainDate, until: PlainDate): string | undefined {
  if (until <= from) return '任期结束日期应当晚于开始日期';
  return until > lastDayOfTerm(from)
    ? `任期最长 ${TERM_YEARS} 年，结束日期不能晚于 ${lastDayOfTerm(from).replaceAll('-', '.')}`
    : undefined;
}

/** One thing a line, without empty and repeated ones. */
export const linesOf = (typed: string): string[] => [
  ...new Set(
    typed
      .split('\n')
      .map(normaliseLine)
      .filter((l) => l !== ''),
  ),
];

/** 「组建评委会」 (J0). */
export const committeeForm: SectionDefinition = {
  id: 'committee',
  title: '组建评委会',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        text({
          id: 'name',
          label: '评审委员会名称',
          required: true,
          max: 100,
          width: 'l',
          hint: '例如：威海市环翠区群众文化专业职务资格初级评审委员会',
        }),
        choice({ id: 'grade', label: '评审级别', required: true, width: 'l', options: [CHOOSE, ...grades] }),
        choice({ id: 'series', label: '职称系列', required: true, options: (_raw, ctx) => [CHOOSE, ...ctx.options('series')] }),
        longText({ id: 'specialities', label: '评审专业', hint: '每行一个专业；不填写的，评审该系列的全部专业', limit: 1000, rows: 3 }),
        ...divisionFields(),
        longText({
          id: 'more',
          label: '其他受理区域',
          hint: '受理所属地区以外单位的，每行填写一个区域的全称，例如：山东省威海市荣成市',
          limit: 1000,
          rows: 2,
        }),
        date({ id: 'from', label: '任期开始日期', required: true }),
        date({ id: 'until', label: '任期结束日期', required: true, hint: '任期最长 3 年' }),
        integer({ id: 'members', label: '评委会人数', required: true, min: 3, max: 199, hint: '应当为单数' }),
        text({ id: 'phone', label: '办事机构联系电话', required: true, max: 30, width: 'm', inputmode: 'tel' }),
      ],
    },
  ],
  rules: [
    (s) => {
      const values = s.groups[PART]?.values ?? {};
      const problems: Problem[] = [];
      const problem =
        typeof values.from === 'string' && typeof values.until === 'string' ? termProblem(values.from, values.until) : undefined;
      if (problem !== undefined) problems.push({ part: PART, field: 'until', severity: 'rule', text: problem });
      if (typeof values.members === 'number' && values.members % 2 === 0)
        problems.push({ part: PART, field: 'members', severity: 'rule', text: '评委会人数应当为单数' });
      return problems;
    },
    (s, ctx) => {
      const group = s.groups[PART];
      const known = new Set(ctx.options('specialities', group?.raw.series ?? '').map((o) => o.text));
      const unknown = linesOf(asText(group?.values.specialities)).filter((l) => !known.has(l));
      return unknown.length === 0 || known.size === 0
        ? []
        : [{ part: PART, field: 'specialities', severity: 'rule', text: `该系列没有下列专业，请核对：${unknown.join('、')}` }];
    },
  ],
};

export function committeeContext(today: PlainDate, catalogue: Catalogue, divisions: readonly Division[]): FormContext {
  const ofDivision = divisionOptions(divisions);
  const lists: Record<string, (key: string) => readonly Option[]> = {
    series: () => seriesOptions(catalogue.series),
    specialities: (series) =>
      /^\d{1,4}$/.test(series) ? catalogue.specialitiesOf(Number(series)).map((x) => ({ value: String(x.id), text: x.name })) : [],
  };
  return smallFormContext(today, { options: (list, key = '') => lists[list]?.(key) ?? ofDivision(list, key) });
}

export interface CommitteeInput {
  name: string;
  seriesId: number;
  levels: readonly Level[];
  specialities: string[];
  divisionCode: string;
  /** full names of further divisions */
  moreDivisions: string[];
  validFrom: PlainDate;
  validUntil: PlainDate;
  members: number;
  phone: string;
}

/** The committee that a form without problems asks for. */
export function committeeInput(checked: CheckedSection): CommitteeInput {
  const { values, raw } = checked.groups[PART] ?? { values: {}, raw: {} };
  const grade = grades.find((g) => g.value === asText(values.grade));
  if (!grade || typeof values.members !== 'number') throw new RangeError('committee: a form with problems');
  return {
    name: asText(values.name),
    seriesId: Number(values.series),
    levels: grade.levels,
    specialities: linesOf(asText(values.specialities)),
    divisionCode: chosenDivision(raw),
    moreDivisions: linesOf(asText(values.more)),
    validFrom: asText(values.from),
    validUntil: asText(values.until),
    members: values.members,
    phone: asText(values.phone),
  };
}

/** A committee that was refused, as the form that asks for it again. */
export function committeeRaw(c: Omit<CommitteeInput, 'levels'> & { levels: readonly string[] }): RawSection {
  const grade = grades.find((g) => g.levels.length === c.levels.length && g.levels.every((l) => c.levels.includes(l)));
  const { province, city, district } = divisionPath(c.divisionCode);
  return {
    groups: {
      [PART]: {
        name: c.name,
        grade: grade?.value ?? '',
        series: String(c.seriesId),
        specialities: c.specialities.join('\n'),
        province,
        city,
        district,
        more: c.moreDivisions.join('\n'),
        from: c.validFrom,
        until: c.validUntil,
        members: String(c.members || ''),
        phone: c.phone,
      },
    },
    rows: {},
  };
}
