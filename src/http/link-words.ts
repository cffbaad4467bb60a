import type { NavItem } from './render';

/** Where a link would be wrong: inside another link, and in headings, which are targets themselves. */
const CLOSED = /^(a|h[1-6]|summary|code)$/;

/**
 * HTML in which each 「name of a page」 is a link to that page, when the reader has it among their places. Names of buttons and of pages that are not theirs stay
 * as they are. `html` is escaped already; tags and attributes are left alone.
 */
export function linkWords(html: string, places: readonly NavItem[]): string {
  const hrefs = new Map(places.map((p) => [p.text, p.href]));
  let closed = 0;
  return html
    .split(/(<[^>]*>)/)
    .map((piece) => {
      const tag = /^<(\/?)([a-z0-9]+)/i.exec(piece);
      if (tag) {
        if (CLOSED.test(tag[2] ?? '')) closed += tag[1] === '/' ? -1 : 1;
        return piece;
      }
      if (closed > 0) return piece;
      return piece.replace(/「([^「」]+)」/g, (whole, word: string) => {
        const href = hrefs.get(word);
        return href === undefined ? whole : `「<a class="govuk-link" href="${href}">${word}</a>」`;
      });
    })
    .join('');
}
