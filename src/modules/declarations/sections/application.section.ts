import { wayOfDeclaring } from '../../../lib/codes';
import { readYearMonth } from '../../../lib/dates';
import { fullYears } from '../../../lib/periods';
import { choice, files, fraction, integer, text, unitPicker, yearMonth, yesNo } from '../../../form/fields';
import { asText, isFraction } from '../../../form/field';
import type { Problem, SectionDefinition, SectionRule } from '../../../form/section';

/** R2, R3: a rank that the unit has reported stands, and so does the unit, unless it was the unit itself that gave the declaration back. */
const reportedStays: SectionRule = (s, ctx) => {
  const { rankedIn, fixedRank, unitStays, rankBy } = ctx.policy;
  const values = s.groups.main?.values ?? {};
  const unit = asText(values.unit);
  const problem = (field: string, text: string): Problem[] => [{ part: 'main', field, severity: 'rule', text }];
  if (!rankedIn || unit === '') return [];
  if (unit !== rankedIn) return unitStays ? problem('unit', '已经上报的申报不能更换「申报单位」，请改回原单位') : [];
  const rank = isFraction(values.rank) ? `${values.rank.n}/${values.rank.of}` : '';
  return rankBy === 'applicant' && rank !== '' && rank !== fixedRank
    ? problem('rank', `单位已经按 ${fixedRank} 上报，「单位推荐排序」不能再修改，请改回 ${fixedRank}`)
    : [];
};

/** D2 「申报信息」, G22 §三.1-8. */
export const application: SectionDefinition = {
  id: 'application',
  title: '申报信息',
  group: '申报与学历',
  intro: ['请按实际情况填写，单位名称等不得使用简称。'],
  parts: [
    {
      kind: 'group',
      id: 'main',
      fields: [
        choice({
          id: 'year',
          label: '年度',
          required: true,
          copies: 'no',
          options: (_raw, ctx) => [{ value: String(ctx.year), text: String(ctx.year) }],
          width: 's',
        }),
        fraction({
          id: 'rank',
          label: '单位推荐排序',
          copies: 'no',
          hint: '格式为「名次/推荐人数」。例如单位推荐 5 人，本人排第 3 名，填写 3/5；单位仅推荐 1 人，填写 1/1',
          required: true,
          appliesWhen: (_raw, ctx) => ctx.policy.rankBy === 'applicant',
        }),
        choice({
          id: 'level',
          label: '申报级别',
          copies: 'no',
          required: true,
          refreshes: true,
          options: (_raw, ctx) => ctx.options('batch-levels'),
          width: 'm',
        }),
        choice({
          id: 'series',
          label: '申报系列',
          copies: 'no',
          required: true,
          refreshes: true,
          options: (_raw, ctx) => ctx.options('batch-series'),
          width: 'm',
        }),
        choice({
          id: 'title',
          label: '申报职称',
          copies: 'no',
          required: true,
          options: (raw, ctx) => ctx.options('titles', raw.series ?? '', raw.level ?? ''),
          width: 'm',
        }),
        choice({
          id: 'speciality',
          label: '现从事专业',
          hint: '原则上应与申报专业所包含的内容一致',
          required: true,
          options: (raw, ctx) => ctx.options('specialities', raw.series ?? ''),
          width: 'm',
        }),
        choice({
          id: 'way',
          label: '申报方式',
          copies: 'check',
          required: true,
          options: wayOfDeclaring.map((c) => ({ value: c.code, text: c.text })),
          width: 'm',
        }),
        unitPicker({
          id: 'unit',
          label: '申报单位',
          copies: 'check',
          hint: '请选择与本人建立正式人事劳动关系的单位。可以输入单位名称的一部分、拼音首字母或者统一社会信用代码查找',
          required: true,
        }),
        yesNo({
          id: 'isWorkUnit',
          label: '是否是工作单位',
          hint: '申报单位就是本人实际工作单位的，选「是」',
          required: true,
          refreshes: true,
        }),
        text({
          id: 'workUnit',
          label: '工作单位',
          hint: '填写实际受聘工作单位，并注明人事代理或者劳务派遣，例如「某某公司（劳务派遣）」',
          required: true,
          appliesWhen: (raw) => raw.isWorkUnit === 'no',
          max: 100,
        }),
        yesNo({
          id: 'isEntrusted',
          label: '是否委托评审',
          hint: '原则上选择「否」；确需委托的，按实际情况填写',
          required: true,
          refreshes: true,
        }),
        files({
          id: 'entrustedProof',
          label: '委托评审证明材料',
          hint: '委托评审的函件等，由单位提供',
          required: true,
          copies: 'no',
          appliesWhen: (raw, ctx) => raw.isEntrusted === 'yes' && ctx.policy.entrustedEvidenceBy === 'applicant',
        }),
        yearMonth({ id: 'startedOn', label: '参加工作时间', hint: '首次参加工作的时间，例如 2017.9', required: true, notInFuture: true }),
        integer({
          id: 'years',
          label: '专业工作年限',
          copies: 'check',
          hint: '实际从事专业技术工作的年限，按周年计算，扣除中断的时间',
          required: true,
          min: 0,
          max: 60,
          unit: ' 年',
          propose: (raw, ctx) => {
            const from = readYearMonth(raw.startedOn ?? '');
            if (from === undefined || from > `${ctx.year}-12`) return undefined;
            const { years, working } = fullYears([{ from, label: '' }], `${ctx.year}-12`);
            return { value: String(years), working: `自参加工作起，${working}；没有从事专业技术工作的时间请自行扣除` };
          },
        }),
      ],
    },
  ],
  rules: [
    reportedStays,
    (s, ctx) => {
      const started = s.groups.main?.values.startedOn;
      const years = s.groups.main?.values.years;
      if (typeof started !== 'string' || typeof years !== 'number') return [];
      const possible = ctx.year - Number(started.slice(0, 4));
      if (years <= possible) return [];
      return [
        {
          part: 'main',
          field: 'years',
          severity: 'rule',
          text: `「专业工作年限」${years} 年超过了参加工作以来的年数（${Math.max(0, possible)} 年），请核对`,
        },
      ];
    },
  ],
};
