import { appendAudit } from '../../audit/audit.store';
import type { Deps } from '../../deps';
import type { FormModel } from '../../form/control';
import { homeCrumb } from '../../http/crumbs';
import { paths } from '../../http/paths';
import { page, type PageError, type Reply, type Route, type Visit } from '../../http/route';
import { newToken } from '../../lib/new-token';
import { ownPasswordProblem } from './check-own-password';
import { ownAddress } from './own-address';
import { passwordControl } from './password-control';

/** S14 「确认身份」: the password once more, good for five minutes for every route that asks for it (`reauth` of the route record). */
export function confirmPasswordRoutes(deps: Deps): Route[] {
  const show = (visit: Visit, next: string, errors: PageError[] = []): Reply => {
    const form: FormModel = {
      action: paths.confirmPassword(next),
      multipart: false,
      token: newToken(),
      parts: [
        {
          kind: 'group',
          id: 'password',
          controls: [passwordControl('password', '登录密码', errors, { autocomplete: 'current-password' })],
        },
      ],
      buttons: [{ value: 'next', text: '确认', kind: 'primary' }],
    };
    return page(
      'accounts/confirm-password',
      { title: '确认身份', breadcrumbs: [homeCrumb, { text: '确认身份' }], errors },
      { form, isKept: next === paths.kept() },
      errors.length > 0 ? 422 : 200,
    );
  };

  const post = async (visit: Visit): Promise<Reply> => {
    const { actor, requestId } = visit;
    const next = visit.query.one('next');
    const problem = await ownPasswordProblem(deps, actor, visit.body.one('password'), requestId);
    if (problem !== undefined) return show(visit, next, [{ text: problem, href: '#f-password' }]);
    await appendAudit(deps.db, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'account.confirm-password',
      subjectKind: 'account',
      subjectId: String(actor.accountId),
      requestId,
    });
    return { kind: 'see-other', to: ownAddress(next), signIn: actor.accountId, proven: true };
  };

  const path = paths.confirmPassword();
  return [
    { method: 'get', path, access: 'account.own', audit: null, handle: (visit) => Promise.resolve(show(visit, visit.query.one('next'))) },
    { method: 'post', path, access: 'account.own', audit: 'account.confirm-password', handle: post },
  ];
}
