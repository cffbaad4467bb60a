import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import type { ControlModel, FormModel } from '../../form/control';
import { problemLinks } from '../../form/form-model';
import type { Problem } from '../../form/section';
import { sectionText } from '../../form/section-text';
import { smallForm } from '../../form/small-form';
import { entryCrumb } from '../../http/crumbs';
import { paths } from '../../http/paths';
import { page, refusal, seeOther, type Crumb, type Reply, type Route, type Visit } from '../../http/route';
import { newToken } from '../../lib/new-token';
import { createCaptcha } from './captcha.store';
import { personRegistration } from './person-registration';
import { completeRegistration, keepRegistration, loadRegistration, type LoadedRegistration, type RegistrationDraft } from './registration';
import type { RegistrationKind } from './registration-kind';
import { isKnownHuman, smsField } from './registration-sms';
import { unitRegistration } from './unit-registration';

function passwordControls(kind: RegistrationKind, draft: RegistrationDraft): ControlModel[] {
  const isKept = draft.passwordHash !== undefined;
  const control = (field: string, label: string, hint: string): ControlModel => {
    const problem = draft.problems.find((p) => p.part === 'account' && p.field === field)?.text;
    return {
      type: 'password',
      id: `f-account-${field}`,
      name: `account.${field}`,
      label,
      hint,
      required: !isKept,
      value: '',
      width: 'm',
      autocomplete: 'new-password',
      ...(problem === undefined ? {} : { problem }),
    };
  };
  return [
    control('password', '密码', isKept ? '密码已填写，不修改请留空' : kind.passwordHint),
    control('passwordAgain', '确认密码', isKept ? '密码已填写，不修改请留空' : '再填写一次密码'),
  ];
}

function registrationForm(kind: RegistrationKind, { draft, ctx }: LoadedRegistration, draftId: string): FormModel {
  const model = smallForm({
    section: kind.section,
    raw: draft.raw,
    ctx,
    problems: draft.problems,
    action: kind.form(draftId || undefined),
    buttons: [{ value: 'next', text: '立即注册', kind: 'primary' }],
  });
  const parts = model.parts.map((part, i) => {
    const title = kind.partTitles[i];
    const titled = title === undefined ? part : { ...part, title };
    return titled.kind === 'group' && titled.id === 'account'
      ? { ...titled, controls: [...titled.controls, ...passwordControls(kind, draft)] }
      : titled;
  });
  return { ...model, parts };
}

/** Problems in the order of the page: fields, passwords, captcha, code. */
function inPageOrder(kind: RegistrationKind, problems: readonly Problem[]): Problem[] {
  const order = [
    ...kind.section.parts.flatMap((p) => p.fields.map((f) => `${p.id}.${f.id}`)),
    'account.password',
    'account.passwordAgain',
    'captcha.answer',
    'sms.code',
  ];
  const placeOf = (p: Problem): number => order.indexOf(`${p.part}.${p.field ?? ''}`);
  return [...problems].sort((a, b) => placeOf(a) - placeOf(b));
}

const goneReply = (kind: RegistrationKind): Reply =>
  refusal(410, '注册页面已经失效，填写的内容未保留。已经完成注册的请直接登录，尚未完成的请重新注册', {
    text: '重新注册',
    href: kind.form(),
  });

/** On the confirm page the form is reached with everything still filled in. */
const crumbs = (kind: RegistrationKind, confirmOf?: string): Crumb[] => [
  entryCrumb,
  ...(confirmOf === undefined
    ? [{ text: kind.section.title }]
    : [{ text: kind.section.title, href: kind.form(confirmOf) }, { text: '确认信息' }]),
];

function routesOf(deps: Deps, kind: RegistrationKind): Route[] {
  const showForm = async (visit: Visit): Promise<Reply> => {
    const draftId = visit.query.one('draft');
    const loaded = await loadRegistration(deps, kind, visit.owner, draftId);
    if (!loaded) return goneReply(kind);
    const { raw, sms, captchaKind } = loaded.draft;
    const problems = inPageOrder(kind, loaded.draft.problems);
    const captcha = isKnownHuman(deps, kind, raw, sms) ? undefined : await createCaptcha(deps.db, visit.owner, captchaKind);
    return page(
      'accounts/register',
      { title: kind.section.title, breadcrumbs: crumbs(kind), errors: problemLinks(problems) },
      {
        form: registrationForm(kind, loaded, draftId),
        tips: kind.tips,
        draftId,
        captcha: captcha && { ...captcha, problem: problems.find((p) => p.part === 'captcha')?.text },
        sms: await smsField(deps, kind, raw, sms, problems),
      },
    );
  };

  const keep = async (visit: Visit): Promise<Reply> => {
    const { owner, body, requestId } = visit;
    // answered in place, the form comes to know its draft while its address stays as it was
    const draftId = body.one('draft') || visit.query.one('draft');
    const kept = await keepRegistration(deps, kind, { owner, draftId, form: body, requestId });
    return seeOther(kept.isChecked ? kind.confirm(kept.id) : kind.form(kept.id));
  };

  const showConfirm = async (visit: Visit): Promise<Reply> => {
    const draftId = visit.query.one('draft');
    const loaded = draftId === '' ? undefined : await loadRegistration(deps, kind, visit.owner, draftId);
    if (!loaded) return goneReply(kind);
    if (!loaded.draft.isChecked) return seeOther(kind.form(draftId));
    const { draft, ctx } = loaded;
    const words = sectionText(kind.section, checkSection(kind.section, draft.raw, ctx), ctx);
    const cards = words.parts.map((part, i) => ({
      title: kind.partTitles[i],
      rows: part.id === 'account' ? [...part.lines, { label: '密码', text: '已填写' }] : part.lines,
    }));
    return page(
      'accounts/register-confirm',
      { title: `${kind.section.title}：确认信息`, breadcrumbs: crumbs(kind, draftId) },
      { cards, warning: kind.warning, action: kind.confirm(draftId), backHref: kind.form(draftId), token: newToken() },
    );
  };

  const complete = async (visit: Visit): Promise<Reply> => {
    const draftId = visit.query.one('draft');
    const outcome = await completeRegistration(deps, kind, visit.owner, draftId, visit.requestId);
    switch (outcome.kind) {
      case 'done':
        return seeOther(`${paths.signIn()}?registered=1`);
      case 'draft-gone':
        return goneReply(kind);
      case 'unchecked':
      case 'taken':
        return seeOther(kind.form(draftId));
    }
  };

  const path = kind.form();
  return [
    { method: 'get', path, access: 'public', audit: null, handle: showForm },
    // nothing but a draft of this browser session comes of it
    { method: 'post', path, access: 'public', audit: null, handle: keep },
    { method: 'get', path: `${path}/confirm`, access: 'public', audit: null, handle: showConfirm },
    { method: 'post', path: `${path}/confirm`, access: 'public', audit: kind.audit, handle: complete },
  ];
}

/** 「个人注册」 and 「单位注册」. */
export const registrationRoutes = (deps: Deps): Route[] => [...routesOf(deps, personRegistration), ...routesOf(deps, unitRegistration)];
