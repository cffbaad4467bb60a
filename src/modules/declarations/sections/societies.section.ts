import { files, text, yearMonth } from '../../../form/fields';
import { asText } from '../../../form/field';
import type { SectionDefinition } from '../../../form/section';
import { plainName } from '../../../lib/wording';
import { rowProblem, sameRows } from './rules';

/** D12 「参加何种学术团体并任何种职务，有何社会兼职」, G22 §三.18. */
export const societies: SectionDefinition = {
  id: 'societies',
  title: '参加何种学术团体并任何种职务，有何社会兼职',
  group: '业绩与成果',
  intro: ['如实填写，没有的不用填写，评审表上显示为「无」。'],
  parts: [
    {
      kind: 'rows',
      id: 'societies',
      title: '学术团体',
      rowLabel: '学术团体',
      addLabel: '新增学术团体',
      emptyText: '还没有填写学术团体，没有的不用填写',
      min: 0,
      max: () => 10,
      sortBy: (v) => asText(v.since),
      fields: [
        text({ id: 'name', label: '学术团体名称', hint: '团体的全称，例如「威海市舞蹈家协会」', required: true, max: 100 }),
        text({ id: 'post', label: '担任的职务', hint: '例如 会员、理事', required: true, max: 40, width: 'm' }),
        yearMonth({ id: 'since', label: '加入时间', hint: '例如 2020.6', required: true, notInFuture: true }),
        files({ id: 'proof', label: '学术团体证明', hint: '会员证、聘书等', required: true }),
      ],
    },
    {
      kind: 'rows',
      id: 'posts',
      title: '社会兼职',
      rowLabel: '社会兼职',
      addLabel: '新增社会兼职',
      emptyText: '还没有填写社会兼职，没有的不用填写',
      min: 0,
      max: () => 10,
      sortBy: (v) => asText(v.since),
      fields: [
        text({ id: 'name', label: '兼职单位', hint: '单位的全称', required: true, max: 100 }),
        text({ id: 'post', label: '兼任的职务', hint: '例如 校外辅导员', required: true, max: 40, width: 'm' }),
        yearMonth({ id: 'since', label: '开始兼任时间', hint: '例如 2022.9', required: true, notInFuture: true }),
        files({ id: 'proof', label: '社会兼职证明', hint: '聘书、单位证明等', required: true }),
      ],
    },
  ],
  rules: [
    (s) =>
      ['societies', 'posts'].flatMap((part) =>
        sameRows(s.rows[part] ?? [], (r) => plainName(asText(r.values.name) + asText(r.values.post))).map(({ row, index, first }) =>
          rowProblem(part, row, index, 'name', `与第 ${first + 1} 条相同，请删除其中一条`),
        ),
      ),
  ],
};
