import { readYearMonth, showYearMonth } from '../../../lib/dates';
import { findBreaks, type Period } from '../../../lib/periods';
import { files, longText, text, yearMonth } from '../../../form/fields';
import { asText } from '../../../form/field';
import type { CheckedRow, Problem, SectionDefinition, SectionRule } from '../../../form/section';

function periodOf(row: CheckedRow): Period | undefined {
  const from = asText(row.values.from);
  const to = asText(row.values.to);
  return from === '' ? undefined : { from, ...(to === '' ? {} : { to }), label: asText(row.values.post) };
}

const endsAfterItBegins: SectionRule = (s) =>
  (s.rows.jobs ?? []).flatMap((row, i) => {
    const from = asText(row.values.from);
    const to = asText(row.values.to);
    return from !== '' && to !== '' && to < from
      ? [
          {
            part: 'jobs',
            row: row.id,
            field: 'to',
            severity: 'rule' as const,
            text: `第 ${i + 1} 条：「结束时间」早于「开始时间」，请核对`,
          },
        ]
      : [];
  });

/** D9, G22 §三.15: 应连续填写，不得间断. Names the first break with its dates. */
const runsWithoutBreak: SectionRule = (s, ctx): Problem[] => {
  const rows = s.rows.jobs ?? [];
  const periods = rows.map(periodOf);
  const started = readYearMonth(String(ctx.policy.startedOn ?? ''));
  if (rows.length === 0 || started === undefined || periods.some((p) => p === undefined)) return [];
  const first = findBreaks(periods as Period[], started, ctx.today.slice(0, 7))[0];
  if (!first) return [];
  const span = first.from === first.to ? showYearMonth(first.from) : `${showYearMonth(first.from)}至${showYearMonth(first.to)}`;
  const text =
    first.kind === 'gap'
      ? `${span}没有工作经历。工作经历应从参加工作时间（${showYearMonth(started)}）起连续填写到现在`
      : `${span}有两条经历重叠，请核对起止时间`;
  return [{ part: 'jobs', severity: 'rule', text }];
};

/** D9 「工作经历」, G22 §三.15. */
export const workHistory: SectionDefinition = {
  id: 'work-history',
  title: '工作经历',
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
        yearMonth({ id: 'to', label: '结束时间', hint: '仍在岗的不填，表示「至今」', blankText: '至今', notInFuture: true }),
        text({
          id: 'post',
          label: '单位-部门-岗位',
          hint: '格式为「单位-部门-专业技术职称」，没有职称的写「无」，不得写行政职务',
          required: true,
          width: 'full',
          max: 120,
        }),
        text({ id: 'work', label: '从事专业技术工作', required: true, max: 100 }),
        text({
          id: 'position',
          label: '所任职务',
          hint: '填写专业技术职务，没有的写「无」；有行政职务的可以补充在后',
          required: true,
          max: 60,
        }),
        longText({ id: 'brief', label: '经历简介', limit: 300, rows: 3, blankText: '无' }),
        files({ id: 'proof', label: '证明材料', hint: '与人事档案记录一致的证明材料' }),
      ],
    },
  ],
  rules: [endsAfterItBegins, runsWithoutBreak],
};
