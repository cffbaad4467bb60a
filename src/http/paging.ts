import type { Count, Place, Slice } from '../db/keyset';
import { wholeNumber } from '../lib/ids';
import type { FormInput } from './form-input';

/** The query part of an address: as it stands there, or as values of which the empty ones are left out. */
export type Query = string | Readonly<Record<string, string>>;

/** An address with this query. */
export function addressOf(path: string, query: Query): string {
  const text = typeof query === 'string' ? query : new URLSearchParams(Object.entries(query).filter(([, v]) => v !== '')).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** R6: where a list that cannot grow long stands (one that can is read from a place, below): page and number of pages from 1, and the offset for SQL. */
export interface Paging {
  total: number;
  page: number;
  pages: number;
  limit: number;
  offset: number;
}

/** How many rows a page of a list holds. */
export const PAGE_ROWS = 50;

/** The page asked for in the address, brought into range: nonsense is page 1, past the end is the last page. */
export function pagingOf(asked: string, total: number, limit = PAGE_ROWS): Paging {
  const pages = Math.max(1, Math.ceil(total / limit));
  const page = Math.min(wholeNumber(asked) ?? 1, pages);
  return { total, page, pages, limit, offset: (page - 1) * limit };
}

/** What the component pagination takes (views/components/pagination.njk). */
export interface PagingLinks {
  total: number;
  page: number;
  pages: number;
  /** the address up to the page number */
  base: string;
}

/** Links to the pages of a list that keep its filters. */
export function pagingLinks({ total, page, pages }: Paging, path: string, filters: Query = ''): PagingLinks {
  const address = addressOf(path, filters);
  return { total, page, pages, base: `${address}${address.includes('?') ? '&' : '?'}page=` };
}

/** R6: where the page begins or ends: at a row, so that a bookmark leads to the same place whatever came or went before it. */
export function readPlace(query: FormInput, isId: (text: string) => boolean): Place {
  const [from, till] = [query.one('from'), query.one('till')];
  if (isId(from)) return { kind: 'after', id: from };
  if (isId(till)) return { kind: 'before', id: till };
  return query.one('end') === 'yes' ? { kind: 'last' } : { kind: 'first' };
}

export function placeEntries(place: Place): [string, string][] {
  switch (place.kind) {
    case 'after':
      return [['from', place.id]];
    case 'before':
      return [['till', place.id]];
    case 'last':
      return [['end', 'yes']];
    case 'first':
      return [];
  }
}

export const placeQuery = (place: Place): Record<string, string> => Object.fromEntries(placeEntries(place));

/** 「53」, or 「500 以上」 where more are there than were counted, with the word for what is counted 「53 条」, 「500 条以上」; none among those that were counted says nothing of the rest. */
export function countText({ n, isOpen }: Count, unit = ''): string {
  if (isOpen && n === 0) return '未计数';
  return `${n}${unit && ' '}${unit}${isOpen ? (unit ? '以上' : ' 以上') : ''}`;
}

/** 「3 份」, or that there are none. */
export const countOrNone = (n: number, unit: string): string => (n === 0 ? '没有' : `${n} ${unit}`);

/** How many rows the page at this place shows: the last one what is left over, so that going on page by page leads to the same one. */
export const rowsAt = (place: Place, { n, isOpen }: Count, limit = PAGE_ROWS): number =>
  place.kind === 'last' && !isOpen ? n % limit || limit : limit;

/** What the component stepPages takes (views/components/pagination.njk). */
export interface StepLinks {
  /** 「共 53 条」; none where nothing was counted */
  total?: string;
  firstHref?: string;
  previousHref?: string;
  nextHref?: string;
  lastHref?: string;
}

/** Links from one part of a list to those beside it; `at` gives the address of a place. */
export function stepLinks<T extends { id: string | number }>(slice: Slice<T>, count: Count, at: (place: Place) => string): StepLinks {
  const [first, last] = [slice.rows[0], slice.rows.at(-1)];
  return {
    ...(count.n > 0 ? { total: `共 ${countText(count, '条')}` } : {}),
    ...(slice.hasBefore && first ? { firstHref: at({ kind: 'first' }), previousHref: at({ kind: 'before', id: String(first.id) }) } : {}),
    ...(slice.hasAfter && last ? { nextHref: at({ kind: 'after', id: String(last.id) }), lastHref: at({ kind: 'last' }) } : {}),
  };
}
