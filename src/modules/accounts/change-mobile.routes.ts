import type { Deps } from '../../deps';
import type { ControlModel, FormModel } from '../../form/control';
import { problemLinks } from '../../form/form-model';
import type { Problem } from '../../form/section';
import { homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft, replaceDraft } from '../../http/form-drafts.store';
import { paths } from '../../http/paths';
import { page, refusal, seeOther, type Crumb, type Reply, type Route, type Visit } from '../../http/route';
import { maskMobile } from '../../lib/mask';
import { readMobile } from '../../lib/mobile';
import { newToken } from '../../lib/new-token';
import { normaliseLine } from '../../lib/text';
import { changeMobile } from './change-mobile';
import { ownPasswordProblem } from './check-own-password';
import { findOwnMobile } from './profile.store';
import { proveCode, sendCode, type CodeRequest } from './sms-code';
import { codeProblem, demoHint, sendingProblem, sentNotes } from './sms-texts';

/** What lies between the two pages. `isConfirmed`: the password was given, `mobile` is a number that a code was sent to. */
interface MobileDraft {
  mobile: string;
  isConfirmed: boolean;
  messageId?: string;
  problems: Problem[];
}

const MINUTES = 15;
const problem = (part: string, field: string, text: string): Problem => ({ part, field, severity: 'shape', text });

function mobileForm(draft: MobileDraft): FormModel {
  const control = (field: string, more: Pick<ControlModel, 'type' | 'label' | 'value'> & Partial<ControlModel>): ControlModel => {
    const text = draft.problems.find((p) => p.field === field)?.text;
    return {
      id: `f-mobile-${field}`,
      name: `mobile.${field}`,
      required: true,
      width: 'm',
      ...more,
      ...(text === undefined ? {} : { problem: text }),
    };
  };
  return {
    action: paths.changeMobile(),
    multipart: false,
    token: newToken(),
    parts: [
      {
        kind: 'group',
        id: 'mobile',
        controls: [
          control('number', { type: 'text', label: '新手机号码', value: draft.mobile, inputmode: 'tel', autocomplete: 'tel' }),
          control('password', {
            type: 'password',
            label: '登录密码',
            value: '',
            hint: '更换手机号码须再次填写登录密码',
            autocomplete: 'current-password',
          }),
        ],
      },
    ],
    buttons: [{ value: 'next', text: '获取验证码', kind: 'primary' }],
  };
}

