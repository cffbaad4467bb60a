import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { verifyAudit } from '../src/audit/audit.store';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInAs, type TestUnit } from '../test/support/factories';
import type { Site, Visitor } from '../test/support/site';
import { makeScan } from '../seeds/demo/scans';
import { startStolen } from './compare';
import { Client, Ledger, multipart, urlencoded } from './load/client';
import { startProcess } from './load/process';
import { startSite } from './load/site-process';
import { declare, findLosses, record, Scans, type Applicant, type Storm, type Told } from './load/storm';
import { measuresOf, overloadOf } from './overload';
import { none, type Measured } from './measures';

const PROCESSES = 2;
const AT_ONCE = 24;
const UNITS = 4;

/** Runs `work` over and over by so many at once for so long; gives how often a second. */
async function rate(work: (n: number) => Promise<unknown>, atOnce: number, seconds: number): Promise<number> {
  let n = 0;
  const until = performance.now() + seconds * 1000;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() < until) await work(n++);
    }),
  );
  return n / ((performance.now() - began) / 1000);
}

/** What the same work costs a bare program on this machine at this moment: complete applicants a minute. */
async function floorOf(
  site: Site,
  scans: Scans,
  requests: { pages: number; saves: number; uploads: number },
): Promise<{ perMinute: number; rates: object }> {
  const uploads = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-floor-'));
  const server = await startProcess(
    ['--import', 'tsx', path.join(__dirname, 'floor', 'server.ts')],
    { DATABASE_URL: site.deps.config.databaseUrl ?? '', UPLOAD_DIR: uploads, PROCESSES: String(PROCESSES) },
    /listening (\d+)/,
  );
  const ledger = new Ledger();
  const clients = Array.from({ length: AT_ONCE }, () => new Client([server.base], ledger));
  const client = (n: number): Client => clients[n % AT_ONCE] as Client;
  const form = urlencoded(Array.from({ length: 40 }, (_, i) => [`f${i + 1}`, `第${i + 1}项的内容`]));
  const seconds = 4;
  try {
    const sign = await rate((n) => client(n).request('f', 'POST', '/sign-in', urlencoded([['password', 'x']])), AT_ONCE, seconds);
    const save = await rate((n) => client(n).request('f', 'POST', `/save?id=${n % 500}`, form), AT_ONCE, seconds);
    const page = await rate((n) => client(n).request('f', 'GET', `/page?id=${n % 500}`), AT_ONCE, seconds);
    const upload = await rate(
      (n) => client(n).request('f', 'POST', '/upload', multipart([], [{ field: 'file', ...scans.one(n) }])),
      AT_ONCE,
      seconds,
    );
    const perApplicant = 2 / sign + requests.pages / page + requests.saves / save + requests.uploads / upload;
    const [bad] = Object.keys(ledger.counts()).filter((status) => !['200', '303'].includes(status));
    if (bad !== undefined) throw new Error(`the floor answered ${bad}`);
    return {
      perMinute: 60 / perApplicant,
      rates: { signIn: Math.round(sign), save: Math.round(save), page: Math.round(page), upload: Math.round(upload) },
    };
  } finally {
    for (const c of clients) c.close();
    await server.end();
    fs.rmSync(uploads, { recursive: true, force: true });
  }
}

/** A unit's administrator, by the pages: passes what waits and reports what is passed until nothing is left. Gives how many were reported. */
async function passAndReport(visitor: Visitor): Promise<number> {
  let reported = 0;
  for (;;) {
    const list = await visitor.get('/unit/review?state=unit_review');
    const waiting = list.all('tbody input[name="ids"]').map((i) => i.getAttribute('value') ?? '');
    if (waiting.length > 0) {
      const confirm = await visitor.send(list, { ids: waiting }, { form: 'form[method="post"][action*="bulk"]', button: 'do=confirm' });
      await visitor.send(confirm, {}, { button: 'do=run' });
      continue;
    }
    const page = await visitor.get('/unit/report');
    const ids = page.all('tbody input[name="ids"]').map((i) => i.getAttribute('value') ?? '');
    if (ids.length === 0) return reported;
    const done = await visitor.send(page, { ids }, { form: 'form[method="post"][action="/unit/report"]', button: 'do=report' });
    if (!done.text().includes('已上报')) throw new Error(`report: ${done.errors().join('; ').slice(0, 500)}`);
    reported += ids.length;
  }
}

