import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import type { RawSection } from '../../form/field';
import { problemLinks } from '../../form/form-model';
import { emptySection, readSection } from '../../form/read-section';
import { fieldId, type Problem } from '../../form/section';
import { anyOr, choiceFilter, textFilter } from '../../form/filter-controls';
import { smallForm } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { addressOf, pagingLinks, pagingOf, placeQuery, readPlace, rowsAt, stepLinks } from '../../http/paging';
import { paths } from '../../http/paths';
import { showMoment } from '../../lib/moment';
import { page, pathOf, refusal, seeOther, unitActor, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { isRowId, wholeNumber } from '../../lib/ids';
import { can, scope } from '../../policy/policy';
import { isLevel, levelOptions, levelText, seriesOptions, type Catalogue } from '../catalogue';
import { blankDecision, decidedText, decisionModel, readDecision, searchUnits, unitDetail } from '../units';
import { copyPathsRoutes } from './copy-paths.routes';
import { decidePath } from './decide-path';
import { endPath } from './end-path';
import { groupOf, PART, pathContext, pathDefaults, pathForm, pathProblem, scopeOf } from './path-form';
import {
  countPathsToReview,
  countUnitPaths,
  findPath,
  listChains,
  listFitCommittees,
  listPathsToReview,
  listPathYears,
  listUnitPaths,
  type PathRow,
  type ReviewFilter,
  type Upstream,
} from './path.read';
import { chainStops, pathCard, pathTags, pathTitle } from './path.view';
import { requestPath, type RequestOutcome, type Upward } from './request-path';

const ownList = { text: '单位路径申请', href: paths.unitPaths() };
const CARDS = 20;
const stateOptions = [{ value: 'all', text: '全部' }, ...Object.entries(pathTags).map(([value, { text }]) => ({ value, text }))];

function outcomeProblem(kind: Exclude<RequestOutcome['kind'], 'done'>): Problem {
  switch (kind) {
    case 'already-live':
      return pathProblem(
        'series',
        '本单位该年度、该系列、该级别已有待审核或者已通过的路径，不能重复申请；需要更换上一级的，请先终止原路径',
      );
    case 'ring':
      return pathProblem('q', '该单位的数据直接或者经其他单位报送本单位，不能再作为本单位的上一级，请选择其他单位');
    case 'self':
      return pathProblem('q', '不能选择本单位作为上一级，请选择其他单位');
    case 'upstream-not-permitted':
      return pathProblem('q', '该单位没有「职称评审」权限，请选择其他单位，或者联系该单位办理「权限申请」');
    case 'committee-not-fit':
      return pathProblem('committee', '该评审委员会不受理本系列、本级别或者本区域，或者任期已满，请重新选择');
  }
}

/** The series asked for in the address, when there is such a one. */
const seriesIdOf = (visit: Visit, catalogue: Catalogue): number | undefined =>
  catalogue.findSeries(wholeNumber(visit.query.one('series'), 4) ?? 0)?.id;

/** P1–P3: 「单位路径申请」 of units, 「路径审核」 of their upstream units and of committee offices. */
export function pathsRoutes(deps: Deps): Route[] {
  const { db, cipher } = deps;

  async function mustFindPath(id: number): Promise<PathRow> {
    const path = await findPath(db, id);
    if (!path) throw new Error(`no path ${id}`);
    return path;
  }

  async function showOwn(visit: Visit): Promise<Reply> {
    const { unitId } = unitActor(visit);
    const catalogue = await deps.catalogue.get();
    const filter = { year: wholeNumber(visit.query.one('year'), 4), seriesId: seriesIdOf(visit, catalogue) };
    const years = await listPathYears(db, unitId);
    const paging = pagingOf(visit.query.one('page'), await countUnitPaths(db, unitId, filter), CARDS);
    const list = await listUnitPaths(db, unitId, filter, paging.limit, paging.offset);
    const chains = await listChains(
      db,
      list.map((p) => p.id),
    );
    const said: Record<string, string> = { saved: '路径申请已提交，等待上一级审核', ended: '路径已终止' };
    const text = said[visit.query.one('done')];
    return page(
      'paths/own',
      {
        title: '单位路径申请',
        breadcrumbs: [homeCrumb, { text: '职称申报路径申请' }, { text: '单位路径申请' }],
        ...(text ? { notice: { kind: 'success', text } } : {}),
      },
      {
        isFiltered: filter.year !== undefined || filter.seriesId !== undefined,
        cards: list.map((p) => pathCard(p, chains.get(p.id) ?? [], catalogue, cipher)),
        filter: {
          action: paths.unitPaths(),
          resetHref: paths.unitPaths(),
          controls: [
            choiceFilter('year', '年度', anyOr(years.map((y) => ({ value: String(y), text: `${y}年度` }))), filter.year),
            choiceFilter('series', '职称系列', anyOr(seriesOptions(catalogue.series)), filter.seriesId, 'm'),
          ],
        },
        paging: pagingLinks(paging, paths.unitPaths(), { year: visit.query.one('year'), series: visit.query.one('series') }),
      },
    );
  }

  async function formPage(visit: Visit, raw: RawSection, chosen: string, problems: readonly Problem[] = []): Promise<Reply> {
    const { unitId } = unitActor(visit);
    const catalogue = await deps.catalogue.get();
    const { today } = await databaseNow(db);
    const wanted = groupOf(raw);
    const reach = scopeOf(raw);
    const committees = wanted.upward === 'committee' && reach ? await listFitCommittees(db, reach.seriesId, reach.level, unitId) : [];
    const found = wanted.upward === 'unit' && wanted.q ? await searchUnits(db, wanted.q) : undefined;
    const units = found?.rows.filter((u) => u.id !== unitId) ?? [];
    const form = smallForm({
      section: pathForm,
      raw,
      ctx: pathContext(today, catalogue, committees),
      problems,
      action: paths.newPath(),
      buttons: [{ value: 'submit', text: '提交', kind: 'primary' }],
    });
    const meta: PageMeta = { title: '新增路径', breadcrumbs: [homeCrumb, ownList, { text: '新增路径' }], errors: problemLinks(problems) };
    return page(
      'paths/new',
      meta,
      {
        form,
        search: wanted.upward === 'unit',
        results: wanted.q
          ? {
              q: wanted.q,
              chosen: wholeNumber(chosen),
              more: found?.more,
              units: units.map((u) => ({ id: u.id, name: u.name, detail: unitDetail(u) })),
              emptyText: '没有找到符合的单位，请检查名称；该单位尚未注册的，请与其联系',
            }
          : undefined,
        noCommittee: wanted.upward === 'committee' && reach !== undefined && committees.length === 0,
        committeeNeedsScope: wanted.upward === 'committee' && reach === undefined,
      },
      problems.length > 0 ? 422 : 200,
    );
  }

  async function showForm(visit: Visit): Promise<Reply> {
    const { today } = await databaseNow(db);
    const raw = visit.query.has(`${PART}.year`) ? readSection(pathForm, visit.query, emptySection(pathForm)) : pathDefaults(today);
    return formPage(visit, raw, visit.query.one('unit'));
  }

  async function postForm(visit: Visit): Promise<Reply> {
    const actor = unitActor(visit);
    const raw = readSection(pathForm, visit.body, emptySection(pathForm));
    const typed = groupOf(raw);
    const unit = visit.body.one('unit');
    const press = visit.body.one('do');
    if (press === 'refresh' || press === 'find') {
      return seeOther(
        addressOf(paths.newPath(), {
          ...Object.fromEntries(Object.entries(typed).map(([k, v]) => [`${PART}.${k}`, v])),
          unit: typed.upward === 'unit' ? unit : '',
        }),
      );
    }
    const catalogue = await deps.catalogue.get();
    const { today } = await databaseNow(db);
    const reach = scopeOf(raw);
    const committees = typed.upward === 'committee' && reach ? await listFitCommittees(db, reach.seriesId, reach.level, actor.unitId) : [];
    const problems = [...checkSection(pathForm, raw, pathContext(today, catalogue, committees)).problems];
    const unitId = wholeNumber(unit);
    if (typed.upward === 'unit' && unitId === undefined) {
      problems.push(pathProblem('q', typed.q ? '请在查找结果中选择上一级单位' : '请填写上一级单位名称，点击「查找」后在结果中选择'));
    }
    const upward: Upward | undefined =
      typed.upward === 'unit'
        ? unitId === undefined
          ? undefined
          : { kind: 'unit', unitId }
        : typed.committee
          ? { kind: 'committee', committeeId: Number(typed.committee) }
          : undefined;
    if (problems.length > 0 || !reach || !upward) return formPage(visit, raw, unit, problems);
    const outcome = await requestPath(deps, actor, { ...reach, year: Number(typed.year), upward, requestId: visit.requestId });
    if (outcome.kind === 'done') return seeOther(addressOf(paths.unitPaths(), { done: 'saved' }));
    return formPage(visit, raw, unit, [outcomeProblem(outcome.kind)]);
  }

  async function showEnd(visit: Visit): Promise<Reply> {
    const path = await mustFindPath(pathOf(visit).id);
    const catalogue = await deps.catalogue.get();
    return page(
      'paths/end',
      { title: '终止路径', breadcrumbs: [homeCrumb, ownList, { text: '终止路径' }] },
      {
        path,
        rows: [
          { label: '路径', text: pathTitle(path, catalogue) },
          { label: path.committeeId === null ? '上一级单位' : '评审委员会', text: path.upstreamName },
          { label: '状态', text: pathTags[path.state].text },
        ],
      },
    );
  }

  async function postEnd(visit: Visit): Promise<Reply> {
    const outcome = await endPath(deps, visit.actor, { pathId: pathOf(visit).id, requestId: visit.requestId });
    if (outcome.kind === 'done') return seeOther(addressOf(paths.unitPaths(), { done: 'ended' }));
    return refusal(409, '该路径已经终止或者未获批准，本次操作没有生效', { text: '返回单位路径申请', href: paths.unitPaths() });
  }

  function upstreamOf(visit: Visit): Upstream {
    const s = scope(visit.actor);
    if (s.kind === 'unit') return { kind: 'unit', unitId: s.unitId };
    if (s.kind === 'committee') return { kind: 'committee', committeeId: s.committeeId };
    throw new Error(`${visit.path}: ${visit.actor.role} is nobody's upstream`);
  }

  interface ReviewList {
    filter: ReviewFilter;
    /** the query part of the address that shows this list again */
    address: Record<string, string>;
    isAsItOpens: boolean;
  }
  function reviewListOf(visit: Visit, catalogue: Catalogue): ReviewList {
    const asked = visit.query.has('state') ? visit.query.one('state') : 'requested';
    const level = visit.query.one('level');
    const filter: ReviewFilter = {
      state: asked in pathTags ? (asked as keyof typeof pathTags) : '',
      seriesId: seriesIdOf(visit, catalogue),
      level: isLevel(level) ? level : '',
      name: visit.query.one('name').trim(),
    };
    const address = {
      state: filter.state === 'requested' ? '' : filter.state || 'all',
      series: filter.seriesId === undefined ? '' : String(filter.seriesId),
      level: filter.level,
      name: filter.name,
    };
    return { filter, address, isAsItOpens: Object.values(address).every((v) => v === '') };
  }

  /** What was decided just now, with the path's name; nothing where the reader did not decide it. */
  async function decidedNotice(visit: Visit, catalogue: Catalogue, list: ReviewList, isMore: boolean): Promise<PageMeta['notice']> {
    const id = visit.query.one('after');
    const path = isRowId(id) ? await findPath(db, Number(id)) : undefined;
    const upstream = upstreamOf(visit);
    const isTheirs =
      path && (upstream.kind === 'unit' ? path.upstreamUnitId === upstream.unitId : path.committeeId === upstream.committeeId);
    if (!path || !isTheirs || (path.state !== 'approved' && path.state !== 'refused')) return undefined;
    const name = `${path.unitName}的路径申请（${pathTitle(path, catalogue)}）`;
    const onward = isMore ? '，下面是下一条' : '';
    return {
      kind: 'success',
      text: path.state === 'approved' ? `已通过${name}${onward}` : `${name}已审核为「不通过」，申请单位能够看到原因${onward}`,
      href: addressOf(paths.decidePath(path.id), list.address),
      linkText: '查看该路径',
    };
  }

  async function showQueue(visit: Visit): Promise<Reply> {
    const upstream = upstreamOf(visit);
    const catalogue = await deps.catalogue.get();
    const list = reviewListOf(visit, catalogue);
    const { filter, address, isAsItOpens } = list;
    const place = readPlace(visit.query, isRowId);
    const count = await countPathsToReview(db, upstream, filter);
    const slice = await listPathsToReview(db, upstream, filter, place, rowsAt(place, count), count.isMany);
    const notice = await decidedNotice(visit, catalogue, list, false);
    const title = visit.actor.role === 'office' ? '评委会路径审核' : '路径审核';
    return page(
      'paths/queue',
      { title, breadcrumbs: [homeCrumb, { text: title }], ...(notice ? { notice } : {}) },
      {
        filter: {
          action: paths.pathReview(),
          resetHref: paths.pathReview(),
          controls: [
            choiceFilter('state', '状态', stateOptions, filter.state || 'all'),
            choiceFilter('series', '职称系列', anyOr(seriesOptions(catalogue.series)), filter.seriesId, 'm'),
            choiceFilter('level', '职称级别', anyOr(levelOptions()), filter.level),
            textFilter('name', '申请单位', filter.name, 'm'),
          ],
        },
        table: {
          caption: title,
          columns: [
            { key: 'unit', text: '申请单位' },
            { key: 'year', text: '年度' },
            { key: 'series', text: '职称系列' },
            { key: 'level', text: '职称级别' },
            { key: 'state', text: '状态' },
            { key: 'at', text: '申请时间' },
            { key: 'act', text: '操作' },
          ],
          rows: slice.rows.map((p) => ({
            cells: [
              { text: p.unitName, href: addressOf(paths.decidePath(p.id), address), sub: p.unitDivision },
              { text: `${p.year}年度` },
              { text: catalogue.seriesName(p.seriesId) },
              { text: levelText(p.level) },
              { tag: pathTags[p.state] },
              { text: showMoment(p.requestedAt) },
              {
                text: p.state === 'requested' ? '审核' : '查看',
                href: addressOf(paths.decidePath(p.id), address),
                hiddenText: `：${p.unitName} ${pathTitle(p, catalogue)}`,
              },
            ],
          })),
          ...(isAsItOpens
            ? {
                emptyText: '没有等待审核的路径申请',
                emptyDetail: `${visit.actor.role === 'office' ? '单位' : '下级单位'}在「单位路径申请」中提交的申请会出现在这里。`,
                emptyAction: '查看全部路径',
                emptyHref: addressOf(paths.pathReview(), { state: 'all' }),
              }
            : { emptyText: '没有符合条件的路径申请', emptyAction: '清除查询条件', emptyHref: paths.pathReview() }),
        },
        pages: stepLinks(slice, count, (to) => addressOf(paths.pathReview(), { ...address, ...placeQuery(to) })),
      },
    );
  }

  async function decisionPage(visit: Visit, raw: RawSection, problems: readonly Problem[] = [], trouble = ''): Promise<Reply> {
    const subject = pathOf(visit);
    const path = await mustFindPath(subject.id);
    const catalogue = await deps.catalogue.get();
    const chains = await listChains(db, [path.id]);
    const { today } = await databaseNow(db);
    const mayDecide = can(visit.actor, 'path.decide', subject).ok;
    const isOwn = visit.actor.unitId !== undefined && visit.actor.unitId === path.unitId;
    const errors = [
      ...problemLinks(problems),
      ...(trouble ? [{ text: trouble, href: `#${fieldId({ part: 'decision', field: 'result' })}` }] : []),
    ];
    const reviewed = reviewListOf(visit, catalogue);
    const notice = !isOwn && errors.length === 0 ? await decidedNotice(visit, catalogue, reviewed, true) : undefined;
    const list = isOwn
      ? ownList
      : { text: visit.actor.role === 'office' ? '评委会路径审核' : '路径审核', href: addressOf(paths.pathReview(), reviewed.address) };
    return page(
      'paths/decision',
      {
        title: `路径：${path.unitName}`,
        heading: path.unitName,
        breadcrumbs: [homeCrumb, list, { text: path.unitName }],
        errors,
        ...(notice ? { notice } : {}),
      },
      {
        path,
        list,
        tag: pathTags[path.state],
        rows: [
          { label: '申请单位', text: path.unitName },
          { label: '统一社会信用代码', text: path.unitCode },
          { label: '所属地区', text: path.unitDivision },
          { label: '年度', text: `${path.year}年度` },
          { label: '职称系列', text: catalogue.seriesName(path.seriesId) },
          { label: '职称级别', text: levelText(path.level) },
          { label: path.committeeId === null ? '上一级单位' : '评审委员会', text: path.upstreamName },
          { label: '申请时间', text: showMoment(path.requestedAt) },
        ],
        stops: chainStops(path.unitName, chains.get(path.id) ?? []),
        form: mayDecide ? decisionModel(raw, today, problems, addressOf(paths.decidePath(path.id), reviewed.address)) : undefined,
      },
      errors.length > 0 ? 422 : 200,
    );
  }

  /** The one that waits after this one in the list, or else the first of those passed over. */
  async function nextToReview(upstream: Upstream, filter: ReviewFilter, id: number): Promise<number | undefined> {
    for (const place of [{ kind: 'after', id: String(id) } as const, { kind: 'first' } as const]) {
      const { rows } = await listPathsToReview(db, upstream, filter, place, 1);
      if (rows[0]) return rows[0].id;
    }
    return undefined;
  }

  async function postDecision(visit: Visit): Promise<Reply> {
    const { id } = pathOf(visit);
    const { raw, problems, decided } = readDecision(visit.body, (await databaseNow(db)).today);
    if (problems.length > 0) return decisionPage(visit, raw, problems);
    const outcome = await decidePath(deps, visit.actor, { pathId: id, ...decided, requestId: visit.requestId });
    switch (outcome.kind) {
      case 'done': {
        const { filter, address } = reviewListOf(visit, await deps.catalogue.get());
        const next = filter.state === 'requested' ? await nextToReview(upstreamOf(visit), filter, id) : undefined;
        return seeOther(addressOf(next === undefined ? paths.pathReview() : paths.decidePath(next), { ...address, after: String(id) }));
      }
      case 'already-decided': {
        const { state } = outcome.path;
        const how = state === 'ended' ? '已由申请单位终止' : decidedText(outcome.path, state === 'approved');
        return refusal(409, `该路径申请${how}，您的意见没有保存`, { text: '查看该路径', href: paths.decidePath(id) });
      }
      case 'ring':
        return decisionPage(
          visit,
          raw,
          [],
          '通过后将形成循环：上一级单位的数据又报送到申请单位。请选择「不通过」，或者先终止本单位的相关路径',
        );
      case 'committee-not-fit':
        return decisionPage(visit, raw, [], '本评审委员会不受理该系列、该级别，或者任期已满，不能通过');
    }
  }

  return [
    ...copyPathsRoutes(deps),
    { method: 'get', path: '/unit/paths', access: 'paths.own', audit: null, handle: showOwn },
    { method: 'get', path: '/unit/paths/new', access: 'paths.own', audit: null, handle: showForm },
    { method: 'post', path: '/unit/paths/new', access: 'paths.own', audit: 'path.request', handle: postForm },
    { method: 'get', path: '/paths/:path/end', access: 'path.end', audit: null, handle: showEnd },
    { method: 'post', path: '/paths/:path/end', access: 'path.end', audit: 'path.end', handle: postEnd },
    { method: 'get', path: '/paths/review', access: 'paths.review', audit: null, handle: showQueue },
    {
      method: 'get',
      path: '/paths/:path/decision',
      access: 'path.read',
      audit: null,
      handle: (visit) => decisionPage(visit, blankDecision()),
    },
    { method: 'post', path: '/paths/:path/decision', access: 'path.decide', audit: 'path.approve, path.refuse', handle: postDecision },
  ];
}
