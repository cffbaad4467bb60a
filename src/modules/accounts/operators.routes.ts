import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import { asText, type RawSection } from '../../form/field';
import { problemLinks } from '../../form/form-model';
import { emptySection, readSection, restoreSection } from '../../form/read-section';
import type { Problem } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import {
  operatorOf,
  page,
  refusal,
  seeOther,
  unitActor,
  type Crumb,
  type PageMeta,
  type Reply,
  type Route,
  type Visit,
} from '../../http/route';
import { maskMobile } from '../../lib/mask';
import { showMoment } from '../../lib/moment';
import { can } from '../../policy/policy';
import { bureauContactText, findUnitBureau } from '../catalogue';
import { addOperator } from './add-operator';
import {
  changeOperatorMobile,
  handOver,
  removeOperator,
  sendOperatorPassword,
  switchOperator,
  type ManageOutcome,
} from './manage-operator';
import { operatorForm, operatorMobileForm, PART } from './operator-form';
import { findOperator, listOperators, MAX_OPERATORS, type Operator } from './operator.store';

interface Draft {
  raw: RawSection;
  problems: Problem[];
}

const TITLE = '经办人管理';
const listCrumb: Crumb = { text: TITLE, href: paths.operators() };

/** What an operator's state is called. */
function tagOf(o: Operator): { text: string; colour: string } {
  if (o.removedAt) return { text: '已移除', colour: 'grey' };
  if (o.disabledAt) return { text: '已停用', colour: 'red' };
  return o.mustChangePassword ? { text: '尚未启用', colour: 'yellow' } : { text: '正常', colour: 'green' };
}

const doneTexts: Readonly<Record<string, string>> = {
  add: '经办人账号已建立，临时密码已发送到该经办人的手机号码',
  off: '账号已停用，该经办人的登录已全部退出',
  on: '账号已恢复',
  password: '临时密码已发送到该经办人的手机号码，原来的密码已失效',
  mobile: '手机号码已更换',
  remove: '该经办人已移除，其登录已全部退出',
  'hand-over': '主经办人已移交，您仍是本单位的经办人',
};
const noticeOf = (visit: Visit): Pick<PageMeta, 'notice'> => {
  const text = doneTexts[visit.query.one('done')];
  return text === undefined ? {} : { notice: { kind: 'success', text } };
};

