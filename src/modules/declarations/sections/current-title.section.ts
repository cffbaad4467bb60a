import { nextMonth, previousMonth, readYearMonth, showYearMonth, type YearMonth } from '../../../lib/dates';
import { fullYears, type FullYears, type Period } from '../../../lib/periods';
import {
  choice,
  choiceWithOther,
  files,
  integer,
  monthSpans,
  OTHER,
  readMonthSpans,
  yearMonth,
  type MonthSpan,
} from '../../../form/fields';
import { asText, type Condition } from '../../../form/field';
import type { Problem, SectionDefinition } from '../../../form/section';
import { plainName } from '../../../lib/wording';
import { rowProblem, sameRows } from './rules';

/** G22 §三.10: nobody without a title is asked for its dates and papers. */
const hasTitle: Condition = (raw) => !(raw.title === OTHER && (raw.titleOther ?? '') === '无');

/** G22 §三.10: full years from the first appointment to the end of the declaring year, breaks subtracted. */
function appointment(from: YearMonth, breaks: readonly MonthSpan[], year: number): FullYears {
  const end = `${year}-12`;
  const periods: Period[] = [];
  let start = from;
  for (const gap of breaks) {
    if (gap.from > start) periods.push({ from: start, to: previousMonth(gap.from), label: '聘任' });
    if (nextMonth(gap.to) > start) start = nextMonth(gap.to);
  }
  if (start <= end) periods.push({ from: start, to: end, label: '聘任' });
  const found = fullYears(periods, end);
  const last = breaks.at(-1);
  // a break up to the end leaves no period behind it; the count then ends with the last period
  return start > end && last ? fullYears(periods, periods.at(-1)?.to ?? end) : found;
}

/** D4 「现专业技术职称」, G22 §三.10. */
export const currentTitle: SectionDefinition = {
  id: 'current-title',
  title: '现专业技术职称',
  group: '职称与考核',
  intro: [
    '没有专业技术职称的，在「现专业技术职称」中选择「其他」，并填写「无」。',
    '现职称通过改系列评审取得的，先填写现职称，再新增一条填写改系列前的职称。',
  ],
  parts: [
    {
      kind: 'rows',
      id: 'titles',
      rowLabel: '职称',
      addLabel: '新增职称',
      emptyText: '没有职称的也请新增一条，选择「其他」，填写「无」',
      min: 1,
      max: () => 5,
      fields: [
        choice({
          id: 'level',
          label: '职称级别',
          required: true,
          refreshes: true,
          options: (_raw, ctx) => [...ctx.options('levels'), { value: 'none', text: '无' }],
          width: 'm',
        }),
        choice({
          id: 'series',
          label: '职称系列',
          required: true,
          refreshes: true,
          options: (_raw, ctx) => [...ctx.options('series'), { value: 'none', text: '无' }],
          width: 'm',
        }),
        choiceWithOther({
          id: 'title',
          label: '现专业技术职称',
          required: true,
          refreshes: true,
          options: (raw, ctx) => ctx.options('titles', raw.series ?? '', raw.level ?? ''),
          otherLabel: '职称名称',
          mayBeNone: true,
        }),
        yearMonth({
          id: 'obtainedOn',
          label: '获得资格时间',
          hint: '以公布文件或者资格证书为准，例如 2017.12',
          required: true,
          appliesWhen: hasTitle,
          notInFuture: true,
        }),
        yearMonth({
          id: 'appointedOn',
          label: '聘任时间',
          hint: '第一次受聘现职务的时间，以聘书、聘任文件为准；未实行聘任的企业人员填写获得资格时间',
          required: true,
          appliesWhen: hasTitle,
          notInFuture: true,
        }),
        monthSpans({
          id: 'breaks',
          label: '聘任间断时间',
          hint: '聘任有间断的，填写间断的起止年月，例如 2019.3-2019.8，有多段的用分号隔开；没有间断的不填',
          blankText: '无',
          appliesWhen: hasTitle,
        }),
        integer({
          id: 'appointedYears',
          copies: 'check',
          label: '聘任年限',
          hint: '按周年计算到申报当年的年底，扣除间断的时间',
          required: true,
          appliesWhen: hasTitle,
          max: 60,
          unit: ' 年',
          propose: (raw, ctx) => {
            const from = readYearMonth(raw.appointedOn ?? '');
            if (from === undefined) return undefined;
            const found = appointment(from, readMonthSpans(raw.breaks ?? '') ?? [], ctx.year);
            return { value: String(found.years), working: found.working };
          },
        }),
        files({
          id: 'certificate',
          label: '专业技术职务资格证书',
          hint: '上传资格证书内容页；由外地调入的，还须上传《外地调入人员专业技术职务资格审核确认登记表》',
          required: true,
          appliesWhen: hasTitle,
          proposeName: (raw) => {
            const obtained = readYearMonth(raw.obtainedOn ?? '');
            return obtained && `${showYearMonth(obtained)}资格证书`;
          },
        }),
        files({
          id: 'appointment',
          label: '聘书或者聘任文件',
          hint: '与聘任年限相符，连续提供至申报当年年底；未实行聘任的企业人员不需要提供',
          appliesWhen: hasTitle,
          proposeName: (raw) => {
            const from = readYearMonth(raw.appointedOn ?? '');
            return from && `${showYearMonth(from)}聘书`;
          },
        }),
      ],
    },
  ],
  rules: [
    (s, ctx) =>
      (s.rows.titles ?? []).flatMap((row, i) => {
        const appointedOn = asText(row.values.appointedOn);
        const obtainedOn = asText(row.values.obtainedOn);
        const { appointedYears } = row.values;
        if (appointedOn === '') return [];
        const found: Problem[] = [];
        if (obtainedOn !== '' && appointedOn < obtainedOn)
          found.push(rowProblem('titles', row, i, 'appointedOn', '「聘任时间」早于「获得资格时间」，请核对'));
        const breaks = readMonthSpans(asText(row.values.breaks).replaceAll('/', '-').replaceAll(' ', ';')) ?? [];
        const outside = breaks.find((b) => b.from < appointedOn || b.to > `${ctx.year}-12`);
        if (outside)
          found.push(
            rowProblem('titles', row, i, 'breaks', `「聘任间断时间」应在${showYearMonth(appointedOn)}至${ctx.year}年12月之间，请核对`),
          );
        const computed = appointment(appointedOn, breaks, ctx.year);
        if (!outside && typeof appointedYears === 'number' && appointedYears > computed.years)
          found.push(
            rowProblem(
              'titles',
              row,
              i,
              'appointedYears',
              `「聘任年限」${appointedYears} 年多于可以计算的年限：${computed.working}，请核对`,
            ),
          );
        return found;
      }),
    (s) =>
      sameRows(s.rows.titles ?? [], (r) => plainName(asText(r.values.title) + asText(r.values.series))).map(({ row, index, first }) =>
        rowProblem('titles', row, index, 'title', `与第 ${first + 1} 条的职称相同，请删除其中一条`),
      ),
  ],
};
