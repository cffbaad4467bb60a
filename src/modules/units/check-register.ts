import { toHalfWidth } from '../../lib/text';
import type { RegisterEntry } from './unit.store';

/** Names are compared without blanks and regardless of full-width and half-width brackets. */
const plain = (name: string): string => toHalfWidth(name).replace(/\s/g, '');
export const isSameName = (a: string, b: string): boolean => plain(a) === plain(b);

/**
 * The automatic check of a permission request (guide of 2022, part 4, paragraph 4): name, credit code and declared division against the imported register.
 * Gives what could not be confirmed, in the order a reader checks it; [] when everything agrees. The checksum was verified when the code was read.
 */
export function checkAgainstRegister(unit: { name: string; divisionCode: string }, entry: RegisterEntry | undefined): string[] {
  if (!entry) return ['单位登记库中没有该统一社会信用代码'];
  return [
    ...(isSameName(unit.name, entry.name) ? [] : ['单位名称与单位登记库不一致']),
    ...(unit.divisionCode === entry.divisionCode ? [] : ['所属地区与单位登记库不一致']),
  ];
}
