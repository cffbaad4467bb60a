/**
 * Judges that we did not write, against the demonstration on a database of its own, on this machine only:
 *
 *   npm run scan                       # all that are installed
 *   npm run scan -- html wapiti        # some
 *
 * Debian: apt-get install wapiti sqlmap slowhttptest. One line for each run and each finding; ends with 1 when there is one. Whole reports in the folder that the first line names.
 */
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { FileSystemConfigLoader, HtmlValidate } from 'html-validate';
import { DEMO_PASSWORD, startDemo } from '../seeds/demo';
import { crawl } from '../test/support/crawl';
import { signInVia } from '../test/support/factories';
import setup from '../test/support/global-setup';
import teardown from '../test/support/global-teardown';
import { openSite, type Page, type Site, type Visitor } from '../test/support/site';

const roles: Readonly<Record<string, string | undefined>> = {
  公众: undefined,
  个人: 'congxiaowen',
  用人单位: 'wenhuaguan',
  主管部门: 'wenlvju',
  人社局: 'huancui_rsj',
  评委会办事机构: 'pwh_qzwh',
  评委: 'pingwei3',
  技术支持: 'support',
  系统管理员: 'admin',
  审计管理员: 'auditor',
};

/** Lists with filters, sorts and searches: what a database is asked with a reader's words. */
const lists: readonly [role: string, address: string][] = [
  ['公众', '/notices?q=a&page=1'],
  ['公众', '/faq?q=a'],
  ['公众', '/committees?series=91&level=junior'],
  ['主管部门', '/unit/review?series=91&level=junior&year=2026&state=all&name=a&sort=name&order=asc'],
  ['主管部门', '/unit/report?series=91&level=junior&year=2026'],
  ['人社局', '/bureau/permissions?state=all&q=a'],
  ['人社局', '/bureau/units?q=a'],
  ['评委会办事机构', '/office/declarations?state=all&name=a&sort=unit&order=desc'],
  ['审计管理员', '/admin/audit?action=account.sign-in&actor=a&from=2026-01-01'],
  ['系统管理员', '/admin/staff?q=a&role=bureau'],
];

interface Finding {
  tool: string;
  text: string;
}
interface Place {
  site: Site;
  /** a browser in which this role has just signed in */
  enter: (role: string) => Promise<Visitor>;
  visitors: ReadonlyMap<string, Visitor>;
  out: string;
}

const WAPITI_MODULES = 'xss,permanentxss,sql,blindsql,exec,file,crlf,csrf,redirect,ssrf,http_headers,cookieflags,csp';

const installed = (program: string): boolean => {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // `which` says so by its exit code
  }
};

/** Runs a program for at most so long; gives what it printed. */
function run(program: string, args: readonly string[], seconds: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('nice', ['-n', '5', program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const end = setTimeout(() => void child.kill('SIGKILL'), seconds * 1000);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(end);
      resolve(output);
    });
  });
}

const cookieOf = (visitor: Visitor): string => [...visitor.cookies].map(([k, v]) => `${k}=${v}`).join('; ');

/** Valid HTML on every page that a role's links lead to. */
async function html({ visitors }: Place): Promise<Finding[]> {
  const validator = new HtmlValidate(
    new FileSystemConfigLoader({
      root: true,
      extends: ['html-validate:standard'],
      rules: {
        // matters of taste of its authors, not of validity
        'void-style': 'off',
        'no-trailing-whitespace': 'off',
        'doctype-style': 'off',
        'attribute-boolean-style': 'off',
        'attribute-empty-style': 'off',
        'long-title': 'off',
        'no-raw-characters': 'off',
        // form controls are also found by the names of their sections and rows, which have dots and colons
        'valid-id': ['error', { relaxed: true }],
        'form-dup-name': 'off',
        'no-inline-style': 'error',
      },
    }),
  );
  const found = new Map<string, string>();
  const all: Page[] = [];
  for (const visitor of visitors.values())
    all.push(...(await crawl(visitor, { start: ['/home', '/sign-in', '/'], without: /^\/sign-out|\.(pdf|xlsx|csv|zip)/, limit: 120 })));
  const pages = all.filter((p) => (p.headers.get('content-type') ?? '').startsWith('text/html') && p.html !== '');
  for (const page of pages) {
    const report = await validator.validateString(page.html);
    for (const m of report.results.flatMap((r) => r.messages)) {
      const key = `${m.ruleId}: ${m.message}`;
      if (!found.has(key)) found.set(key, `${page.address}:${m.line} ${key}`);
    }
  }
  console.log(`html-validate read ${pages.length} pages`);
  return [...found.values()].map((text) => ({ tool: 'html-validate', text }));
}

