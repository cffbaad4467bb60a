import { wholeNumber } from '../lib/ids';

/** The query part of an address: as it stands there, or as values of which the empty ones are left out. */
export type Query = string | Readonly<Record<string, string>>;

/** An address with this query. */
export function addressOf(path: string, query: Query): string {
  const text = typeof query === 'string' ? query : new URLSearchParams(Object.entries(query).filter(([, v]) => v !== '')).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** R6: where a list stands: page and number of pages from 1, and the offset for SQL. */
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
