import { randomBytes } from 'node:crypto';
import type { FormButton, FormModel } from '../../form/control';
import type { FormContext, Option, RawSection } from '../../form/field';
import { formModel } from '../../form/form-model';
import type { Problem, SectionDefinition } from '../../form/section';

/** What the fields of a small form without files, units or a person may know. */
export function smallFormContext(o: {
  today: string;
  options?: (list: string, ...keys: string[]) => readonly Option[];
  policy?: Record<string, string | number | boolean>;
}): FormContext {
  return {
    today: o.today,
    year: Number(o.today.slice(0, 4)),
    personName: '',
    options: o.options ?? (() => []),
    unit: () => undefined,
    files: () => [],
    policy: o.policy ?? {},
  };
}

/** The page's model of such a form, with a fresh one-time token. */
export function smallForm(
  section: SectionDefinition,
  raw: RawSection,
  ctx: FormContext,
  problems: readonly Problem[],
  action: string,
  buttons: readonly FormButton[],
): FormModel {
  const none = (): string => '';
  return formModel({
    section,
    raw,
    ctx,
    problems,
    action,
    token: randomBytes(18).toString('base64url'),
    version: 1,
    buttons,
    files: { view: none, thumbnail: none },
    unitSearch: none,
  });
}
