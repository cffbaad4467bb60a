import { choice, files, integer, text } from '../../../form/fields';
import type { CheckedSection, Problem, SectionDefinition, SectionRule } from '../../../form/section';
import type { FormContext } from '../../../form/field';
import { assessments as grades } from '../../../lib/codes';
import { readYearMonth } from '../../../lib/dates';
import { isAdministrativePost } from '../../../lib/wording';
import { rowProblem, sameRows } from './rules';

const yearsOf = (s: CheckedSection): number[] =>
  (s.rows.years ?? []).flatMap((r) => (typeof r.values.year === 'number' ? [r.values.year] : []));

/** The first year that must be there: the year after the appointment; without a title last year, for whoever worked all through it. */
function firstNeeded(ctx: FormContext): number | undefined {
  const appointed = readYearMonth(String(ctx.policy.appointedOn ?? ''));
  if (appointed !== undefined) return Number(appointed.slice(0, 4)) + 1;
  const started = readYearMonth(String(ctx.policy.startedOn ?? ''));
  return started !== undefined && Number(started.slice(0, 4)) < ctx.year - 1 ? ctx.year - 1 : undefined;
}

/** G22 §三.12: 任现职以来, year by year up to the year before the declaration. Names the years that are missing. */
const noYearMissing: SectionRule = (s, ctx): Problem[] => {
  const given = new Set(yearsOf(s));
  const first = Math.min(firstNeeded(ctx) ?? Infinity, ...given);
  const missing: number[] = [];
  for (let year = Math.max(first, ctx.year - 50); year < ctx.year; year++) if (!given.has(year)) missing.push(year);
  if (missing.length === 0) return [];
  const words = missing.length > 6 ? `${missing.slice(0, 6).join('、')} 等 ${missing.length} 个` : `${missing.join('、')}`;
  return [
    {
      part: 'years',
      severity: 'missing',
      text: `缺少 ${words}年度的考核情况，请逐年填写到 ${ctx.year - 1} 年度；当年没有参加考核的，考核等次选「未定等次」`,
    },
  ];
};

const noYearTwice: SectionRule = (s) =>
  sameRows(s.rows.years ?? [], (r) => (typeof r.values.year === 'number' ? `${r.values.year}` : '')).map(({ row, index, first }) =>
    rowProblem('years', row, index, 'year', `与第 ${first + 1} 条的年份相同，每个年度只填写一条`),
  );

const proofOfAll: SectionRule = (s) =>
  (s.rows.years ?? []).length > 0 && s.groups.proof?.values.file === undefined
    ? [{ part: 'proof', field: 'file', severity: 'missing', text: '请上传「考核结果证明」' }]
    : [];

/** D6 「任现职以来考核情况」, G22 §三.12. */
export const assessments: SectionDefinition = {
  id: 'assessments',
  title: '任现职以来考核情况',
  group: '职称与考核',
  intro: [
    '从取得现职称后的第二年起逐年填写，到申报年度的上一年为止。当年没有参加考核的也要填写，考核等次选「未定等次」。',
    '没有职称的，至少填写上一年度的考核情况；上一年度以后才参加工作的不用填写。',
  ],
  parts: [
    {
      kind: 'rows',
      id: 'years',
      title: '各年度考核情况',
      rowLabel: '年度考核',
      addLabel: '新增年度',
      emptyText: '请点击「新增年度」逐年填写',
      min: 0,
      max: () => 40,
      sortBy: (v) => String(typeof v.year === 'number' ? v.year : '').padStart(4, '0'),
      fields: [
        integer({ id: 'year', label: '年份', hint: '例如 2021', required: true, min: 1970, max: 2100, wordsBehind: ['年度', '年'] }),
        text({
          id: 'post',
          label: '受聘专业技术职务（岗位）',
          hint: '填写专业技术职称或者专业技术岗位，没有专业技术职称的写「无」，不得填写行政职务',
          required: true,
          max: 60,
          width: 'm',
          check: (post) =>
            isAdministrativePost(post) ? '「受聘专业技术职务（岗位）」不得填写行政职务，没有专业技术职称的写「无」' : undefined,
        }),
        choice({
          id: 'grade',
          label: '考核等次',
          required: true,
          options: grades.map((c) => ({ value: c.code, text: c.text })),
          width: 's',
        }),
        text({ id: 'unit', label: '考核单位', hint: '考核单位的全称', required: true, max: 100 }),
      ],
    },
    {
      kind: 'group',
      id: 'proof',
      title: '考核证明',
      fields: [
        files({
          id: 'file',
          label: '考核结果证明',
          hint: '由单位出具并加盖单位公章，各年度的考核结果放在一份证明里；多页的合并成一个文件上传',
          copies: 'no',
        }),
      ],
    },
  ],
  rules: [
    (s, ctx) =>
      (s.rows.years ?? []).flatMap((row, i) =>
        typeof row.values.year === 'number' && row.values.year > ctx.year
          ? [rowProblem('years', row, i, 'year', `「年份」不能晚于申报年度（${ctx.year} 年）`)]
          : [],
      ),
    noYearTwice,
    noYearMissing,
    proofOfAll,
  ],
};
