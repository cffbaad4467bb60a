/**
 * Pictures of every page of the demonstration, role by role, wide and narrow, and contact sheets of them:
 *
 *   npm start                                                     # in one terminal
 *   npx tsx scripts/screens.ts --out <folder> [--base http://127.0.0.1:3000] [--role 个人] [--widths 1280,390] [--per-address 1] [--pages 60] [--large]
 *
 * Follows links only; nothing is sent but the sign-in. The captcha is answered through the database of the demonstration (DATA_DIR or DATABASE_URL), as tests do.
 * Says which pages scroll sideways at 320 px, have no heading or answer with an error.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import puppeteer, { type Browser, type Page } from 'puppeteer';
import sharp from 'sharp';
import { DEMO_PASSWORD } from '../seeds/demo/accounts';
import { findBrowser } from '../src/adapters/printing';
import { loadConfig } from '../src/config';
import { openDatabase } from '../src/db/open-database';

interface Visitor {
  who: string;
  /** undefined: the public */
  loginName?: string;
  start: string[];
}
const visitors: readonly Visitor[] = [
  { who: '公众', start: ['/sign-in', '/no-such-page', '/design'] },
  { who: '个人', loginName: 'congxiaowen', start: ['/home'] },
  { who: '个人-被退回', loginName: 'liwei', start: ['/home'] },
  { who: '个人-已发证', loginName: 'linxiyue', start: ['/home'] },
  { who: '个人-未申报', loginName: 'bichunxiao', start: ['/home'] },
  { who: '用人单位', loginName: 'wenhuaguan', start: ['/home'] },
  { who: '用人单位-长名称', loginName: 'lianhe', start: ['/home'] },
  { who: '用人单位-新注册', loginName: 'zhangcun', start: ['/home'] },
  { who: '主管部门', loginName: 'wenlvju', start: ['/home'] },
  { who: '人社局', loginName: 'huancui_rsj', start: ['/home'] },
  { who: '评委会办事机构', loginName: 'pwh_qzwh', start: ['/home'] },
  { who: '评委', loginName: 'pingwei3', start: ['/home'] },
  { who: '技术支持', loginName: 'support', start: ['/home'] },
  { who: '系统管理员', loginName: 'admin', start: ['/home'] },
  { who: '审计管理员', loginName: 'auditor', start: ['/home'] },
];

/** Two addresses of one kind of page differ in ids only. */
const kindOf = (address: string): string =>
  (address.split('?')[0] ?? '').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*').replace(/\/\d+(?=\/|$)/g, '/*');
/** Files and the way out. */
const NO_PAGE =
  /^\/(assets|sign-out|healthz|readyz|files)\b|\.(pdf|csv|xlsx|zip|png|jpe?g)$|\/(print|pdf|certificate|review-form|export|download|thumb|photo)\b|^\/type\//;

async function signIn(page: Page, base: string, db: pg.Client, loginName: string): Promise<void> {
  await page.goto(`${base}/sign-in`);
  const id = (await page.evaluate(`document.querySelector('input[name="captcha.id"]').value`)) as string;
  await db.query('UPDATE captchas SET answer_hash = $1 WHERE id = $2', [createHash('sha256').update('test').digest(), id]);
  await page.type('input[name="signIn.account"], #f-account', loginName);
  await page.type('#f-password', DEMO_PASSWORD);
  await page.type('#f-captcha-answer', 'test');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  if (!page.url().endsWith('/home')) throw new Error(`${loginName} could not sign in: ${page.url()}`);
}

const linksOf = async (page: Page): Promise<string[]> =>
  ((await page.evaluate(`Array.from(document.querySelectorAll('a[href]')).map((a) => a.getAttribute('href'))`)) as string[]).filter(
    (href) => href.startsWith('/'),
  );

