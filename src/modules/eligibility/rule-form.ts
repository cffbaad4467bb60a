import { choice, integer, text, yesNo } from '../../form/fields';
import { asText, CHOOSE, type FormContext, type Option, type RawGroup } from '../../form/field';
import type { CheckedSection, SectionDefinition } from '../../form/section';
import { smallFormContext } from '../../form/small-form';
import { wayOfDeclaring } from '../../lib/codes';
import { isRealDate, readDate, showDate } from '../../lib/dates';
import { seriesOptions, type Catalogue } from '../catalogue';
import { grades, isGrade, isRank, ranks, type Facts, type Outcome } from './evaluate';
import type { NewVersion, StoredRule } from './rules.store';

export const PART = 'rule';
export const outcomes: readonly (Option & { value: Outcome })[] = [
  { value: 'pass', text: '符合' },
  { value: 'human', text: '需要人工审核' },
  { value: 'block', text: '不符合' },
];
export const GENERAL: Option = { value: 'general', text: '各系列通用' };
export const rankOptions: readonly Option[] = ranks.map((r) => ({ value: r, text: r }));
export const wayOptions: readonly Option[] = wayOfDeclaring.map((c) => ({ value: c.code, text: c.text }));
const gradeOptions: readonly Option[] = grades.map((g) => ({ value: g.code, text: g.text }));
const NONE: Option = { value: 'none', text: '不要求' };

const yearsField = (id: string, label: string, hint: string, appliesWhen?: (raw: RawGroup) => boolean) =>
  integer({ id, label, hint, min: 0, max: 60, unit: ' 年', ...(appliesWhen ? { appliesWhen } : {}) });
const dayField = text({
  id: 'validFrom',
  label: '自何日起执行',
  required: true,
  max: 20,
  width: 's',
  hint: '例如 2027.1.1；此前提交的申报仍按原来的条件',
  check: (v) => {
    const day = readDate(v);
    return day !== undefined && isRealDate(day) ? undefined : '「自何日起执行」请按年、月、日填写，例如 2027.1.1';
  },
});

/** K5: one rule. */
export const ruleForm: SectionDefinition = {
  id: 'eligibility-rule',
  title: '申报条件',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        choice({
          id: 'series',
          label: '职称系列',
          hint: '系列另有条件的，该系列同一层级、同一申报方式不再适用通用条件',
          required: true,
          options: (_raw, ctx) => [CHOOSE, GENERAL, ...ctx.options('series')],
          width: 'm',
        }),
        choice({ id: 'rank', label: '申报层级', required: true, options: [CHOOSE, ...rankOptions], width: 's' }),
        choice({ id: 'way', label: '申报方式', required: true, options: [CHOOSE, ...wayOptions], width: 'm' }),
        choice({
          id: 'education',
          label: '学历（学位）',
          hint: '更高的学历也符合',
          required: true,
          options: [CHOOSE, ...gradeOptions],
          width: 's',
        }),
        choice({
          id: 'heldRank',
          label: '已取得的职称',
          required: true,
          refreshes: true,
          options: [CHOOSE, NONE, ...rankOptions],
          width: 's',
        }),
        yearsField('heldYears', '聘任满', '已取得更高层级职称的不要求年限；没有年限要求的不填写', (raw) => raw.heldRank !== 'none'),
        yearsField('workYears', '从事专业工作满', '没有年限要求的不填写'),
        choice({
          id: 'outcome',
          label: '核对结果',
          hint: '同时符合几条的，先看「不符合」，再看「符合」，最后看「需要人工审核」',
          required: true,
          options: [CHOOSE, ...outcomes],
          width: 'm',
        }),
        text({ id: 'basis', label: '依据', hint: '文件名称和条款，申报人和审核人员会看到', required: true, max: 200, width: 'l' }),
        dayField,
        yesNo({ id: 'isEnded', label: '自该日起停止执行', required: true }),
      ],
    },
  ],
  rules: [],
};

