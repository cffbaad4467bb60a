import { choice, integer, longText, text, yesNo } from '../../form/fields';
import { asText, CHOOSE, type Field, type FieldBase, type FormContext, type Option, type RawGroup } from '../../form/field';
import type { CheckedSection, Problem, SectionDefinition, SectionRule } from '../../form/section';
import { smallFormContext } from '../../form/small-form';
import { wholeNumber } from '../../lib/ids';
import { readMoment, showEnd, showMoment, typedEnd, typedMoment } from '../../lib/moment';
import { levelOptions, levels, levelText, type Level } from '../catalogue';
import type { Batch } from './batch';
import type { CommitteeChoice } from './batch-admin.read';

export const PART = 'batch';
export const ALL_LEVELS = 'all';

/** A moment typed in any usual way; a day without time of day is its beginning, for an end its last minute. */
export const momentField = (o: FieldBase & { without: 'start' | 'end' }): Field =>
  text({
    ...o,
    max: 40,
    width: 'm',
    hint:
      o.hint ??
      (o.without === 'end' ? '例如 2026.5.20 17:00；不写时间的，到当天 24:00 为止' : '例如 2026.4.1 8:30；不写时间的，从当天 0:00 开始'),
    check: (v) => (readMoment(v, o.without) ? undefined : `「${o.label}」请按年、月、日、时间填写，例如 2026.5.20 17:00`),
  });

const byWhom: readonly Option[] = [
  { value: 'applicant', text: '申报人填写' },
  { value: 'unit', text: '单位上报时填写' },
];
const evidenceBy: readonly Option[] = [
  { value: 'applicant', text: '申报人上传' },
  { value: 'unit', text: '单位上报时上传' },
];

const momentOf = (checked: CheckedSection, id: string, without: 'start' | 'end'): Date | undefined =>
  readMoment(asText(checked.groups[PART]?.values[id]), without);

const inOrder: SectionRule = (checked) => {
  const opens = momentOf(checked, 'opensAt', 'start');
  const closes = momentOf(checked, 'closesAt', 'end');
  const unitCloses = momentOf(checked, 'unitClosesAt', 'end');
  const problems: Problem[] = [];
  if (opens && closes && opens >= closes)
    problems.push({ part: PART, field: 'closesAt', severity: 'rule', text: '「个人申报截止时间」应当在开始时间之后' });
  if (closes && unitCloses && unitCloses < closes)
    problems.push({ part: PART, field: 'unitClosesAt', severity: 'rule', text: '「单位上报截止时间」不能早于个人申报截止时间' });
  return problems;
};

const committeeOf = (raw: RawGroup, ctx: FormContext): string =>
  ctx.options('committees').some((c) => c.value === raw.committee) ? (raw.committee ?? '') : '';

/** K2: one batch; when it is made, all levels of a series may be made at once. What a begun declaration relies on is left out of `editForm` by `locked`. */
export const batchForm: SectionDefinition = {
  id: 'batch',
  title: '批次',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        integer({
          id: 'year',
          label: '申报年度',
          required: true,
          min: 2000,
          max: 2100,
          appliesWhen: (_r, ctx) => ctx.policy.locked !== true,
        }),
        choice({
          id: 'committee',
          label: '评审委员会',
          required: true,
          refreshes: true,
          width: 'l',
          appliesWhen: (_r, ctx) => ctx.policy.locked !== true,
          options: (_raw, ctx) => [CHOOSE, ...ctx.options('committees')],
        }),
        choice({
          id: 'series',
          label: '职称系列',
          required: true,
          refreshes: true,
          appliesWhen: (_r, ctx) => ctx.policy.locked !== true,
          options: (raw, ctx) => [CHOOSE, ...ctx.options('series', committeeOf(raw, ctx))],
        }),
        choice({
          id: 'level',
          label: '职称级别',
          required: true,
          appliesWhen: (_r, ctx) => ctx.policy.locked !== true,
          options: (raw, ctx) => [CHOOSE, ...ctx.options('levels', committeeOf(raw, ctx), raw.series ?? '')],
        }),
        momentField({ id: 'opensAt', label: '个人申报开始时间', required: true, without: 'start' }),
        momentField({
          id: 'closesAt',
          label: '个人申报截止时间',
          required: true,
          without: 'end',
          appliesWhen: (_r, ctx) => ctx.policy.published !== true,
        }),
        momentField({
          id: 'unitClosesAt',
          label: '单位上报截止时间',
          required: true,
          without: 'end',
          appliesWhen: (_r, ctx) => ctx.policy.published !== true,
        }),
        choice({
          id: 'rankBy',
          label: '「单位推荐排序」由谁填写',
          required: true,
          style: 'radios',
          options: byWhom,
          appliesWhen: (_r, ctx) => ctx.policy.locked !== true,
        }),
        choice({
          id: 'entrustedBy',
          label: '「委托评审」证明由谁上传',
          required: true,
          style: 'radios',
          options: evidenceBy,
          appliesWhen: (_r, ctx) => ctx.policy.locked !== true,
        }),
        integer({ id: 'maxResults', label: '代表性成果最多', required: true, min: 1, max: 100, hint: '项' }),
        yesNo({ id: 'unitPublicity', label: '单位上报前须公示', required: true }),
        integer({ id: 'unitPublicityDays', label: '单位公示工作日', required: true, min: 5, max: 60, hint: '不少于 5 个工作日' }),
        integer({ id: 'publicityDays', label: '评审结果公示工作日', required: true, min: 5, max: 60, hint: '不少于 5 个工作日' }),
        integer({ id: 'correctionDays', label: '补正期限', required: true, min: 1, max: 60, hint: '工作日，办事机构要求补正时按此提出' }),
        integer({ id: 'appealDays', label: '申请复查期限', required: true, min: 1, max: 60, hint: '工作日，从评审结果登记的次日起算' }),
        longText({
          id: 'commitment',
          label: '申报承诺书',
          required: true,
          limit: 3000,
          rows: 10,
          hint: '每一行为一段。修改之后，已经同意的申报人仍以其同意时的文字为准',
        }),
      ],
    },
  ],
  rules: [inOrder],
};

