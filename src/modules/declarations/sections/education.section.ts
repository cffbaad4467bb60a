import { degrees, educations } from '../../../lib/codes';
import { readYearMonth } from '../../../lib/dates';
import { toHalfWidth } from '../../../lib/text';
import { choice, files, text, yearMonth, yesNo } from '../../../form/fields';
import type { Condition, Field } from '../../../form/field';
import type { SectionDefinition } from '../../../form/section';

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
    yearMonth({ id: 'graduatedOn', label: '毕业时间', hint: '例如 2020.7', required: true, appliesWhen: applies, notInFuture: true }),
    yesNo({ id: 'isDomestic', label: '是否国内学历', required: true, appliesWhen: applies, refreshes: true }),
    text({
      id: 'registerCode',
      label: '学信网验证码',
      hint: '《教育部学历证书电子注册备案表》上的在线验证码；2001 年之后取得的国内学历必须填写',
      required: isRegistered,
      appliesWhen: when((raw) => raw.isDomestic !== 'no'),
      tidy: (s) => toHalfWidth(s).replace(/\s/g, '').toUpperCase(),
      check: checkRegisterCode,
      width: 'm',
    }),
    files({ id: 'diploma', label: '学历证书', hint: '毕业证书原件的扫描件', required: true, appliesWhen: applies }),
    files({
      id: 'registration',
      label: '《教育部学历证书电子注册备案表》',
      hint: '须有单位审核人签名并盖单位印章；无法查验的，上传档案管理部门出具的审查材料',
      required: isRegistered,
      appliesWhen: applies,
    }),
    files({
      id: 'degreeProof',
      label: '学位证书和《认证报告》',
      hint: '2008 年 9 月之后国内授予的学位，请上传学位网《认证报告》',
      appliesWhen: when((raw) => raw.degree !== 'none'),
    }),
  ];
}

/** D3 「学历信息」, G22 §三.9. */
export const education: SectionDefinition = {
  id: 'education',
  title: '学历信息',
  intro: ['「全日制学历」是参加全日制教育取得的最高学历；「评审依据学历」是本次申报所依据的学历。'],
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
  ],
  rules: [
    (s) =>
      s.groups.fullTime?.values.has === false && s.groups.basis?.values.isSame === true
        ? [{ part: 'basis', field: 'isSame', severity: 'rule', text: '没有全日制学历的，请填写评审依据学历' }]
        : [],
  ],
};