export function ruleContext(today: string, catalogue: Catalogue): FormContext {
  return smallFormContext(today, { options: (list) => (list === 'series' ? seriesOptions(catalogue.series) : []) });
}

const numberOf = (v: unknown): number | null => (typeof v === 'number' ? v : null);

/** The version that a form without problems asks for. */
export function ruleInput(checked: CheckedSection): NewVersion {
  const v = checked.groups[PART]?.values ?? {};
  const [series, rank, education, held] = [asText(v.series), asText(v.rank), asText(v.education), asText(v.heldRank)];
  if (!isRank(rank) || !isGrade(education)) throw new RangeError('eligibility: not a rule');
  const heldRank = isRank(held) ? held : null;
  return {
    seriesId: series === GENERAL.value ? null : Number(series),
    rank,
    way: asText(v.way),
    education,
    heldRank,
    heldYears: heldRank === null ? null : numberOf(v.heldYears),
    workYears: numberOf(v.workYears),
    outcome: asText(v.outcome) as Outcome,
    basis: asText(v.basis),
    isEnded: v.isEnded === true,
    validFrom: readDate(asText(v.validFrom)) ?? '',
  };
}

/** A stored rule as it would be typed. */
export const ruleRaw = (r: StoredRule): RawGroup => ({
  series: r.seriesId === null ? GENERAL.value : String(r.seriesId),
  rank: r.rank,
  way: r.way,
  education: r.education,
  heldRank: r.heldRank ?? NONE.value,
  ...(r.heldYears === null ? {} : { heldYears: String(r.heldYears) }),
  ...(r.workYears === null ? {} : { workYears: String(r.workYears) }),
  outcome: r.outcome,
  basis: r.basis,
  validFrom: showDate(r.validFrom),
  isEnded: r.isEnded ? 'yes' : 'no',
});

/** Trying the rules out with an invented person. */
export const tryForm: SectionDefinition = {
  id: 'eligibility-try',
  title: '试核对',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        choice({ id: 'series', label: '职称系列', required: true, options: (_raw, ctx) => [CHOOSE, ...ctx.options('series')], width: 'm' }),
        choice({ id: 'rank', label: '申报层级', required: true, options: [CHOOSE, ...rankOptions], width: 's' }),
        choice({ id: 'way', label: '申报方式', required: true, options: [CHOOSE, ...wayOptions], width: 'm' }),
        choice({
          id: 'education',
          label: '学历（学位）',
          required: true,
          options: [CHOOSE, ...gradeOptions.filter((g) => g.value !== 'any')],
          width: 's',
        }),
        choice({
          id: 'heldRank',
          label: '已取得的职称',
          required: true,
          refreshes: true,
          options: [CHOOSE, { value: 'none', text: '无' }, ...rankOptions],
          width: 's',
        }),
        integer({
          id: 'heldYears',
          label: '聘任年限',
          required: true,
          min: 0,
          max: 60,
          unit: ' 年',
          appliesWhen: (raw) => raw.heldRank !== 'none',
        }),
        integer({ id: 'workYears', label: '专业工作年限', required: true, min: 0, max: 60, unit: ' 年' }),
        { ...dayField, label: '核对日期', hint: '按这一天执行的条件核对' },
      ],
    },
  ],
  rules: [],
};

export function tryFacts(checked: CheckedSection): { facts: Facts; day: string } {
  const v = checked.groups[PART]?.values ?? {};
  const [rank, education, held] = [asText(v.rank), asText(v.education), asText(v.heldRank)];
  return {
    facts: {
      seriesId: Number(asText(v.series)),
      rank: isRank(rank) ? rank : undefined,
      way: asText(v.way),
      education: isGrade(education) ? education : undefined,
      titles: isRank(held) ? [{ rank: held, years: numberOf(v.heldYears) ?? 0 }] : [],
      workYears: numberOf(v.workYears) ?? 0,
    },
    day: readDate(asText(v.validFrom)) ?? '',
  };
}
