/**
 * A whole site for one test file: the real application on a database of its own.
 *
 *   const site = await openSite();            // afterAll(() => site.close())
 *   const visitor = site.visitor();           // one browser: keeps its cookies
 *   const page = await visitor.get('/sign-in');            // follows no redirect by itself
 *   const answer = await visitor.submit(page, { account: 'zhang' }, { button: 'do=save' });  // fills the form of that page as a browser would
 *   page.status, page.location, page.html, page.text(), page.find('css'), page.errors()
 *   await site.db('accounts')…, site.deps, site.drainJobs(), site.advanceClock('8 days')
 */
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { parse, type HTMLElement } from 'node-html-parser';
import { pino } from 'pino';
import { auditFacts } from '../../src/audit/audit-facts';
import { compose, type Composition } from '../../src/compose';
import { loadConfig } from '../../src/config';
import type { Db } from '../../src/db/db';
import { isDatabaseAway } from '../../src/http/errors';
import { freshDatabase } from './database';

export interface UploadInput {
  field: string;
  name: string;
  content: Buffer;
  type?: string;
}
export interface SubmitOptions {
  /** which form: by its action's beginning or a CSS selector; default: the only form inside main */
  form?: string;
  /** `name=value` of the button pressed */
  button?: string;
  files?: UploadInput[];
  /** leave these names out although the form has them */
  without?: string[];
}

export class Page {
  readonly root: HTMLElement;
  constructor(
    readonly status: number,
    readonly html: string,
    readonly headers: Headers,
    readonly address: string,
  ) {
    this.root = parse(html);
  }
  get location(): string {
    return this.headers.get('location') ?? '';
  }
  find(css: string): HTMLElement | null {
    return this.root.querySelector(css);
  }
  all(css: string): HTMLElement[] {
    return this.root.querySelectorAll(css);
  }
  text(css = 'main'): string {
    return (this.root.querySelector(css)?.text ?? '').replace(/\s+/g, ' ').trim();
  }
  get heading(): string {
    return this.text('h1');
  }
  errors(): string[] {
    return this.all('#error-summary li').map((x) => x.text.trim());
  }
  link(words: string): string {
    const found = this.all('a').find((a) => a.text.trim().includes(words));
    if (!found) throw new Error(`no link 「${words}」 on ${this.address}:\n${this.text('body').slice(0, 1500)}`);
    return found.getAttribute('href') ?? '';
  }
  form(which?: string): HTMLElement {
    const forms = this.all('form');
    const inMain = this.all('main form');
    const found = which
      ? which.startsWith('/')
        ? forms.find((f) => (f.getAttribute('action') ?? '').startsWith(which))
        : this.find(which)
      : (inMain.find((f) => f.getAttribute('method') === 'post') ?? inMain[0]);
    if (!found) throw new Error(`no form ${which ?? ''} on ${this.address} (${this.status}):\n${this.text('body').slice(0, 1500)}`);
    return found;
  }
  /** what a browser would send for this form as it stands */
  fields(which?: string): [string, string][] {
    const form = this.form(which);
    const list: [string, string][] = [];
    for (const el of form.querySelectorAll('input, select, textarea')) {
      const name = el.getAttribute('name');
      const type = el.getAttribute('type') ?? '';
      if (!name || el.hasAttribute('disabled') || ['submit', 'button', 'file', 'image'].includes(type)) continue;
      if (el.tagName === 'SELECT') {
        const chosen = el.querySelectorAll('option').find((o) => o.hasAttribute('selected')) ?? el.querySelector('option');
        list.push([name, chosen?.getAttribute('value') ?? chosen?.text.trim() ?? '']);
      } else if (el.tagName === 'TEXTAREA') {
        list.push([name, el.text]);
      } else if (type === 'checkbox' || type === 'radio') {
        if (el.hasAttribute('checked')) list.push([name, el.getAttribute('value') ?? 'on']);
      } else {
        list.push([name, el.getAttribute('value') ?? '']);
      }
    }
    return list;
  }
}

export class Visitor {
  readonly cookies = new Map<string, string>();
  constructor(
    private readonly base: string,
    private readonly decode: (html: string) => string = (x) => x,
  ) {}