interface Entrance {
  base: string;
  /** addresses of pages, and forms, that were asked for and answered since it was asked last */
  read: () => { pages: number; forms: number; failures: string[] };
}

/** The same site at another port, made for a scanner: nobody can sign out there, and no page is compressed (of one that comes in pieces it reads nothing). */
async function throughEntrance<T>(site: Site, work: (entrance: Entrance) => Promise<T>): Promise<T> {
  const pages = new Set<string>();
  const forms = new Set<string>();
  const failures: string[] = [];
  const server = http.createServer((req, res) => {
    const [address = '/'] = (req.url ?? '/').split('?');
    if (address.startsWith('/sign-out')) return void res.writeHead(404).end();
    delete req.headers['accept-encoding'];
    res.once('finish', () => {
      const { statusCode: status } = res;
      if (status === 500) failures.push(`${req.method} ${address}`);
      if (status === 200 && req.method === 'GET') pages.add(address);
      // 303: accepted; 422: judged by the form's own rules
      if (req.method === 'POST' && (status === 303 || status === 422)) forms.add(address);
    });
    site.composition.app(req, res);
  });
  await new Promise<void>((r) => server.listen(0, '127.0.0.1', r));
  const read = () => {
    const now = { pages: pages.size, forms: forms.size, failures: failures.splice(0) };
    pages.clear();
    forms.clear();
    return now;
  };
  try {
    return await work({ base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, read });
  } finally {
    server.closeAllConnections();
    await new Promise<void>((r) => server.close(() => r()));
  }
}

/** Fewer pages than this and the scanner has not got beyond the door: its silence would say nothing. */
const LEAST_PAGES = 10;

const wapiti = ({ site, enter, out }: Place): Promise<Finding[]> => throughEntrance(site, (entrance) => wapitiAt(entrance, enter, out));

async function wapitiAt({ base, read }: Entrance, enter: Place['enter'], out: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const role of ['个人', '用人单位', '人社局', '主管部门', '公众']) {
    // anew for each: the scan of the one before takes longer than an idle session of a unit lasts
    const visitor = await enter(role);
    const report = path.join(out, `wapiti-${role}.json`);
    // it follows no redirection, which is what stands at the root of this site: it is told where pages are
    const known = await crawl(visitor, { start: ['/home', '/'], without: /^\/sign-out|^\/assets|\.(pdf|xlsx|csv|zip)/, limit: 25 });
    const starts = known.filter((page) => page.status === 200 && page.html !== '').flatMap((page) => ['-s', base + page.address]);
    const args = ['-u', `${base}/`, ...starts, '--scope', 'folder', '-m', WAPITI_MODULES];
    // for reading pages, and for each of the modules
    const limits = ['--max-scan-time', '60', '--max-attack-time', '15', '--max-links-per-page', '60'];
    const cookie = visitor.cookies.size > 0 ? ['-H', `Cookie: ${cookieOf(visitor)}`] : [];
    read();
    const said = await run('wapiti', [...args, ...limits, '--flush-session', '-f', 'json', '-o', report, ...cookie], 900);
    const { pages, forms, failures } = read();
    console.log(`wapiti read ${pages} pages as ${role} and had ${forms} forms answered`);
    for (const text of new Set(failures)) findings.push({ tool: 'wapiti', text: `${role}: 500: ${text}` });
    if (pages < LEAST_PAGES) findings.push({ tool: 'wapiti', text: `${role}: read no more than ${pages} pages` });
    if (!fs.existsSync(report)) {
      findings.push({ tool: 'wapiti', text: `${role}: wrote no report: ${said.trim().slice(-300)}` });
      continue;
    }
    const { vulnerabilities, anomalies } = JSON.parse(fs.readFileSync(report, 'utf8')) as Record<
      'vulnerabilities' | 'anomalies',
      Record<string, { method: string; path: string; info: string; parameter: string }[]>
    >;
    for (const [kind, all] of [...Object.entries(vulnerabilities), ...Object.entries(anomalies)])
      for (const v of all) findings.push({ tool: 'wapiti', text: `${role}: ${kind}: ${v.method} ${v.path} ${v.parameter}: ${v.info}` });
  }
  return findings;
}

