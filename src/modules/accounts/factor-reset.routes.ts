import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import type { RawSection } from '../../form/field';
import { longText, text } from '../../form/fields';
import { problemLinks } from '../../form/form-model';
import { emptySection, readSection } from '../../form/read-section';
import type { Problem, SectionDefinition } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { paths } from '../../http/paths';
import { notFound, page, refusal, seeOther, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { wholeNumber } from '../../lib/ids';
import { maskNumbersIn } from '../../lib/mask';
import { showMoment } from '../../lib/moment';
import { roleTexts } from '../../policy/actor';
import { decideFactorReset, requestFactorReset } from './factor-reset';
import { listPendingResets } from './factor-reset.store';

const TITLE = '解除二次验证';
const PART = 'reset';
const resetForm: SectionDefinition = {
  id: 'factor-reset',
  title: TITLE,
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        text({ id: 'loginName', label: '登录名', required: true, max: 100, width: 'm' }),
        longText({
          id: 'reason',
          label: '原因',
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
const refusals = {
  'no-factor': '没有这个登录名，或者该账号没有设置二次验证',
  own: '自己的二次验证须由他人提出解除',
  pending: '该账号的解除申请已经提出，正在等待复核',
} as const;
const doneTexts: Readonly<Record<string, string>> = {
  asked: '申请已提交，由另一名工作人员复核后生效',
  confirm: '已解除，该账号下次登录时重新设置二次验证',
  refuse: '已登记为不同意，二次验证没有变动',
};

/** S10 「解除二次验证」: a lost factor is taken away by two people, and never by those whose it is. */
export function factorResetRoutes(deps: Deps): Route[] {
  const show = async (visit: Visit, raw?: RawSection, problems: readonly Problem[] = []): Promise<Reply> => {
    const [pending, { today }] = await Promise.all([listPendingResets(deps.db), databaseNow(deps.db)]);
    const done = doneTexts[visit.query.one('done')];
    const notice: PageMeta['notice'] = done === undefined ? undefined : { kind: 'success', text: done };
    return page(
      'accounts/factor-resets',
      { title: TITLE, breadcrumbs: [homeCrumb, { text: TITLE }], errors: problemLinks(problems), ...(notice ? { notice } : {}) },
      {
        form: smallForm({
          section: resetForm,
          raw: raw ?? emptySection(resetForm),
          ctx: smallFormContext(today),
          problems,
          action: paths.factorResets(),
          buttons: [{ value: 'ask', text: '提出解除', kind: 'primary' }],
        }),
        pending: pending.map((r) => ({
          action: paths.decideFactorReset(r.id),
          isMine: r.requestedBy === visit.actor.accountId || r.accountId === visit.actor.accountId,
          rows: [
            { label: '账号', text: `${r.accountName}（${roleTexts[r.role]}，${r.loginName}）` },
            { label: '原因', text: r.reason },
            { label: '提出', text: `${r.requestedByName}，${showMoment(r.requestedAt)}` },
          ],
        })),
      },
      problems.length > 0 ? 422 : 200,
    );
  };

  const ask = async (visit: Visit): Promise<Reply> => {
    const raw = readSection(resetForm, visit.body, emptySection(resetForm));
    const { problems } = checkSection(resetForm, raw, smallFormContext((await databaseNow(deps.db)).today));
    if (problems.length > 0) return show(visit, raw, problems);
    const { loginName = '', reason = '' } = raw.groups[PART] ?? {};
    const outcome = await requestFactorReset(deps, visit.actor, { loginName, reason: maskNumbersIn(reason), requestId: visit.requestId });
    if (outcome === 'done') return seeOther(`${paths.factorResets()}?done=asked`);
    return show(visit, raw, [{ part: PART, field: 'loginName', severity: 'rule', text: refusals[outcome] }]);
  };

  const decide = async (visit: Visit): Promise<Reply> => {
    const id = wholeNumber(visit.param('reset'));
    const act = visit.body.one('do');
    if (id === undefined) return notFound;
    const back = { text: TITLE, href: paths.factorResets() };
    if (act !== 'confirm' && act !== 'refuse') return refusal(400, '没有这样的操作，请返回上一页重新操作', back);
    const outcome = await decideFactorReset(deps, visit.actor, { id, isConfirmed: act === 'confirm', requestId: visit.requestId });
    if (outcome === 'gone') return refusal(404, '没有等待复核的申请，可能已经由他人处理', back);
    if (outcome === 'own') return refusal(403, '您提出的申请和您自己的账号，须由另一名工作人员复核', back);
    return seeOther(`${paths.factorResets()}?done=${act}`);
  };

  const access = 'factor-resets.handle';
  return [
    { method: 'get', path: paths.factorResets(), access, audit: null, handle: (visit) => show(visit) },
    { method: 'post', path: paths.factorResets(), access, audit: 'account.second-factor-reset-request', handle: ask },
    {
      method: 'post',
      path: paths.decideFactorReset(':reset'),
      access,
      audit: 'account.second-factor-reset-confirm, account.second-factor-reset-refuse',
      handle: decide,
    },
  ];
}
