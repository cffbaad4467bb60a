import type { Deps } from '../../deps';
import { startCrumb } from '../../http/crumbs';
import { pagingLinks, pagingOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { notFound, page, type Reply, type Route, type Visit } from '../../http/route';
import { showDate } from '../../lib/dates';
import { wholeNumber } from '../../lib/ids';
import { findBureauContact } from '../catalogue';
import { titleCell, unitCell } from '../review';
import {
  countPastPublicities,
  findPublicityPage,
  listCurrentPublicities,
  listPastPublicities,
  listPublicityItems,
  sameNameText,
  type Publicity,
} from './publicity.read';

const PAGE_SIZE = 20;

/** 「结果公示」: public (J4; 人社部令第40号, article 23: at least 5 working days). */
export function publicitiesRoutes(deps: Deps): Route[] {
  return [
    { method: 'get', path: paths.publicities(), access: 'public', onlyShows: true, audit: null, handle: (visit) => list(deps, visit) },
    { method: 'get', path: '/publicities/:publicity', access: 'public', onlyShows: true, audit: null, handle: (visit) => one(deps, visit) },
  ];
}

const period = (p: Publicity): string => `${showDate(p.startsOn)}至${showDate(p.endsOn)}`;

async function list(deps: Deps, visit: Visit): Promise<Reply> {
  const paging = pagingOf(visit.query.one('page'), await countPastPublicities(deps.db), PAGE_SIZE);
  const line = (p: Publicity) => ({ committee: p.committeeName, href: paths.publicity(p.id), period: period(p), count: p.count });
  return page(
    'committee/publicities',
    { title: '结果公示', breadcrumbs: [startCrumb(visit), { text: '结果公示' }] },
    {
      running: (await listCurrentPublicities(deps.db)).map(line),
      past: (await listPastPublicities(deps.db, paging.offset, paging.limit)).map(line),
      pages: pagingLinks(paging, paths.publicities()),
    },
  );
}

async function one(deps: Deps, visit: Visit): Promise<Reply> {
  const id = wholeNumber(visit.param('publicity'));
  const found = id === undefined ? undefined : await findPublicityPage(deps.db, id);
  if (!found) return notFound;
  const catalogue = await deps.catalogue.get();
  const all = await listPublicityItems(deps.db, found.id);
  // nobody is called passed in public whose result has been taken back
  const items = all.filter((i) => !i.isAnnulled);
  const bureau = await findBureauContact(deps.db, found.divisionCode);
  return page(
    'committee/publicity',
    {
      title: `${found.committeeName}评审结果公示`,
      breadcrumbs: [startCrumb(visit), { text: '结果公示', href: paths.publicities() }, { text: found.committeeName }],
    },
    {
      tag: found.isOver ? { text: '公示期满', colour: 'grey' } : { text: '公示中', colour: 'yellow' },
      publicity: { ...found, period: period(found), bureau: bureau.name, bureauPhone: bureau.phone ?? deps.settings.known().servicePhone },
      objectHref: found.isOver || !items.some((i) => i.isOpen) ? undefined : paths.newResultObjection(found.id),
      annulled: all.length - items.length,
      hasSameNames: items.some((i) => i.sameName > 1),
      items: items.map((i) => ({
        name: i.name,
        sameName: sameNameText(i),
        title: titleCell(i, catalogue),
        speciality: i.speciality,
        unit: unitCell(i),
      })),
    },
  );
}
