import { choice, files, fixed, integer, text, yearMonth } from '../../../form/fields';
import { asText } from '../../../form/field';
import type { SectionDefinition } from '../../../form/section';
import { plainName } from '../../../lib/wording';
import { endsAfterItBegins, rowProblem, sameRows } from './rules';

const SUBJECTS = [
  { value: 'professional', text: '专业科目' },
  { value: 'general', text: '公需科目' },
];
const YEARS = 5;

/** D8 「近五年学习培训及继续教育经历」, G22 §三.14. */
export const continuingEducation: SectionDefinition = {
  id: 'continuing-education',
  title: '近五年学习培训及继续教育经历',
  group: '学习与工作经历',
  intro: ['填写近五年参加的学习培训和继续教育。每年应完成的学时不少于 90 学时，其中专业科目一般不少于 60 学时。没有的不用填写。'],
  parts: [
    {
      kind: 'rows',
      id: 'records',
      title: '本人填写的记录',
      rowLabel: '学习培训',
      addLabel: '新增学习培训',
      emptyText: '还没有填写学习培训记录，没有的不用填写',
      min: 0,
      max: () => 40,
      sortBy: (v) => asText(v.from),
      fields: [
        yearMonth({ id: 'from', label: '开始时间', hint: '例如 2024.3', required: true, notInFuture: true }),
        yearMonth({ id: 'to', label: '结束时间', hint: '例如 2024.5', required: true, notInFuture: true }),
        text({ id: 'content', label: '学习内容', hint: '培训班或者课程的名称，与证书一致', required: true, max: 100 }),
        choice({ id: 'subject', label: '科目类别', required: true, options: SUBJECTS, width: 's' }),
        integer({ id: 'hours', label: '学时', hint: '例如 40', required: true, min: 1, max: 999, unit: ' 学时' }),
        text({ id: 'place', label: '学习地点', hint: '例如 威海市文化馆，网络学习的填写平台名称', required: true, max: 60 }),
        text({ id: 'witness', label: '证明人', hint: '了解学习情况的人，没有的填写「无」', required: true, max: 30, width: 's' }),
        fixed({ id: 'source', label: '来源', value: () => '本人填写' }),
        files({ id: 'proof', label: '学习培训证书', hint: '结业证书、学时证明等，没有的可以不上传' }),
      ],
    },
  ],
  rules: [
    endsAfterItBegins('records'),
    (s, ctx) =>
      (s.rows.records ?? []).flatMap((row, i) => {
        const to = asText(row.values.to);
        return to !== '' && Number(to.slice(0, 4)) < ctx.year - YEARS
          ? [rowProblem('records', row, i, 'to', `不在近五年（${ctx.year - YEARS} 年以来）之内，一般不用填写`, 'advice')]
          : [];
      }),
    (s) =>
      sameRows(s.rows.records ?? [], (r) => {
        const name = plainName(asText(r.values.content));
        return name === '' ? '' : `${name} ${asText(r.values.from)}`;
      }).map(({ row, index, first }) =>
        rowProblem('records', row, index, 'content', `与第 ${first + 1} 条的时间、内容相同，请删除其中一条`),
      ),
  ],
};
