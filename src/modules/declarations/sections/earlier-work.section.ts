import { asText } from '../../../form/field';
import type { SectionDefinition } from '../../../form/section';
import { readYearMonth } from '../../../lib/dates';
import { endsAfterItBegins, rowProblem } from './rules';
import { works } from './works';

/** 「任现职前主要专业技术工作业绩」, page 3 of the printed form. */
export const earlierWork: SectionDefinition = {
  id: 'earlier-work',
  title: '任现职前主要专业技术工作业绩',
  group: '业绩与成果',
  intro: ['取得现职称以前的主要业绩，没有的不用填写。'],
  parts: [works()],
  rules: [
    endsAfterItBegins('works'),
    (s, ctx) => {
      const appointed = readYearMonth(String(ctx.policy.appointedOn ?? ''));
      return (s.rows.works ?? []).flatMap((row, i) =>
        appointed !== undefined && asText(row.values.from) > appointed
          ? [rowProblem('works', row, i, 'from', '在聘任现职称之后，请填写到「任现职以来主要专业技术工作业绩」', 'advice')]
          : [],
      );
    },
  ],
};
