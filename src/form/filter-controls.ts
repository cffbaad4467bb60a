import type { ControlModel } from './control';
import type { Option } from './field';

type Width = 's' | 'm';

/** A choice above a list; `chosen` is a value of `options`. */
export const choiceFilter = (
  name: string,
  label: string,
  options: readonly Option[],
  chosen: string | number = '',
  width: Width = 's',
): ControlModel => ({
  type: 'choice',
  style: 'select',
  id: `f-${name}`,
  name,
  label,
  required: false,
  value: String(chosen),
  items: options.map((o) => ({ ...o, selected: o.value === String(chosen) })),
  width,
});

/** Nothing that is searched for is longer; it becomes part of an address, which must not grow beyond what servers take. */
const MOST_SEARCHED = 200;

/** A line of text above a list. */
export const textFilter = (name: string, label: string, value: string, width: Width = 's', problem?: string): ControlModel => ({
  type: 'text',
  id: `f-${name}`,
  name,
  label,
  required: false,
  value,
  width,
  most: MOST_SEARCHED,
  ...(problem === undefined ? {} : { problem }),
});

/** These options after one that narrows nothing down. */
export const anyOr = (options: readonly Option[]): Option[] => [{ value: '', text: '全部' }, ...options];
