import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import type { FormInput } from '../../http/form-input';
import { addressOf, pagingLinks, pagingOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { notFound, page, seeOther, unitActor, type PageError, type PageMeta, type Reply, type Route, type Visit } from '../../http/route';
import { readDate, showDate } from '../../lib/dates';
import { countCharacters, normaliseLine } from '../../lib/text';
import { states } from '../../policy/declaration-moves';
import { tellApart, tickedIds, titleCell, unitCell } from '../review';
import { findUnit } from '../units';
import { objectionRoutes } from './objections.routes';
import { countPublicities, listCandidates, listItems, listObjections, listPublicities, type UnitPublicity } from './publicity.store';
import { listCrumb, objectionView, openPublicity, period } from './publicity.view';
import { startPublicity } from './start-publicity';

const PAGE_SIZE = 20;

const phases: Record<UnitPublicity['phase'], { text: string; colour: string }> = {
  before: { text: '未开始', colour: 'grey' },
  running: { text: '公示中', colour: 'yellow' },
  over: { text: '公示期满', colour: 'green' },
};

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
        candidates: tellApart(candidates).map((c) => ({
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

  const open = (visit: Visit) => openPublicity(db, visit);

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
          { key: 'title', text: '申报职称', width: 'title' },
          { key: 'speciality', text: '现从事专业', width: 's' },
          { key: 'unit', text: '申报单位', width: 'l' },
          { key: 'state', text: '状态', nowrap: true },
        ],
        rows: tellApart(items).map((i) => ({
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

  const access = 'unit-publicity.manage' as const;
  const base = '/unit/publicities';
  return [
    { method: 'get', path: base, access, audit: null, handle: (visit) => list(visit) },
    { method: 'post', path: base, access, audit: 'unit-publicity.start', handle: start },
    { method: 'get', path: `${base}/:publicity`, access, audit: null, handle: one },
    { method: 'get', path: `${base}/:publicity/list.pdf`, access, audit: null, heavy: true, handle: print },
    ...objectionRoutes(deps),
  ];
}
