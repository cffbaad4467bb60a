import type { Deps } from '../../deps';
import type { FormModel } from '../../form/control';
import { homeCrumb } from '../../http/crumbs';
import { paths } from '../../http/paths';
import { page, type PageError, type Reply, type Route, type Visit } from '../../http/route';
import { newToken } from '../../lib/new-token';
import { changePassword } from './change-password';
import { ownPasswordProblem } from './check-own-password';
import { passwordControl } from './password-control';
import { passwordProblem } from './password-rules';
import { findOwnWords } from './password.store';
import { classesProblem, isFormerPassword, isStrict, oldPasswordText, strictHint } from './staff-password';

const minimum = (visit: Visit): number => (visit.actor.role === 'person' ? 10 : 12);

/** 「修改密码」, for everybody who is signed in; the only page that an account with a password from somebody else can open (S12). */
export function passwordRoutes(deps: Deps): Route[] {
  const show = async (visit: Visit, errors: PageError[] = []): Promise<Reply> => {
    const strict = await isStrict(deps, visit.actor);
    const isOld = strict && visit.actor.passwordIsOld === true;
    const form: FormModel = {
      action: paths.password(),
      multipart: false,
      token: newToken(),
      parts: [
        {
          kind: 'group',
          id: 'password',
          controls: [
            passwordControl('present', visit.actor.mustChangePassword && !isOld ? '现在的临时密码' : '现在的密码', errors, {
              autocomplete: 'current-password',
              // alone on its line, so that the new one and its repetition stand side by side
              width: 'l',
            }),
            passwordControl('password', '新密码', errors, {
              hint: `至少 ${minimum(visit)} 个字符，不能包含登录名和证件、手机号码${strict ? `；${strictHint}` : ''}`,
            }),
            passwordControl('again', '确认新密码', errors),
          ],
        },
      ],
      buttons: [{ value: 'save', text: '修改密码', kind: 'primary' }],
    };
    return page(
      'accounts/password',
      {
        title: '修改密码',
        breadcrumbs: visit.actor.mustChangePassword ? [{ text: '修改密码' }] : [homeCrumb, { text: '修改密码' }],
        errors,
        ...(visit.query.has('saved')
          ? { notice: { kind: 'success', text: '密码已修改，在其他地方的登录已全部退出', href: paths.home(), linkText: '返回首页' } }
          : {}),
      },
      { form, mustChange: visit.actor.mustChangePassword === true, why: isOld ? oldPasswordText : undefined },
      errors.length > 0 ? 422 : 200,
    );
  };

  const post = async (visit: Visit): Promise<Reply> => {
    const { actor, body } = visit;
    const [present, password, again] = [body.one('present'), body.one('password'), body.one('again')];
    const errors: PageError[] = [];
    const complain = (name: string, text: string | undefined): void => {
      if (text !== undefined) errors.push({ text, href: `#f-${name}` });
    };
    const forbidden = await findOwnWords(deps.db, deps.cipher, actor.accountId);
    const strict = await isStrict(deps, actor);
    complain(
      'password',
      password === ''
        ? '请填写「新密码」'
        : (passwordProblem(password, { min: minimum(visit), forbidden }) ?? (strict ? classesProblem(password) : undefined)),
    );
    if (password !== '' && errors.length === 0) {
      if (password === present) complain('password', '新密码不能与现在的密码相同');
      else if (password !== again) complain('again', again === '' ? '请再填写一次新密码' : '两次填写的密码不一致，请重新填写');
    }
    // the present password is compared last: a try is counted only when everything else is in order
    if (present === '') errors.unshift({ text: '请填写现在的密码', href: '#f-present' });
    else if (errors.length === 0) complain('present', await ownPasswordProblem(deps, actor, present, visit.requestId));
    // after that: who has not given the present password learns nothing of former ones
    if (errors.length === 0 && strict && (await isFormerPassword(deps.db, actor.accountId, password)))
      complain('password', '新密码不能与最近 5 次用过的密码相同');
    if (errors.length > 0) return show(visit, errors);
    await changePassword(deps, actor, password, visit.requestId);
    return { kind: 'see-other', to: `${paths.password()}?saved=1`, signIn: actor.accountId };
  };

  return [
    { method: 'get', path: paths.password(), access: 'account.own', audit: null, handle: (visit) => show(visit) },
    { method: 'post', path: paths.password(), access: 'account.own', audit: 'account.password', handle: post },
  ];
}
