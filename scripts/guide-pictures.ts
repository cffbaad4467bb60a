/**
 * npm run docs:screens: starts the demonstration on a folder of its own, walks through it as everybody in turn, and writes the pictures of docs/guides. Run it after
 * `npm run build`. Each picture is a palette PNG (every browser of the site shows it), at most 60 KB; a page that is gone or a link that is not found ends it with an error.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import puppeteer, { type Page } from 'puppeteer';
import sharp from 'sharp';
import { DEMO_PASSWORD } from '../seeds/demo/accounts';
import { findBrowser } from '../src/adapters/printing';

const root = path.resolve(__dirname, '..');
const target = path.join(root, 'docs', 'guides', 'pictures');
/** what the README shows first */
const OVERVIEW = path.join(root, 'docs', 'pictures', 'overview.png');
const LIMIT = 60 * 1024;
const WIDTH = 1000;
const HEIGHT = 760;

interface Picture {
  /** `<guide>-<what>` */
  name: string;
  /** login name; nobody: not signed in */
  as?: string;
  /** addresses and words of links, one after the other */
  go: readonly string[];
  /** selectors clicked at the end: the last one leads to another page, past the password where that is asked for */
  click?: readonly string[];
  /** what is in sight at the end: scrolled to this selector */
  from?: string;
}

const pictures: readonly Picture[] = [
  { name: 'overview', as: 'guletian', go: ['/declarations', '年度'] },
  { name: 'applicant-sign-in', go: ['/sign-in'] },
  { name: 'applicant-register', go: ['/register/person'] },
  { name: 'applicant-profile', as: 'congxiaowen', go: ['/profile'] },
  { name: 'applicant-batches', as: 'bichunxiao', go: ['/declarations/new'] },
  { name: 'applicant-overview', as: 'songyutong', go: ['/declarations', '年度'] },
  { name: 'applicant-section', as: 'songyutong', go: ['/declarations', '年度', '申报信息'] },
  { name: 'applicant-files', as: 'congxiaowen', go: ['/declarations', '年度', '学历信息'], from: '.files' },
  { name: 'applicant-check', as: 'congxiaowen', go: ['/declarations', '年度', '核对并提交'] },
  { name: 'applicant-progress', as: 'guletian', go: ['/declarations', '年度'] },
  { name: 'applicant-returned', as: 'liwei', go: ['/declarations', '年度'] },
  { name: 'applicant-certificate', as: 'linxiyue', go: ['/declarations'] },
  { name: 'unit-register', go: ['/register/unit'] },
  { name: 'unit-home', as: 'wenhuaguan', go: ['/home'] },
  { name: 'unit-permission', as: 'zhangcun', go: ['/unit/permission'] },
  { name: 'unit-paths', as: 'wenhuaguan', go: ['/unit/paths'] },
  { name: 'unit-queue', as: 'wenhuaguan', go: ['/unit/review'] },
  { name: 'unit-check', as: 'wenhuaguan', go: ['/unit/review', '王䶮'] },
  { name: 'unit-return', as: 'wenhuaguan', go: ['/unit/review', '王䶮', '退回'] },
  { name: 'unit-publicity', as: 'tushuguan', go: ['/unit/publicities'] },
  { name: 'unit-report', as: 'wenhuaguan', go: ['/unit/report'] },
  { name: 'bureau-permissions', as: 'huancui_rsj', go: ['/bureau/permissions'] },
  { name: 'bureau-units', as: 'huancui_rsj', go: ['/bureau/units'] },
  { name: 'bureau-results', as: 'huancui_rsj', go: ['/bureau/results'] },
  {
    name: 'bureau-bulk',
    as: 'huancui_rsj',
    go: ['/bureau/results?state=publicity_over'],
    click: ['tbody input[name="ids"]', 'button[value="confirm:confirm"]'],
  },
  { name: 'office-queue', as: 'pwh_qzwh', go: ['/office/declarations'] },
  { name: 'office-meeting', as: 'pwh_qzwh', go: ['/office/meetings', '年'] },
  { name: 'office-judges', as: 'pwh_qzwh', go: ['/office/judges'] },
  { name: 'judge-sitting', as: 'pingwei3', go: ['/judge', '评审委员会'] },
  { name: 'judge-reading', as: 'pingwei3', go: ['/judge', '评审委员会'], click: ['.govuk-task-list__link'], from: '.check__turn' },
  { name: 'judge-check-in', as: 'pingwei1', go: ['/judge', '评审委员会'] },
  { name: 'support-find', as: 'support', go: ['/support/accounts'] },
  { name: 'support-corrections', as: 'support2', go: ['/support/corrections'] },
  { name: 'admin-batches', as: 'admin', go: ['/batches'] },
  { name: 'admin-calendar', as: 'admin', go: ['/admin/calendar'] },
  { name: 'auditor-audit', as: 'auditor', go: ['/admin/audit'] },
];

