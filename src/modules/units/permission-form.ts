import { creditCode } from '../../form/fields';
import type { FormContext, RawSection } from '../../form/field';
import type { SectionDefinition } from '../../form/section';
import { smallFormContext } from '../../form/small-form';
import { chosenDivision, divisionFields, divisionOptions, divisionParents as parentsOf, divisionPath, type Division } from '../catalogue';

const PART = 'permission';

/** C2 「权限申请」: credit code and division (guide of 2022, part 4, paragraph 4). */
export const permissionForm: SectionDefinition = {
  id: 'permission',
  title: '权限申请',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        creditCode({ id: 'creditCode', label: '统一社会信用代码', hint: '18 位，须与本单位注册时填写的一致', required: true }),
        ...divisionFields(),
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
          text: `与本单位注册的统一社会信用代码不一致，请核对。注册时填写有误的，由人社局更正，请联系${ctx.policy.bureau ?? '所属地人社局'}`,
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
export const divisionParents = (raw: RawSection): string[] => parentsOf(raw.groups[PART] ?? {});

/** `bureau`: whom to call */
export function permissionContext(today: string, registeredCode: string, divisions: readonly Division[], bureau: string): FormContext {
  return smallFormContext(today, { policy: { creditCode: registeredCode, bureau }, options: divisionOptions(divisions) });
}

export const declaredDivision = (raw: RawSection): string => chosenDivision(raw.groups[PART] ?? {});

/** The typed values as query values, for showing the form again at its own address. */
export function permissionQuery(raw: RawSection): Record<string, string> {
  return Object.fromEntries(Object.entries(raw.groups[PART] ?? {}).map(([k, v]) => [`${PART}.${k}`, v]));
}
export const isPermissionQuery = (has: (name: string) => boolean): boolean => has(`${PART}.province`) || has(`${PART}.creditCode`);