/** 「更换手机号码」: new number and password, then the code that was sent to the new number (B3, S14). */
export function changeMobileRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;
  /** where the number of this visitor stands: a person's among 「基本信息」, staff have no such page */
  const placeOf = ({ actor }: Visit): Crumb & { href: string } =>
    actor.role === 'person' ? { text: '基本信息', href: paths.profile() } : { text: '首页', href: paths.home() };
  const crumbsOf = (visit: Visit): Crumb[] => [
    homeCrumb,
    ...(visit.actor.role === 'person' ? [placeOf(visit)] : []),
    { text: '更换手机号码' },
  ];
  const cancelOf = (visit: Visit) => ({ cancelHref: placeOf(visit).href, cancelText: `不更换，返回${placeOf(visit).text}` });
  const draftOf = (visit: Visit): Promise<MobileDraft | undefined> =>
    findDraft<MobileDraft>(db, cipher, 'change-mobile', visit.owner, visit.query.one('draft'));
  const gone = refusal(410, '更换手机号码的页面已经失效，手机号码未更换，请重新操作', { text: '更换手机号码', href: paths.changeMobile() });
  const request = (visit: Visit, mobile: string): CodeRequest => ({ purpose: 'change-mobile', mobile, owner: visit.owner });

  const show = async (visit: Visit): Promise<Reply> => {
    const [present, kept] = await Promise.all([findOwnMobile(db, cipher, visit.actor.accountId), draftOf(visit)]);
    const draft = kept && !kept.isConfirmed ? kept : { mobile: '', isConfirmed: false, problems: [] };
    return page(
      'accounts/change-mobile',
      {
        title: '更换手机号码',
        breadcrumbs: crumbsOf(visit),
        errors: problemLinks(draft.problems),
        ...(visit.query.has('changed')
          ? { notice: { kind: 'success', text: '手机号码已更换', href: paths.home(), linkText: '返回首页' } }
          : {}),
      },
      { form: mobileForm(draft), present: present === undefined ? undefined : maskMobile(present), ...cancelOf(visit) },
    );
  };

  const ask = async (visit: Visit): Promise<Reply> => {
    const { actor, body, owner, requestId } = visit;
    const typed = normaliseLine(body.one('mobile.number')).slice(0, 40);
    const read = readMobile(typed);
    const refuse = async (problems: Problem[]): Promise<Reply> => {
      const draft: MobileDraft = { mobile: read.ok ? read.value : typed, isConfirmed: false, problems };
      return seeOther(`${paths.changeMobile()}?draft=${await keepDraft(db, cipher, 'change-mobile', owner, draft, MINUTES)}`);
    };
    const present = await findOwnMobile(db, cipher, actor.accountId);
    const problems: Problem[] = [];
    if (!read.ok) problems.push(problem('mobile', 'number', typed === '' ? '请填写「新手机号码」' : read.problem));
    else if (read.value === present) problems.push(problem('mobile', 'number', '「新手机号码」与现在的手机号码相同'));
    const password = body.one('mobile.password');
    if (password === '') problems.push(problem('mobile', 'password', '请填写「登录密码」'));
    if (!read.ok || problems.length > 0) return refuse(problems);
    const wrong = await ownPasswordProblem(deps, actor, password, requestId);
    if (wrong !== undefined) return refuse([problem('mobile', 'password', wrong)]);
    const sent = await sendCode(deps, request(visit, read.value), { actor, requestId });
    const text = sendingProblem(sent);
    if (sent.kind !== 'sent') return refuse([problem('mobile', 'number', text ?? '')]);
    const draft: MobileDraft = { mobile: read.value, isConfirmed: true, messageId: sent.messageId, problems: [] };
    return seeOther(paths.changeMobileCode(await keepDraft(db, cipher, 'change-mobile', owner, draft, MINUTES)));
  };

  const showCode = async (visit: Visit): Promise<Reply> => {
    const draft = await draftOf(visit);
    if (!draft?.isConfirmed) return gone;
    const hint = demoHint(deps);
    const form: FormModel = {
      action: paths.changeMobileCode(visit.query.one('draft')),
      multipart: false,
      token: newToken(),
      parts: [],
      buttons: [{ value: 'next', text: '确认更换', kind: 'primary' }],
    };
    return page(
      'accounts/change-mobile-code',
      { title: '更换手机号码', breadcrumbs: crumbsOf(visit), errors: problemLinks(draft.problems) },
      {
        form,
        ...cancelOf(visit),
        sms: {
          value: '',
          problem: draft.problems[0]?.text,
          notes: [...(await sentNotes(deps, draft.mobile, draft.messageId)), ...(hint === undefined ? [] : [hint])],
        },
      },
    );
  };

  const prove = async (visit: Visit): Promise<Reply> => {
    const { actor, body, owner, requestId } = visit;
    const draftId = visit.query.one('draft');
    const draft = await draftOf(visit);
    if (!draft?.isConfirmed) return gone;
    const back = async (change: Partial<MobileDraft>): Promise<Reply> => {
      const isKept = await replaceDraft(db, cipher, 'change-mobile', owner, draftId, { ...draft, problems: [], ...change });
      return isKept ? seeOther(paths.changeMobileCode(draftId)) : gone;
    };
    const complain = (text: string | undefined): Problem[] => (text === undefined ? [] : [problem('sms', 'code', text)]);
    if (body.one('do') === 'sms') {
      const sent = await sendCode(deps, request(visit, draft.mobile), { actor, requestId });
      return back({ problems: complain(sendingProblem(sent)), ...(sent.kind === 'sent' ? { messageId: sent.messageId } : {}) });
    }
    const code = normaliseLine(body.one('sms.code'));
    if (code === '') return back({ problems: complain('请填写「短信验证码」') });
    const wrong = codeProblem(await proveCode(deps, request(visit, draft.mobile), code));
    if (wrong !== undefined) return back({ problems: complain(wrong) });
    await changeMobile(deps, actor, draft.mobile, draftId, requestId);
    return seeOther(actor.role === 'person' ? `${paths.profile()}?mobile=1` : `${paths.changeMobile()}?changed=1`);
  };

  return [
    { method: 'get', path: paths.changeMobile(), access: 'mobile.own', audit: null, handle: show },
    { method: 'post', path: paths.changeMobile(), access: 'mobile.own', audit: 'sms.send-code', handle: ask },
    { method: 'get', path: paths.changeMobileCode(), access: 'mobile.own', audit: null, handle: showCode },
    { method: 'post', path: paths.changeMobileCode(), access: 'mobile.own', audit: 'profile.mobile', handle: prove },
  ];
}
