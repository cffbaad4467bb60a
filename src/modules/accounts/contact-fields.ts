import { choice, text } from '../../form/fields';
import { CHOOSE, optionsOf, type Field } from '../../form/field';
import { ethnicities } from '../../lib/codes';
import { readMobile } from '../../lib/mobile';
import { loginNameProblem } from './login-name';
import { personNameProblem, tidyPersonName } from './person-name';

/** The name of a person; its problems speak of `label`. */
export const personNameField = ({
  id = 'name',
  label = '姓名',
  ...more
}: { id?: string; label?: string; autocomplete?: string; hint?: string } = {}): Field =>
  text({
    id,
    label,
    required: true,
    max: 50,
    width: 'm',
    ...more,
    tidy: tidyPersonName,
    check: (name) => personNameProblem(name)?.replace('「姓名」', `「${label}」`),
  });

/** A mobile number, shown and kept as eleven digits as soon as it can be read. */
export const mobileField = (label = '手机号码'): Field =>
  text({
    id: 'mobile',
    label,
    required: true,
    max: 30,
    width: 'm',
    inputmode: 'tel',
    autocomplete: 'tel',
    tidy: (line) => {
      const r = readMobile(line);
      return r.ok ? r.value : line;
    },
    check: (value) => {
      const r = readMobile(value);
      return r.ok ? undefined : r.problem;
    },
  });

/** `alsoSignsIn`: the other name under which the account can be signed in to. */
export const loginNameField = (alsoSignsIn: string): Field =>
  text({
    id: 'loginName',
    label: '登录名',
    required: true,
    max: 100,
    width: 'm',
    autocomplete: 'username',
    hint: `4 至 20 位英文字母、数字或者下划线，以字母开头。登录名和${alsoSignsIn}均可用于登录`,
    check: loginNameProblem,
  });

export const ethnicityField = (): Field =>
  choice({ id: 'ethnicity', label: '民族', required: true, options: [CHOOSE, ...optionsOf(ethnicities)] });
