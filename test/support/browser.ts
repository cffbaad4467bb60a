/**
 * Real browsers for tests: people who open pages, fill in what they see by its label and press what they read.
 *
 *   const browser = await openBrowser();                                     // afterAll(() => browser.close())
 *   const person = await newPerson(browser, site, { who: '申报人', scripts: true, width: 1280 });
 *   await person.open('/sign-in'); await person.fill({ 账号: 'zhang', 密码: '…' }); await person.press('立即登录');
 *   expect(person.faults()).toEqual([]);                                     // what was wrong with the pages it saw
 *
 * SCREENS=<folder> in the environment keeps a picture of every page; AXE_REPORT=<folder> a line for every page and state that axe has seen (`npm run test:browser` makes a report of them).
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import axeCore from 'axe-core';
import puppeteer, { type Browser, type BrowserContext, type ElementHandle, type Page } from 'puppeteer';
import { findBrowser } from '../../src/adapters/printing';
import pageTools from './in-page.cjs';
import type { Site } from './site';

const SCREENS = process.env.SCREENS;
const AXE_REPORT = process.env.AXE_REPORT;
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

export async function openBrowser(): Promise<Browser> {
  const { executablePath, headless, env, args } = await findBrowser({
    cacheDir: path.join(__dirname, '..', '..', 'node_modules', '.cache', 'browser'),
  });
  return puppeteer.launch({ executablePath, headless, env, args, pipe: true, defaultViewport: null });
}

export interface PersonOptions {
  /** names the pictures */
  who: string;
  scripts: boolean;
  width: number;
  folder?: string;
}

/** An address without what differs from one of a kind to the next. */
const kindOf = (address: string): string =>
  (address.split('?')[0] ?? '').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*').replace(/\/\d+(?=\/|$)/g, '/*');

interface Control {
  kind: 'text' | 'select' | 'radio' | 'checkbox' | 'file';
  isFound: boolean;
  isThere: boolean;
  isFixed: boolean;
  option: string;
  isInPlace: boolean;
}

interface Survey {
  title: string;
  headings: string[];
  overflow: number;
  wide: string[];
  dead: number;
  newWindows: number;
  brokenImages: string[];
}

let pictures = 0;

/** One person at a browser of their own (own cookies). Every page they come to is looked over: see `faults`. */
/** As people do: what stays in view at the edge of the window may lie over it. */
const toTheMiddle = (target: ElementHandle): Promise<void> =>
  target.evaluate((e) => (e as unknown as { scrollIntoView(o: object): void }).scrollIntoView({ block: 'center' }));

export class Person {
  readonly #faults: string[] = [];

  constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly site: Site,
    private readonly options: PersonOptions,
  ) {
    page.on('pageerror', (e) => this.#fault(`script error: ${String(e)}`));
    page.on('console', (message) => {
      // refusals of a form come with status 422, which the console reports as a failure to load
      if (message.type() === 'error' && !/status of 422/.test(message.text())) this.#fault(`console: ${message.text()}`);
    });
    page.on('response', (r) => {
      if (r.status() >= 400 && r.status() !== 422) this.#fault(`${r.status()} from ${r.url().slice(this.site.base.length)}`);
    });
    page.on('requestfailed', (r) => {
      if (r.failure()?.errorText !== 'net::ERR_ABORTED') this.#fault(`${r.url()}: ${r.failure()?.errorText ?? 'failed'}`);
    });
    page.on('dialog', (d) => {
      this.#fault(`a dialogue box: ${d.message()}`);
      void d.dismiss();
    });
  }

  #fault(text: string): void {
    this.#faults.push(`${this.options.who} ${this.address}: ${text}`);
  }
  /** What was wrong with the pages seen since the last call: sideways scrolling, headings, accessibility, script errors, refused or failed requests. */
  faults(): string[] {
    return this.#faults.splice(0);
  }

  get address(): string {
    return this.page.url().replace(this.site.base, '');
  }

  async #ask<T>(tool: string, ...args: unknown[]): Promise<T> {
    return (await this.page.evaluate(`(${String(pageTools)})().${tool}(...${JSON.stringify(args)})`)) as T;
  }
  async #handle(tool: string, ...args: unknown[]): Promise<ElementHandle | undefined> {
    const handle = await this.page.evaluateHandle(`(${String(pageTools)})().${tool}(...${JSON.stringify(args)})`);
    return (handle.asElement() as ElementHandle | null) ?? undefined;
  }
  async #fail(what: string): Promise<never> {
    throw new Error(`${what} on ${this.address}:\n${(await this.text('body')).slice(0, 1500)}`);
  }

  text(css = 'main'): Promise<string> {
    return this.#ask('text', css);
  }
  texts(css: string): Promise<string[]> {
    return this.#ask('texts', css);
  }
  async heading(): Promise<string> {
    return (await this.texts('h1')).join('|');
  }
  /** the lines of the error summary */
  errors(): Promise<string[]> {
    return this.texts('#error-summary li');
  }
  /** id of the element that has the focus */
  focused(): Promise<string> {
    return this.#ask('focused');
  }
  /** value of a hidden field */
  hidden(name: string): Promise<string | null> {
    return this.#ask('hidden', name);
  }
  /** What a field holds, asked by name or label. */
  async holds(key: string, value: string): Promise<boolean> {
    return (await this.#control(key, value))?.isThere ?? false;
  }
  #control(key: string, value: string): Promise<Control | null> {
    return this.#ask('control', key, value);
  }
  async has(key: string): Promise<boolean> {
    return (await this.#control(key, '')) !== null;
  }

  async open(address: string): Promise<void> {
    await this.page.goto(this.site.base + address, { waitUntil: 'load' });
    await this.look();
  }

  /** Presses a button or follows a link by the words on it; `about`: words of the row, card or field it belongs to. Comes back when the answer is on the screen. */
  async press(words: string, about = ''): Promise<void> {
    const target = await this.#handle('clickable', words, about);
    if (!target) return this.#fail(`nothing to press called 「${words}」 ${about}`);
    await toTheMiddle(target);
    if (this.options.scripts && (await this.#ask<boolean>('isInPlace', words, about))) {
      await target.click();
      await this.#settled();
    } else {
      await Promise.all([this.page.waitForNavigation({ waitUntil: 'load' }), target.click()]);
    }
    await this.look();
  }

  async #settled(): Promise<void> {
    const end = performance.now() + 60_000;
    while (!(await this.#ask<boolean>('isSettled'))) {
      if (performance.now() > end) return this.#fail('the page did not come to rest');
      await new Promise((r) => setTimeout(r, 25));
    }
  }

  /** Fills in one field by its name or label; radios and drop-downs by value or by the words beside them. False when the page has no such field or choice (yet). */
  async #put(key: string, value: string): Promise<boolean> {
    const control = await this.#control(key, value);
    if (!control?.isFound) return false;
    if (control.isThere || control.isFixed) return true;
    if (control.kind === 'select') {
      const handle = await this.#handle('input', key, value);
      await handle?.select(control.option);
    } else if (control.kind === 'text') {
      const handle = await this.#handle('input', key, value);
      await handle?.focus();
      await this.#ask('select', key);
      if (value === '') await this.page.keyboard.press('Backspace');
      else await this.page.keyboard.sendCharacter(value);
    } else {
      const handle = await this.#handle('input', key, value);
      if (handle) await toTheMiddle(handle);
      await handle?.click();
    }
    if (this.options.scripts && control.isInPlace) await this.#settled();
    return true;
  }

  /** Fills the fields in the order given. A field that appears only after another has been chosen is waited for; without scripts 「刷新选项」 is pressed for it. */
  async fill(values: Record<string, string>): Promise<void> {
    for (const [key, value] of Object.entries(values)) {
      if (await this.#put(key, value)) continue;
      if (this.options.scripts || !(await this.#handle('clickable', '刷新选项', '')))
        return this.#fail(`no field or choice 「${key}」 = ${value}`);
      await this.press('刷新选项');
      if (!(await this.#put(key, value))) return this.#fail(`no field or choice 「${key}」 = ${value}, also after 「刷新选项」`);
    }
  }

  /** Chooses files in a file field; with scripts they are sent at once, without the button beside it is pressed. */
  async upload(name: string, file: { fileName: string; content: Buffer }, folder: string): Promise<void> {
    const field = await this.#handle('file', name);
    if (!field) return this.#fail(`no file field ${name}`);
    const target = path.join(folder, file.fileName);
    fs.writeFileSync(target, file.content);
    const label = await this.#ask<string>('uploadLabel', name);
    await (field as unknown as { uploadFile(file: string): Promise<void> }).uploadFile(target);
    if (!this.options.scripts) return this.press('上传', label);
    await this.#settled();
    await this.look();
  }

  /** Types into the unit search and waits for what it finds. Scripts only. */
  async searchUnit(box: string, words: string): Promise<void> {
    const field = await this.page.$(box);
    await field?.focus();
    await this.page.keyboard.sendCharacter(words);
    await this.page.waitForSelector('.picker__found input[type=radio]', { timeout: 60_000 });
    await this.#settled();
    await this.look();
  }

  /** The captcha of this page, if it has one, takes 「test」: what stands in the picture, only people can read. */
  async answerCaptcha(): Promise<void> {
    if (!(await this.has('验证码'))) return;
    const id = (await this.hidden('captcha.id')) ?? '';
    const changed = await this.site
      .db('captchas')
      .where({ id })
      .update({ answer_hash: createHash('sha256').update('test').digest() });
    if (changed !== 1) return this.#fail('no captcha');
    await this.fill({ 验证码: 'test' });
  }

  async signIn(account: string, password: string): Promise<void> {
    await this.open('/sign-in');
    await this.fill({ 账号: account, 密码: password });
    await this.answerCaptcha();
    await this.press('立即登录');
    if (this.address !== '/home') return this.#fail(`sign-in of ${account} failed`);
  }

  /** Fetches what a link leads to, with this browser's cookies: downloads. */
  async download(words: string, about = ''): Promise<{ status: number; type: string; body: Buffer }> {
    const href = await this.#ask<string | null>('href', words, about);
    if (href === null) return this.#fail(`no link 「${words}」`);
    const cookie = (await this.context.cookies()).map((c) => `${c.name}=${c.value}`).join('; ');
    const r = await fetch(this.site.base + href, { headers: { cookie }, redirect: 'manual' });
    return { status: r.status, type: r.headers.get('content-type') ?? '', body: Buffer.from(await r.arrayBuffer()) };
  }

  /** axe-core on the page as it stands; one line for each rule broken. Scripts only. */
  async axe(): Promise<string[]> {
    await this.page.evaluate(`if (!window.axe) { ${axeCore.source} }`);
    const violations = await this.#ask<string[]>('axe', WCAG);
    // what a test wrote into an empty page itself is no page of the site
    if (AXE_REPORT && this.page.url().startsWith(this.site.base)) {
      const { who, width } = this.options;
      const line = { address: kindOf(this.address), title: await this.page.title(), who, width, violations };
      fs.mkdirSync(AXE_REPORT, { recursive: true });
      fs.appendFileSync(path.join(AXE_REPORT, `${process.pid}.jsonl`), `${JSON.stringify(line)}\n`);
    }
    return violations;
  }

  /** Looks the page over and keeps a picture of it. */
  async look(): Promise<void> {
    const s = await this.#ask<Survey>('survey');
    if (s.title === '') this.#fault('no title');
    if (s.headings.length !== 1) this.#fault(`${s.headings.length} h1: ${s.headings.join(', ')}`);
    if (s.overflow > 1) this.#fault(`${s.overflow} px too wide: ${s.wide.join(', ')}`);
    if (s.dead > 0) this.#fault(`${s.dead} controls that need scripts are shown without them`);
    if (s.newWindows > 0) this.#fault('a link opens a new window');
    if (s.brokenImages.length > 0) this.#fault(`broken pictures: ${s.brokenImages.join(', ')}`);
    if ((await this.context.pages()).length > 1) this.#fault('a new window was opened');
    if (this.options.scripts) for (const line of await this.axe()) this.#fault(`axe ${line}`);
    if (!SCREENS) return;
    const folder = path.join(SCREENS, this.options.folder ?? '');
    fs.mkdirSync(folder, { recursive: true });
    const slug = `${this.options.who}-${s.headings[0] ?? ''}`.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 50);
    const file = path.join(folder, `${String(++pictures).padStart(3, '0')}-${slug}.png`) as `${string}.png`;
    await this.page.screenshot({ path: file, fullPage: true });
  }
}

export async function newPerson(browser: Browser, site: Site, options: PersonOptions): Promise<Person> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: options.width, height: 900 });
  await page.setJavaScriptEnabled(options.scripts);
  page.setDefaultTimeout(60_000);
  return new Person(page, context, site, options);
}
