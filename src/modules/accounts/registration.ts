import { hashPassword } from '../../adapters/passwords';
import { appendAudit } from '../../audit/audit.store';
import { databaseNow, inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import type { FormContext, RawSection } from '../../form/field';
import { readSection, restoreSection, type PostedForm } from '../../form/read-section';
import type { CheckedSection, Problem } from '../../form/section';
import { findDraft, keepDraft, removeDraft, replaceDraft } from '../../http/form-drafts.store';
import { countNames, signInNameIndex } from './account.store';
import { useCaptcha, type CaptchaKind } from './captcha.store';
import { passwordProblem } from './password-rules';
import { valueOf, type RegistrationKind } from './registration-kind';
import { askForCode, checkCode, isKnownHuman, isProven, typedCode, type RegistrationSms, type SmsStepInput } from './registration-sms';

/** What is kept of a registration between form and confirm page. A password is kept as its hash only. */
export interface RegistrationDraft {
  raw: RawSection;
  passwordHash?: string;
  /** keyed digest of the words the password was checked against */
  passwordFor?: string;
  sms: RegistrationSms;
  problems: Problem[];
  captchaKind: CaptchaKind;
  /** everything was in order: the confirm page may be shown */
  isChecked: boolean;
}

export interface LoadedRegistration {
  draft: RegistrationDraft;
  ctx: FormContext;
}

const blankDraft = (kind: RegistrationKind): RegistrationDraft => ({
  raw: kind.blank,
  sms: {},
  problems: [],
  captchaKind: 'picture',
  isChecked: false,
});

function restoreDraft(kind: RegistrationKind, stored: unknown): RegistrationDraft {
  const d = stored as RegistrationDraft;
  return { ...d, raw: restoreSection(kind.section, d.raw), sms: (d as Partial<RegistrationDraft>).sms ?? {} };
}

/** The draft of this browser session with what its form needs; undefined when there is none of that id any more. Without an id: an empty one. */
export async function loadRegistration(
  deps: Deps,
  kind: RegistrationKind,
  owner: string,
  id: string,
): Promise<LoadedRegistration | undefined> {
  const stored = id === '' ? blankDraft(kind) : await findDraft(deps.db, deps.cipher, kind.purpose, owner, id);
  if (stored === undefined) return undefined;
  const draft = restoreDraft(kind, stored);
  const { today } = await databaseNow(deps.db);
  return { draft, ctx: await kind.context(deps.db, draft.raw, today) };
}

interface PasswordState {
  passwordHash?: string;
  passwordFor?: string;
  problems: Problem[];
}

/** Takes a typed password in, keeps an earlier one that still fits. */
async function readPassword(
  deps: Deps,
  kind: RegistrationKind,
  before: RegistrationDraft,
  raw: RawSection,
  form: PostedForm,
): Promise<PasswordState> {
  const forbidden = kind.forbiddenInPassword(raw);
  const passwordFor = deps.cipher.blindIndex(JSON.stringify(forbidden.map((f) => f.text)), 'form-draft').toString('hex');
  const complain = (field: string, text: string): PasswordState => ({ problems: [{ part: 'account', field, severity: 'shape', text }] });
  const password = form.one('account.password');
  const again = form.one('account.passwordAgain');
  if (password === '' && again === '') {
    if (before.passwordHash === undefined) {
      return {
        problems: [...complain('password', '请填写「密码」').problems, ...complain('passwordAgain', '请填写「确认密码」').problems],
      };
    }
    if (before.passwordFor !== passwordFor) return complain('password', '您修改了姓名、登录名或者号码，请重新填写密码');
    return { passwordHash: before.passwordHash, passwordFor, problems: [] };
  }
  const problem = password === '' ? '请填写「密码」' : passwordProblem(password, { min: kind.minPassword, forbidden });
  if (problem !== undefined) return complain('password', problem);
  if (password !== again) return complain('passwordAgain', again === '' ? '请再填写一次密码' : '两次填写的密码不一致，请重新填写');
  return { passwordHash: await hashPassword(password), passwordFor, problems: [] };
}

const captchaTexts = { wrong: '「验证码」不正确，请按新的验证码重新填写', gone: '「验证码」已经失效，请按新的验证码重新填写' } as const;

async function captchaProblems(deps: Deps, owner: string, form: PostedForm): Promise<Problem[]> {
  const problem = (text: string): Problem[] => [{ part: 'captcha', field: 'answer', severity: 'shape', text }];
  const answer = form.one('captcha.answer').trim();
  if (answer === '') return problem('请填写「验证码」');
  const verdict = await useCaptcha(deps.db, form.one('captcha.id'), owner, answer);
  return verdict === 'right' ? [] : problem(captchaTexts[verdict]);
}

async function takenNames(deps: Deps, kind: RegistrationKind, checked: CheckedSection, onlyFields?: readonly string[]): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { part, field, name, problem } of kind.claimedNames(checked)) {
    if (onlyFields && !onlyFields.includes(field)) continue;
    if ((await countNames(deps.db, signInNameIndex(deps.cipher, name))) > 0)
      problems.push({ part, field, severity: 'rule', text: typeof problem === 'string' ? problem : await problem(deps) });
  }
  return problems;
}

