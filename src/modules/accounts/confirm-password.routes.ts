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
  const show = async (visit: Visit, errors: PageError[] = []): Promise<Reply> => {
    const next = visit.query.one('next');
    const isKept = next === paths.kept();
    // an address that nobody may be sent to becomes the home page
    const from = ownAddress(visit.query.one('from'));
    const titleOf = (address: string) => (address === paths.home() ? undefined : visit.titleAt(address));
    const [before, wanted] = [await titleOf(from), isKept ? undefined : await titleOf(ownAddress(next))];
    const form: FormModel = {
      action: paths.confirmPassword(next, visit.query.one('from')),
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
      {
        form,
        isKept,
        // a form is kept for the page it stood on, a page is asked for by its own name
        act: isKept ? before : wanted,
        back: before === undefined ? { text: '返回首页', href: paths.home() } : { text: '返回上一页', href: from },
      },
      errors.length > 0 ? 422 : 200,
    );
  };

  const post = async (visit: Visit): Promise<Reply> => {
    const { actor, requestId } = visit;
    const problem = await ownPasswordProblem(deps, actor, visit.body.one('password'), requestId);
    if (problem !== undefined) return show(visit, [{ text: problem, href: '#f-password' }]);
    await appendAudit(deps.db, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'account.confirm-password',
      subjectKind: 'account',
      subjectId: String(actor.accountId),
      requestId,
    });
    return { kind: 'see-other', to: ownAddress(visit.query.one('next')), signIn: actor.accountId, proven: true };
  };

  const path = paths.confirmPassword();
  return [
    { method: 'get', path, access: 'account.own', audit: null, handle: (visit) => show(visit) },
    { method: 'post', path, access: 'account.own', audit: 'account.confirm-password', handle: post },
  ];
}
