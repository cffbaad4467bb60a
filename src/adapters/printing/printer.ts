import type * as Puppeteer from 'puppeteer';
import type { Browser, HTTPRequest, Page } from 'puppeteer';
import { Semaphore } from '../../lib/semaphore';
import { findBrowser } from './find-browser';

export interface PrintOptions {
  landscape?: boolean;
  /** Used where the page's own `@page { size }` says nothing; A4 unless given. */
  format?: 'A4' | 'A3';
  /** Pictures and style sheets of the page: path such as `/photo.png` -> content. Nothing else can be loaded. */
  files?: Record<string, { body: Buffer; contentType: string }>;
}

export interface PrinterStats {
  prints: number;
  failures: number;
  /** Prints that were done again because the first try failed. */
  retries: number;
  timeouts: number;
  launches: number;
  /** Requests of pages that were refused. */
  blocked: number;
  active: number;
  waiting: number;
  /** Path of the browser in use. */
  browser: string | undefined;
  /** Process id of the browser in use. */
  pid: number | undefined;
}

export interface Printer {
  /**
   * Prints an HTML document. Scripts do not run and nothing is fetched from any network.
   * @throws PrintTimeoutError, PrintTooLargeError, or the browser's error when a second try in a fresh browser failed too.
   */
  pdf(html: string, options?: PrintOptions): Promise<Buffer>;
  /** Unpacks and starts the browser and lets it look at the fonts, so that the first print does not have to wait. */
  warm(): Promise<void>;
  close(): Promise<void>;
  stats(): PrinterStats;
}

export interface PrinterOptions {
  cacheDir: string;
  executablePath?: string;
  /** A folder of the operator with fonts for characters that the program's own lack. */
  extraFonts?: string;
  /** Prints at the same time; 2 unless given. */
  concurrency?: number;
  /** Prints after which a fresh browser is taken; 200 unless given. */
  recycleAfter?: number;
  /** Longest time of one print, second try included; 30,000 unless given. */
  timeoutMs?: number;
  /** Longest document and longest PDF, in bytes; 100 MB unless given. */
  maxBytes?: number;
  log?: (line: string) => void;
}

export class PrintTimeoutError extends Error {
  constructor(timeoutMs: number) {
    super(`the page was not printed within ${timeoutMs} ms`);
    this.name = 'PrintTimeoutError';
  }
}

/** The document or its print is larger than anything the site makes: it is given up at once, before it fills the memory. */
export class PrintTooLargeError extends Error {
  constructor(maxBytes: number) {
    super(`the page or its print has more than ${maxBytes} bytes`);
    this.name = 'PrintTooLargeError';
  }
}

/** The page's address; the name cannot exist (RFC 6761 §6.4) and is answered from memory. */
const ORIGIN = 'http://print.invalid';

const OFFLINE_ARGS = [
  '--host-resolver-rules=MAP * ~NOTFOUND', // no name resolves
  '--proxy-server=http://127.0.0.1:9', // and no connection leaves,
  '--proxy-bypass-list=<-loopback>', // not even one to this machine
];

const CLOSE_TIMEOUT_MS = 5000;

const DIED =
  /target closed|session closed|connection closed|detached|socket hang up|not open|target.*crashed|page crashed|browser.*disconnected|ECONNRESET|EPIPE/i;

/** A page that is ready to be filled: no scripts, nothing fetched, and nothing on it yet. */
interface Blank {
  page: Page;
  /** what the page may load; nothing before somebody prints on it */
  content: { html: string; files: NonNullable<PrintOptions['files']> } | undefined;
  /** never resolves; rejects when the page's process dies */
  crash: Promise<never>;
  isDead: boolean;
}

/** One started browser and what is going on in it. */
interface Warm {
  browser: Browser;
  path: string;
  prints: number;
  active: number;
  retired: boolean;
  /** made ready while nobody waits; at most one */
  spare: Promise<Blank | undefined> | undefined;
  /** never resolves; rejects when the browser has ended: some of its library's calls, a stream of a PDF among them, wait for ever then */
  gone: Promise<never>;
}