/** The demonstration, listening. */
async function startSite(dataDir: string): Promise<{ child: ChildProcess; base: string }> {
  const env: NodeJS.ProcessEnv = {};
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'LANG']) env[name] = process.env[name];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(root, 'dist', 'src', 'main.js')], {
    cwd: root,
    env: { ...env, DATA_DIR: dataDir, PORT: '3123', LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const base = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (piece: Buffer) => {
      text += piece.toString();
      const found = /已启动：(http:\/\/\S+)/.exec(text)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the site ended with ${String(code)}`)));
  });
  return { child, base };
}

const DIGITS = '零一二三四五六七八九';
/** Chinese numerals of 0–99, as the captcha's questions have them. */
function numberOf(text: string): number {
  const at = text.indexOf('十');
  if (at < 0) return DIGITS.indexOf(text);
  return (at === 0 ? 1 : DIGITS.indexOf(text.charAt(0))) * 10 + (at === text.length - 1 ? 0 : DIGITS.indexOf(text.charAt(text.length - 1)));
}

const pressed = async (page: Page, selector: string): Promise<void> => {
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
};

async function signIn(page: Page, base: string, account: string): Promise<void> {
  await page.goto(`${base}/sign-in`);
  await pressed(page, 'button[value="captcha:words"]');
  const question = (await page.evaluate("document.querySelector('#f-captcha-question').textContent")) as string;
  const [, first, sign, second] = /([零一二三四五六七八九十]+)([加减])([零一二三四五六七八九十]+)等于几/.exec(question) ?? [];
  const answer = numberOf(first ?? '') + (sign === '加' ? 1 : -1) * numberOf(second ?? '');
  await page.type('#f-account', account);
  await page.type('#f-password', DEMO_PASSWORD);
  await page.type('#f-captcha-answer', String(answer));
  await pressed(page, '.entrance__button');
  if (page.url().includes('/sign-in')) throw new Error(`${account} could not sign in`);
}

async function follow(page: Page, base: string, step: string): Promise<void> {
  if (step.startsWith('/')) {
    const answer = await page.goto(base + step);
    if (!answer?.ok()) throw new Error(`${step} answered ${String(answer?.status())}`);
    return;
  }
  const found = `[...document.querySelectorAll('main a')].find((a) => a.textContent.includes(${JSON.stringify(step)}))`;
  const href = (await page.evaluate(`${found} && ${found}.getAttribute('href')`)) as string | undefined;
  if (!href) throw new Error(`no link 「${step}」 on ${page.url()}`);
  await follow(page, base, href);
}

/** Ticks and presses; the last click leads to another page, before which the password may be asked for. */
async function clickAll(page: Page, selectors: readonly string[]): Promise<void> {
  for (const selector of selectors.slice(0, -1)) for (const found of await page.$$(`main ${selector}`)) await found.click();
  const last = selectors.at(-1);
  if (last === undefined) return;
  await pressed(page, `main ${last}`);
  if (!page.url().includes('/confirm-password')) return;
  await page.type('main input[type="password"]', DEMO_PASSWORD);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

/** As few colours as it takes to come under the limit; pages are flat, so that this is hardly seen. */
async function write(name: string, shot: Uint8Array): Promise<number> {
  for (const colours of [96, 48, 24, 12]) {
    const png = await sharp(shot).png({ palette: true, colours, effort: 10, dither: 0 }).toBuffer();
    if (png.length > LIMIT && colours > 12) continue;
    fs.writeFileSync(name === 'overview' ? OVERVIEW : path.join(target, `${name}.png`), png);
    return png.length;
  }
  throw new Error(`${name} was not written`);
}

async function main(): Promise<void> {
  const only = process.argv[2];
  const wanted = pictures.filter((p) => only === undefined || p.name.startsWith(only));
  fs.mkdirSync(target, { recursive: true });
  if (only === undefined) for (const file of fs.readdirSync(target)) fs.rmSync(path.join(target, file));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'guide-pictures-'));
  const { child, base } = await startSite(folder);
  const found = await findBrowser({ cacheDir: path.join(root, 'node_modules', '.cache', 'browser') });
  const browser = await puppeteer.launch({ ...found, pipe: true, defaultViewport: { width: WIDTH, height: HEIGHT } });
  try {
    let total = 0;
    for (const as of new Set(wanted.map((p) => p.as))) {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      await page.setJavaScriptEnabled(false);
      if (as !== undefined) await signIn(page, base, as);
      for (const picture of wanted.filter((p) => p.as === as)) {
        for (const step of picture.go) await follow(page, base, step);
        await clickAll(page, picture.click ?? []);
        // as text: these run in the page, whose names the compiler does not know here
        const top =
          picture.from === undefined
            ? '0'
            : `document.querySelector(${JSON.stringify(`main ${picture.from}`)}).getBoundingClientRect().top + scrollY - 160`;
        const y = Math.max(0, (await page.evaluate(top)) as number);
        const full = (await page.evaluate('document.documentElement.scrollHeight')) as number;
        const shot = await page.screenshot({ clip: { x: 0, y, width: WIDTH, height: Math.min(HEIGHT, full - y) } });
        const size = await write(picture.name, shot);
        total += size;
        process.stdout.write(`${picture.name}.png ${Math.ceil(size / 1024)} KB\n`);
      }
      await context.close();
    }
    process.stdout.write(`${wanted.length} pictures, ${Math.ceil(total / 1024)} KB\n`);
  } finally {
    await browser.close();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

void main();