/** M13: the last hour before the deadline against two processes: applicants fill in and submit everything, units pass and report; then ten times what can be served. */
export async function m13(site: Site, applicants: number): Promise<Measured> {
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  const units: TestUnit[] = [];
  for (let i = 0; i < UNITS; i++) {
    const unit = await makeUnit(site, { name: `威海市环翠区第${i + 1}文化馆` });
    await makePath(site, batch, unit, { committeeId: committee.id });
    units.push(unit);
  }
  const sections = await record(site, batch, '威海市环翠区第1文化馆');
  const scans = await Scans.make();
  const photo = (await makeScan('photo', { name: '于文静', lines: [], date: '' }, 'jpg')).content;
  const people: Applicant[] = [];
  for (let i = 0; i < applicants; i++) {
    const person = await makePerson(site, { name: '于文静', photo });
    const each = Math.ceil(applicants / UNITS);
    people.push({ loginName: person.loginName, rank: `${Math.floor(i / UNITS) + 1}/${each}`, unit: units[i % UNITS]?.unitId ?? 0 });
  }
  await site.db.raw('ANALYZE');

  const stolen = startStolen();
  const floor = await floorOf(site, scans, {
    pages: 2 * sections.length + 7,
    saves: sections.length + 2,
    uploads: sections.reduce((n, s) => n + s.fileFields.length, 0),
  });
  const servers = await Promise.all(Array.from({ length: PROCESSES }, () => startSite(site)));
  try {
    const ledger = new Ledger();
    const storm: Storm = { site, batch, bases: servers.map((s) => s.base), sections, scans, ledger };
    const told: Told[] = [];
    const queue = [...people];
    const began = performance.now();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = queue.shift(); next; next = queue.shift()) told.push(await declare(storm, next));
      }),
    );
    const minutes = (performance.now() - began) / 60_000;
    const visitors = await Promise.all(units.map((u) => signInAs(site, u)));
    const reportBegan = performance.now();
    const reported = (await Promise.all(visitors.map((v) => passAndReport(v)))).reduce((a, b) => a + b, 0);
    const reportSeconds = (performance.now() - reportBegan) / 1000;
    const losses = await findLosses(site, told);
    const submitted = told.filter((t) => t.submitted).length;
    if (reported !== submitted) losses.push(`${submitted} submitted, ${reported} reported`);

    const flood = await overloadOf(site, servers);
    const perMinute = submitted / minutes;
    const table = ledger.table();
    for (const row of table) process.stderr.write(`${JSON.stringify(row)}\n`);
    return {
      applicants,
      measures: [
        {
          what: 'complete applicants a minute',
          value: Math.round((1000 * perMinute) / floor.perMinute) / 1000,
          sides: { ours: Math.round(perMinute), floor: Math.round(floor.perMinute), unit: 'a minute' },
          goal: { atLeast: 0.6 },
        },
        { what: 'all answers, p95', value: ledger.p95(), unit: 'ms', goal: { atMost: 1000 } },
        none('applicants who met an error', told.filter((t) => t.failed !== undefined).length),
        none('acknowledged writes not as told', losses.length),
        ...measuresOf(flood),
      ],
      floor: floor.rates,
      scans: scans.sizes,
      answers: ledger.counts(),
      failed: [...new Set(told.flatMap((t) => (t.failed === undefined ? [] : [t.failed])))].slice(0, 5),
      reported,
      reportSeconds: Math.round(reportSeconds),
      losses,
      audit: (await verifyAudit(site.db)).kind,
      overload: flood,
      stealPercent: stolen(),
    };
  } finally {
    await Promise.all(servers.map((s) => s.end()));
  }
}
