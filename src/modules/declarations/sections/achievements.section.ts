import { resultLevels } from '../../../lib/codes';
import { choice, files, fraction, text, yearMonth } from '../../../form/fields';
import { asText, type Condition } from '../../../form/field';
import type { SectionDefinition, SectionRule } from '../../../form/section';

const kinds = [
  { value: 'paper', text: '论文/著作' },
  { value: 'project', text: '课题' },
  { value: 'award', text: '获奖' },
  { value: 'other', text: '其他' },
];
const isPaper: Condition = (raw) => raw.kind === 'paper';
const isNotPaper: Condition = (raw) => raw.kind !== 'paper';

/** G22 §三.16: the same result counts once, at its highest prize. */
const noDuplicates: SectionRule = (s) => {
  const seen = new Map<string, number>();
  return (s.rows.results ?? []).flatMap((row, i) => {
    const name = asText(row.values.name).replace(/[\s《》「」“”"'，,。.·]/g, '');
    if (name === '') return [];
    const before = seen.get(name);
    if (before === undefined) {
      seen.set(name, i + 1);
      return [];
    }
    return [
      {
        part: 'results',
        row: row.id,
        field: 'name',
        severity: 'rule' as const,
        text: `第 ${i + 1} 条：与第 ${before} 条的成果名称相同，同一成果只填写一条，获奖的填写最高奖项`,
      },
    ];
  });
};

/** D10 「代表性成果」, G22 §三.16. */
export const achievements: SectionDefinition = {
  id: 'achievements',
  title: '任现职以来取得的代表性成果',
  intro: ['请填写反映本人任现职以来取得的成果，系统按时间先后排列。同一成果的不同奖项只填写最高奖项。没有成果的可以不填。'],
  parts: [
    {
      kind: 'rows',
      id: 'results',
      title: '代表性成果',
      rowLabel: '成果',
      addLabel: '新增成果',
      emptyText: '还没有填写成果，没有的可以不填',
      min: 0,
      max: (ctx) => Number(ctx.policy.maxResults),
      sortBy: (v) => asText(v.date),
      fields: [
        choice({ id: 'kind', label: '成果类别', required: true, refreshes: true, options: kinds, width: 's' }),
        text({
          id: 'name',
          label: '成果名称',
          hint: '与证书表述一致，例如「《作品名称》获某某奖一等奖」',
          required: true,
          width: 'full',
          max: 150,
        }),
        text({ id: 'journal', label: '刊物或者出版社', required: true, appliesWhen: isPaper, max: 100 }),
        text({
          id: 'serial',
          label: '刊号或者书号',
          hint: '例如 CN37-1234/J 或者 ISBN 978-7-5000-0000-0',
          required: true,
          appliesWhen: isPaper,
          max: 60,
          width: 'm',
        }),
        yearMonth({ id: 'date', label: '时间', hint: '证书、刊物的落款时间，例如 2023.5', required: true, notInFuture: true }),
        fraction({ id: 'rank', label: '位次', hint: '本人独立完成填写 1/1；3 人合作、本人第 2，填写 2/3', required: true }),
        text({
          id: 'authority',
          label: '批准机关',
          hint: '证书落款单位的法定全称，不得简化',
          required: true,
          appliesWhen: isNotPaper,
          max: 100,
        }),
        choice({
          id: 'level',
          label: '等级',
          required: true,
          appliesWhen: isNotPaper,
          options: resultLevels.map((c) => ({ value: c.code, text: c.text })),
          width: 's',
        }),
        files({ id: 'proof', label: '证书和佐证材料', hint: '获奖、课题须上传证书和表彰文件、项目公布文件、结题报告等', required: true }),
      ],
    },
  ],
  rules: [noDuplicates],
};
