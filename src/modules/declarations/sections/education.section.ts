import { degrees, educations } from '../../../lib/codes';
import { readYearMonth, showYearMonth } from '../../../lib/dates';
import { toHalfWidth } from '../../../lib/text';
import { choice, files, text, yearMonth, yesNo } from '../../../form/fields';
import { asText, type Condition, type Field, type RawGroup, type Values } from '../../../form/field';
import type { Problem, SectionDefinition } from '../../../form/section';

/** Kinds of education of their time (G22 §三.9): the years in which one could enter them. */
const ENTERED: readonly { kind: RegExp; from: number; to: number; note: string }[] = [
  {
    kind: /^university-regular-class$/,
    from: 1970,
    to: 1976,
    note: '「大学普通班」为 1970年至1976年恢复高考制度以前入学的高等院校毕业生',
  },
  {
    kind: /^provincial-spare-time-/,
    from: 1993,
    to: 1997,
    note: '「省业余大学」「省业余大专」为 1993年至1997年入学并取得「山东省干部教育验印专用章」验印的学业证书',
  },
];
const entryRule = (education: string): (typeof ENTERED)[number] | undefined => ENTERED.find((e) => e.kind.test(education));
const hasEntryRule: Condition = (raw) => entryRule(raw.education ?? '') !== undefined;
const isPartySchool: Condition = (raw) => /-party-/.test(raw.education ?? '');

/** G22 §三.9: degrees conferred in the country from September 2008 on come with the report of the degree register. */
const needsDegreeReport: Condition = (raw) =>
  raw.isDomestic === 'yes' && !['', 'none'].includes(raw.degree ?? '') && (readYearMonth(raw.graduatedOn ?? '') ?? '') >= '2008-09';

/** Kinds of education that the national student-information register does not hold (G22 §三.9). */
const UNREGISTERED = /^(university-regular-class|(central|provincial|city)-party-|provincial-spare-time-)/;

/** 学信网验证码: 12 digits, or 16 digits and capital letters (domain facts §6.7). */
export function checkRegisterCode(value: string): string | undefined {
  return /^(\d{12}|[0-9A-Z]{16})$/.test(value)
    ? undefined
    : '学信网验证码为 12 位数字，或者 16 位数字和大写字母，请核对《教育部学历证书电子注册备案表》';
}

/** G22 §三.9: domestic education obtained from 2001 on must carry the code. */
const isRegistered: Condition = (raw) => {
  const graduated = readYearMonth(raw.graduatedOn ?? '');
  return raw.isDomestic === 'yes' && graduated !== undefined && graduated >= '2001-01' && !UNREGISTERED.test(raw.education ?? '');
};

function educationFields(applies: Condition): Field[] {
  const when =
    (also: Condition = () => true): Condition =>
    (raw, ctx) =>
      applies(raw, ctx) && also(raw, ctx);
  const proposal =
    (what: string) =>
    (raw: RawGroup): string | undefined => {
      const graduated = readYearMonth(raw.graduatedOn ?? '');
      return graduated && `${showYearMonth(graduated)}${what}`;
    };
  return [
    text({ id: 'school', label: '毕业院校', hint: '按毕业证书填写全称', required: true, appliesWhen: applies }),
    text({ id: 'major', label: '专业', hint: '按毕业证书填写', required: true, appliesWhen: applies }),
    choice({
      id: 'education',
      label: '学历',
      required: true,
      appliesWhen: applies,
      refreshes: true,
      options: educations.map((c) => ({ value: c.code, text: c.text })),
    }),
    choice({
      id: 'degree',
      label: '学位',
      hint: '没有学位的选「无」',
      required: true,
      appliesWhen: applies,
      options: degrees.map((c) => ({ value: c.code, text: c.text })),
    }),
    yearMonth({
      id: 'enrolledOn',
      label: '入学时间',
      hint: '例如 1994.9；这类学历须按入学时间核对',
      required: true,
      appliesWhen: when(hasEntryRule),
      notInFuture: true,
    }),
    text({
      id: 'duration',
      label: '学制',
      hint: '按毕业证书填写，例如 四年；证书上没有的可以不填',
      appliesWhen: applies,
      max: 10,
      width: 's',
      blankText: '无',
    }),
    yearMonth({ id: 'graduatedOn', label: '毕业时间', hint: '例如 2020.7', required: true, appliesWhen: applies, notInFuture: true }),
    yesNo({
      id: 'isDomestic',
      label: '是否国内学历',
      required: true,
      appliesWhen: applies,
      refreshes: true,
      hint: '在国内院校取得的选「是」；国（境）外学历选「否」',
    }),
    text({
      id: 'registerCode',
      label: '学信网验证码',
      hint: '《教育部学历证书电子注册备案表》上的在线验证码；2001年之后取得的国内学历必须填写',
      required: isRegistered,
      appliesWhen: when((raw, ctx) => raw.isDomestic !== 'no' && !hasEntryRule(raw, ctx) && !isPartySchool(raw, ctx)),
      tidy: (s) => toHalfWidth(s).replace(/\s/g, '').toUpperCase(),
      check: checkRegisterCode,
      width: 'm',
    }),
    files({
      id: 'diploma',
      label: '学历证书',
      hint: '毕业证书原件的扫描件',
      required: true,
      appliesWhen: applies,
      proposeName: proposal('毕业证书'),
    }),
    files({
      id: 'registration',
      label: '《教育部学历证书电子注册备案表》',
      hint: '须有单位审核人签名并盖单位印章；无法通过网站查验的，上传人事档案管理部门出具的学历学位信息审查材料',
      required: isRegistered,
      appliesWhen: applies,
      proposeName: proposal('学历证书电子注册备案表'),
    }),
    files({
      id: 'degreeProof',
      label: '学位证书和《认证报告》',
      hint: '2008年9月之后国内授予的学位，须上传「学位网—中国学位认证系统」的《认证报告》，并由单位审核人签名、盖单位印章',
      required: needsDegreeReport,
      appliesWhen: when((raw) => raw.degree !== 'none'),
      proposeName: proposal('学位证书'),
    }),
    files({
      id: 'foreignProof',
      label: '教育部留学服务中心学历学位认证书',
      hint: '国（境）外学历须上传',
      required: true,
      appliesWhen: when((raw) => raw.isDomestic === 'no'),
    }),
  ];
}

