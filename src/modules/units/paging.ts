/** R6: where a list stands: page and number of pages from 1, and the offset for SQL. */
export interface Paging {
  total: number;
  page: number;
  pages: number;
  limit: number;
  offset: number;
}

/** The page asked for in the address, brought into range: nonsense is page 1, past the end is the last page. */
export function pagingOf(asked: string, total: number, limit = 50): Paging {
  const pages = Math.max(1, Math.ceil(total / limit));
  const wanted = /^[1-9]\d{0,7}$/.test(asked) ? Number(asked) : 1;
  const page = Math.min(wanted, pages);
  return { total, page, pages, limit, offset: (page - 1) * limit };
}

/** An address with these query values, empty ones left out. */
export function addressOf(path: string, values: Record<string, string>): string {
  const query = new URLSearchParams(Object.entries(values).filter(([, v]) => v !== '')).toString();
  return query ? `${path}?${query}` : path;
}

/** What the pagination component takes: links keep the filters. */
export function pagingLinks(
  p: Paging,
  path: string,
  filters: Record<string, string>,
): { total: number; page: number; pages: number; base: string } {
  const address = addressOf(path, filters);
  return { total: p.total, page: p.page, pages: p.pages, base: `${address}${address.includes('?') ? '&' : '?'}page=` };
}