async function sqlmap({ site, visitors, out }: Place): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [role, address] of lists) {
    const visitor = visitors.get(role);
    if (!visitor) continue;
    const page = await visitor.open(address);
    if (page.status !== 200) throw new Error(`${address} as ${role} gave ${page.status}: the list of addresses is out of date`);
    const cookie = cookieOf(visitor);
    const args = [
      '-u',
      site.base + address,
      '--batch',
      '--level=2',
      '--risk=3',
      '--dbms=PostgreSQL',
      '--flush-session',
      '--technique=BEUS',
      `--output-dir=${out}`,
    ];
    const said = await run('sqlmap', [...args, ...(cookie === '' ? [] : [`--cookie=${cookie}`, '--skip=cookie'])], 420);
    if (/is vulnerable|injection point|appears to be .* injectable/.test(said))
      findings.push({ tool: 'sqlmap', text: `${role} ${address}` });
    else if (!said.includes('do not appear to be injectable'))
      findings.push({ tool: 'sqlmap', text: `${role} ${address}: not finished in its time` });
  }
  return findings;
}

/** 500 connections that send or read as slowly as they can: the site goes on serving others. */
async function slow({ site }: Place): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const mode of ['-H', '-B', '-X']) {
    const said = run('slowhttptest', ['-c', '500', mode, '-i', '5', '-r', '200', '-l', '20', '-p', '5', '-u', `${site.base}/sign-in`], 40);
    const answers: number[] = [];
    for (let n = 0; n < 10; n++) {
      answers.push((await fetch(`${site.base}/sign-in`, { signal: AbortSignal.timeout(10_000) }).catch(() => ({ status: 0 }))).status);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    await said;
    if (answers.some((status) => status !== 200))
      findings.push({ tool: 'slowhttptest', text: `${mode}: others got ${answers.join(', ')}` });
  }
  return findings;
}

const tools: Readonly<Record<string, { program?: string; scan: (place: Place) => Promise<Finding[]> }>> = {
  html: { scan: html },
  wapiti: { program: 'wapiti', scan: wapiti },
  sqlmap: { program: 'sqlmap', scan: sqlmap },
  slow: { program: 'slowhttptest', scan: slow },
};

async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !tools[name]);
  if (unknown.length > 0) throw new Error(`no scan ${unknown.join(', ')}; there are ${Object.keys(tools).join(', ')}`);
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-scan-'));
  console.log(`reports: ${out}`);
  await setup();
  let count = 0;
  try {
    const site = await openSite();
    try {
      await startDemo(site.deps);
      for (const [name, { program, scan }] of Object.entries(tools)) {
        if (asked.length > 0 && !asked.includes(name)) continue;
        if (program !== undefined && !installed(program)) {
          console.log(`${name}: ${program} is not installed`);
          continue;
        }
        // a scan that reckons for long lets its connections go stale: their ends are heard first
        await wait(1000);
        const enter = async (role: string): Promise<Visitor> => {
          const visitor = site.visitor();
          const loginName = roles[role];
          if (loginName === undefined) return visitor;
          const answer = await signInVia(site, visitor, loginName, DEMO_PASSWORD);
          if (answer.status !== 303) throw new Error(`sign-in as ${loginName}: ${answer.status} ${answer.errors().join('; ')}`);
          return visitor;
        };
        const visitors = new Map<string, Visitor>();
        for (const role of Object.keys(roles)) visitors.set(role, await enter(role));
        const began = performance.now();
        const findings = await scan({ site, enter, visitors, out });
        console.log(`${name}: ${findings.length} found, ${Math.round((performance.now() - began) / 1000)} s`);
        for (const f of findings) console.log(`  ${f.tool}: ${f.text}`);
        count += findings.length;
      }
    } finally {
      await site.close();
    }
  } finally {
    await teardown();
  }
  process.exitCode = count > 0 ? 1 : 0;
}

main().catch((e: unknown) => {
  console.error(e);
  process.exitCode = 2;
});