/** `locked`: declarations were begun, so that identity and policies stay; `published`: the windows are changed on their own page, with a reason. */
export function batchContext(
  today: string,
  committees: readonly CommitteeChoice[],
  state: { locked: boolean; published: boolean; isNew: boolean },
): FormContext {
  return smallFormContext(today, {
    policy: { locked: state.locked, published: state.published },
    options: (list, committee = '', series = '') => {
      const found = committees.find((c) => String(c.id) === committee);
      switch (list) {
        case 'committees':
          return committees.map((c) => ({ value: String(c.id), text: c.name }));
        case 'series':
          return (found?.scopes ?? []).map((s) => ({ value: String(s.seriesId), text: s.seriesName }));
        default: {
          const codes = found?.scopes.find((s) => String(s.seriesId) === series)?.levels ?? [];
          const own = levelOptions(levels.filter((l) => codes.includes(l.code)));
          return state.isNew && own.length > 1 ? [...own, { value: ALL_LEVELS, text: '以上全部级别（每个级别建立一个批次）' }] : own;
        }
      }
    },
  });
}

/** What a batch is made of, without its id. Windows are undefined where the form did not ask for them. */
export interface BatchInput {
  year: number;
  committeeId: number;
  seriesId: number;
  levels: Level[];
  opensAt: Date;
  closesAt: Date;
  unitClosesAt: Date;
  rankBy: Batch['rankBy'];
  entrustedBy: Batch['entrustedEvidenceBy'];
  maxResults: number;
  unitPublicity: boolean;
  unitPublicityDays: number;
  publicityDays: number;
  correctionDays: number;
  appealDays: number;
  commitment: string;
}

/** A moment is typed to the minute: one that was left as it stood keeps its seconds. */
export const unmoved = (typed: Date | undefined, before: Date | undefined): Date | undefined =>
  typed && before && typedMoment(typed) === typedMoment(before) ? before : typed;

/** A form without problems as a batch; what the form did not show comes from the batch as it is. */
export function batchInput(checked: CheckedSection, ctx: FormContext, before?: Batch): BatchInput {
  const { values, raw } = checked.groups[PART] ?? { values: {}, raw: {} };
  const chosen = asText(values.level);
  const all = ctx.options('levels', raw.committee ?? '', raw.series ?? '').map((o) => o.value);
  const number = (id: string, otherwise: number | undefined): number => (typeof values[id] === 'number' ? values[id] : (otherwise ?? 0));
  const moment = (id: string, without: 'start' | 'end', otherwise: Date | undefined): Date => {
    const at = unmoved(momentOf(checked, id, without), otherwise) ?? otherwise;
    if (!at) throw new RangeError(`batch: ${id} is missing`);
    return at;
  };
  return {
    year: number('year', before?.year),
    committeeId: wholeNumber(asText(values.committee)) ?? before?.committeeId ?? 0,
    seriesId: wholeNumber(asText(values.series)) ?? before?.seriesId ?? 0,
    levels: (chosen === ALL_LEVELS ? all.filter((v) => v !== ALL_LEVELS) : [chosen || (before?.level ?? '')]) as Level[],
    opensAt: moment('opensAt', 'start', before?.applicantOpensAt),
    closesAt: moment('closesAt', 'end', before?.applicantClosesAt),
    unitClosesAt: moment('unitClosesAt', 'end', before?.unitClosesAt),
    rankBy: (asText(values.rankBy) || before?.rankBy) as Batch['rankBy'],
    entrustedBy: (asText(values.entrustedBy) || before?.entrustedEvidenceBy) as Batch['entrustedEvidenceBy'],
    maxResults: number('maxResults', before?.maxResults),
    unitPublicity: values.unitPublicity === true,
    unitPublicityDays: number('unitPublicityDays', before?.unitPublicityDays),
    publicityDays: number('publicityDays', before?.publicityDays),
    correctionDays: number('correctionDays', before?.correctionDays),
    appealDays: number('appealDays', before?.appealDays),
    commitment: asText(values.commitment),
  };
}

