import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import type { FormContext, RawSection } from '../../form/field';
import { choiceFilter, anyOr, textFilter } from '../../form/filter-controls';
import { problemLinks } from '../../form/form-model';
import { emptySection, readSection, restoreSection } from '../../form/read-section';
import type { Problem } from '../../form/section';
import { smallForm } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { findDraft, keepDraft } from '../../http/form-drafts.store';
import { addressOf, pagingLinks, pagingOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { page, refusal, seeOther, staffOf, type Crumb, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { maskMobile } from '../../lib/mask';
import { showMoment } from '../../lib/moment';
import { normaliseLine } from '../../lib/text';
import { roleTexts } from '../../policy/actor';
import { can } from '../../policy/policy';
import { divisionParents, listDivisions } from '../catalogue';
import { createStaff, resetStaffPassword, switchStaff } from './create-staff';
import { PART, staffContext, staffForm, staffInput, staffRoles } from './staff-form';
import { countStaff, findStaff, listCommitteeNames, listStaff, type StaffAccount, type StaffFilter } from './staff.read';

interface Draft {
  raw: RawSection;
  problems: Problem[];
}
/** A password that was made just now, for the page that tells it. */
interface Made {
  accountId: number;
  password: string;
}
const TOLD_MINUTES = 5;

const listCrumb: Crumb = { text: '工作人员账号', href: paths.staff() };
const tagOf = (a: StaffAccount): { text: string; colour: string } => {
  if (a.disabledAt) return { text: '已停用', colour: 'red' };
  return a.mustChangePassword ? { text: '尚未启用', colour: 'yellow' } : { text: '正常', colour: 'green' };
};

/** 「工作人员账号」 of the system administrator. */
export function staffRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;

  const list = async (visit: Visit): Promise<Reply> => {
    const filter: StaffFilter = {
      role: staffRoles.find((r) => r === visit.query.one('role')) ?? '',
      name: normaliseLine(visit.query.one('name')).slice(0, 50),
    };
    const paging = pagingOf(visit.query.one('page'), await countStaff(db, filter));
    const rows = await listStaff(db, filter, paging.limit, paging.offset);
    return page(
      'accounts/staff',
      { title: '工作人员账号', breadcrumbs: [homeCrumb, { text: '工作人员账号' }] },
      {
        filter: {
          action: paths.staff(),
          resetHref: paths.staff(),
          controls: [
            choiceFilter('role', '账号类型', anyOr(staffRoles.map((value) => ({ value, text: roleTexts[value] }))), filter.role, 'm'),
            textFilter('name', '姓名或者登录名', filter.name, 'm'),
          ],
        },
        table: {
          caption: '工作人员账号',
          emptyText: '没有符合条件的账号',
          columns: [
            { key: 'name', text: '姓名' },
            { key: 'role', text: '账号类型' },
            { key: 'body', text: '所属单位' },
            { key: 'login', text: '登录名' },
            { key: 'state', text: '状态' },
          ],
          rows: rows.map((a) => ({
            cells: [
              { text: a.name, href: paths.staffAccount(a.id) },
              { text: roleTexts[a.role] },
              { text: a.body ?? '' },
              { text: a.loginName },
              { tag: tagOf(a) },
            ],
          })),
        },
        paging: pagingLinks(paging, paths.staff(), { role: filter.role, name: filter.name }),
      },
    );
  };

  const contextOf = async (raw: RawSection): Promise<FormContext> => {
    const [{ today }, divisions, committees] = await Promise.all([
      databaseNow(db),
      listDivisions(db, divisionParents(raw.groups[PART] ?? {})),
      listCommitteeNames(db),
    ]);
    return staffContext(today, divisions, committees);
  };

  const form = async (visit: Visit): Promise<Reply> => {
    const draft = await findDraft<Draft>(db, cipher, 'new-staff', visit.owner, visit.query.one('draft'));
    const raw = draft ? restoreSection(staffForm, draft.raw) : emptySection(staffForm);
    const problems = draft?.problems ?? [];
    return page(
      'accounts/new-staff',
      { title: '新增工作人员账号', breadcrumbs: [homeCrumb, listCrumb, { text: '新增' }], errors: problemLinks(problems) },
      {
        form: smallForm({
          section: staffForm,
          raw,
          ctx: await contextOf(raw),
          problems,
          action: paths.newStaff(),
          buttons: [{ value: 'save', text: '建立账号', kind: 'primary' }],
        }),
      },
    );
  };

  const post = async (visit: Visit): Promise<Reply> => {
    const raw = readSection(staffForm, visit.body, emptySection(staffForm));
    const checked = checkSection(staffForm, raw, await contextOf(raw));
    const again = async (problems: Problem[]): Promise<Reply> =>
      seeOther(
        addressOf(paths.newStaff(), { draft: await keepDraft(db, cipher, 'new-staff', visit.owner, { raw, problems } satisfies Draft) }),
      );
    if (visit.body.one('do') === 'refresh') return again([]);
    if (checked.problems.length > 0) return again(checked.problems);
    const outcome = await createStaff(deps, visit.actor, staffInput(checked), visit.requestId);
    if (outcome.kind === 'name-taken')
      return again([{ part: PART, field: 'loginName', severity: 'rule', text: '这个登录名已经被使用，请换一个登录名' }]);
    if (outcome.password === undefined) return seeOther(addressOf(paths.staffAccount(outcome.accountId), { done: 'sent' }));
    const made: Made = { accountId: outcome.accountId, password: outcome.password };
    const key = await keepDraft(db, cipher, 'new-staff', visit.owner, made, TOLD_MINUTES);
    return seeOther(addressOf(paths.staffAccount(outcome.accountId), { made: key }));
  };

  const account = async (visit: Visit): Promise<Reply> => {
    const subject = staffOf(visit);
    const [found, made] = await Promise.all([
      findStaff(db, subject.id),
      findDraft<Made>(db, cipher, 'new-staff', visit.owner, visit.query.one('made')),
    ]);
    if (!found) throw new Error(`no staff account ${subject.id}`);
    const done = visit.query.one('done');
    const notice: PageMeta['notice'] =
      done === 'off'
        ? { kind: 'success', text: '账号已停用，该账号的登录已全部退出' }
        : done === 'on'
          ? { kind: 'success', text: '账号已恢复' }
          : done === 'sent'
            ? { kind: 'success', text: '临时密码已发送到本人手机号码' }
            : undefined;
    return page(
      'accounts/staff-account',
      {
        title: `工作人员账号：${found.name}`,
        heading: found.name,
        breadcrumbs: [homeCrumb, listCrumb, { text: found.name }],
        ...(notice ? { notice } : {}),
      },
      {
        tag: tagOf(found),
        rows: [
          { label: '账号类型', text: roleTexts[found.role] },
          ...(found.body === null ? [] : [{ label: found.role === 'bureau' ? '所属地区' : '评审委员会', text: found.body }]),
          { label: '登录名', text: found.loginName },
          { label: '手机号码', text: found.mobile ? maskMobile(cipher.decrypt(found.mobile, 'account.mobile')) : '未登记' },
          { label: '建立时间', text: showMoment(found.createdAt) },
          ...(found.disabledAt ? [{ label: '停用时间', text: showMoment(found.disabledAt) }] : []),
        ],
        password: made?.accountId === found.id ? made.password : undefined,
        minutes: TOLD_MINUTES,
        canSwitch: can(visit.actor, 'staff.switch', subject).ok,
        isOff: found.disabledAt !== null,
        action: paths.switchStaff(found.id),
        resetAction: can(visit.actor, 'staff.reset', subject).ok && !found.disabledAt ? paths.resetStaffPassword(found.id) : undefined,
        hasMobile: found.mobile !== null,
      },
    );
  };

  const reset = async (visit: Visit): Promise<Reply> => {
    const { id } = staffOf(visit);
    const outcome = await resetStaffPassword(deps, visit.actor, id, visit.requestId);
    switch (outcome.kind) {
      case 'off':
        return refusal(409, '该账号已经停用，请先恢复账号', { text: '返回该账号', href: paths.staffAccount(id) });
      case 'sent':
        return seeOther(addressOf(paths.staffAccount(id), { done: 'sent' }));
      case 'shown': {
        const made: Made = { accountId: id, password: outcome.password };
        return seeOther(
          addressOf(paths.staffAccount(id), { made: await keepDraft(db, cipher, 'new-staff', visit.owner, made, TOLD_MINUTES) }),
        );
      }
    }
  };

  const switchOne = async (visit: Visit): Promise<Reply> => {
    const { id } = staffOf(visit);
    const act = visit.body.one('do');
    const back = { text: '返回该账号', href: paths.staffAccount(id) };
    if (act !== 'on' && act !== 'off') return refusal(400, '没有这样的操作，请返回上一页重新操作', back);
    const isDone = await switchStaff(deps, visit.actor, id, act === 'on', visit.requestId);
    if (!isDone) return refusal(409, act === 'on' ? '该账号已经恢复' : '该账号已经停用', back);
    return seeOther(addressOf(paths.staffAccount(id), { done: act }));
  };

  return [
    { method: 'get', path: paths.staff(), access: 'staff.manage', audit: null, handle: list },
    { method: 'get', path: paths.newStaff(), access: 'staff.manage', audit: null, handle: form },
    { method: 'post', path: paths.newStaff(), access: 'staff.manage', audit: 'account.create-staff', handle: post },
    { method: 'get', path: paths.staffAccount(':staff'), access: 'staff.read', audit: null, handle: account },
    {
      method: 'post',
      path: paths.resetStaffPassword(':staff'),
      access: 'staff.reset',
      reauth: true,
      audit: 'account.reset-password',
      handle: reset,
    },
    {
      method: 'post',
      path: paths.switchStaff(':staff'),
      access: 'staff.switch',
      audit: 'account.disable, account.enable',
      handle: switchOne,
    },
  ];
}
