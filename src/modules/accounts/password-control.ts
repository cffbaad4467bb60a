import type { ControlModel } from '../../form/control';
import type { PageError } from '../../http/route';

/** A field for a password in a form with the error links `errors`. */
export function passwordControl(
  name: string,
  label: string,
  errors: readonly PageError[],
  more: Partial<Pick<ControlModel, 'hint' | 'autocomplete' | 'width'>> = {},
): ControlModel {
  const problem = errors.find((e) => e.href === `#f-${name}`)?.text;
  return {
    type: 'password',
    id: `f-${name}`,
    name,
    label,
    required: true,
    value: '',
    width: 'm',
    autocomplete: 'new-password',
    ...more,
    ...(problem === undefined ? {} : { problem }),
  };
}

/** A field for a code that was sent or is shown elsewhere. */
export function codeControl(name: string, label: string, hint: string, problem: string | undefined): ControlModel {
  return {
    type: 'text',
    id: `f-${name}`,
    name,
    label,
    hint,
    required: true,
    value: '',
    width: 's',
    autocomplete: 'one-time-code',
    ...(problem === undefined ? {} : { problem }),
  };
}
