import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit } from '../test/support/factories';
import type { Site } from '../test/support/site';
import { makeScan } from '../seeds/demo/scans';
import { startStolen } from './compare';
import type { Measured } from './measures';
import { Client, Ledger, multipart, urlencoded } from './load/client';
import { offspring, postmasterOf, watchOffspring, watchProcess } from './load/cpu';
import { startFloor, startSite } from './load/site-process';
import { declare, record, Scans, type Storm } from './load/storm';

/** Applicants before anything is counted, so that what is measured is compiled; and those that count. */
const WARM = 8;
const COUNTED = 8;
/** For how long a process may work on after its answer, in ms: what it does then belongs to the request too. */
const AFTERWARDS = 6;

const round = (n: number): number => Math.round(100 * n) / 100;
interface Cost {
  times: number;
  program: number;
  browser: number;
  database: number;
}

/** Adds up what each kind of request costs the program, the browser it prints with, and the database. */
class Bill {
  readonly costs = new Map<string, Cost>();
  #kind = '';
  #last = { program: 0, browser: 0, database: 0 };
  readonly #watches;
  constructor(program: number, postmaster: number, strangers: ReadonlySet<number>) {
    this.#watches = {
      program: watchProcess(program),
      browser: watchOffspring(program),
      database: watchOffspring(postmaster, strangers),
    };
  }
  /** What was done since the last call belongs to the request before this one. */
  async next(kind: string): Promise<void> {
    await wait(AFTERWARDS);
    const now = { program: this.#watches.program.read(), browser: this.#watches.browser.read(), database: this.#watches.database.read() };
    if (this.#kind !== '') {
      const cost = this.costs.get(this.#kind) ?? { times: 0, program: 0, browser: 0, database: 0 };
      cost.times++;
      for (const part of ['program', 'browser', 'database'] as const) cost[part] += now[part] - this.#last[part];
      this.costs.set(this.#kind, cost);
    }
    this.#kind = kind;
    this.#last = now;
  }
  table(people: number): Record<string, number | string>[] {
    return [...this.costs].map(([kind, c]) => ({
      kind,
      timesEach: round(c.times / people),
      programMs: round(c.program / c.times),
      databaseMs: round(c.database / c.times),
      evening: round((c.program + c.database + c.browser) / people),
      browser: round(c.browser / people),
    }));
  }
}

/**
 * Where an applicant's evening of M13 goes: each kind of request with the processor time it takes of the program and of the database, one request at a time, and what all
 * of its kind come to for one applicant; the same of the bare program.
 */
export async function evening(site: Site): Promise<Measured> {
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  const unit = await makeUnit(site, { name: '威海市环翠区文化馆' });
  await makePath(site, batch, unit, { committeeId: committee.id });
  const sections = await record(site, batch, '威海市环翠区文化馆');
  const scans = await Scans.make();
  const photo = (await makeScan('photo', { name: '于文静', lines: [], date: '' }, 'jpg')).content;
  const people: string[] = [];
  for (let i = 0; i < WARM + COUNTED; i++) people.push((await makePerson(site, { name: '于文静', photo })).loginName);
  await site.db.raw('ANALYZE');
  const stolen = startStolen();
  const postmaster = await postmasterOf(site);
  const strangers = offspring(postmaster);
  const server = await startSite(site);
  const storm: Storm = { site, batch, bases: [server.base], sections, scans, ledger: new Ledger() };
  const one = async (n: number, of: Storm): Promise<void> => {
    const told = await declare(of, { loginName: people[n] ?? '', rank: `${n + 1}/${people.length}`, unit: unit.unitId });
    if (!told.submitted) throw new Error(`applicant ${n}: ${told.failed}`);
  };
  let table: Record<string, number | string>[];
  try {
    for (let n = 0; n < WARM; n++) await one(n, storm);
    const bill = new Bill(server.child.pid ?? 0, postmaster, strangers);
    const counting = { ...storm, before: (kind: string) => bill.next(kind) };
    for (let n = WARM; n < WARM + COUNTED; n++) await one(n, counting);
    await bill.next('');
    table = bill.table(COUNTED);
  } finally {
    await server.end();
  }

  const uploads = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-floor-'));
  const floor = await startFloor(site, uploads);
  let bare: Record<string, number | string>[];
  try {
    const client = new Client([floor.base], new Ledger());
    const form = urlencoded(Array.from({ length: 40 }, (_, i) => [`f${i + 1}`, `第${i + 1}项的内容`]));
    // the bare program forks the process that answers: everything that is its own is its offspring
    const bill = new Bill(floor.child.pid ?? 0, postmaster, strangers);
    const round = async (n: number, before: (kind: string) => Promise<void>): Promise<void> => {
      await before('sign-in');
      await client.request('f', 'POST', '/sign-in', urlencoded([['password', 'x']]));
      await before('save');
      await client.request('f', 'POST', `/save?id=${n % 500}`, form);
      await before('page');
      await client.request('f', 'GET', `/page?id=${n % 500}`);
      await before('upload');
      await client.request('f', 'POST', '/upload', multipart([], [{ field: 'file', ...scans.one(n) }]));
    };
    for (let n = 0; n < 300; n++) await round(n, () => Promise.resolve());
    for (let n = 0; n < 60; n++) await round(n, (kind) => bill.next(kind));
    await bill.next('');
    client.close();
    bare = bill.table(60).map(({ kind, programMs, browser, databaseMs }) => ({
      kind: kind ?? '',
      programMs: round2(programMs, browser),
      databaseMs: databaseMs ?? 0,
    }));
  } finally {
    await floor.end();
    fs.rmSync(uploads, { recursive: true, force: true });
  }
  for (const row of [...table, ...bare]) process.stderr.write(`${JSON.stringify(row)}\n`);
  const sum = (part: string): number => round(table.reduce((all, row) => all + Number(row[part]), 0));
  const measures: Measured['measures'] = [
    { what: 'processor time of an applicant, from sign-in to 「确定申报」', value: sum('evening'), unit: 'ms' },
    { what: 'that of the printing browser among it', value: sum('browser'), unit: 'ms' },
  ];
  return { measures, applicants: COUNTED, table, bare, stealPercent: stolen() };
}
const round2 = (a: number | string | undefined, b: number | string | undefined): number => round(Number(a) + Number(b));
