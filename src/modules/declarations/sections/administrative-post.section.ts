import { files, text, yearMonth, yesNo } from '../../../form/fields';
import { asText } from '../../../form/field';
import type { SectionDefinition } from '../../../form/section';
import { plainName } from '../../../lib/wording';
import { rowProblem, sameRows } from './rules';

/** D5 「现任（含兼任）行政职务」, G22 §三.11. */
export const administrativePost: SectionDefinition = {
  id: 'administrative-post',
  title: '现任（含兼任）行政职务',
  group: '职称与考核',
  intro: ['没有担任行政职务的不用填写，评审表上显示为「无」。兼任多个职务的，每个职务新增一条。'],
  parts: [
    {
      kind: 'rows',
      id: 'posts',
      rowLabel: '行政职务',
      addLabel: '新增行政职务',
      emptyText: '还没有填写行政职务，没有的不用填写',
      min: 0,
      max: () => 5,
      sortBy: (v) => asText(v.since),
      fields: [
        text({
          id: 'post',
          label: '现任（含兼任）行政职务',
          hint: '与任命文件一致，例如「威海市环翠区文化馆副馆长」',
          required: true,
          max: 60,
        }),
        yearMonth({ id: 'since', label: '任职时间', hint: '任命文件上的时间，例如 2021.3', required: true, notInFuture: true }),
        files({ id: 'proof', label: '行政职务任命文件', hint: '任命文件等证明材料', required: true }),
        yesNo({
          id: 'isDual',
          label: '是否事业单位「双肩挑」人员',
          hint: '担任管理岗位职务，同时在专业技术岗位上兼职的，选「是」',
          required: true,
          refreshes: true,
        }),
        files({
          id: 'dualApproval',
          label: '《事业单位专业技术岗位兼职审批表》',
          hint: '按干部人事管理权限办理审批手续后的审批表',
          required: true,
          appliesWhen: (raw) => raw.isDual === 'yes',
        }),
      ],
    },
  ],
  rules: [
    (s) =>
      sameRows(s.rows.posts ?? [], (r) => plainName(asText(r.values.post))).map(({ row, index, first }) =>
        rowProblem('posts', row, index, 'post', `与第 ${first + 1} 条的职务相同，请删除其中一条`),
      ),
  ],
};
