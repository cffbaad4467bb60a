import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import type { RawSection } from '../../form/field';
import { problemLinks } from '../../form/form-model';
import { emptySection, readSection } from '../../form/read-section';
import type { Problem } from '../../form/section';
import { choiceFilter, textFilter } from '../../form/filter-controls';
import { smallForm } from '../../form/small-form';
import { homeCrumb, startCrumb } from '../../http/crumbs';
import { addressOf, placeQuery, readPlace, rowsAt, stepLinks } from '../../http/paging';
import { paths } from '../../http/paths';
import {
  page,
  permissionOf,
  refusal,
  seeOther,
  unitActor,
  type PageError,
  type PageMeta,
  type Reply,
  type Route,
  type Visit,
} from '../../http/route';
import { siteAddress } from '../../http/site-address';
import { isRowId } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import { bureauContactText, divisionRange, findBureauContact, findDivision, listDivisions } from '../catalogue';
import { bureauUnitsRoutes } from './bureau-units.routes';
import { decidePermission } from './decide-permission';
import { blankDecision, decidedText, decisionModel, readDecision } from './decision-form';
import {
  declaredDivision,
  divisionParents,
  isPermissionQuery,
  permissionContext,
  permissionDefaults,
  permissionForm,
  permissionQuery,
} from './permission-form';
import { countPermissionRequests, listNamesakes, listPermissionRequests, type QueueFilter } from './permission-queue.read';
import { findLatestRequest, findPermissionRequest, findWithdrawal, listEarlierRequests } from './permission.store';
import {
  comparisonRows,
  earlierTable,
  namesakesTable,
  permissionTags,
  queueColumns,
  queueRow,
  requestTag,
  unitRows,
} from './permission.view';
import { registerRoutes } from './register.routes';
import { requestPermission } from './request-permission';
import { withdrawalRoutes } from './withdrawal.routes';
import { findRegisterEntry, findUnit, type SameName, type Unit } from './unit.store';

