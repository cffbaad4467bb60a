import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import nunjucks from 'nunjucks';
import { roleTexts, type Actor } from '../policy/actor';
import { states, moves } from '../policy/declaration-moves';
import { showDate, showYearMonth } from '../lib/dates';
import { showMoment } from '../lib/moment';
import { newToken } from '../lib/new-token';
import { linkWords } from './link-words';
import { paths } from './paths';
import type { PageMeta } from './route';
import { openTemplates } from './templates';

export interface SiteFacts {
  name: string;
  supportPhone: string;
  demo: boolean;
  /** accounts of units and authorities can have a second factor */
  secondFactor: boolean;
}
export interface NavItem {
  text: string;
  href: string;
  /** stands in the menu's second line */
  isSecond?: boolean;
}
export interface RenderInput {
  page: PageMeta;
  data: object;
  visitor: Actor | undefined;
  csrf: string;
  nav: NavItem[];
  /** for the filter `links`: pages that texts may lead to by their name */
  places?: () => NavItem[];
  /** the paragraph of the guide about this page */
  help?: string;
  address: string;
  /** where the reader comes back to after changing how the page looks; empty where the page cannot be asked for again */
  here?: string;
  isLarge?: boolean;
  /** stands inside the page instead of being a file beside it */
  sheet?: StyleSheet | undefined;
}

/** The style sheet of the screens as it stands inside a page. */
export interface StyleSheet {
  text: string;
  /** changes with the text */
  version: string;
  /** of the Content-Security-Policy: `sha256-…` */
  integrity: string;
}

function readSheet(file: string): StyleSheet {
  // the mark of UTF-8 at its beginning is for the file; inside a page it would be part of the first selector
  const text = fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  if (text.includes('</')) throw new Error(`${file} cannot stand inside a page`);
  const hash = createHash('sha256').update(text);
  const integrity = hash.digest('base64');
  return { text, version: integrity.replace(/[^0-9A-Za-z]/g, '').slice(0, 12), integrity: `sha256-${integrity}` };
}

/** Content hashes of the built public files: `asset('css/site.css')` gives an address that may be cached for ever. */
function assetTable(dir: string): Map<string, string> {
  const table = new Map<string, string>();
  for (const file of fs.readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const full = path.join(dir, file);
    if (!fs.statSync(full).isFile()) continue;
    const hash = createHash('sha256').update(fs.readFileSync(full)).digest('hex').slice(0, 12);
    table.set(file.split(path.sep).join('/'), `/assets/${hash}/${file.split(path.sep).join('/')}`);
  }
  return table;
}

export interface Renderer {
  page(view: string, input: RenderInput): string;
  /** a document for printing: own layout, no site around it */
  document(view: string, data: object): string;
  readonly assetsDir: string;
  readonly sheets: { readonly normal: StyleSheet; readonly large: StyleSheet };
}

/** Templates with escaping on; compiled once with `cache`. */
export function createRenderer(rootDir: string, site: SiteFacts, cache: boolean): Renderer {
  const assetsDir = path.join(rootDir, 'dist', 'public');
  const assets = assetTable(assetsDir);
  const sheets = {
    normal: readSheet(path.join(assetsDir, 'css', 'site.css')),
    large: readSheet(path.join(assetsDir, 'css', 'site-large.css')),
  };
  const env = openTemplates(rootDir, cache);
  env.addGlobal('paths', paths);
  env.addGlobal('site', site);
  env.addGlobal('asset', (name: string) => {
    const found = assets.get(name);
    if (!found) throw new Error(`no such asset: ${name}`);
    return found;
  });
  env.addGlobal('newToken', newToken);
  env.addGlobal('states', states);
  env.addGlobal('moves', moves);
  // 「names of pages」 in a text become links: `{{ text | links(places()) }}`
  const escape = env.getFilter('escape') as (text: unknown) => string | nunjucks.runtime.SafeString;
  env.addFilter('links', (text: unknown, places: NavItem[]) => new nunjucks.runtime.SafeString(linkWords(escape(text).toString(), places)));
  env.addFilter('moment', showMoment);
  // lines break anywhere in Chinese text, but not in a date
  env.addFilter(
    'whole',
    (text: unknown) =>
      new nunjucks.runtime.SafeString(
        escape(text)
          .toString()
          .replace(/\d{4}年\d{1,2}月(?:\d{1,2}日)?/g, '<span class="nowrap">$&</span>'),
      ),
  );
  // a number that a telephone can call by a touch; anything else stands as it is, in one line
  env.addFilter('phone', (text: unknown) => {
    const shown = escape(text).toString();
    return new nunjucks.runtime.SafeString(
      /^\+?[\d -]{5,20}$/.test(shown)
        ? `<a class="govuk-link nowrap" href="tel:${shown.replace(/[ -]/g, '')}">${shown}</a>`
        : `<span class="nowrap">${shown}</span>`,
    );
  });
  env.addFilter('day', (d: string | null | undefined) => (d ? showDate(d) : ''));
  env.addFilter('month', (d: string | null | undefined) => (d ? showYearMonth(d) : ''));

  return {
    assetsDir,
    sheets,
    page(view, { page, data, visitor, csrf, nav, places = () => [], help, address, here = '', isLarge = false, sheet }) {
      const actor = visitor
        ? {
            name: visitor.name,
            behalf: visitor.behalf,
            roleText: roleTexts[visitor.role],
            role: visitor.role,
            isPerson: visitor.role === 'person',
          }
        : null;
      const current = nav
        .filter((n) => address === n.href || address.startsWith(`${n.href}/`))
        .sort((a, b) => b.href.length - a.href.length)[0];
      return env.render(`${view}.njk`, {
        ...data,
        page: { errors: [], breadcrumbs: [], ...page },
        actor,
        csrf,
        here,
        isLarge,
        sheet: sheet && new nunjucks.runtime.SafeString(sheet.text),
        places,
        help,
        nav: nav.map((n) => ({ ...n, current: n === current })),
      });
    },
    document: (view, data) => env.render(`${view}.njk`, data),
  };
}
