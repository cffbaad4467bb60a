import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import type { FormInput } from '../../http/form-input';
import { addressOf, pagingLinks, pagingOf } from '../../http/paging';
import { paths } from '../../http/paths';
import {
  notFound,
  page,
  refusal,
  seeOther,
  unitActor,
  type Crumb,
  type PageError,
  type PageMeta,
  type Reply,
  type Route,
  type Visit,
} from '../../http/route';
import { readDate, showDate } from '../../lib/dates';
import { isUuid, wholeNumber } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import { countCharacters, normaliseLine, normaliseText } from '../../lib/text';
import { states } from '../../policy/declaration-moves';
import { declarationSections } from '../declarations';
import { tickedIds, titleCell, unitCell } from '../review';
import { findUnit } from '../units';
import { decideObjection } from './decide-objection';
import {
  countPublicities,
  findObjection,
  findUnitPublicity,
  listCandidates,
  listItems,
  listObjections,
  listPublicities,
  type Objection,
  type ObjectionKind,
  type ObjectionOutcome,
  type UnitPublicity,
} from './publicity.store';
import { recordObjection } from './record-objection';
import { startPublicity } from './start-publicity';

const PAGE_SIZE = 20;
const WORDS = 500;

const phases: Record<UnitPublicity['phase'], { text: string; colour: string }> = {
  before: { text: '未开始', colour: 'grey' },
  running: { text: '公示中', colour: 'yellow' },
  over: { text: '公示期满', colour: 'green' },
};
const kinds: Record<ObjectionKind, string> = { named: '实名', anonymous: '匿名', body: '单位或者部门' };
const outcomes: Record<ObjectionOutcome, { text: string; colour: string; hint: string }> = {
  dismissed: { text: '异议不成立', colour: 'green', hint: '公示继续有效' },
  returned: { text: '异议成立，退回申报人', colour: 'orange', hint: '申报人修改后重新提交，须重新公示' },
  withheld: { text: '异议成立，不予推荐', colour: 'red', hint: '本次申报结束，不能恢复' },
};
const isKind = (s: string): s is ObjectionKind => s in kinds;
const isOutcome = (s: string): s is ObjectionOutcome => s in outcomes;

const period = (p: UnitPublicity): string => `${showDate(p.startsOn)}至${showDate(p.endsOn)}`;
const listCrumb: Crumb = { text: '单位公示', href: paths.unitPublicities() };

