/**
 * Every kind of page that the public, applicants, technical support and the system administrator come to by following links in the demonstration: no sideways scrolling at 320 px
 * and at a zoom of 200 % (640 px of a window of 1280), one main heading, and a title that says page, state and site.
 */
import type { Browser, Page } from 'puppeteer';
import { DEMO_PASSWORD, startDemo } from '../../seeds/demo';
import { newPerson, openBrowser } from '../support/browser';
import { openSite, type Site } from '../support/site';

let browser: Browser;
let site: Site;
beforeAll(async () => {
  [browser, site] = await Promise.all([openBrowser(), openSite()]);
  await startDemo(site.deps);
}, 300_000);
afterAll(async () => {
  await browser.close();
  await site.close();
});

/** Two addresses of one kind of page differ in ids only. */
const kindOf = (address: string): string =>
  (address.split('?')[0] ?? '').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*').replace(/\/\d+(?=\/|$)/g, '/*');
/** Files, the way out, and pages of another address. */
const NO_PAGE =
  /^\/(assets|sign-out|type)\b|\.(pdf|csv|xlsx|zip|png|jpe?g|json)$|\/(photo|thumbnail|file|evidence)$|^\/notices\/\d+\/files\/|[?&]download=|\/attachments\/[^/]+$/;
/** Of the guides one page is looked at: they are made by one template. */
const isNew = (kind: string, seen: ReadonlySet<string>): boolean =>
  !seen.has(kind) && !(kind.startsWith('/guides/') && [...seen].some((k) => k.startsWith('/guides/')));

interface Look {
  title: string;
  tag: string;
  headings: number;
  links: string[];
}
const LOOK = `({
  title: document.title,
  tag: [...document.querySelectorAll('.page-head__aside .tag')].map((x) => x.textContent).join(' '),
  headings: document.querySelectorAll('h1').length,
  links: [...document.querySelectorAll('a[href^="/"]')].map((a) => a.getAttribute('href')),
})`;
const OVERFLOW = `(() => {
  const over = document.scrollingElement.scrollWidth - window.innerWidth;
  const wide = [...document.querySelectorAll('body *')].filter((x) => x.getBoundingClientRect().right > window.innerWidth + 1 && !x.closest('.table-scroll, .govuk-visually-hidden'));
  return over > 1 ? over + ' px too wide: ' + wide.slice(0, 3).map((x) => x.tagName.toLowerCase() + '.' + x.className).join(' ') : '';
})()`;

async function faultsOf(page: Page, look: Look): Promise<string[]> {
  const faults: string[] = [];
  for (const width of [320, 640]) {
    await page.setViewport({ width, height: 900 });
    const over = (await page.evaluate(OVERFLOW)) as string;
    if (over !== '') faults.push(`${width}: ${over}`);
  }
  if (look.headings !== 1) faults.push(`${look.headings} main headings`);
  const wanted = look.tag === '' ? / - 职称申报系统$/ : new RegExp(` - ${look.tag} - 职称申报系统$`);
  if (!wanted.test(look.title) || look.title.startsWith(' - ')) faults.push(`title 「${look.title}」, state 「${look.tag}」`);
  return faults;
}

describe('quality §4, A8 every page of the demonstration', () => {
  // how many kinds of pages each of them has at least: fewer would mean that the way to them is lost
  it.each([
    ['公众', undefined, 14],
    ['申报人，已填写完整', 'congxiaowen', 35],
    ['申报人，被退回', 'liwei', 25],
    ['申报人，已发证', 'ouyangmx', 20],
    ['申报人，已申请复查', 'chejianye', 20],
    ['申报人，名称很长', 'bumairimu', 20],
    ['技术支持', 'support', 15],
    ['技术支持，复核', 'support2', 15],
    ['系统管理员', 'admin', 30],
  ])(
    '%s: fits a narrow window and one at 200 %, and is named in its title',
    async (who, loginName, least) => {
      const person = await newPerson(browser, site, { who, scripts: true, width: 1280 });
      if (loginName !== undefined) await person.signIn(loginName, DEMO_PASSWORD);
      const { page } = person;
      const waiting = loginName === undefined ? ['/sign-in', '/no-such-page'] : ['/home'];
      const seen = new Set<string>();
      const faults: string[] = [];
      while (waiting.length > 0) {
        const address = waiting.shift() ?? '';
        const kind = kindOf(address);
        if (!isNew(kind, seen)) continue;
        seen.add(kind);
        await page.goto(site.base + address, { waitUntil: 'domcontentloaded' });
        const look = (await page.evaluate(LOOK)) as Look;
        for (const fault of await faultsOf(page, look)) faults.push(`${address}: ${fault}`);
        for (const link of look.links) {
          const target = link.replace(/#.*$/, '');
          if (!NO_PAGE.test(target) && isNew(kindOf(target), seen)) waiting.push(target);
        }
      }
      expect(faults).toEqual([]);
      expect(seen.size).toBeGreaterThanOrEqual(least);
    },
    300_000,
  );
});