/** A password was checked against the login name and the numbers; when one of these must be corrected, it is to be typed again with the correction. */
const isPasswordStale = (kind: RegistrationKind, raw: RawSection, problems: readonly Problem[]): boolean =>
  kind.forbiddenInPassword(raw).some(({ field }) => problems.some((p) => p.field === field));

export interface PostedRegistration {
  owner: string;
  draftId: string;
  form: PostedForm;
  requestId: string;
}
export type KeptRegistration = { id: string; isChecked: boolean };

/** Keeps what was posted, whatever it is; checks it when the person wants to go on. */
export async function keepRegistration(
  deps: Deps,
  kind: RegistrationKind,
  { owner, draftId, form, requestId }: PostedRegistration,
): Promise<KeptRegistration> {
  const before = (await loadRegistration(deps, kind, owner, draftId))?.draft ?? blankDraft(kind);
  const { today } = await databaseNow(deps.db);
  const typed = readSection(kind.section, form, before.raw);
  const raw = kind.settle(typed, before.raw, await kind.context(deps.db, typed, today));
  const act = form.one('do');
  const password = await readPassword(deps, kind, before, raw, form);
  const problems: Problem[] = [];
  let sms = before.sms;
  if (!act.startsWith('captcha:') && act !== 'refresh') {
    const captcha = isKnownHuman(deps, kind, raw, sms) ? [] : await captchaProblems(deps, owner, form);
    const step: SmsStepInput = { raw, before: sms, form, owner, requestId };
    if (act === 'sms') {
      problems.push(...captcha);
      if (captcha.length === 0) {
        const asked = await askForCode(deps, kind, step);
        sms = asked.sms;
        problems.push(...asked.problems);
      }
    } else {
      const checked = checkSection(kind.section, raw, await kind.context(deps.db, raw, today));
      const code = await checkCode(deps, kind, step, captcha.length === 0);
      sms = code.sms;
      problems.push(...checked.problems, ...password.problems, ...captcha, ...code.problems);
      // S05: whether a login name is taken is told to people whose number is proven, not to programs
      if (checked.problems.length === 0 && captcha.length === 0 && code.problems.length === 0)
        problems.push(...(await takenNames(deps, kind, checked, ['loginName'])));
    }
  } else sms = { ...sms, code: typedCode(form) };
  const draft: RegistrationDraft = {
    raw,
    ...(isPasswordStale(kind, raw, problems) || password.passwordHash === undefined ? {} : { passwordHash: password.passwordHash }),
    ...(password.passwordFor === undefined ? {} : { passwordFor: password.passwordFor }),
    sms,
    problems,
    captchaKind: act === 'captcha:words' || (act !== 'captcha:picture' && form.one('captcha.kind') === 'words') ? 'words' : 'picture',
    isChecked: act === 'next' && problems.length === 0,
  };
  const isReplaced = await replaceDraft(deps.db, deps.cipher, kind.purpose, owner, draftId, draft);
  return { id: isReplaced ? draftId : await keepDraft(deps.db, deps.cipher, kind.purpose, owner, draft), isChecked: draft.isChecked };
}

export type RegistrationOutcome = { kind: 'done' } | { kind: 'draft-gone' } | { kind: 'unchecked' } | { kind: 'taken' };

/** B1, B2, C1: creates the account that the confirm page showed. Of any number of registrations of one number the database lets one through. */
export async function completeRegistration(
  deps: Deps,
  kind: RegistrationKind,
  owner: string,
  draftId: string,
  requestId: string,
): Promise<RegistrationOutcome> {
  const { today } = await databaseNow(deps.db);
  try {
    return await inTransaction(deps.db, async (trx): Promise<RegistrationOutcome> => {
      const stored = await findDraft(trx, deps.cipher, kind.purpose, owner, draftId);
      if (stored === undefined) return { kind: 'draft-gone' };
      const draft = restoreDraft(kind, stored);
      const checked = checkSection(kind.section, draft.raw, await kind.context(trx, draft.raw, today));
      if (
        !draft.isChecked ||
        draft.passwordHash === undefined ||
        checked.problems.length > 0 ||
        !isProven(deps, kind, draft.raw, draft.sms)
      )
        return { kind: 'unchecked' };
      const accountId = await kind.create(trx, deps, checked, draft.passwordHash);
      await appendAudit(trx, {
        actorId: accountId,
        actorName: valueOf(checked, checked.groups.person ? 'person' : 'contact', 'name'),
        action: kind.audit,
        subjectKind: 'account',
        subjectId: String(accountId),
        requestId,
      });
      await removeDraft(trx, draftId);
      return { kind: 'done' };
    });
  } catch (e) {
    if (!uniqueNames.some((constraint) => isViolationOf(e, constraint))) throw e;
  }
  const found = await findDraft(deps.db, deps.cipher, kind.purpose, owner, draftId);
  if (found === undefined) return { kind: 'draft-gone' };
  const draft = restoreDraft(kind, found);
  const checked = checkSection(kind.section, draft.raw, await kind.context(deps.db, draft.raw, today));
  const corrected: RegistrationDraft = { ...draft, isChecked: false, problems: await takenNames(deps, kind, checked) };
  delete corrected.passwordHash;
  await replaceDraft(deps.db, deps.cipher, kind.purpose, owner, draftId, corrected);
  return { kind: 'taken' };
}

const uniqueNames = ['accounts_login_name', 'sign_in_names_pkey', 'units_credit_code_key'];
