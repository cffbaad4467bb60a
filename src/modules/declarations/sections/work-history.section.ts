import { readYearMonth, showYearMonth } from '../../../lib/dates';
import { findBreaks, type Period } from '../../../lib/periods';
import { files, longText, text, yearMonth } from '../../../form/fields';
import { asText } from '../../../form/field';
import type { CheckedRow, Problem, SectionDefinition, SectionRule } from '../../../form/section';
import { isAdministrativePost } from '../../../lib/wording';
import { endsAfterItBegins } from './rules';

/** Undefined where the times say nothing yet: that they are missing, can't be read or stand the wrong way round is said beside them. */
function periodOf(row: CheckedRow, index: number): Period | undefined {
  const from = asText(row.values.from);
  const to = asText(row.values.to);
  const isUnread = to === '' && (row.raw.to ?? '') !== '';
  if (from === '' || isUnread || (to !== '' && to < from)) return undefined;
  const post = row.raw.post ?? '';
  return { from, ...(to === '' ? {} : { to }), label: post === '' ? `第 ${index + 1} 条` : `「${post}」` };
}

/** How many gaps and overlaps are named at once. */
const MOST_BREAKS = 5;

/** D9, G22 §三.15: 应连续填写，不得间断. Names the gaps and overlaps with their dates, each at the row behind it. */
const runsWithoutBreak: SectionRule = (s, ctx): Problem[] => {
  const rows = s.rows.jobs ?? [];
  const periods = rows.map(periodOf);
  const started = readYearMonth(String(ctx.policy.startedOn ?? ''));
  if (rows.length === 0 || started === undefined || periods.some((p) => p === undefined)) return [];
  const month = ctx.today.slice(0, 7);
  return findBreaks(periods as Period[], started, month)
    .slice(0, MOST_BREAKS)
    .map((found): Problem => {
      const span = found.from === found.to ? showYearMonth(found.from) : `${showYearMonth(found.from)}至${showYearMonth(found.to)}`;
      const names = [found.after, found.before].filter((x) => x !== undefined);
      if (found.kind === 'overlap')
        return { part: 'jobs', severity: 'rule', text: `${span}有两条经历重叠（${names.join('与')}），请核对起止时间` };
      const where =
        found.after && found.before
          ? `，在${names.join('与')}之间`
          : found.before
            ? `，工作经历应从参加工作时间（${showYearMonth(started)}）开始填写`
            : '，仍在岗的，最后一条的「结束时间」不填';
      return { part: 'jobs', severity: 'rule', text: `${span}没有工作经历${where}。工作经历应连续填写，不得间断` };
    });
};

/** 「单位-部门-岗位」: the unit, the department and the title, with any of the dashes people type. */
const DASH = /\s*[-\u2010-\u2015\u2212－]+\s*/u;
function checkPost(post: string): string | undefined {
  const parts = post.split(DASH).filter((x) => x !== '');
  if (parts.length < 3)
    return '「单位-部门-岗位」请按「单位-部门-专业技术职称」的格式填写，没有职称的最后写「无」，例如「威海市环翠区文化馆-文艺部-无」';
  return isAdministrativePost(parts.at(-1) ?? '')
    ? '「单位-部门-岗位」的最后应为专业技术职称，不得写行政职务，没有职称的写「无」'
    : undefined;
}

/** D9 「工作经历」, G22 §三.15. */
export const workHistory: SectionDefinition = {
  id: 'work-history',
  title: '工作经历',
  group: '学习与工作经历',
  intro: ['应与人事档案记录一致，从参加工作起连续填写，不得间断。专业技术岗位发生调整的，请分时间段填写。'],
  parts: [
    {
      kind: 'rows',
      id: 'jobs',
      rowLabel: '经历',
      addLabel: '新增经历',
      emptyText: '请点击「新增经历」填写',
      min: 1,
      max: () => 40,
      sortBy: (v) => asText(v.from),
      fields: [
        yearMonth({ id: 'from', label: '开始时间', hint: '例如 2017.9', required: true, notInFuture: true }),
        yearMonth({ id: 'to', label: '结束时间', hint: '仍在岗的不填，表示「至今」', untilNow: true, notInFuture: true }),
        text({
          id: 'post',
          label: '单位-部门-岗位',
          hint: '格式为「单位-部门-专业技术职称」，没有职称的写「无」，不得写行政职务，例如「威海市环翠区文化馆-文艺部-馆员」',
          required: true,
          width: 'full',
          max: 120,
          check: checkPost,
        }),
        text({ id: 'work', label: '从事专业技术工作', hint: '本时间段内实际从事的工作，例如 舞蹈编排与辅导', required: true, max: 100 }),
        text({
          id: 'position',
          label: '所任职务',
          hint: '填写专业技术职务，没有的写「无」；有行政职务的可以补充在后',
          required: true,
          max: 60,
        }),
        longText({ id: 'brief', label: '经历简介', hint: '主要承担的工作，没有的可以不填', limit: 300, rows: 3, blankText: '无' }),
        text({ id: 'witness', label: '证明人', hint: '了解这段经历的人，没有的可以不填', max: 30, width: 's', blankText: '无' }),
        files({
          id: 'proof',
          label: '证明材料',
          hint: '与人事档案记录一致的证明材料，没有的可以不上传',
          proposeName: (raw) => {
            const from = readYearMonth(raw.from ?? '');
            const to = readYearMonth(raw.to ?? '');
            return from && `${showYearMonth(from)}至${to ? showYearMonth(to) : '今'}工作证明`;
          },
        }),
      ],
    },
  ],
  rules: [endsAfterItBegins('jobs'), runsWithoutBreak],
};
