import { asText } from '../../../form/field';
import type { SectionDefinition } from '../../../form/section';
import { readYearMonth } from '../../../lib/dates';
import { endsAfterItBegins, rowProblem } from './rules';
import { works } from './works';

/** 「任现职以来主要专业技术工作业绩」, pages 4 and 5 of the printed form. */
export const mainWork: SectionDefinition = {
  id: 'main-work',
  title: '任现职以来主要专业技术工作业绩',
  group: '业绩与成果',
  intro: ['任现职以来承担的主要项目、课题、活动，每项新增一条；没有的不用填写。工作总体情况填写在「主要专业技术工作成绩及表现」中。'],
  parts: [works()],
  rules: [
    endsAfterItBegins('works'),
    (s, ctx) => {
      const appointed = readYearMonth(String(ctx.policy.appointedOn ?? ''));
      return (s.rows.works ?? []).flatMap((row, i) => {
        const to = asText(row.values.to);
        return appointed !== undefined && to !== '' && to < appointed
          ? [rowProblem('works', row, i, 'to', '在聘任现职称之前，请填写到「任现职前主要专业技术工作业绩」', 'advice')]
          : [];
      });
    },
  ],
};
