import { text } from '../../form/fields';
import type { Field } from '../../form/field';
import type { SectionDefinition } from '../../form/section';
import { mobileField, personNameField } from './contact-fields';
import { loginNameProblem } from './login-name';

export const PART = 'operator';

/** The login name that is given to somebody else. */
export const givenLoginNameField = (): Field =>
  text({
    id: 'loginName',
    label: '登录名',
    required: true,
    max: 100,
    width: 'm',
    hint: '4 至 20 位英文字母、数字或者下划线，以字母开头',
    check: loginNameProblem,
  });

const section = (id: string, title: string, fields: Field[]): SectionDefinition => ({
  id,
  title,
  parts: [{ kind: 'group', id: PART, fields }],
  rules: [],
});

/** 「新增经办人」 */
export const operatorForm = section('operator', '新增经办人', [personNameField(), givenLoginNameField(), mobileField()]);
export const operatorMobileForm = section('operator-mobile', '更换手机号码', [mobileField('新手机号码')]);
