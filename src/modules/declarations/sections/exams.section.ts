import { choice, files, text, yearMonth } from '../../../form/fields';
import { asText } from '../../../form/field';
import type { SectionDefinition } from '../../../form/section';

const KINDS = [
  { value: 'exam', text: '考试' },
  { value: 'defence', text: '答辩' },
];

/** 「考试、答辩情况」, page 3 of the printed form. */
export const exams: SectionDefinition = {
  id: 'exams',
  title: '考试、答辩情况',
  group: '职称与考核',
  intro: ['参加过与本次申报有关的专业考试、水平测试或者答辩的，请填写；没有的不用填写。'],
  parts: [
    {
      kind: 'rows',
      id: 'list',
      rowLabel: '考试或者答辩',
      addLabel: '新增考试或者答辩',
      emptyText: '还没有填写考试、答辩情况，没有的不用填写',
      min: 0,
      max: () => 10,
      sortBy: (v) => asText(v.on),
      fields: [
        choice({ id: 'kind', label: '种类', required: true, options: KINDS, width: 's' }),
        yearMonth({ id: 'on', label: '时间', hint: '例如 2025.9', required: true, notInFuture: true }),
        text({ id: 'subject', label: '科目或者内容', hint: '与成绩单、证书一致', required: true, max: 80 }),
        text({ id: 'score', label: '成绩', hint: '例如 86 分，或者 合格', required: true, max: 20, width: 's' }),
        text({ id: 'organiser', label: '组织单位', hint: '组织单位的全称', required: true, max: 100 }),
        files({ id: 'proof', label: '成绩证明', hint: '成绩单、合格证或者答辩结论', required: true }),
      ],
    },
  ],
  rules: [],
};