/** The fields of a batch as they would be typed. */
export const batchRaw = (b: Batch): RawGroup => ({
  year: String(b.year),
  committee: String(b.committeeId),
  series: String(b.seriesId),
  level: b.level,
  opensAt: typedMoment(b.applicantOpensAt),
  closesAt: typedEnd(b.applicantClosesAt),
  unitClosesAt: typedEnd(b.unitClosesAt),
  rankBy: b.rankBy,
  entrustedBy: b.entrustedEvidenceBy,
  maxResults: String(b.maxResults),
  unitPublicity: b.demandsUnitPublicity ? 'yes' : 'no',
  unitPublicityDays: String(b.unitPublicityDays),
  publicityDays: String(b.publicityDays),
  correctionDays: String(b.correctionDays),
  appealDays: String(b.appealDays),
  commitment: b.commitment,
});

const textOf = (options: readonly Option[], value: string): string => options.find((o) => o.value === value)?.text ?? '';

/** What a batch says, in the order of the form: its page, its confirm page and the record of changes are made of this. */
export const batchFacts = (b: Batch): { key: string; label: string; text: string }[] => [
  { key: 'year', label: '申报年度', text: String(b.year) },
  { key: 'committee', label: '评审委员会', text: b.committeeName },
  { key: 'series', label: '职称系列', text: b.seriesName },
  { key: 'level', label: '职称级别', text: levelText(b.level) },
  { key: 'opensAt', label: '个人申报开始时间', text: showMoment(b.applicantOpensAt) },
  { key: 'closesAt', label: '个人申报截止时间', text: showEnd(b.applicantClosesAt) },
  { key: 'unitClosesAt', label: '单位上报截止时间', text: showEnd(b.unitClosesAt) },
  { key: 'rankBy', label: '「单位推荐排序」', text: textOf(byWhom, b.rankBy) },
  { key: 'entrustedBy', label: '「委托评审」证明', text: textOf(evidenceBy, b.entrustedEvidenceBy) },
  { key: 'maxResults', label: '代表性成果最多', text: `${b.maxResults} 项` },
  { key: 'unitPublicity', label: '单位上报前公示', text: b.demandsUnitPublicity ? `须公示 ${b.unitPublicityDays} 个工作日` : '不要求' },
  { key: 'publicityDays', label: '评审结果公示', text: `${b.publicityDays} 个工作日` },
  { key: 'correctionDays', label: '补正期限', text: `${b.correctionDays} 个工作日` },
  { key: 'appealDays', label: '申请复查期限', text: `${b.appealDays} 个工作日` },
];

/** The window page: new ends, or the end right now. */
export const windowForm: SectionDefinition = {
  id: 'window',
  title: '调整截止时间',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        choice({
          id: 'what',
          label: '调整方式',
          required: true,
          style: 'radios',
          refreshes: true,
          options: [
            { value: 'set', text: '延长或者提前' },
            { value: 'close-applicants', text: '立即截止个人申报' },
            { value: 'close-all', text: '立即截止个人申报和单位上报' },
          ],
        }),
        momentField({
          id: 'closesAt',
          label: '个人申报截止时间',
          required: true,
          without: 'end',
          appliesWhen: (raw) => (raw.what ?? 'set') === 'set',
        }),
        momentField({
          id: 'unitClosesAt',
          label: '单位上报截止时间',
          required: true,
          without: 'end',
          appliesWhen: (raw) => (raw.what ?? 'set') === 'set',
        }),
        longText({ id: 'reason', label: '原因', required: true, limit: 300, rows: 3 }),
      ],
    },
  ],
  rules: [inOrder],
};

export interface WindowInput {
  what: 'set' | 'close-applicants' | 'close-all';
  closesAt: Date | undefined;
  unitClosesAt: Date | undefined;
  reason: string;
}
export const windowInput = (checked: CheckedSection): WindowInput => ({
  what: asText(checked.groups[PART]?.values.what) as WindowInput['what'],
  closesAt: momentOf(checked, 'closesAt', 'end'),
  unitClosesAt: momentOf(checked, 'unitClosesAt', 'end'),
  reason: asText(checked.groups[PART]?.values.reason),
});

/** One person's case, longer than the batch. */
export const extensionForm: SectionDefinition = {
  id: 'extension',
  title: '个别延期',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        text({ id: 'account', label: '申报人', required: true, max: 60, width: 'm', hint: '填写申报人的登录名或者证件号码' }),
        momentField({ id: 'closesAt', label: '个人申报延长至', required: true, without: 'end' }),
        momentField({ id: 'unitClosesAt', label: '单位上报延长至', required: true, without: 'end' }),
        longText({ id: 'reason', label: '原因', required: true, limit: 300, rows: 3 }),
      ],
    },
  ],
  rules: [inOrder],
};
