import { choice, longText } from '../../form/fields';
import { asText } from '../../form/field';
import type { CheckedSection, SectionDefinition } from '../../form/section';

/** 「通过」 or 「不通过」 with a reason: how a bureau decides on a permission, and an upstream on a path. */
export const decisionForm: SectionDefinition = {
  id: 'decision',
  title: '审核意见',
  parts: [
    {
      kind: 'group',
      id: 'decision',
      fields: [
        choice({
          id: 'result',
          label: '审核结果',
          required: true,
          style: 'radios',
          options: [
            { value: 'pass', text: '通过' },
            { value: 'refuse', text: '不通过' },
          ],
        }),
        longText({
          id: 'reason',
          label: '不通过的原因',
          hint: '选择「不通过」时必须填写，申请单位可以看到',
          limit: 200,
          rows: 3,
          required: (raw) => raw.result === 'refuse',
        }),
      ],
    },
  ],
  rules: [],
};

/** What was decided; a reason typed beside 「通过」 is dropped. Only for a form without problems. */
export function decisionOf(checked: CheckedSection): { decision: 'grant' | 'refuse'; reason: string } {
  const values = checked.groups.decision?.values ?? {};
  return values.result === 'refuse' ? { decision: 'refuse', reason: asText(values.reason) } : { decision: 'grant', reason: '' };
}
