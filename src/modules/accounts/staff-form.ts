import { choice } from '../../form/fields';
import { asText, CHOOSE, type FormContext, type Option } from '../../form/field';
import type { CheckedSection, SectionDefinition } from '../../form/section';
import { smallFormContext } from '../../form/small-form';
import { roleTexts, type StaffRole } from '../../policy/actor';
import { chosenDivision, divisionFields, divisionOptions, type Division } from '../catalogue';
import type { StaffInput } from './create-staff';
import { mobileField, personNameField } from './contact-fields';
import { givenLoginNameField } from './operator-form';

export const PART = 'staff';
export const staffRoles: readonly StaffRole[] = ['bureau', 'office', 'support', 'admin', 'auditor', 'judge'];
/** Accounts of judges are made by their committee's office, in its pool (J2). */
export const roleOptions: readonly Option[] = staffRoles.filter((r) => r !== 'judge').map((value) => ({ value, text: roleTexts[value] }));

/** 「新增工作人员账号」: a bureau's officer belongs to a division, an office's to a committee. */
export const staffForm: SectionDefinition = {
  id: 'staff',
  title: '新增工作人员账号',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        choice({
          id: 'role',
          label: '账号类型',
          hint: '系统管理员看不到操作日志，审计管理员只能查看操作日志；两者由不同的人担任',
          required: true,
          refreshes: true,
          options: [CHOOSE, ...roleOptions],
        }),
        ...divisionFields().map((f) => ({ ...f, appliesWhen: (raw: Record<string, string>) => raw.role === 'bureau' })),
        choice({
          id: 'committee',
          label: '评审委员会',
          required: true,
          width: 'l',
          appliesWhen: (raw) => raw.role === 'office',
          options: (_raw, ctx) => [CHOOSE, ...ctx.options('committees')],
        }),
        personNameField(),
        givenLoginNameField(),
        {
          ...mobileField(),
          required: false,
          hint: '临时密码发送到本人手机号码；没有手机号码的，临时密码只在页面上显示一次',
        },
      ],
    },
  ],
  rules: [],
};

export function staffContext(
  today: string,
  divisions: readonly Division[],
  committees: readonly { id: number; name: string }[],
): FormContext {
  const ofDivision = divisionOptions(divisions);
  return smallFormContext(today, {
    options: (list, ...keys) =>
      list === 'committees' ? committees.map((c) => ({ value: String(c.id), text: c.name })) : ofDivision(list, ...keys),
  });
}

/** The account that a form without problems asks for. */
export function staffInput(checked: CheckedSection): StaffInput {
  const { values, raw } = checked.groups[PART] ?? { values: {}, raw: {} };
  const mobile = asText(values.mobile);
  const common = { loginName: asText(values.loginName), displayName: asText(values.name), ...(mobile === '' ? {} : { mobile }) };
  switch (asText(values.role)) {
    case 'bureau':
      return { ...common, role: 'bureau', divisionCode: chosenDivision(raw) };
    case 'office':
      return { ...common, role: 'office', committeeId: Number(values.committee) };
    case 'support':
      return { ...common, role: 'support' };
    case 'admin':
      return { ...common, role: 'admin' };
    case 'auditor':
      return { ...common, role: 'auditor' };
    default:
      throw new RangeError('staff: no such role');
  }
}
