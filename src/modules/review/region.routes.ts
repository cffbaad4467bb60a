import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { choiceFilter, textFilter } from '../../form/filter-controls';
import { homeCrumb } from '../../http/crumbs';
import { addressOf, countText, placeEntries, readPlace, rowsAt, stepLinks } from '../../http/paging';
import { paths } from '../../http/paths';
import { page, type Reply, type Route, type Visit } from '../../http/route';
import { isUuid } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import { stateNames, states, type StateName } from '../../policy/declaration-moves';
import { can } from '../../policy/policy';
import { divisionRange, findDivision } from '../catalogue';
import { conditionEntries, readCondition } from './queue-filter';
import { listYears } from './queue.read';
import { conditionControls, titleCell, unitCell } from './queue.view';
import { countRegion, listRegion } from './region.read';

const shown = stateNames.filter((s) => s !== 'draft');

/** X2, R7: what the units of a bureau's region have declared, to read only: how many are in which state, and the list. Opens with the present year. */
export function regionRoutes(deps: Deps): Route[] {
  async function list(visit: Visit): Promise<Reply> {
    const { divisionCode } = visit.actor;
    if (divisionCode === undefined) throw new Error('a bureau without a division');
    const region = { code: divisionCode, range: divisionRange(divisionCode) };
    const [{ today }, division, catalogue, years] = await Promise.all([
      databaseNow(deps.db),
      findDivision(deps.db, divisionCode),
      deps.catalogue.get(),
      listYears(deps.db),
    ]);
    const asked = readCondition(visit.query);
    const condition = visit.query.has('year') ? asked : { ...asked, year: Number(today.slice(0, 4)) };
    const state: StateName | undefined = shown.find((s) => s === visit.query.one('state'));
    const place = readPlace(visit.query, isUuid);
    const counts = await countRegion(deps.db, region, condition);
    const all = [...counts.of.values()].reduce((a, b) => a + b, 0);
    const count = { n: state === undefined ? all : (counts.of.get(state) ?? 0), isOpen: counts.isOpen };
    const slice = await listRegion(deps.db, region, condition, { state, place, limit: rowsAt(place, count), years, isMany: counts.isOpen });
    const { rows } = slice;
    const entries: [string, string][] = [
      ...conditionEntries(condition),
      // every year is asked for by an empty one
      ...(condition.year === undefined ? [['year', ''] as [string, string]] : []),
    ];
    const at = (more: [string, string][]): string =>
      addressOf(paths.regionDeclarations(), new URLSearchParams([...entries, ...more]).toString());
    const ofState: [string, string][] = state === undefined ? [] : [['state', state]];
    const said = (s: StateName): string => countText({ n: counts.of.get(s) ?? 0, isOpen: counts.isOpen });
    return page(
      'review/region',
      { title: '辖区申报情况', breadcrumbs: [homeCrumb, { text: '辖区申报情况' }] },
      {
        region: division?.fullName,
        filter: {
          action: paths.regionDeclarations(),
          resetHref: paths.regionDeclarations(),
          controls: [
            ...conditionControls(condition, catalogue, years),
            choiceFilter(
              'state',
              '状态',
              [
                { value: '', text: `全部（${countText({ n: all, isOpen: counts.isOpen })}）` },
                ...shown.map((s) => ({ value: s as string, text: `${states[s].text}（${said(s)}）` })),
              ],
              state ?? '',
              'm',
            ),
            textFilter('name', '姓名', condition.name),
            textFilter('unit', '申报单位', condition.unit, 'm'),
          ],
        },
        counts: shown
          .filter((s) => (counts.of.get(s) ?? 0) > 0)
          .map((s) => ({ tag: { text: states[s].text, colour: states[s].colour }, n: said(s), href: at([['state', s]]) })),
        table: {
          caption: '辖区申报',
          emptyText: '没有符合条件的申报',
          columns: [
            { key: 'name', text: '姓名', width: 's' },
            { key: 'title', text: '申报职称', width: 'title' },
            { key: 'speciality', text: '现从事专业', width: 's' },
            { key: 'unit', text: '申报单位', width: 'l' },
            { key: 'state', text: '状态', nowrap: true },
            { key: 'moved', text: '最近办理时间', nowrap: true },
          ],
          rows: rows.map((r) => ({
            cells: [
              // its content only once it has reached a committee of the region
              { text: r.name, ...(can(visit.actor, 'declaration.read', r.subject).ok ? { href: paths.declaration(r.id) } : {}) },
              titleCell(r, catalogue),
              { text: r.speciality },
              unitCell(r),
              { tag: { text: states[r.state].text, colour: states[r.state].colour } },
              { text: showMoment(r.movedAt) },
            ],
          })),
        },
        pages: stepLinks(slice, count, (to) => at([...ofState, ...placeEntries(to)])),
      },
    );
  }

  return [{ method: 'get', path: paths.regionDeclarations(), access: 'region.read', audit: null, handle: list }];
}
