import { files } from '../../../form/fields';
import type { SectionDefinition } from '../../../form/section';

/** D13 「上传其他附件」, G22 §三.19: the four named forms, the signed summary of one's work, and whatever has no place elsewhere. */
export const otherFiles: SectionDefinition = {
  id: 'other-files',
  title: '上传其他附件',
  group: '其他附件',
  copies: 'no',
  intro: [
    '上面各项中没有对应位置、又需要提交的材料，在这里上传。文件名请写明时间和内容，多页的合并成一个文件上传。',
    '《事业单位推荐申报高中级职称评审情况统计表》等四种表由单位提供，事业单位推荐申报的请上传，其他单位按申报通知的要求办理。',
  ],
  parts: [
    {
      kind: 'group',
      id: 'main',
      fields: [
        files({
          id: 'summary',
          label: '业务工作总结',
          hint: '反映本人能力、业绩的总结，经单位主要负责人审核、签字、盖章，并经推荐委员会成员签字后扫描上传',
          required: true,
          max: 3,
        }),
        files({ id: 'statistics', label: '《事业单位推荐申报高中级职称评审情况统计表》', hint: '由单位提供，没有的可以不上传', max: 3 }),
        files({ id: 'supervision', label: '《推荐申报职称“六公开”监督卡》', hint: '由单位提供，没有的可以不上传', max: 3 }),
        files({ id: 'recommendation', label: '《单位推荐委员会民主评议推荐情况登记表》', hint: '由单位提供，没有的可以不上传', max: 3 }),
        files({ id: 'publicity', label: '《推荐申报职称公示情况报告表》', hint: '由单位提供，没有的可以不上传', max: 3 }),
        files({ id: 'support', label: '援外、援藏、援疆、援青等经历的证明材料', hint: '有这些经历的请上传，没有的可以不上传' }),
        files({ id: 'other', label: '其他材料', hint: '申报通知要求的其他材料，没有的可以不上传', max: 20 }),
      ],
    },
  ],
  rules: [],
};
