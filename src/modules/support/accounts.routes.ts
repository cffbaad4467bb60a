import type { Deps } from '../../deps';
import { databaseNow } from '../../db/db';
import { checkSection } from '../../form/check-section';
import type { RawSection } from '../../form/field';
import { longText } from '../../form/fields';
import { problemLinks } from '../../form/form-model';
import { emptySection, readSection } from '../../form/read-section';
import type { Problem, SectionDefinition } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { paths } from '../../http/paths';
import { accountOf, page, refusal, seeOther, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { maskNumbersIn } from '../../lib/mask';
import { normaliseLine } from '../../lib/text';
import { findSupportAccount, listSignIns, listSupportAccounts, listTrail, type SupportAccount } from './account-lookup.read';
import { accountRows, accountTag, correctionsTable, foundTable, titleOf, trailTable } from './account.view';
import { listCorrectionsOf } from './correction.store';
import { findAccount } from './find-account';
import { unlockAccount } from './unlock-account';

interface Search {
  typed: string;
  ids: number[];
  problem?: string;
}

const unlockForm: SectionDefinition = {
  id: 'unlock',
  title: '解除锁定',
  parts: [
    {
      kind: 'group',
      id: 'unlock',
      fields: [
        longText({
          id: 'reason',
          label: '解除锁定的原因',
          required: true,
          limit: 200,
          rows: 3,
          hint: '写明是谁提出、怎样核实了身份，不要填写证件号码',
        }),
      ],
    },
  ],
  rules: [],
};

const doneTexts: Readonly<Record<string, string>> = {
  unlock: '已解除锁定，现在可以登录',
  name: '姓名已更正，本人登录后可以看到通知',
  pending: '更正申请已提交，由另一名技术支持人员复核后生效',
};

/** 「账号查询」 (B4): finds an account, shows how its sign-in stands, lifts a lock. */
export function supportAccountsRoutes(deps: Deps): Route[] {
  const search = async (visit: Visit): Promise<Reply> => {
    const kept = await findDraft<Search>(deps.db, deps.cipher, 'account-search', visit.owner, visit.query.one('result'));
    const found = kept && kept.ids.length > 0 ? await listSupportAccounts(deps.db, deps.cipher, kept.ids) : [];
    return page(
      'support/find-account',
      {
        title: '账号查询',
        breadcrumbs: [homeCrumb, { text: '账号查询' }],
        ...(kept?.problem === undefined ? {} : { errors: [{ text: kept.problem, href: '#f-account' }] }),
      },
      {
        control: {
          type: 'text',
          id: 'f-account',
          name: 'account',
          label: '证件号码、统一社会信用代码、登录名或者手机号码',
          hint: '请填写完整的号码或者登录名',
          required: true,
          value: kept?.typed ?? '',
          width: 'l',
          ...(kept?.problem === undefined ? {} : { problem: kept.problem }),
        },
        searched: kept !== undefined && kept.problem === undefined,
        table: found.length > 0 ? foundTable(found) : undefined,
      },
    );
  };

  const postSearch = async (visit: Visit): Promise<Reply> => {
    const typed = normaliseLine(visit.body.one('account')).slice(0, 100);
    const result: Search =
      typed === ''
        ? { typed, ids: [], problem: '请填写证件号码、统一社会信用代码、登录名或者手机号码' }
        : { typed, ids: await findAccount(deps, visit.actor, typed, visit.requestId) };
    const [only] = result.ids;
    if (only !== undefined && result.ids.length === 1) return seeOther(paths.supportAccount(only));
    return seeOther(`${paths.findAccounts()}?result=${await keepDraft(deps.db, deps.cipher, 'account-search', visit.owner, result, 10)}`);
  };

  const mustFind = async (id: number): Promise<SupportAccount> => {
    const account = await findSupportAccount(deps.db, deps.cipher, id);
    if (!account) throw new Error(`no account ${id}`);
    return account;
  };

  const accountPage = async (visit: Visit, raw: RawSection, problems: readonly Problem[] = []): Promise<Reply> => {
    const account = await mustFind(accountOf(visit).id);
    const [{ today }, signIns, trail, corrections] = await Promise.all([
      databaseNow(deps.db),
      listSignIns(deps.db, account.id),
      listTrail(deps.db, account.id),
      listCorrectionsOf(deps.db, deps.cipher, account.id),
    ]);
    const done = doneTexts[visit.query.one('done')];
    const notice: PageMeta['notice'] = done === undefined ? undefined : { kind: 'success', text: done };
    return page(
      'support/account',
      {
        title: `账号查询：${titleOf(account)}`,
        heading: titleOf(account),
        breadcrumbs: [homeCrumb, { text: '账号查询', href: paths.findAccounts() }, { text: titleOf(account) }],
        errors: problemLinks(problems),
        ...(notice ? { notice } : {}),
      },
      {
        tag: accountTag(account),
        rows: accountRows(account),
        isPerson: account.role === 'person',
        correctName: paths.correctIdentity(account.id, 'name'),
        correctIdNumber: paths.correctIdentity(account.id, 'id-number'),
        correctMobile: paths.correctIdentity(account.id, 'mobile'),
        corrections: corrections.length > 0 ? correctionsTable('更正记录', '', corrections, false) : undefined,
        signIns: trailTable('最近的登录', '没有登录记录', signIns),
        trail: trailTable('账号操作记录', '没有操作记录', trail),
        unlock: account.lockedUntil
          ? smallForm({
              section: unlockForm,
              raw,
              ctx: smallFormContext(today),
              problems,
              action: paths.unlockAccount(account.id),
              buttons: [{ value: 'unlock', text: '解除锁定', kind: 'secondary' }],
            })
          : undefined,
      },
      problems.length > 0 ? 422 : 200,
    );
  };

  const unlock = async (visit: Visit): Promise<Reply> => {
    const { id } = accountOf(visit);
    const raw = readSection(unlockForm, visit.body, emptySection(unlockForm));
    const { problems } = checkSection(unlockForm, raw, smallFormContext((await databaseNow(deps.db)).today));
    if (problems.length > 0) return accountPage(visit, raw, problems);
    const reason = maskNumbersIn(raw.groups.unlock?.reason ?? '');
    const outcome = await unlockAccount(deps, visit.actor, { accountId: id, reason, requestId: visit.requestId });
    if (outcome.kind === 'done') return seeOther(`${paths.supportAccount(id)}?done=unlock`);
    return refusal(409, '该账号现在没有锁定，不需要解除', { text: '返回该账号', href: paths.supportAccount(id) });
  };

  return [
    { method: 'get', path: paths.findAccounts(), access: 'account.find', audit: null, handle: search },
    { method: 'post', path: paths.accountSearch(), access: 'account.find', audit: 'account.find', handle: postSearch },
    {
      method: 'get',
      path: paths.supportAccount(':account'),
      access: 'account.support',
      audit: null,
      handle: (visit) => accountPage(visit, emptySection(unlockForm)),
    },
    { method: 'post', path: paths.unlockAccount(':account'), access: 'account.support', audit: 'account.unlock', handle: unlock },
  ];
}
