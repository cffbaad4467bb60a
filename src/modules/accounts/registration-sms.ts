import type { Deps } from '../../deps';
import type { RawSection } from '../../form/field';
import type { PostedForm } from '../../form/read-section';
import type { Problem } from '../../form/section';
import { normaliseLine } from '../../lib/text';
import { maskMobile } from '../../lib/mask';
import { readMobile } from '../../lib/mobile';
import { mobileIndex } from './mobile-index.store';
import { groupOf, type RegistrationKind } from './registration-kind';
import { proveCode, sendCode } from './sms-code';
import { codeProblem, demoHint, sendingProblem, sentNotes } from './sms-texts';

/** What a registration keeps about its mobile number. Numbers stand here as the hexadecimal digits of their keyed index. */
export interface RegistrationSms {
  /** the number for which a captcha was answered when its code was asked for: the next submission needs none */
  humanFor?: string;
  /** the number that the latest code went to, and its message */
  sentTo?: string;
  messageId?: string;
  /** typed and not compared yet */
  code?: string;
  /** the number that a code has proven */
  proven?: string;
}

/** The number as it will be stored; undefined while it can't be read. */
function mobileOf(kind: RegistrationKind, raw: RawSection): string | undefined {
  const read = readMobile(groupOf(raw, kind.mobilePart).mobile ?? '');
  return read.ok ? read.value : undefined;
}
const indexText = (deps: Deps, mobile: string): string => mobileIndex(deps.cipher, mobile).toString('hex');

/** Whether the number that stands in the form is the one that a code has proven. */
export function isProven(deps: Deps, kind: RegistrationKind, raw: RawSection, sms: RegistrationSms): boolean {
  const mobile = mobileOf(kind, raw);
  return mobile !== undefined && sms.proven === indexText(deps, mobile);
}

/** Whether a captcha was answered when the code of this number was asked for. */
export function isKnownHuman(deps: Deps, kind: RegistrationKind, raw: RawSection, sms: RegistrationSms): boolean {
  const mobile = mobileOf(kind, raw);
  return mobile !== undefined && sms.humanFor === indexText(deps, mobile);
}

const problem = (text: string): Problem => ({ part: 'sms', field: 'code', severity: 'shape', text });
export const typedCode = (form: PostedForm): string => normaliseLine(form.one('sms.code')).slice(0, 20);

export interface SmsStep {
  sms: RegistrationSms;
  problems: Problem[];
}
export interface SmsStepInput {
  raw: RawSection;
  before: RegistrationSms;
  form: PostedForm;
  owner: string;
  requestId: string;
}

/** 「获取验证码」, after the captcha was answered. */
export async function askForCode(deps: Deps, kind: RegistrationKind, { raw, before, owner, requestId }: SmsStepInput): Promise<SmsStep> {
  const mobile = mobileOf(kind, raw);
  if (mobile === undefined) return { sms: before, problems: [problem(`请先正确填写「${kind.mobileLabel}」，再点击「获取验证码」`)] };
  const index = indexText(deps, mobile);
  const sent = await sendCode(deps, { purpose: kind.purpose, mobile, owner }, { requestId });
  const text = sendingProblem(sent);
  return {
    sms: {
      ...before,
      humanFor: index,
      ...(sent.kind === 'sent' ? { sentTo: index, messageId: sent.messageId } : {}),
    },
    problems: text === undefined ? [] : [problem(text)],
  };
}

/** The code on the way to the confirm page. It is compared only when the captcha was right, so that programs cannot guess. */
export async function checkCode(
  deps: Deps,
  kind: RegistrationKind,
  { raw, before, form, owner }: SmsStepInput,
  isHuman: boolean,
): Promise<SmsStep> {
  const { humanFor: _, code: _code, ...kept } = before;
  const mobile = mobileOf(kind, raw);
  // a number that can't be read is complained about where it stands
  if (mobile === undefined || isProven(deps, kind, raw, before)) return { sms: kept, problems: [] };
  const code = typedCode(form);
  if (code === '')
    return {
      sms: kept,
      problems: [
        problem(before.sentTo === indexText(deps, mobile) ? '请填写「短信验证码」' : '请点击「获取验证码」，填写收到的「短信验证码」'),
      ],
    };
  if (!isHuman) return { sms: { ...kept, code }, problems: [] };
  const text = codeProblem(await proveCode(deps, { purpose: kind.purpose, mobile, owner }, code));
  return text === undefined
    ? { sms: { ...kept, proven: indexText(deps, mobile) }, problems: [] }
    : { sms: kept, problems: [problem(text)] };
}

/** What accounts/sms-code.njk shows. */
export interface SmsField {
  problem?: string;
  value: string;
  /** the number, masked, when it is proven: nothing is asked then */
  proven?: string;
  notes: string[];
}

export async function smsField(
  deps: Deps,
  kind: RegistrationKind,
  raw: RawSection,
  sms: RegistrationSms,
  problems: readonly Problem[],
): Promise<SmsField> {
  const mobile = mobileOf(kind, raw);
  const text = problems.find((p) => p.part === 'sms')?.text;
  if (mobile !== undefined && isProven(deps, kind, raw, sms)) return { value: '', proven: maskMobile(mobile), notes: [] };
  const isSent = mobile !== undefined && sms.sentTo === indexText(deps, mobile);
  const hint = demoHint(deps);
  return {
    ...(text === undefined ? {} : { problem: text }),
    value: sms.code ?? '',
    notes: [...(isSent ? await sentNotes(deps, mobile, sms.messageId) : []), ...(hint === undefined ? [] : [hint])],
  };
}