  async request(
    method: 'GET' | 'POST',
    address: string,
    body?: URLSearchParams | FormData,
    headers: Record<string, string> = {},
  ): Promise<Page> {
    const cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    const r = await fetch(this.base + address, {
      method,
      redirect: 'manual',
      headers: { ...(cookie ? { cookie } : {}), ...headers },
      ...(body ? { body } : {}),
    });
    for (const line of r.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      if (/expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const type = r.headers.get('content-type') ?? '';
    const html = type.includes('html') || type.includes('text') ? await r.text() : '';
    if (!html && r.body) await r.arrayBuffer().catch(() => undefined);
    return new Page(r.status, this.decode(html), r.headers, address);
  }
  get(address: string, headers?: Record<string, string>): Promise<Page> {
    return this.request('GET', address, undefined, headers);
  }
  /** follows redirects to the page that a person would see */
  async open(address: string): Promise<Page> {
    let page = await this.get(address);
    for (let i = 0; i < 5 && page.status >= 300 && page.status < 400; i++) page = await this.get(page.location);
    return page;
  }
  async bytes(address: string): Promise<{ status: number; body: Buffer; headers: Headers }> {
    const cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    const r = await fetch(this.base + address, { redirect: 'manual', headers: { cookie } });
    return { status: r.status, body: Buffer.from(await r.arrayBuffer()), headers: r.headers };
  }
  /** fills the form of a page and sends it; gives the raw answer (usually a 303) */
  async submit(page: Page, values: Record<string, string | string[]> = {}, o: SubmitOptions = {}): Promise<Page> {
    const form = page.form(o.form);
    const fields = page.fields(o.form).filter(([k]) => !(k in values) && !o.without?.includes(k));
    for (const [k, v] of Object.entries(values)) for (const x of Array.isArray(v) ? v : [v]) fields.push([k, x]);
    if (o.button) fields.push([o.button.slice(0, o.button.indexOf('=')), o.button.slice(o.button.indexOf('=') + 1)]);
    const action = form.getAttribute('action') || page.address;
    if ((form.getAttribute('method') ?? 'get').toLowerCase() === 'get')
      return this.get(`${action.split('?')[0]}?${new URLSearchParams(fields).toString()}`);
    if (form.getAttribute('enctype') === 'multipart/form-data') {
      const data = new FormData();
      for (const [k, v] of fields) data.append(k, v);
      for (const f of o.files ?? [])
        data.append(f.field, new Blob([new Uint8Array(f.content)], { type: f.type ?? 'application/octet-stream' }), f.name);
      return this.request('POST', action, data);
    }
    return this.request('POST', action, new URLSearchParams(fields));
  }
  /** submit, then follow to the page that comes out */
  async send(page: Page, values: Record<string, string | string[]> = {}, o: SubmitOptions = {}): Promise<Page> {
    const answer = await this.submit(page, values, o);
    return answer.status >= 300 && answer.status < 400 ? this.open(answer.location) : answer;
  }
}

export interface Site {
  base: string;
  composition: Composition;
  deps: Composition['deps'];
  db: Composition['deps']['db'];
  visitor: () => Visitor;
  drainJobs: () => Promise<void>;
  /** moves the database's clock: `site.advanceClock('8 days')` */
  advanceClock: (by: string) => Promise<void>;
  log: string[];
  close: () => Promise<void>;
}

/** X1: whatever a test made happen, the log says in words. A test may have taken the log away, or the whole database. */
async function factsWithoutWords(db: Db): Promise<string[]> {
  const { rows: tables } = await db.raw<{ rows: { log: string | null }[] }>("SELECT to_regclass('audit_log') AS log");
  if (tables[0]?.log === null) return [];
  const { rows } = await db.raw<{ rows: { fact: string }[] }>(
    `SELECT jsonb_object_keys(detail) AS fact FROM audit_log UNION SELECT jsonb_object_keys(detail->'input') FROM audit_log WHERE jsonb_typeof(detail->'input') = 'object'`,
  );
  return rows.map((r) => r.fact).filter((fact) => !(fact in auditFacts));
}

/** `as`: gives the address of another account of the database, made for it, as which the site comes (S57). */
export async function openSite(env: Record<string, string> = {}, as?: (owner: string) => Promise<string>): Promise<Site> {
  const database = await freshDatabase();
  const url = as ? await as(database.url) : database.url;
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-site-'));
  const browserCache = path.join(__dirname, '..', '..', 'node_modules', '.cache', 'browser');
  fs.mkdirSync(browserCache, { recursive: true });
  fs.symlinkSync(browserCache, path.join(dataDir, 'browser'));
  const config = loadConfig({
    NODE_ENV: 'test',
    DATA_DIR: dataDir,
    DATABASE_URL: url,
    DATABASE_POOL: '6',
    DEMO: '0',
    RUN_JOBS: '0',
    ...env,
  });
  const log: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(line) });
  const composition = compose(config, url, logger);
  const server = http.createServer(composition.app);
  await new Promise<void>((r) => server.listen(0, '127.0.0.1', r));
  const base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return {
    base,
    composition,
    deps: composition.deps,
    db: composition.deps.db,
    log,
    visitor: () => new Visitor(base),
    drainJobs: () => composition.deps.jobs.drain(composition.jobs),
    async advanceClock(by) {
      await composition.deps.db.raw('UPDATE clock SET shift = shift + ?::interval', [by]);
    },
    async close() {
      await new Promise<void>((r) => {
        server.close(() => r());
        server.closeAllConnections();
      });
      const nameless = await factsWithoutWords(composition.deps.db).catch((e: unknown) => {
        if (isDatabaseAway(e)) return [];
        throw e;
      });
      await composition.stop();
      await database.drop();
      fs.rmSync(dataDir, { recursive: true, force: true });
      if (nameless.length > 0) throw new Error(`facts of the log without words: ${nameless.join()}`);
    },
  };
}

/** Sends these while `table` is held, so that all of them have decided before one has written its record; lets go when so many wait for one another. */
export async function atOnce<T>(site: Site, table: string, sends: readonly (() => Promise<T>)[]): Promise<T[]> {
  const holder = await site.db.transaction();
  await holder.raw('LOCK TABLE ?? IN EXCLUSIVE MODE', [table]);
  const sent = sends.map((send) => send());
  for (let n = 0; n < 400; n++) {
    const { rows } = await site.db.raw<{ rows: { n: number }[] }>(
      "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if ((rows[0]?.n ?? 0) >= sends.length) break;
    await new Promise((r) => setTimeout(r, 25));
  }
  await holder.commit();
  return Promise.all(sent);
}
