import { findNameIn } from '../../../lib/text';
import { files, longText } from '../../../form/fields';
import type { Mark, SectionDefinition } from '../../../form/section';

const AROUND = 12;
/** The place in the text with the words around it; a line break inside is shown as a blank. */
function markOf(text: string, start: number, end: number): Mark {
  const line = (words: string): string => words.replace(/\s+/g, ' ');
  return {
    before: line([...text.slice(Math.max(0, start - 4 * AROUND), start)].slice(-AROUND).join('')),
    found: line(text.slice(start, end)),
    after: line([...text.slice(end, end + 4 * AROUND)].slice(0, AROUND).join('')),
  };
}

/** D11 「任现职以来主要专业技术工作成绩及表现」, G22 §三.17: at most 1200 characters, the applicant's name may not occur. */
export const performance: SectionDefinition = {
  id: 'performance',
  title: '任现职以来主要专业技术工作成绩及表现',
  group: '业绩与成果',
  intro: ['主要包括完成的业务工作任务、工作量、取得的效果等情况。填写要实事求是、简明扼要、条理清楚，成绩要具体明确。'],
  parts: [
    {
      kind: 'group',
      id: 'main',
      fields: [
        longText({
          id: 'text',
          label: '主要专业技术工作成绩及表现',
          hint: '最多 1200 个字，不得出现本人姓名',
          required: true,
          copies: 'check',
          limit: 1200,
          rows: 16,
        }),
        files({ id: 'proof', label: '佐证材料', hint: '反映工作成绩的材料，没有的可以不上传' }),
      ],
    },
  ],
  rules: [
    (s, ctx) => {
      // as typed: a text that is too long is to be shortened and freed of the name in one go
      const text = s.groups.main?.raw.text ?? '';
      return findNameIn(text, ctx.personName)
        .slice(0, 3)
        .map(({ start, end, excerpt }) => ({
          part: 'main',
          field: 'text',
          severity: 'rule' as const,
          text: `不得出现本人姓名，请修改此处：「${excerpt}」`,
          mark: markOf(text, start, end),
        }));
    },
  ],
};
