import { choice, text } from '../../form/fields';
import type { FormContext, Option, RawSection } from '../../form/field';
import type { SectionDefinition } from '../../form/section';
import { readCreditCode } from '../../lib/credit-code';
import { compactCode } from '../../lib/text';
import { divisionPath, type Division } from '../catalogue';
import { smallFormContext } from './small-form';

const PART = 'permission';
const blank = (textOfIt: string): Option => ({ value: '', text: textOfIt });

/** C2 「权限申请」: credit code and division (guide of 2022, part 4, paragraph 4). */
export const permissionForm: SectionDefinition = {
  id: 'permission',
  title: '权限申请',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        text({
          id: 'creditCode',
          label: '统一社会信用代码',
          hint: '18 位，须与本单位注册时填写的一致',
          required: true,
          width: 'm',
          tidy: compactCode,
          check: (s) => {
            const code = readCreditCode(s);
            return code.ok ? undefined : code.problem;
          },
        }),
        choice({
          id: 'province',
          label: '所属地区：省（自治区、直辖市）',
          required: true,
          refreshes: true,
          options: (_raw, ctx) => [blank('请选择'), ...ctx.options('divisions', '')],
        }),
        choice({
          id: 'city',
          label: '所属地区：市',
          hint: '省直单位不选',
          refreshes: true,
          options: (raw, ctx) => [blank('（省直单位不选）'), ...ctx.options('divisions', raw.province ?? '-')],
        }),
        choice({
          id: 'district',
          label: '所属地区：区（县、市）',
          hint: '市直部门及其下属单位不选；区、县和县级市的单位须选到区（县、市）',
          options: (raw, ctx) => [blank('（市直单位不选）'), ...ctx.options('divisions', raw.city ?? '-')],
        }),
      ],
    },
  ],
  rules: [
    (s, ctx) => {
      const code = s.groups[PART]?.values.creditCode;
      if (code === undefined || code === ctx.policy.creditCode) return [];
      return [
        {
          part: PART,
          field: 'creditCode',
          severity: 'rule',
          text: '与本单位注册的统一社会信用代码不一致，请核对；注册时填写有误的，请联系所属地人社局更正',
        },
      ];
    },
  ],
};

/** The form as it is first shown: the division of the registration. */
export function permissionDefaults(divisionCode: string): RawSection {
  return { groups: { [PART]: { ...divisionPath(divisionCode) } }, rows: {} };
}

/** Which divisions the dependent choices of this form need. */
export function divisionParents(raw: RawSection): string[] {
  const { province = '', city = '' } = raw.groups[PART] ?? {};
  return [province, city].filter((code) => /^\d{6}$/.test(code));
}

export function permissionContext(today: string, registeredCode: string, divisions: readonly Division[]): FormContext {
  return smallFormContext({
    today,
    policy: { creditCode: registeredCode },
    options: (_list, parent = '') => divisions.filter((d) => (d.parentCode ?? '') === parent).map((d) => ({ value: d.code, text: d.name })),
  });
}

/** The finest division chosen. A district that does not belong to the city was refused by the check. */
export function declaredDivision(raw: RawSection): string {
  const { province = '', city = '', district = '' } = raw.groups[PART] ?? {};
  return district || city || province;
}

/** The typed values as query values, for showing the form again at its own address. */
export function permissionQuery(raw: RawSection): Record<string, string> {
  return Object.fromEntries(Object.entries(raw.groups[PART] ?? {}).map(([k, v]) => [`${PART}.${k}`, v]));
}
export const isPermissionQuery = (has: (name: string) => boolean): boolean => has(`${PART}.province`) || has(`${PART}.creditCode`);
