/** Follows the links of the site as one visitor, without scripts and without sending anything. */
import type { Page, Visitor } from './site';

export interface CrawlOptions {
  start: string[];
  /** addresses that are not opened */
  without?: RegExp;
  limit?: number;
}

/** Opens every page that links lead to from the starts, each address once (those that differ in their query only: three of each); gives the pages. */
export async function crawl(visitor: Visitor, { start, without, limit = 400 }: CrawlOptions): Promise<Page[]> {
  const waiting = [...start];
  const seen = new Set(waiting);
  const perPath = new Map<string, number>();
  const pages: Page[] = [];
  while (waiting.length > 0 && pages.length < limit) {
    const address = waiting.shift() ?? '';
    const path = address.split('?')[0] ?? '';
    const count = perPath.get(path) ?? 0;
    if (count >= 3) continue;
    perPath.set(path, count + 1);
    const page = await visitor.get(address);
    pages.push(page);
    const links =
      page.status >= 300 && page.status < 400
        ? [page.location]
        : page.all('a[href], img[src]').map((a) => a.getAttribute('href') ?? a.getAttribute('src') ?? '');
    for (const link of links) {
      const target = (link.startsWith('?') ? path + link : link).replace(/#.*$/, '');
      if (!target.startsWith('/') || target.startsWith('/assets/') || seen.has(target) || without?.test(target)) continue;
      seen.add(target);
      waiting.push(target);
    }
  }
  return pages;
}
