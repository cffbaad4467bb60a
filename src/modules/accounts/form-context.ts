import type { FormContext, Option } from '../../form/field';
import type { PlainDate } from '../../lib/dates';
import type { Code } from '../../lib/codes';

export const CHOOSE: Option = { value: '', text: '请选择' };
export const optionsOf = (codes: readonly Code[]): Option[] => codes.map(({ code, text }) => ({ value: code, text }));

/** The context of a form that is no declaration: it knows the day and its own lists, nothing of units, files and policies. */
export function plainContext(today: PlainDate, lists: Readonly<Record<string, readonly Option[]>> = {}): FormContext {
  return {
    today,
    year: Number(today.slice(0, 4)),
    personName: '',
    options: (list) => lists[list] ?? [],
    unit: () => undefined,
    files: () => [],
    policy: {},
  };
}