/** R5 「单位公示」: what a unit puts up before it reports, objections, their decision, and the list to print. */
export function unitPublicityRoutes(deps: Deps): Route[] {
  const { db } = deps;

  async function list(visit: Visit, typed?: FormInput, errors: PageError[] = []): Promise<Reply> {
    const { unitId } = unitActor(visit);
    const catalogue = await deps.catalogue.get();
    const candidates = await listCandidates(db, unitId);
    const paging = pagingOf(visit.query.one('page'), await countPublicities(db, unitId), PAGE_SIZE);
    const past = await listPublicities(db, unitId, paging.limit, paging.offset);
    const { today } = await databaseNow(db);
    const unit = await findUnit(db, unitId);
    const ticked = typed ? typed.all('ids') : candidates.map((c) => c.id);
    const value = (name: string, otherwise: string): string => (typed ? typed.one(name) : otherwise);
    return page(
      'unit-publicity/list',
      { title: '单位公示', breadcrumbs: [homeCrumb, { text: '单位公示' }], errors },
      {
        action: paths.unitPublicities(),
        candidates: candidates.map((c) => ({
          id: c.id,
          name: c.name,
          href: `${paths.review()}/${c.id}?state=unit_passed`,
          title: titleCell(c, catalogue),
          speciality: c.speciality,
          days: c.days,
          isTicked: ticked.includes(c.id),
        })),
        form: {
          startsOn: value('startsOn', showDate(today)),
          endsOn: value('endsOn', ''),
          place: value('place', '本单位公示栏'),
          contact: value('contact', unit ? `${unit.contactName} ${deps.cipher.decrypt(unit.mobile, 'unit.mobile')}` : ''),
        },
        errors: Object.fromEntries(errors.map((e) => [e.href.slice(1), e.text])),
        table: {
          caption: '公示记录',
          emptyText: '还没有公示过',
          columns: [
            { key: 'period', text: '公示期' },
            { key: 'count', text: '人数', numeric: true },
            { key: 'place', text: '公示地点', width: 'm' },
            { key: 'phase', text: '状态', nowrap: true },
            { key: 'open', text: '未处理的异议', numeric: true },
          ],
          rows: past.map((p) => ({
            cells: [
              { text: period(p), href: paths.unitPublicity(p.id) },
              { text: String(p.count) },
              { text: p.place },
              { tag: phases[p.phase] },
              { text: String(p.open) },
            ],
          })),
        },
        paging: pagingLinks(paging, paths.unitPublicities()),
      },
      errors.length > 0 ? 422 : 200,
    );
  }

  async function start(visit: Visit): Promise<Reply> {
    const actor = unitActor(visit);
    const { body } = visit;
    const errors: PageError[] = [];
    const ids = tickedIds(body);
    if (ids.length === 0) errors.push({ text: '请勾选需要公示的人员', href: '#candidates' });
    const dateOf = (name: 'startsOn' | 'endsOn'): string | undefined => {
      const text = normaliseLine(body.one(name));
      const read = text === '' ? undefined : readDate(text);
      if (text !== '' && read === undefined) errors.push({ text: '请填写日期，例如 2026.12.1', href: `#${name}` });
      return read;
    };
    const [startsOn, endsOn] = [dateOf('startsOn'), dateOf('endsOn')];
    const words = (name: 'place' | 'contact', label: string): string => {
      const text = normaliseLine(body.one(name));
      if (text === '') errors.push({ text: `请填写「${label}」`, href: `#${name}` });
      else if (countCharacters(text) > 100) errors.push({ text: `「${label}」最多 100 个字`, href: `#${name}` });
      return text;
    };
    const [place, contact] = [words('place', '公示地点'), words('contact', '受理异议的联系人和电话')];
    if (errors.length > 0) return list(visit, body, errors);
    const outcome = await startPublicity(deps, actor, {
      ids,
      ...(startsOn === undefined ? {} : { startsOn }),
      ...(endsOn === undefined ? {} : { endsOn }),
      place,
      contact,
      requestId: visit.requestId,
    });
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.unitPublicity(outcome.id), { done: 'start' }));
      case 'vanished':
        return list(visit, body, [{ text: '勾选的人员中有的已经公示或者已不在待公示的名单中，请核对后重新勾选', href: '#candidates' }]);
      case 'dates':
        return list(visit, body, [{ text: outcome.problem, href: `#${outcome.field}` }]);
    }
  }

  async function open(visit: Visit): Promise<UnitPublicity | undefined> {
    const id = wholeNumber(visit.param('publicity'));
    return id === undefined ? undefined : findUnitPublicity(db, unitActor(visit).unitId, id);
  }

  const said: Record<string, string> = {
    start: '已开始公示，请打印名单并张贴',
    objection: '已登记异议，处理完毕之前不能上报',
    decided: '已登记处理结果',
  };

  async function one(visit: Visit): Promise<Reply> {
    const p = await open(visit);
    if (!p) return notFound;
    const catalogue = await deps.catalogue.get();
    const items = await listItems(db, p.id);
    const objections = await listObjections(db, p.id);
    const text = said[visit.query.one('done')];
    const meta: PageMeta = {
      title: `单位公示：${period(p)}`,
      breadcrumbs: [homeCrumb, listCrumb, { text: period(p) }],
      ...(text ? { notice: { kind: 'success', text } } : {}),
    };
    return page('unit-publicity/one', meta, {
      tag: phases[p.phase],
      facts: [
        { label: '公示期', text: `${period(p)}（不少于 ${p.days} 个工作日）` },
        { label: '公示地点', text: p.place },
        { label: '受理异议', text: p.contact },
      ],
      printHref: paths.unitPublicityList(p.id),
      objectHref: items.some((i) => !i.isVoid && i.state === 'unit_passed') ? paths.newObjection(p.id) : undefined,
      reportHref: p.phase === 'over' && p.open === 0 ? paths.report() : undefined,
      table: {
        caption: '公示人员',
        columns: [
          { key: 'name', text: '姓名', width: 's' },
          { key: 'title', text: '申报职称', width: 'm' },
          { key: 'speciality', text: '现从事专业', width: 's' },
          { key: 'unit', text: '申报单位', width: 'l' },
          { key: 'state', text: '状态', nowrap: true },
        ],
        rows: items.map((i) => ({
          cells: [
            { text: i.name, href: `${paths.review()}/${i.id}?state=all`, ...(i.isVoid ? { sub: '公示已失效' } : {}) },
            titleCell(i, catalogue),
            { text: i.speciality },
            unitCell(i),
            { tag: { text: states[i.state].text, colour: states[i.state].colour } },
          ],
        })),
      },
      objections: objections.map((o) => ({ ...objectionView(o), href: paths.objection(p.id, o.id) })),
    });
  }

  const objectionView = (o: Objection) => ({
    name: o.applicantName,
    tag: o.outcome ? outcomes[o.outcome] : { text: '未处理', colour: 'orange' },
    rows: [
      { label: '涉及人员', text: o.applicantName },
      { label: '收到日期', text: showDate(o.receivedOn) },
      { label: '反映方式', text: kinds[o.kind] },
      { label: '反映内容', text: o.content },
      { label: '登记', text: `${o.recorderName}，${showMoment(o.recordedAt)}` },
      ...(o.outcome
        ? [
            { label: '核查情况', text: o.finding },
            { label: '处理结果', text: `${outcomes[o.outcome].text}（${o.deciderName}，${o.decidedAt ? showMoment(o.decidedAt) : ''}）` },
          ]
        : []),
    ],
  });

  async function print(visit: Visit): Promise<Reply> {
    const p = await open(visit);
    if (!p) return notFound;
    const catalogue = await deps.catalogue.get();
    const items = await listItems(db, p.id);
    const { today } = await databaseNow(db);
    const pdf = await deps.printer.pdf(
      deps.renderer.document('print/unit-publicity', {
        unit: p.unitName,
        period: period(p),
        contact: p.contact,
        today: showDate(p.startsOn > today ? today : p.startsOn),
        rows: items
          .filter((i) => !i.isVoid)
          .map((i) => ({
            name: i.name,
            title: titleCell(i, catalogue).text,
            series: `${catalogue.seriesName(i.seriesId)} ${catalogue.levelText(i.level)}`,
            speciality: i.speciality,
            workUnit: i.workUnit,
          })),
      }),
    );
    return { kind: 'file', body: pdf, contentType: 'application/pdf', fileName: '职称申报人员公示名单.pdf', inline: false };
  }

  // ---- objections

  async function newObjection(visit: Visit, typed?: FormInput, errors: PageError[] = []): Promise<Reply> {
    const p = await open(visit);
    if (!p) return notFound;
    const items = (await listItems(db, p.id)).filter((i) => !i.isVoid && i.state === 'unit_passed');
    const { today } = await databaseNow(db);
    if (items.length === 0 && !typed)
      return refusal(409, '该次公示的人员都已上报或者退回，不能再登记异议', { text: '返回公示', href: paths.unitPublicity(p.id) });
    return page(
      'unit-publicity/new-objection',
      {
        title: '登记异议',
        breadcrumbs: [homeCrumb, listCrumb, { text: period(p), href: paths.unitPublicity(p.id) }, { text: '登记异议' }],
        errors,
      },
      {
        action: paths.newObjection(p.id),
        backHref: paths.unitPublicity(p.id),
        people: items.map((i) => ({ value: i.id, text: i.name, chosen: typed?.one('declaration') === i.id })),
        kinds: Object.entries(kinds).map(([value, text]) => ({ value, text, chosen: (typed?.one('kind') ?? 'named') === value })),
        receivedOn: typed?.one('receivedOn') ?? showDate(today),
        content: typed?.one('content') ?? '',
        errors: Object.fromEntries(errors.map((e) => [e.href.slice(1), e.text])),
        limit: WORDS,
      },
      errors.length > 0 ? 422 : 200,
    );
  }

  async function postObjection(visit: Visit): Promise<Reply> {
    const p = await open(visit);
    if (!p) return notFound;
    const { body } = visit;
    const { today } = await databaseNow(db);
    const errors: PageError[] = [];
    const declarationId = body.one('declaration');
    if (!isUuid(declarationId)) errors.push({ text: '请选择异议涉及的人员', href: '#declaration' });
    const receivedOn = readDate(normaliseLine(body.one('receivedOn')));
    if (receivedOn === undefined) errors.push({ text: '请填写收到异议的日期，例如 2026.12.1', href: '#receivedOn' });
    else if (receivedOn > today || receivedOn < p.startsOn)
      errors.push({ text: '收到异议的日期应当在公示开始之后、今天之前', href: '#receivedOn' });
    const kind = body.one('kind');
    if (!isKind(kind)) errors.push({ text: '请选择反映方式', href: '#kind' });
    const content = normaliseText(body.one('content'));
    if (content === '') errors.push({ text: '请填写反映的内容', href: '#content' });
    else if (countCharacters(content) > WORDS) errors.push({ text: `反映的内容最多 ${WORDS} 个字`, href: '#content' });
    if (errors.length > 0 || receivedOn === undefined || !isKind(kind)) return newObjection(visit, body, errors);
    const outcome = await recordObjection(deps, unitActor(visit), {
      publicityId: p.id,
      declarationId,
      receivedOn,
      kind,
      content,
      requestId: visit.requestId,
    });
    if (outcome.kind === 'not-now')
      return newObjection(visit, body, [{ text: '该申报已经上报或者退回，不能再登记异议', href: '#declaration' }]);
    return seeOther(addressOf(paths.unitPublicity(p.id), { done: 'objection' }));
  }

  async function openObjection(visit: Visit): Promise<Objection | undefined> {
    const id = wholeNumber(visit.param('objection'));
    const found = id === undefined ? undefined : await findObjection(db, unitActor(visit).unitId, id);
    return found?.publicityId === wholeNumber(visit.param('publicity')) ? found : undefined;
  }

  async function objection(visit: Visit, typed?: FormInput, errors: PageError[] = [], status = 200): Promise<Reply> {
    const o = await openObjection(visit);
    if (!o) return notFound;
    return page(
      'unit-publicity/objection',
      {
        title: `异议：${o.applicantName}`,
        breadcrumbs: [homeCrumb, listCrumb, { text: '公示', href: paths.unitPublicity(o.publicityId) }, { text: '异议' }],
        errors,
      },
      {
        view: objectionView(o),
        action: o.outcome ? undefined : paths.objection(o.publicityId, o.id),
        backHref: paths.unitPublicity(o.publicityId),
        outcomes: Object.entries(outcomes).map(([value, x]) => ({
          value,
          text: x.text,
          hint: x.hint,
          chosen: typed?.one('outcome') === value,
        })),
        sections: declarationSections.map((s) => ({ id: s.id, title: s.title, checked: typed?.has(`reopen.${s.id}`) ?? false })),
        finding: typed?.one('finding') ?? '',
        errors: Object.fromEntries(errors.map((e) => [e.href.slice(1), e.text])),
        limit: WORDS,
      },
      status,
    );
  }

  async function decide(visit: Visit): Promise<Reply> {
    const o = await openObjection(visit);
    if (!o) return notFound;
    const { body } = visit;
    const errors: PageError[] = [];
    const outcome = body.one('outcome');
    if (!isOutcome(outcome)) errors.push({ text: '请选择处理结果', href: '#outcome' });
    const finding = normaliseText(body.one('finding'));
    if (finding === '') errors.push({ text: '请填写核查情况', href: '#finding' });
    else if (countCharacters(finding) > WORDS) errors.push({ text: `核查情况最多 ${WORDS} 个字`, href: '#finding' });
    const reopened = declarationSections.filter((s) => body.has(`reopen.${s.id}`));
    if (outcome === 'returned' && reopened.length === 0) errors.push({ text: '请选择申报人需要修改的项目', href: '#reopen' });
    if (errors.length > 0 || !isOutcome(outcome)) return objection(visit, body, errors, 422);
    const done = await decideObjection(deps, unitActor(visit), o, {
      outcome,
      finding,
      comments: reopened.map((s) => ({ section: s.id, text: finding })),
      requestId: visit.requestId,
    });
    if (done.kind === 'not-now') return objection(visit, body, [{ text: done.reason, href: '#outcome' }], 409);
    return seeOther(addressOf(paths.unitPublicity(o.publicityId), { done: 'decided' }));
  }

  const access = 'unit-publicity.manage' as const;
  const base = '/unit/publicities';
  return [
    { method: 'get', path: base, access, audit: null, handle: (visit) => list(visit) },
    { method: 'post', path: base, access, audit: 'unit-publicity.start', handle: start },
    { method: 'get', path: `${base}/:publicity`, access, audit: null, handle: one },
    { method: 'get', path: `${base}/:publicity/list.pdf`, access, audit: null, handle: print },
    { method: 'get', path: `${base}/:publicity/objections/new`, access, audit: null, handle: (visit) => newObjection(visit) },
    { method: 'post', path: `${base}/:publicity/objections/new`, access, audit: 'unit-publicity.objection', handle: postObjection },
    { method: 'get', path: `${base}/:publicity/objections/:objection`, access, audit: null, handle: (visit) => objection(visit) },
    {
      method: 'post',
      path: `${base}/:publicity/objections/:objection`,
      access,
      audit: 'unit-publicity.decide, declaration.return-to-applicant, declaration.withhold',
      handle: decide,
    },
  ];
}
