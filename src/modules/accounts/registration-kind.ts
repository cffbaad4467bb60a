import type { FormContext, RawGroup, RawSection } from '../../form/field';
import type { CheckedSection, SectionDefinition } from '../../form/section';
import type { Handle, Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { PlainDate } from '../../lib/dates';
import type { AccountDeps } from './account.store';

/** A name that only one account may have, and the field it was typed in. */
export interface ClaimedName {
  part: string;
  field: string;
  name: string;
  /** what is said when somebody has it; whom to call may have to be looked up */
  problem: string | ((deps: Deps) => Promise<string>);
}

/** What personal and unit registration do differently; the way through form, confirm page and creation is the same. */
export interface RegistrationKind {
  purpose: 'register-person' | 'register-unit';
  section: SectionDefinition;
  /** headings of the parts on the page, in order */
  partTitles: readonly string[];
  blank: RawSection;
  /** where the mobile number stands, and its label */
  mobilePart: string;
  mobileLabel: string;
  minPassword: number;
  passwordHint: string;
  tips: readonly string[];
  warning: string;
  audit: string;
  form: (draft?: string) => string;
  confirm: (draft: string) => string;
  context: (h: Handle, raw: RawSection, today: PlainDate) => Promise<FormContext>;
  /** fills in what follows from the rest, drops what no longer fits */
  settle: (raw: RawSection, before: RawSection, ctx: FormContext) => RawSection;
  /** what the password may not contain; `field`: where it is typed */
  forbiddenInPassword: (raw: RawSection) => { field: string; text: string; what: string }[];
  claimedNames: (checked: CheckedSection) => ClaimedName[];
  /** creates the account; gives its id */
  create: (trx: Trx, deps: AccountDeps, checked: CheckedSection, passwordHash: string) => Promise<number>;
}

export const groupOf = (raw: RawSection, part: string): RawGroup => raw.groups[part] ?? {};

/** A value that the check has passed as text. Throws when it is missing: only for fields that are required. */
export function valueOf(checked: CheckedSection, part: string, field: string): string {
  const value = checked.groups[part]?.values[field];
  if (typeof value !== 'string') throw new Error(`registration: ${part}.${field} was not checked`);
  return value;
}
export function textOf(checked: CheckedSection, part: string, field: string): string {
  const value = checked.groups[part]?.values[field];
  return typeof value === 'string' ? value : '';
}
