import { files, longText } from '../../../form/fields';
import type { SectionDefinition } from '../../../form/section';

/** G22 §三.4: whoever does not declare by 「正常晋升」 says on what grounds; only then asked for. */
export const way: SectionDefinition = {
  id: 'way',
  title: '申报方式说明',
  group: '申报与学历',
  copies: 'no',
  intro: ['申报方式不是「正常晋升」的，请说明符合的条件，并上传相应的证明材料。'],
  appliesWhen: (ctx) => !['', 'normal'].includes(String(ctx.policy.way ?? '')),
  parts: [
    {
      kind: 'group',
      id: 'main',
      fields: [
        longText({
          id: 'grounds',
          label: '符合申报方式的条件',
          hint: '逐条写明符合的文件条款和本人的相应情况，例如「获得省级奖项一等奖，符合破格条件第二条」',
          required: true,
          limit: 500,
          rows: 6,
        }),
        files({ id: 'proof', label: '申报方式的证明材料', hint: '破格审批表、改系列审批表、交流到企事业单位的文件等', required: true }),
      ],
    },
  ],
  rules: [],
};