/** Resolves to 'late' when the promise takes longer than `ms`. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), Math.max(ms, 0));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

class BrowserPrinter implements Printer {
  readonly #slots: Semaphore;
  readonly #recycleAfter: number;
  readonly #timeoutMs: number;
  readonly #maxBytes: number;
  readonly #log: (line: string) => void;
  #current: Promise<Warm> | undefined;
  #warm: Warm | undefined;
  readonly #all = new Set<Warm>();
  #closed = false;
  readonly #counts = { prints: 0, failures: 0, retries: 0, timeouts: 0, launches: 0, blocked: 0 };

  constructor(private readonly options: PrinterOptions) {
    this.#slots = new Semaphore(options.concurrency ?? 2);
    this.#recycleAfter = options.recycleAfter ?? 200;
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    this.#maxBytes = options.maxBytes ?? 100 * 1024 * 1024;
    this.#log = options.log ?? (() => undefined);
  }

  async pdf(html: string, options: PrintOptions = {}): Promise<Buffer> {
    if (Buffer.byteLength(html) > this.#maxBytes) throw new PrintTooLargeError(this.#maxBytes);
    return this.#slots.run(async () => {
      const deadline = performance.now() + this.#timeoutMs;
      try {
        const pdf = await this.#attempt(html, options, deadline).catch((e: unknown) => {
          if (e instanceof PrintTimeoutError || e instanceof PrintTooLargeError || this.#closed) throw e;
          this.#counts.retries++;
          this.#log(`printing failed, trying once more in a fresh browser: ${String(e)}`);
          return this.#attempt(html, options, deadline);
        });
        this.#counts.prints++;
        return pdf;
      } catch (e) {
        this.#counts.failures++;
        throw e;
      }
    });
  }

  async warm(): Promise<void> {
    await this.pdf('<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><p style="font-family:serif">准备<b>打印</b></p>');
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#current?.catch(() => undefined); // a failed start has already been reported to who asked for it
    await Promise.all([...this.#all].map((warm) => this.#end(warm)));
  }

  stats(): PrinterStats {
    return {
      ...this.#counts,
      active: this.#slots.active,
      waiting: this.#slots.waiting,
      browser: this.#warm?.path,
      pid: this.#warm?.browser.process()?.pid,
    };
  }

  async #launch(): Promise<Warm> {
    const { executablePath, headless, env, args } = await findBrowser(this.options);
    // only a process that prints loads it
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() would load its other half, made for ES modules
    const puppeteer = require('puppeteer') as typeof Puppeteer;
    const start = (extra: string[]): Promise<Browser> =>
      puppeteer.launch({
        executablePath,
        headless,
        env,
        pipe: true,
        args: [...args, ...OFFLINE_ARGS, ...extra],
        // The server decides when its browser ends.
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
        timeout: this.#timeoutMs,
      });
    let browser: Browser;
    try {
      browser = await start([]);
    } catch (e) {
      if (!/no usable sandbox|failed to move to new namespace|clone.*operation not permitted/i.test(String(e))) throw e;
      this.#log(
        `this system does not allow the browser's sandbox (unprivileged user namespaces); printing without it: ${String(e).slice(0, 200)}`,
      );
      browser = await start(['--no-sandbox']);
    }
    this.#counts.launches++;
    this.#log(`printing with ${executablePath}, ${await browser.version()}`);
    let end: () => void = () => undefined;
    const gone = new Promise<never>((_resolve, reject) => {
      end = () => reject(new Error('the browser has ended'));
    });
    gone.catch(() => undefined); // nothing is printed when a browser is closed
    const warm: Warm = { browser, path: executablePath, prints: 0, active: 0, retired: false, spare: undefined, gone };
    this.#all.add(warm);
    this.#warm = warm;
    const ended = () => {
      end();
      this.#retire(warm);
      this.#all.delete(warm);
    };
    browser.once('disconnected', ended);
    browser.process()?.once('exit', ended); // its children may hold the pipe open longer than it lives
    return warm;
  }

  #browser(): Promise<Warm> {
    if (this.#closed) return Promise.reject(new Error('the printer is closed'));
    this.#current ??= this.#launch().catch((e: unknown) => {
      this.#current = undefined;
      throw e;
    });
    return this.#current;
  }

  /** New prints go to a fresh browser; this one is closed when its last print is done. */
  #retire(warm: Warm): void {
    if (!warm.retired) {
      warm.retired = true;
      if (this.#warm === warm) {
        this.#warm = undefined;
        this.#current = undefined;
      }
    }
    if (warm.active === 0 && this.#all.has(warm)) void this.#end(warm);
  }

  async #end(warm: Warm): Promise<void> {
    this.#all.delete(warm);
    const closing = warm.browser.close().catch((e: unknown) => this.#log(`closing the browser: ${String(e)}`));
    if ((await within(closing, CLOSE_TIMEOUT_MS)) === 'late') this.#kill(warm);
  }

  /** Also ends a browser that is stopped or does not answer. */
  #kill(warm: Warm): void {
    const child = warm.browser.process();
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, 'SIGKILL'); // it is the leader of its own process group
    } catch {
      child.kill('SIGKILL');
    }
  }

  async #attempt(html: string, options: PrintOptions, deadline: number): Promise<Buffer> {
    const warm = await this.#inTime(this.#browser(), deadline);
    warm.active++;
    try {
      return await this.#inTime(Promise.race([warm.gone, this.#print(warm, html, options)]), deadline);
    } catch (e) {
      this.#retire(warm);
      if (e instanceof PrintTimeoutError) this.#kill(warm); // a page that hangs takes its browser with it; a print beside it is tried again
      throw e;
    } finally {
      warm.active--;
      if (++warm.prints >= this.#recycleAfter || warm.retired) this.#retire(warm);
    }
  }

  async #inTime<T>(promise: Promise<T>, deadline: number): Promise<T> {
    promise.catch(() => undefined); // its failure after the deadline has no more listener
    const result = await within(promise, deadline - performance.now());
    if (result === 'late') {
      this.#counts.timeouts++;
      throw new PrintTimeoutError(this.#timeoutMs);
    }
    return result;
  }

  async #print(warm: Warm, html: string, options: PrintOptions): Promise<Buffer> {
    const blank = await this.#takeBlank(warm);
    blank.content = { html, files: options.files ?? {} };
    try {
      return await Promise.race([blank.crash, this.#printPage(blank.page, options)]);
    } finally {
      this.#closePage(blank.page);
      this.#makeSpare(warm);
    }
  }

  /** A page that was made ready before, where there is one that is still alive. Each page is printed on once. */
  async #takeBlank(warm: Warm): Promise<Blank> {
    const { spare } = warm;
    warm.spare = undefined;
    const ready = await spare;
    return ready && !ready.isDead && !ready.page.isClosed() ? ready : this.#makeBlank(warm);
  }

  /** Making a page takes a good part of a short print: the next one is made while nobody waits for it. */
  #makeSpare(warm: Warm): void {
    if (warm.retired || warm.spare || this.#closed) return;
    warm.spare = this.#makeBlank(warm).catch((e: unknown) => {
      if (!DIED.test(String(e))) this.#log(`making a page ready: ${String(e)}`);
      return undefined;
    });
  }

  async #makeBlank(warm: Warm): Promise<Blank> {
    const page = await warm.browser.newPage();
    const blank: Blank = { page, content: undefined, isDead: false, crash: new Promise<never>(() => undefined) };
    // Commands to a page whose process died are never answered.
    blank.crash = new Promise<never>((_resolve, reject) =>
      page.once('error', (e) => {
        blank.isDead = true;
        reject(e);
      }),
    );
    blank.crash.catch(() => undefined);
    await page.setJavaScriptEnabled(false);
    await page.setRequestInterception(true);
    page.on('request', (request) => this.#answer(request, blank.content));
    return blank;
  }

  async #printPage(page: Page, options: PrintOptions): Promise<Buffer> {
    await page.goto(`${ORIGIN}/`, { waitUntil: 'load', timeout: this.#timeoutMs });
    const pdf = await page.createPDFStream({
      format: options.format ?? 'A4',
      landscape: options.landscape ?? false,
      preferCSSPageSize: true,
      printBackground: true,
      timeout: this.#timeoutMs,
    });
    const chunks: Uint8Array[] = [];
    let size = 0;
    const reader = pdf.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength;
      if (size > this.#maxBytes) throw new PrintTooLargeError(this.#maxBytes);
      chunks.push(part.value);
    }
    return Buffer.concat(chunks, size);
  }

  /** Not waited for: the print is done, and a dead browser cannot close anything. */
  #closePage(page: Page): void {
    page.close().catch((e: unknown) => {
      if (!DIED.test(String(e))) this.#log(`closing a printed page: ${String(e)}`);
    });
  }

  #answer(request: HTTPRequest, content: Blank['content']): void {
    const address = new URL(request.url());
    const files = content?.files ?? {};
    const file = address.origin === ORIGIN && Object.hasOwn(files, address.pathname) ? files[address.pathname] : undefined;
    let answered: Promise<void>;
    if (content && address.href === `${ORIGIN}/`) {
      answered = request.respond({ contentType: 'text/html; charset=utf-8', body: content.html });
    } else if (file) {
      answered = request.respond({ contentType: file.contentType, body: file.body, headers: { 'access-control-allow-origin': '*' } });
    } else if (address.protocol === 'data:') {
      answered = request.continue();
    } else {
      if (address.pathname !== '/favicon.ico') this.#counts.blocked++;
      answered = request.abort('blockedbyclient');
    }
    answered.catch((e: unknown) => {
      if (!DIED.test(String(e))) this.#log(`answering ${address.href.slice(0, 200)}: ${String(e)}`);
    });
  }
}

/** One warm browser for the whole program; replaced after 200 prints, after a crash and after a hang. */
export function createPrinter(options: PrinterOptions): Printer {
  return new BrowserPrinter(options);
}
