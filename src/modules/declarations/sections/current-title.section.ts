import { readYearMonth } from '../../../lib/dates';
import { fullYears } from '../../../lib/periods';
import { choice, choiceWithOther, files, integer, OTHER, yearMonth } from '../../../form/fields';
import type { Condition } from '../../../form/field';
import type { SectionDefinition } from '../../../form/section';

/** G22 §三.10: nobody without a title is asked for its dates and papers. */
const hasTitle: Condition = (raw) => !(raw.title === OTHER && (raw.titleOther ?? '') === '无');

/** D4 「现专业技术职称」, G22 §三.10. */
export const currentTitle: SectionDefinition = {
  id: 'current-title',
  title: '现专业技术职称',
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
        integer({
          id: 'appointedYears',
          label: '聘任年限',
          hint: '按周年计算到申报当年的年底，扣除间断的时间',
          required: true,
          appliesWhen: hasTitle,
          max: 60,
          unit: ' 年',
          propose: (raw, ctx) => {
            const from = readYearMonth(raw.appointedOn ?? '');
            if (from === undefined) return undefined;
            const r = fullYears([{ from, label: '聘任' }], `${ctx.year}-12-31`);
            return { value: String(r.years), working: r.working };
          },
        }),
        files({
          id: 'certificate',
          label: '专业技术职务资格证书',
          hint: '上传资格证书内容页；由外地调入的，还须上传《外地调入人员专业技术职务资格审核确认登记表》',
          required: true,
          appliesWhen: hasTitle,
        }),
        files({
          id: 'appointment',
          label: '聘书或者聘任文件',
          hint: '与聘任年限相符，连续提供至申报当年年底；未实行聘任的企业人员不需要提供',
          appliesWhen: hasTitle,
        }),
      ],
    },
  ],
  rules: [
    (s) =>
      (s.rows.titles ?? []).flatMap((row, i) => {
        const { obtainedOn, appointedOn } = row.values;
        if (typeof obtainedOn !== 'string' || typeof appointedOn !== 'string' || appointedOn >= obtainedOn) return [];
        return [
          {
            part: 'titles',
            row: row.id,
            field: 'appointedOn',
            severity: 'rule' as const,
            text: `第 ${i + 1} 条：「聘任时间」早于「获得资格时间」，请核对`,
          },
        ];
      }),
  ],
};