/** C6 「经办人管理」: the people who work for a unit, looked after by its owner. */
export function operatorsRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;
  const mustFind = async (visit: Visit): Promise<Operator> => {
    const { id } = operatorOf(visit);
    const found = await findOperator(db, cipher, id);
    if (!found) throw new Error(`no operator ${id}`);
    return found;
  };

  const list = async (visit: Visit): Promise<Reply> => {
    const actor = unitActor(visit);
    const all = await listOperators(db, cipher, actor.unitId);
    const present = all.filter((o) => !o.removedAt);
    const removed = all.filter((o) => o.removedAt);
    const table = (caption: string, rows: Operator[]): object => ({
      caption,
      columns: [
        { key: 'name', text: '姓名' },
        { key: 'login', text: '登录名' },
        { key: 'mobile', text: '手机号码' },
        { key: 'state', text: '状态' },
      ],
      rows: rows.map((o) => ({
        cells: [
          {
            text: o.name,
            href: paths.operator(o.id),
            ...(o.isOwner ? { sub: '主经办人' } : o.id === actor.accountId ? { sub: '本人' } : {}),
          },
          { text: o.loginName },
          { text: maskMobile(o.mobile) },
          { tag: tagOf(o) },
        ],
      })),
    });
    return page(
      'accounts/operators',
      { title: TITLE, breadcrumbs: [homeCrumb, { text: TITLE }], ...noticeOf(visit) },
      {
        canAdd: can(actor, 'operator.add').ok && present.length < MAX_OPERATORS,
        isFull: present.length >= MAX_OPERATORS,
        isOwner: actor.isOwner === true,
        max: MAX_OPERATORS,
        table: table('经办人', present),
        removed: removed.length > 0 ? table('已移除的经办人', removed) : undefined,
      },
    );
  };

  const form = async (visit: Visit): Promise<Reply> => {
    const draft = await findDraft<Draft>(db, cipher, 'new-operator', visit.owner, visit.query.one('draft'));
    const problems = draft?.problems ?? [];
    return page(
      'accounts/new-operator',
      { title: '新增经办人', breadcrumbs: [homeCrumb, listCrumb, { text: '新增' }], errors: problemLinks(problems) },
      {
        form: smallForm({
          section: operatorForm,
          raw: draft ? restoreSection(operatorForm, draft.raw) : emptySection(operatorForm),
          ctx: smallFormContext((await databaseNow(db)).today),
          problems,
          action: paths.newOperator(),
          buttons: [{ value: 'save', text: '建立账号', kind: 'primary' }],
        }),
      },
    );
  };

  const add = async (visit: Visit): Promise<Reply> => {
    const raw = readSection(operatorForm, visit.body, emptySection(operatorForm));
    const checked = checkSection(operatorForm, raw, smallFormContext((await databaseNow(db)).today));
    const again = async (problems: Problem[]): Promise<Reply> =>
      seeOther(
        addressOf(paths.newOperator(), {
          draft: await keepDraft(db, cipher, 'new-operator', visit.owner, { raw, problems } satisfies Draft),
        }),
      );
    if (checked.problems.length > 0) return again(checked.problems);
    const values = checked.groups[PART]?.values ?? {};
    const outcome = await addOperator(
      deps,
      unitActor(visit),
      { name: asText(values.name), loginName: asText(values.loginName), mobile: asText(values.mobile) },
      visit.requestId,
    );
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.operator(outcome.accountId), { done: 'add' }));
      case 'name-taken':
        return again([{ part: PART, field: 'loginName', severity: 'rule', text: '这个登录名已经被使用，请换一个登录名' }]);
      case 'full':
        return refusal(409, `经办人最多 ${MAX_OPERATORS} 人，请先移除不再办理业务的经办人`, { text: TITLE, href: paths.operators() });
      case 'not-owner':
        return refusal(403, '您已经不是本单位的主经办人', { text: TITLE, href: paths.operators() });
    }
  };

  const show = async (visit: Visit, raw?: RawSection, problems: readonly Problem[] = []): Promise<Reply> => {
    const o = await mustFind(visit);
    const canManage = can(visit.actor, 'operator.manage', operatorOf(visit)).ok;
    return page(
      'accounts/operator',
      {
        title: `经办人：${o.name}`,
        heading: o.name,
        breadcrumbs: [homeCrumb, listCrumb, { text: o.name }],
        errors: problemLinks(problems),
        ...noticeOf(visit),
      },
      {
        tag: tagOf(o),
        bureau: o.isOwner
          ? bureauContactText(await findUnitBureau(deps.db, unitActor(visit).unitId), deps.settings.known().servicePhone)
          : undefined,
        rows: [
          { label: '登录名', text: o.loginName },
          { label: '手机号码', text: canManage || o.id === visit.actor.accountId ? o.mobile : maskMobile(o.mobile) },
          { label: '身份', text: o.isOwner ? '主经办人' : '经办人' },
          { label: '建立时间', text: showMoment(o.createdAt) },
          ...(o.removedAt ? [{ label: '移除时间', text: showMoment(o.removedAt) }] : []),
          ...(o.disabledAt && !o.removedAt ? [{ label: '停用时间', text: showMoment(o.disabledAt) }] : []),
        ],
        id: o.id,
        name: o.name,
        isOff: o.disabledAt !== null,
        canManage,
        isOwner: o.isOwner,
        form: canManage
          ? smallForm({
              section: operatorMobileForm,
              raw: raw ?? emptySection(operatorMobileForm),
              ctx: smallFormContext((await databaseNow(db)).today),
              problems,
              action: paths.operatorMobile(o.id),
              buttons: [{ value: 'save', text: '更换手机号码', kind: 'secondary' }],
            })
          : undefined,
      },
      problems.length > 0 ? 422 : 200,
    );
  };

  const taskOf = (visit: Visit) => ({ actor: unitActor(visit), operatorId: operatorOf(visit).id, requestId: visit.requestId });
  const answer = (visit: Visit, outcome: ManageOutcome, done: string, to?: string): Reply => {
    const back = paths.operator(operatorOf(visit).id);
    if (outcome.kind === 'refused') return refusal(409, outcome.reason, { text: '返回经办人管理', href: paths.operators() });
    if (outcome.kind === 'unchanged') return refusal(409, '该经办人已经是这个状态，没有变动', { text: '返回该经办人', href: back });
    return seeOther(addressOf(to ?? back, { done }));
  };

  const switchOne = async (visit: Visit): Promise<Reply> => {
    const act = visit.body.one('do');
    if (act !== 'on' && act !== 'off') return refusal(400, '没有这样的操作，请返回上一页重新操作');
    return answer(visit, await switchOperator(deps, taskOf(visit), act === 'on'), act);
  };

  const changeMobile = async (visit: Visit): Promise<Reply> => {
    const raw = readSection(operatorMobileForm, visit.body, emptySection(operatorMobileForm));
    const checked = checkSection(operatorMobileForm, raw, smallFormContext((await databaseNow(db)).today));
    if (checked.problems.length > 0) return show(visit, raw, checked.problems);
    const mobile = asText(checked.groups[PART]?.values.mobile);
    return answer(visit, await changeOperatorMobile(deps, taskOf(visit), mobile), 'mobile');
  };

  const confirmPage = async (
    visit: Visit,
    title: string,
    what: { warning: string; unproven?: string; isDanger?: boolean },
  ): Promise<Reply> => {
    const o = await mustFind(visit);
    return page(
      'accounts/operator-confirm',
      { title: `${title}：${o.name}`, breadcrumbs: [homeCrumb, listCrumb, { text: o.name, href: paths.operator(o.id) }, { text: title }] },
      {
        ...what,
        // nobody has signed in with this number yet: a wrong digit would leave the unit without an owner
        warning: o.mustChangePassword && what.unproven ? `${what.unproven}${what.warning}` : what.warning,
        action: visit.path.split('?')[0],
        backHref: paths.operator(o.id),
        rows: [
          { label: '姓名', text: o.name },
          { label: '登录名', text: o.loginName },
          { label: '手机号码', text: o.mobile },
        ],
        confirmText: title,
      },
    );
  };

  const id = ':operator';
  return [
    { method: 'get', path: paths.operators(), access: 'operators.read', audit: null, handle: list },
    { method: 'get', path: paths.newOperator(), access: 'operator.add', audit: null, handle: form },
    { method: 'post', path: paths.newOperator(), access: 'operator.add', audit: 'operator.add', handle: add },
    { method: 'get', path: paths.operator(id), access: 'operator.read', audit: null, handle: (visit) => show(visit) },
    {
      method: 'post',
      path: paths.switchOperator(id),
      access: 'operator.manage',
      audit: 'operator.suspend, operator.resume',
      handle: switchOne,
    },
    { method: 'post', path: paths.operatorMobile(id), access: 'operator.manage', audit: 'operator.mobile', handle: changeMobile },
    {
      method: 'post',
      path: paths.sendOperatorPassword(id),
      access: 'operator.manage',
      audit: 'account.reset-password',
      handle: async (visit) => answer(visit, await sendOperatorPassword(deps, taskOf(visit)), 'password'),
    },
    {
      method: 'get',
      path: paths.removeOperator(id),
      access: 'operator.manage',
      audit: null,
      handle: (visit) =>
        confirmPage(visit, '移除经办人', {
          warning: '移除后，该经办人立即退出，不能再登录，也不能恢复；其办理过的业务仍记录为本人办理。只是暂时不办理业务的，请用「停用」。',
          isDanger: true,
        }),
    },
    {
      method: 'post',
      path: paths.removeOperator(id),
      access: 'operator.manage',
      audit: 'operator.remove',
      handle: async (visit) => answer(visit, await removeOperator(deps, taskOf(visit)), 'remove', paths.operators()),
    },
    {
      method: 'get',
      path: paths.handOver(id),
      access: 'operator.promote',
      reauth: true,
      audit: null,
      handle: (visit) =>
        confirmPage(visit, '移交主经办人', {
          unproven: '该经办人尚未启用账号，请先核对手机号码，确认本人已经收到临时密码并且能够登录，再移交。',
          warning:
            '移交后，由该经办人管理本单位的经办人；单位的联系人和手机号码改为该经办人的，统一社会信用代码只能登录该经办人的账号。您仍是本单位的经办人，用自己的登录名登录。',
        }),
    },
    {
      method: 'post',
      path: paths.handOver(id),
      access: 'operator.promote',
      reauth: true,
      audit: 'operator.hand-over',
      handle: async (visit) => answer(visit, await handOver(deps, taskOf(visit)), 'hand-over', paths.operators()),
    },
  ];
}