/** What can be seen to be wrong without looking. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.setViewport({ width: 320, height: 800 });
  const facts = (await page.evaluate(`({
    over: document.scrollingElement.scrollWidth - window.innerWidth,
    wide: Array.from(document.querySelectorAll('body *'))
      .filter((x) => x.getBoundingClientRect().right > window.innerWidth + 1 && !x.closest('.table-scroll, .govuk-visually-hidden'))
      .slice(0, 3)
      .map((x) => x.tagName.toLowerCase() + '.' + x.className),
    headings: document.querySelectorAll('h1').length,
    mains: document.querySelectorAll('main .govuk-button:not(.govuk-button--secondary):not(.govuk-button--link):not(.govuk-button--warning)').length,
  })`)) as { over: number; wide: string[]; headings: number; mains: number };
  return [
    ...(facts.over > 1 ? [`${facts.over} px too wide at 320: ${facts.wide.join(' ')}`] : []),
    ...(facts.headings === 1 ? [] : [`${facts.headings} headings`]),
    ...(facts.mains > 3 ? [`${facts.mains} main buttons`] : []),
  ];
}

interface Shot {
  file: string;
  label: string;
}

async function visit(
  browser: Browser,
  v: Visitor,
  options: { base: string; out: string; widths: number[]; perAddress: number; pages: number; large: boolean; db: pg.Client },
): Promise<Map<number, Shot[]>> {
  const { base, out, widths, perAddress, pages, large, db } = options;
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  if (v.loginName !== undefined) await signIn(page, base, db, v.loginName);
  if (large) await page.goto(`${base}/type/large?back=/`);
  const shots = new Map<number, Shot[]>(widths.map((w) => [w, []]));
  const waiting = [...v.start];
  const seen = new Set(waiting);
  const counts = new Map<string, number>();
  let n = 0;
  while (waiting.length > 0 && n < pages) {
    const address = waiting.shift() ?? '';
    const kind = kindOf(address);
    if ((counts.get(kind) ?? 0) >= perAddress) continue;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const answer = await page.goto(base + address, { waitUntil: 'load' }).catch((e: unknown) => String(e));
    if (typeof answer === 'string' || !(answer?.headers()['content-type'] ?? '').startsWith('text/html')) {
      console.log(`${v.who} ${address}: no page (${typeof answer === 'string' ? answer : 'a file'})`);
      continue;
    }
    if (answer && answer.status() >= 400 && address !== '/no-such-page') console.log(`${v.who} ${address}: ${answer.status()}`);
    n += 1;
    for (const link of await linksOf(page)) {
      const target = link.replace(/#.*$/, '');
      if (seen.has(target) || NO_PAGE.test(target.split('?')[0] ?? '')) continue;
      seen.add(target);
      waiting.push(target);
    }
    for (const fault of await faultsOf(page)) console.log(`${v.who} ${address}: ${fault}`);
    for (const width of widths) {
      await page.setViewport({ width, height: 800 });
      const file = path.join(out, `${v.who}-${String(n).padStart(2, '0')}-${width}.png`) as `${string}.png`;
      await page.screenshot({ path: file, fullPage: true });
      shots.get(width)?.push({ file, label: address });
    }
  }
  await context.close();
  return shots;
}

/** Pages side by side, each with its address above; the long ones are cut. */
async function contactSheet(shots: readonly Shot[], width: number, target: string): Promise<void> {
  const [columns, cell, height] = width > 640 ? [3, 620, 800] : [6, 300, 900];
  for (let from = 0, sheet = 1; from < shots.length; from += columns * 2, sheet += 1) {
    const part = shots.slice(from, from + columns * 2);
    const layers = await Promise.all(
      part.map(async (s, i) => {
        const picture = await sharp(s.file).resize({ width: cell }).toBuffer({ resolveWithObject: true });
        const cut = await sharp(picture.data)
          .extract({ left: 0, top: 0, width: cell, height: Math.min(height, picture.info.height) })
          .extend({ top: 22, background: '#333' })
          .toBuffer();
        const label = Buffer.from(
          `<svg width="${cell}" height="22"><text x="4" y="16" font-size="13" fill="#fff">${s.label.replace(/[<&]/g, ' ').slice(0, 70)}</text></svg>`,
        );
        const left = (i % columns) * (cell + 10);
        const top = Math.floor(i / columns) * (height + 32);
        return [
          { input: cut, left, top },
          { input: label, left, top },
        ];
      }),
    );
    await sharp({
      create: { width: columns * (cell + 10), height: Math.ceil(part.length / columns) * (height + 32), channels: 3, background: '#999' },
    })
      .composite(layers.flat())
      .png({ palette: true, colours: 64 })
      .toFile(target.replace('.png', `-${sheet}.png`));
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      base: { type: 'string', default: 'http://127.0.0.1:3000' },
      role: { type: 'string' },
      widths: { type: 'string', default: '1280,390' },
      'per-address': { type: 'string', default: '1' },
      pages: { type: 'string', default: '60' },
      large: { type: 'boolean', default: false },
    },
  });
  if (values.out === undefined) throw new Error('--out: where to put the pictures');
  fs.mkdirSync(values.out, { recursive: true });
  const config = loadConfig();
  const database = await openDatabase(config);
  const db = new pg.Client({ connectionString: database.url });
  await db.connect();
  const { executablePath, headless, env, args } = await findBrowser({
    cacheDir: path.join(config.rootDir, 'node_modules', '.cache', 'browser'),
  });
  const browser = await puppeteer.launch({ executablePath, headless, env, args, pipe: true });
  try {
    const widths = values.widths.split(',').map(Number);
    for (const v of visitors.filter((x) => values.role === undefined || x.who === values.role)) {
      const shots = await visit(browser, v, {
        base: values.base,
        out: values.out,
        widths,
        perAddress: Number(values['per-address']),
        pages: Number(values.pages),
        large: values.large,
        db,
      });
      for (const [width, list] of shots) await contactSheet(list, width, path.join(values.out, `sheet-${v.who}-${width}.png`));
      console.log(`${v.who}: ${shots.get(widths[0] ?? 0)?.length ?? 0} pages`);
    }
  } finally {
    await browser.close();
    await db.end();
  }
}

void main().catch((e: unknown) => {
  console.error(e);
  process.exitCode = 1;
});