/** C2: 「权限申请」 of units, 「单位权限审核」 of bureaus. */
export function unitsRoutes(deps: Deps): Route[] {
  const { db } = deps;

  async function permissionPage(
    unitId: number,
    raw: RawSection | undefined,
    o: { problems?: readonly Problem[]; other?: SameName; notice?: PageMeta['notice'] } = {},
  ): Promise<Reply> {
    const unit = await mustFindUnit(unitId);
    const request = await findLatestRequest(db, unitId);
    const meta: PageMeta = {
      title: '权限申请',
      heading: '权限申请（职称评审）',
      breadcrumbs: [homeCrumb, { text: '权限申请' }],
      ...(o.notice ? { notice: o.notice } : {}),
    };
    const shown = {
      unit,
      rows: unitRows(unit),
      request,
      withdrawal: await findWithdrawal(db, unitId),
      tag: permissionTags[unit.permissionState],
      bureau: await bureauText(request?.divisionCode ?? unit.divisionCode),
    };
    if (unit.permissionState === 'granted' || unit.permissionState === 'requested') return page('units/permission', meta, shown);
    const typed = raw ?? permissionDefaults(unit.divisionCode);
    const [{ today }, divisions] = await Promise.all([databaseNow(db), listDivisions(db, divisionParents(typed), unit.divisionCode)]);
    const ctx = permissionContext(today, unit.creditCode, divisions, shown.bureau);
    const problems = o.problems ?? [];
    const form = smallForm({
      section: permissionForm,
      raw: typed,
      ctx,
      problems,
      action: paths.unitPermission(),
      buttons: [{ value: 'save', text: '保存申请', kind: 'primary' }],
    });
    const errors: PageError[] = [...problemLinks(problems), ...(o.other ? [{ text: '已经存在有权限的同名单位', href: '#duplicate' }] : [])];
    const duplicate = o.other && { name: unit.name, divisionName: o.other.divisionName, bureau: await bureauText(o.other.divisionCode) };
    return page('units/permission', { ...meta, errors }, { ...shown, form, duplicate }, errors.length > 0 ? 422 : 200);
  }

  /** whom to call about a permission */
  const bureauText = async (divisionCode: string): Promise<string> =>
    bureauContactText(await findBureauContact(db, divisionCode), deps.settings.known().servicePhone);

  async function mustFindUnit(id: number): Promise<Unit> {
    const unit = await findUnit(db, id);
    if (!unit) throw new Error(`no unit ${id}`);
    return unit;
  }

  async function showPermission(visit: Visit): Promise<Reply> {
    const { unitId } = unitActor(visit);
    const raw = isPermissionQuery((name) => visit.query.has(name))
      ? readSection(permissionForm, visit.query, emptySection(permissionForm))
      : undefined;
    return permissionPage(unitId, raw, visit.query.one('saved') === '1' ? { notice: { kind: 'success', text: '申请已保存' } } : {});
  }

  async function postPermission(visit: Visit): Promise<Reply> {
    const actor = unitActor(visit);
    const raw = readSection(permissionForm, visit.body, emptySection(permissionForm));
    if (visit.body.one('do') === 'refresh') return seeOther(addressOf(paths.unitPermission(), permissionQuery(raw)));
    const unit = await mustFindUnit(actor.unitId);
    const [{ today }, divisions] = await Promise.all([databaseNow(db), listDivisions(db, divisionParents(raw), unit.divisionCode)]);
    const { problems } = checkSection(
      permissionForm,
      raw,
      permissionContext(today, unit.creditCode, divisions, await bureauText(unit.divisionCode)),
    );
    if (problems.length > 0) return permissionPage(actor.unitId, raw, { problems });
    const outcome = await requestPermission(deps, actor, {
      creditCode: raw.groups.permission?.creditCode ?? '',
      divisionCode: declaredDivision(raw),
      requestId: visit.requestId,
    });
    switch (outcome.kind) {
      case 'granted':
      case 'requested':
        return seeOther(addressOf(paths.unitPermission(), { saved: '1' }));
      case 'already':
        return seeOther(paths.unitPermission());
      case 'duplicate':
        return permissionPage(actor.unitId, raw, { other: outcome.other });
      case 'wrong-code':
        return refusal(409, '本单位的统一社会信用代码已被更正，请刷新页面后重新申请', {
          text: '返回权限申请',
          href: paths.unitPermission(),
        });
    }
  }

  const stateNames = { requested: '待审核', granted: '已通过', refused: '未通过' } as const;
  const stateOptions = [{ value: 'all', text: '全部' }, ...Object.entries(stateNames).map(([value, text]) => ({ value, text }))];

  function filterOf(visit: Visit): { filter: QueueFilter; address: Record<string, string> } {
    const asked = visit.query.has('state') ? visit.query.one('state') : 'requested';
    const state = asked in stateNames ? (asked as keyof typeof stateNames) : '';
    const name = visit.query.one('name').trim();
    return { filter: { state, name }, address: { state: state === 'requested' ? '' : state || 'all', name } };
  }

  /** What was decided just now, with the unit's name; nothing where it is no request of the reader's division. */
  async function decidedNotice(visit: Visit, address: Record<string, string>, isMore: boolean): Promise<PageMeta['notice']> {
    const id = visit.query.one('after');
    const request = isRowId(id) ? await findPermissionRequest(db, Number(id)) : undefined;
    const [from, till] = divisionRange(visit.actor.divisionCode ?? '');
    if (!request || request.state === 'requested' || request.divisionCode < from || request.divisionCode > till) return undefined;
    const { name } = await mustFindUnit(request.unitId);
    const onward = isMore ? '，下面是下一个' : '';
    return {
      kind: 'success',
      text:
        request.state === 'granted'
          ? `已通过，${name}取得「职称评审」权限${onward}`
          : `${name}的权限申请已审核为「不通过」，该单位能够看到原因${onward}`,
      href: addressOf(paths.decidePermission(request.id), address),
      linkText: '查看该申请',
    };
  }

  /** The one that waits after this one in the list, or else the first of those passed over. */
  async function nextToDecide(divisionCode: string, filter: QueueFilter, id: number): Promise<number | undefined> {
    for (const place of [{ kind: 'after', id: String(id) } as const, { kind: 'first' } as const]) {
      const { rows } = await listPermissionRequests(db, divisionCode, filter, place, 1);
      if (rows[0]) return rows[0].id;
    }
    return undefined;
  }

  async function showQueue(visit: Visit): Promise<Reply> {
    const division = await findDivision(db, visit.actor.divisionCode ?? '');
    if (!division) throw new Error('a bureau without a division');
    const { filter, address } = filterOf(visit);
    const place = readPlace(visit.query, isRowId);
    const count = await countPermissionRequests(db, division.code, filter);
    const slice = await listPermissionRequests(db, division.code, filter, place, rowsAt(place, count), count.isMany);
    const notice = await decidedNotice(visit, address, false);
    const isAsItOpens = Object.values(address).every((v) => v === '');
    return page(
      'units/permission-queue',
      { title: '单位权限审核', breadcrumbs: [homeCrumb, { text: '单位权限审核' }], ...(notice ? { notice } : {}) },
      {
        division,
        filter: {
          action: paths.permissions(),
          resetHref: paths.permissions(),
          controls: [choiceFilter('state', '状态', stateOptions, filter.state || 'all'), textFilter('name', '单位名称', filter.name, 'm')],
        },
        table: {
          caption: '单位权限申请',
          columns: queueColumns,
          rows: slice.rows.map((r) => queueRow(r, addressOf(paths.decidePermission(r.id), address))),
          ...(isAsItOpens
            ? {
                emptyText: '没有等待审核的权限申请',
                emptyDetail: '单位提交的「职称评审」权限申请，没有通过自动校验的，会出现在这里。',
                emptyAction: '查看全部申请',
                emptyHref: addressOf(paths.permissions(), { state: 'all' }),
              }
            : { emptyText: '没有符合条件的权限申请', emptyAction: '清除查询条件', emptyHref: paths.permissions() }),
        },
        pages: stepLinks(slice, count, (to) => addressOf(paths.permissions(), { ...address, ...placeQuery(to) })),
      },
    );
  }

  async function decisionPage(visit: Visit, raw: RawSection, problems: readonly Problem[] = [], other?: SameName): Promise<Reply> {
    const { id } = permissionOf(visit);
    const request = await findPermissionRequest(db, id);
    if (!request) throw new Error(`no permission request ${id}`);
    const unit = await mustFindUnit(request.unitId);
    const [entry, namesakes, earlier, { today }] = await Promise.all([
      findRegisterEntry(db, request.creditCode),
      listNamesakes(db, unit.name, unit.id),
      listEarlierRequests(db, request),
      databaseNow(db),
    ]);
    const { address } = filterOf(visit);
    const errors: PageError[] = [
      ...problemLinks(problems),
      ...(other ? [{ text: '已经存在有权限的同名单位，不能再通过', href: '#namesakes' }] : []),
    ];
    const notice = errors.length === 0 ? await decidedNotice(visit, address, true) : undefined;
    return page(
      'units/permission-decision',
      {
        title: `单位权限审核：${unit.name}`,
        heading: unit.name,
        breadcrumbs: [homeCrumb, { text: '单位权限审核', href: addressOf(paths.permissions(), address) }, { text: unit.name }],
        errors,
        ...(notice ? { notice } : {}),
      },
      {
        request,
        tag: requestTag(request),
        rows: [
          ...unitRows(unit),
          { label: '手机号码', text: deps.cipher.decrypt(unit.mobile, 'unit.mobile') },
          { label: '申请时间', text: showMoment(request.requestedAt) },
        ],
        comparison: {
          caption: '与单位登记库核对',
          columns: [
            { key: 'item', text: '项目' },
            { key: 'declared', text: '申报内容' },
            { key: 'registered', text: '单位登记库' },
            { key: 'same', text: '核对结果' },
          ],
          rows: comparisonRows(unit, request, entry),
        },
        namesakes: namesakesTable(namesakes),
        earlier: earlierTable(earlier),
        form:
          request.state === 'requested' ? decisionModel(raw, today, problems, addressOf(paths.decidePermission(id), address)) : undefined,
      },
      errors.length > 0 ? 422 : 200,
    );
  }

  async function postDecision(visit: Visit): Promise<Reply> {
    const { id } = permissionOf(visit);
    const { raw, problems, decided } = readDecision(visit.body, (await databaseNow(db)).today);
    if (problems.length > 0) return decisionPage(visit, raw, problems);
    const outcome = await decidePermission(deps, visit.actor, { permissionId: id, ...decided, requestId: visit.requestId });
    switch (outcome.kind) {
      case 'done': {
        const { filter, address } = filterOf(visit);
        const next = filter.state === 'requested' ? await nextToDecide(visit.actor.divisionCode ?? '', filter, id) : undefined;
        return seeOther(
          addressOf(next === undefined ? paths.permissions() : paths.decidePermission(next), { ...address, after: String(id) }),
        );
      }
      case 'already-decided':
        return refusal(409, `该申请${decidedText(outcome.request, outcome.request.state === 'granted')}，您的意见没有保存`, {
          text: '查看该申请',
          href: paths.decidePermission(id),
        });
      case 'duplicate':
        return decisionPage(visit, raw, [], outcome.other);
    }
  }

  const guide = (visit: Visit): Promise<Reply> =>
    Promise.resolve(
      page(
        'units/guide',
        { title: '用人单位注册和权限申请说明', breadcrumbs: [startCrumb(visit), { text: '用人单位注册和权限申请说明' }] },
        { address: siteAddress(deps.config) },
      ),
    );

  return [
    { method: 'get', path: paths.unitGuide(), access: 'public', onlyShows: true, audit: null, handle: guide },
    ...bureauUnitsRoutes(deps),
    ...registerRoutes(deps),
    ...withdrawalRoutes(deps),
    { method: 'get', path: '/unit/permission', access: 'unit.permission', audit: null, handle: showPermission },
    { method: 'post', path: '/unit/permission', access: 'unit.permission', audit: 'permission.request', handle: postPermission },
    { method: 'get', path: '/bureau/permissions', access: 'permissions.review', audit: null, handle: showQueue },
    {
      method: 'get',
      path: '/bureau/permissions/:permission',
      access: 'permission.read',
      audit: null,
      handle: (visit) => decisionPage(visit, blankDecision()),
    },
    {
      method: 'post',
      path: '/bureau/permissions/:permission',
      access: 'permission.decide',
      audit: 'permission.grant, permission.refuse',
      handle: postDecision,
    },
  ];
}
