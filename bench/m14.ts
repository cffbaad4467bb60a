import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startEmbedded, type EmbeddedPg } from '../src/db/embedded-pg';
import { makeBatch, makeCommittee, makePerson } from '../test/support/factories';
import { childrenOf, isAlive, killDatabase } from '../test/support/kill-database';
import { publishTestServer, testServer } from '../test/support/pg';
import { until } from '../test/support/process';
import { openSite, type Site } from '../test/support/site';
import { makeTemplate } from '../test/support/template';
import { median, rangeOf, round, startStolen } from './compare';
import { hiddenFields, Ledger, urlencoded } from './load/client';
import { startProcess, type Running } from './load/process';
import { Person, type Storm } from './load/storm';
import { none, type Measure, type Measured } from './measures';

const WRITERS = 16;
const ROUNDS = 3;

interface Writer {
  person: Person;
  declaration: string;
  /** versions of the text that were acknowledged, and sent without an answer */
  acknowledged: number;
  unknown: number;
  last: string;
}

/** Saves one text after the other until it is told to stop; what gets no answer is not sent again. */
async function write(w: Writer, isOver: () => boolean): Promise<void> {
  const address = `/declarations/${w.declaration}/sections/performance`;
  for (let n = 0; !isOver(); n++) {
    const page = await w.person.ask('page', address);
    if (page.status !== 200) {
      await wait(50);
      continue;
    }
    const own = hiddenFields(page.html).filter(([name]) => ['_csrf', '_token', 'version'].includes(name));
    const text = `第${w.acknowledged + w.unknown + 1}次填写的工作业绩`;
    const { status } = await w.person.post('save', address, urlencoded([...own, ['main.text', text], ['do', 'save']]));
    if (status === 303) {
      w.acknowledged++;
      w.last = text;
    } else if (status === 0 || status >= 500) w.unknown++;
    else throw new Error(`a save was answered with ${status}`);
  }
}

/** ms from now until the address answers well again, each try on a connection of its own. */
async function untilGood(address: () => string): Promise<number> {
  const began = performance.now();
  for (;;) {
    const good = await fetch(address(), { headers: { connection: 'close' }, signal: AbortSignal.timeout(2000) }).then(
      async (r) => (await r.arrayBuffer(), r.status === 200),
      () => false,
    );
    if (good) return performance.now() - began;
    if (performance.now() - began > 60_000) throw new Error('not back within a minute');
    await wait(5);
  }
}

const ms = (n: number): number => Math.round(n);

/**
 * M14: kill -9 of one of two web processes, of all of them, and of PostgreSQL, while people save: how soon there is a good answer again, against a bare program started anew, and
 * whether anything acknowledged is lost or done twice.
 */
