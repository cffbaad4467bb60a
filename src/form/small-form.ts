import type { PlainDate } from '../lib/dates';
import { newToken } from '../lib/new-token';
import type { FormModel } from './control';
import type { FormContext } from './field';
import { formModel, type FormModelInput } from './form-model';

/** What the fields of a form outside the declaration may know: the day and lists of its own, nothing of units, files and persons. */
export function smallFormContext(today: PlainDate, own: Partial<Pick<FormContext, 'options' | 'policy'>> = {}): FormContext {
  return {
    today,
    year: Number(today.slice(0, 4)),
    personName: '',
    options: () => [],
    unit: () => undefined,
    files: () => [],
    policy: {},
    ...own,
  };
}

/** The page's model of such a form, with a fresh one-time token. */
export function smallForm(input: Omit<FormModelInput, 'token' | 'files' | 'unitSearch'>): FormModel {
  const none = (): string => '';
  return formModel({ ...input, token: newToken(), files: { view: none, thumbnail: none }, unitSearch: none });
}
