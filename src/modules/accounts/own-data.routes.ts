import { appendAudit } from '../../audit/audit.store';
import type { Deps } from '../../deps';
import type { FormButton, FormModel } from '../../form/control';
import { homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { paths } from '../../http/paths';
import { notFound, page, refusal, seeOther, type Crumb, type PageError, type Reply, type Route, type Visit } from '../../http/route';
import { newToken } from '../../lib/new-token';
import { ownPasswordProblem } from './check-own-password';
import { closeAccount } from './close-account';
import { collectOwnData, type OwnWords } from './own-data.read';
import { passwordControl } from './password-control';

/** For so many minutes after the password was given, the file can be fetched. */
const MINUTES = 5;
interface Permit {
  accountId: number;
}

const profileCrumb: Crumb = { text: '基本信息', href: paths.profile() };

/** B6 「下载我的全部信息」 and 「注销账号」. `words`: of what declarations hold. */
export function ownDataRoutes(deps: Deps, words: OwnWords): Route[] {
  const { db, cipher } = deps;
  const passwordForm = (action: string, button: Pick<FormButton, 'text' | 'kind'>, errors: PageError[]): FormModel => ({
    action,
    multipart: false,
    token: newToken(),
    parts: [
      { kind: 'group', id: 'password', controls: [passwordControl('password', '登录密码', errors, { autocomplete: 'current-password' })] },
    ],
    buttons: [{ value: 'next', ...button }],
  });
  const errorsOf = async (visit: Visit): Promise<PageError[]> => {
    const problem = await ownPasswordProblem(deps, visit.actor, visit.body.one('password'), visit.requestId);
    return problem === undefined ? [] : [{ text: problem, href: '#f-password' }];
  };
  const permitOf = async (visit: Visit): Promise<boolean> => {
    const permit = await findDraft<Permit>(db, cipher, 'own-data', visit.owner, visit.query.one('key'));
    return permit?.accountId === visit.actor.accountId;
  };

  const dataPage = async (visit: Visit, errors: PageError[] = []): Promise<Reply> => {
    const key = visit.query.one('key');
    return page(
      'accounts/own-data',
      { title: '下载我的全部信息', breadcrumbs: [homeCrumb, profileCrumb, { text: '下载我的全部信息' }], errors },
      {
        form: passwordForm(paths.ownData(), { text: '下一步', kind: 'primary' }, errors),
        fileHref: (await permitOf(visit)) ? paths.ownDataFile(key) : undefined,
        minutes: MINUTES,
      },
      errors.length > 0 ? 422 : 200,
    );
  };

  const permit = async (visit: Visit): Promise<Reply> => {
    const errors = await errorsOf(visit);
    if (errors.length > 0) return dataPage(visit, errors);
    const { actor } = visit;
    const key = await keepDraft(db, cipher, 'own-data', visit.owner, { accountId: actor.accountId } satisfies Permit, MINUTES);
    await appendAudit(db, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'account.export',
      subjectKind: 'account',
      subjectId: String(actor.accountId),
      requestId: visit.requestId,
    });
    return seeOther(`${paths.ownData()}?key=${key}`);
  };

  const file = async (visit: Visit): Promise<Reply> => {
    if (!(await permitOf(visit))) return seeOther(paths.ownData());
    const data = await collectOwnData(db, cipher, visit.actor.accountId, words);
    if (!data) return notFound;
    return {
      kind: 'file',
      body: Buffer.from(`${JSON.stringify(data, null, 2)}\n`),
      contentType: 'application/json; charset=utf-8',
      fileName: '我的全部信息.json',
      inline: false,
    };
  };

  const closePage = (errors: PageError[] = []): Reply =>
    page(
      'accounts/close-account',
      { title: '注销账号', breadcrumbs: [homeCrumb, profileCrumb, { text: '注销账号' }], errors },
      { form: passwordForm(paths.closeAccount(), { text: '注销账号', kind: 'warning' }, errors), backHref: paths.profile() },
      errors.length > 0 ? 422 : 200,
    );

  const close = async (visit: Visit): Promise<Reply> => {
    const errors = await errorsOf(visit);
    if (errors.length > 0) return closePage(errors);
    const outcome = await closeAccount(deps, visit.actor, visit.requestId);
    if (outcome.kind === 'done') return { kind: 'see-other', to: `${paths.signIn()}?closed=1`, signOut: true };
    return refusal(409, '您提交过申报，提交的材料属于评审档案，账号不能注销。如有疑问，请拨打技术支持电话', {
      text: '返回基本信息',
      href: paths.profile(),
    });
  };

  const access = 'account.close';
  return [
    { method: 'get', path: paths.ownData(), access, audit: null, handle: (visit) => dataPage(visit) },
    { method: 'post', path: paths.ownData(), access, audit: 'account.export', handle: permit },
    { method: 'get', path: paths.ownDataFile(), access, audit: null, handle: file },
    { method: 'get', path: paths.closeAccount(), access, audit: null, handle: () => Promise.resolve(closePage()) },
    { method: 'post', path: paths.closeAccount(), access, audit: 'account.close', handle: close },
  ];
}
