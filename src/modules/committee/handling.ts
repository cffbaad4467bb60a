import { doneNotice } from '../../http/done-notice';
import { homeCrumb } from '../../http/crumbs';
import { pagingLinks, pagingOf } from '../../http/paging';
import { page, type Reply, type Visit } from '../../http/route';
import type { Actor } from '../../policy/actor';
import { covers } from '../../policy/policy';
import { divisionRange } from '../catalogue';

/** What comes to a committee after its results (objections, rechecks): its office handles it, the bureau over it sees it. As a condition on committees `c`. */
export const committeeScope = (actor: Actor): { where: string; values: (string | number)[] } =>
  actor.role === 'office'
    ? { where: 'c.id = ?', values: [actor.committeeId ?? 0] }
    : { where: 'c.division_code BETWEEN ? AND ?', values: [...divisionRange(actor.divisionCode ?? '')] };

/** The same of one that was found. */
export const isInScope = (actor: Actor, c: { committeeId: number; divisionCode: string }): boolean =>
  actor.role === 'office'
    ? c.committeeId === actor.committeeId
    : actor.divisionCode !== undefined && covers(actor.divisionCode, c.divisionCode);

const PAGE_SIZE = 20;

/** The list of what is to be handled, a page at a time; a row leads to the page on which it is. */
export async function handlingList<T>(
  visit: Visit,
  o: {
    title: string;
    lead: string;
    address: string;
    emptyText: string;
    /** by the `done` of the address */
    done: Record<string, string>;
    count: number;
    rows: (limit: number, offset: number) => Promise<T[]>;
    columns: readonly { key: string; text: string; width?: string; nowrap?: boolean }[];
    cells: (row: T) => object[];
  },
): Promise<Reply> {
  const paging = pagingOf(visit.query.one('page'), o.count, PAGE_SIZE);
  const rows = await o.rows(paging.limit, paging.offset);
  return page(
    'committee/handling',
    { title: o.title, breadcrumbs: [homeCrumb, { text: o.title }], ...doneNotice(visit, o.done) },
    {
      lead: o.lead,
      table: { caption: o.title, emptyText: o.emptyText, columns: o.columns, rows: rows.map((r) => ({ cells: o.cells(r) })) },
      paging: pagingLinks(paging, o.address),
    },
  );
}
