import type { Deps } from '../../deps';
import { paths } from '../../http/paths';
import { notFound, page, type Reply, type Route, type Visit } from '../../http/route';
import { showDate } from '../../lib/dates';
import { bureauName } from '../catalogue';
import { titleCell, unitCell } from '../review';
import {
  countPastPublicities,
  findPublicityPage,
  listCurrentPublicities,
  listPastPublicities,
  listPublicityItems,
  type Publicity,
} from './publicity.read';

const PAGE_SIZE = 20;

/** 「结果公示」: public (J4; 人社部令第40号, article 23: at least 5 working days). */
export function publicitiesRoutes(deps: Deps): Route[] {
  return [
    { method: 'get', path: paths.publicities(), access: 'public', audit: null, handle: (visit) => list(deps, visit) },
    { method: 'get', path: '/publicities/:publicity', access: 'public', audit: null, handle: (visit) => one(deps, visit) },
  ];
}

const period = (p: Publicity): string => `${showDate(p.startsOn)}至${showDate(p.endsOn)}`;
const start = (visit: Visit) => ({ text: '首页', href: visit.visitor ? paths.home() : '/' });

async function list(deps: Deps, visit: Visit): Promise<Reply> {
  const total = await countPastPublicities(deps.db);
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  const asked = visit.query.one('page');
  const current = /^[1-9]\d{0,5}$/.test(asked) ? Math.min(Number(asked), pages) : 1;
  const line = (p: Publicity) => ({ committee: p.committeeName, href: paths.publicity(p.id), period: period(p), count: p.count });
  return page(
    'committee/publicities',
    { title: '结果公示', breadcrumbs: [start(visit), { text: '结果公示' }] },
    {
      running: (await listCurrentPublicities(deps.db)).map(line),
      past: (await listPastPublicities(deps.db, (current - 1) * PAGE_SIZE, PAGE_SIZE)).map(line),
      pages: { total, page: current, pages, base: `${paths.publicities()}?page=` },
    },
  );
}

async function one(deps: Deps, visit: Visit): Promise<Reply> {
  const id = visit.param('publicity');
  const found = /^\d{1,15}$/.test(id) ? await findPublicityPage(deps.db, Number(id)) : undefined;
  if (!found) return notFound;
  const catalogue = await deps.catalogue.get();
  const items = await listPublicityItems(deps.db, found.id);
  return page(
    'committee/publicity',
    {
      title: `${found.committeeName}评审结果公示`,
      breadcrumbs: [start(visit), { text: '结果公示', href: paths.publicities() }, { text: found.committeeName }],
    },
    {
      publicity: { ...found, period: period(found), bureau: bureauName(found.divisionName) },
      items: items.map((i) => ({ name: i.name, title: titleCell(i, catalogue), speciality: i.speciality, unit: unitCell(i) })),
    },
  );
}