export async function m14(): Promise<Measured> {
  const before = testServer();
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-m14-'));
  fs.chmodSync(dataDir, 0o755);
  let database: EmbeddedPg = await startEmbedded({ dataDir });
  publishTestServer({ base: database.url(), template: await makeTemplate(database.url()) });
  const site: Site = await openSite();
  const stolen = startStolen();
  const { config } = site.deps;
  const running: Running[] = [];
  let isOver = false;
  try {
    const start = (): Promise<Running> =>
      startProcess(
        [path.join(config.rootDir, 'dist', 'src', 'main.js')],
        {
          DATABASE_URL: config.databaseUrl ?? '',
          DATA_DIR: config.dataDir,
          PORT: String(port),
          WEB_PROCESSES: '2',
          DEMO: '0',
          LOG_LEVEL: 'warn',
        },
        /已启动：(http:\/\/[^\s/]+)/,
      );
    const startFloor = (): Promise<Running> =>
      startProcess(
        ['--import', 'tsx', path.join(__dirname, 'floor', 'server.ts')],
        { DATABASE_URL: config.databaseUrl ?? '', UPLOAD_DIR: config.dataDir, PROCESSES: '1' },
        /listening (\d+)/,
      );
    let port = 0;
    const batch = await makeBatch(site, { committeeId: (await makeCommittee(site)).id });
    let ours = await start();
    running.push(ours);
    port = Number(new URL(ours.base).port);
    const storm: Storm = {
      site,
      batch,
      bases: [ours.base],
      sections: [],
      scans: undefined as never,
      ledger: new Ledger(),
    };
    const writers: Writer[] = [];
    for (let i = 0; i < WRITERS; i++) {
      const person = new Person(storm, (await makePerson(site, { photo: false })).loginName, 10_000);
      await person.signIn();
      writers.push({ person, declaration: await person.begin(), acknowledged: 0, unknown: 0, last: '' });
    }
    const writing = writers.map((w) => write(w, () => isOver));

    const one: number[] = [];
    const all: number[] = [];
    const databases: number[] = [];
    for (let n = 0; n < ROUNDS; n++) {
      await wait(1500);
      process.kill(childrenOf(ours.child.pid ?? 0)[0] ?? 0, 'SIGKILL');
      one.push(await untilGood(() => `${ours.base}/sign-in`));
      await until('its successor answers', () => ours.output().split('the dead process has been replaced').length > n + 1);
    }
    for (let n = 0; n < ROUNDS; n++) {
      await wait(1500);
      const family = [ours.child.pid ?? 0, ...childrenOf(ours.child.pid ?? 0)];
      for (const pid of family) process.kill(pid, 'SIGKILL');
      const began = performance.now();
      await until('all are gone', () => !family.some(isAlive));
      ours = await start();
      running.push(ours);
      await untilGood(() => `${ours.base}/sign-in`);
      all.push(performance.now() - began);
    }
    for (let n = 0; n < ROUNDS; n++) {
      await wait(1500);
      await killDatabase(database);
      const began = performance.now();
      database = await startEmbedded({ dataDir, preferredPort: database.port });
      const accepting = performance.now() - began;
      await untilGood(() => `${ours.base}/sign-in`);
      databases.push((performance.now() - began) / accepting);
    }
    await wait(1500);
    isOver = true;
    await Promise.all(writing);

    const bare: number[] = [];
    for (let n = 0; n < ROUNDS; n++) {
      const floor = await startFloor();
      await untilGood(() => `${floor.base}/page?id=1`);
      await floor.end('SIGKILL');
      const began = performance.now();
      const again = await startFloor();
      await untilGood(() => `${again.base}/page?id=1`);
      bare.push(performance.now() - began);
      await again.end('SIGKILL');
    }

    const restart = (what: string, took: readonly number[]): Measure => ({
      what,
      value: round(median(took) / median(bare)),
      range: rangeOf(took.map((t) => t / median(bare))),
      sides: { ours: ms(median(took)), floor: ms(median(bare)), unit: 'ms' },
      goal: { atMost: 1.2 },
    });
    const lost: string[] = [];
    const doubled: string[] = [];
    for (const w of writers) {
      const row = (await site
        .db('declaration_sections')
        .where({ declaration_id: w.declaration, section: 'performance' })
        .first('raw', 'version')) as { raw: unknown; version: number } | undefined;
      const version = row?.version ?? 0;
      if (version < w.acknowledged) lost.push(`${w.declaration}: ${w.acknowledged} acknowledged, version ${version}`);
      if (version > w.acknowledged + w.unknown) doubled.push(`${w.declaration}: ${w.acknowledged + w.unknown} sent, version ${version}`);
      const stored = Number(/第(\d+)次/.exec(JSON.stringify(row?.raw ?? ''))?.[1] ?? 0);
      const last = Number(/第(\d+)次/.exec(w.last)?.[1] ?? 0);
      if (stored < last) lost.push(`${w.declaration}: holds the ${stored}th text, the ${last}th was acknowledged`);
    }
    return {
      measures: [
        restart('one process of two killed, to a bare restart', one),
        restart('all killed, to a bare restart', all),
        { what: 'PostgreSQL killed: good answers, to its accepting', value: round(median(databases)), range: rangeOf(databases) },
        none('acknowledged saves lost', lost.length),
        none('saves done twice', doubled.length),
      ],
      oneOfTwoMs: one.map(ms),
      allMs: all.map(ms),
      bareRestartMs: bare.map(ms),
      acknowledged: writers.reduce((n, w) => n + w.acknowledged, 0),
      withoutAnswer: writers.reduce((n, w) => n + w.unknown, 0),
      lost,
      doubled,
      stealPercent: stolen(),
    };
  } catch (e) {
    throw new Error(`while the site said: ${running.at(-1)?.output().slice(-3000)}`, { cause: e });
  } finally {
    isOver = true;
    for (const r of running) await r.end('SIGKILL');
    await site.close();
    await database.stop();
    fs.rmSync(dataDir, { recursive: true, force: true });
    publishTestServer(before);
  }
}