/** What the years of entering and graduating must agree with. */
function timesFit(part: string, values: Values): Problem[] {
  const title = part === 'basis' ? '评审依据学历' : '全日制学历';
  const entered = asText(values.enrolledOn);
  const graduated = asText(values.graduatedOn);
  if (entered === '') return [];
  const rule = entryRule(asText(values.education));
  const year = Number(entered.slice(0, 4));
  const problem = (field: string, text: string): Problem => ({ part, field, severity: 'rule', text: `${title}：${text}` });
  if (rule && (year < rule.from || year > rule.to)) return [problem('enrolledOn', `${rule.note}，请核对「入学时间」或者「学历」`)];
  return graduated !== '' && graduated <= entered ? [problem('enrolledOn', '「入学时间」不早于「毕业时间」，请核对')] : [];
}

/** D3 「学历信息」, G22 §三.9. */
export const education: SectionDefinition = {
  id: 'education',
  title: '学历信息',
  group: '申报与学历',
  intro: [
    '「全日制学历」是参加全日制教育取得的最高学历；「评审依据学历」是本次申报所依据的学历。',
    '1970年至1976年入学的高等院校毕业生，学历选「大学普通班」；党校学历按发证的党校选择；1993年至1997年入学并经省干部教育验印的，选「省业余大学」或者「省业余大专」。',
  ],
  parts: [
    {
      kind: 'group',
      id: 'fullTime',
      title: '全日制学历',
      fields: [
        yesNo({ id: 'has', label: '是否取得全日制学历', required: true, refreshes: true }),
        ...educationFields((raw) => raw.has !== 'no'),
      ],
    },
    {
      kind: 'group',
      id: 'basis',
      title: '评审依据学历',
      fields: [
        yesNo({ id: 'isSame', label: '是否与全日制学历相同', hint: '选「是」的，以下内容不必重复填写', required: true, refreshes: true }),
        ...educationFields((raw) => raw.isSame !== 'yes'),
      ],
    },
    {
      kind: 'group',
      id: 'archive',
      title: '档案审核材料',
      fields: [
        files({
          id: 'approval',
          label: '《干部人事档案专项审核工作专用干部任免审批表》',
          hint: '事业单位人员由用人单位提供；其他人员不用上传',
          max: 3,
        }),
      ],
    },
  ],
  rules: [
    (s) =>
      s.groups.fullTime?.values.has === false && s.groups.basis?.values.isSame === true
        ? [{ part: 'basis', field: 'isSame', severity: 'rule', text: '没有全日制学历的，请填写评审依据学历' }]
        : [],
    (s) => ['fullTime', 'basis'].flatMap((part) => timesFit(part, s.groups[part]?.values ?? {})),
  ],
};
