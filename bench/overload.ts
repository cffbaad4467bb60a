import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { makeBatch, makeCommittee, makePerson } from '../test/support/factories';
import type { Site } from '../test/support/site';
import { median, rangeOf, round, startStolen } from './compare';
import { hiddenFields, Ledger, urlencoded } from './load/client';
import { CpuWatch, postmasterOf, watchOffspring } from './load/cpu';
import type { Flow, Said, Stream, Task, TaskResult } from './load/flood';
import { startProcess, type Running } from './load/process';
import { startSite } from './load/site-process';
import { Person, Scans, type Storm } from './load/storm';
import type { Measure, Measured } from './measures';

const READERS = 60;
const SAVERS = 4;
const ROUNDS = 3;
const PEAK_SECONDS = 5;
const OVERLOAD_SECONDS = 20;
const TIMES = 10;
/** Readers at once among whom the peak is looked for. */
const CROWDS = [8, 24, 64] as const;
const CONNECTIONS = 3000;
const PATIENCE = 15_000;
/** After the overload somebody looks in so often, ms; all is well again from the first of so many answers in a row of which 95 % take no longer than this times as in quiet. */
const LOOK_MS = 50;
const LOOKS = 20;
const AS_QUIET = 1.2;
const MOST_LOOKS = 1200;

/** The sender, in a process of its own. */
class Flood {
  readonly #child: ChildProcess = fork(path.join(__dirname, 'load', 'flood.ts'), { execArgv: ['--import', 'tsx'] });
  get pid(): number {
    return this.#child.pid ?? 0;
  }
  /** `ended` is called when nothing more is sent. */
  send(task: Task, ended: () => void = () => undefined): Promise<TaskResult> {
    return new Promise((resolve, reject) => {
      const gone = (code: number | null): void => reject(new Error(`the sender ended with ${code}`));
      const hear = (said: Said): void => {
        if (said.kind === 'ended') return ended();
        this.#child.off('message', hear).off('exit', gone);
        resolve(said.result);
      };
      this.#child.on('message', hear).once('exit', gone);
      this.#child.send(task);
    });
  }
  close(): void {
    this.#child.disconnect();
  }
}

interface Watched {
  main: CpuWatch;
  threads: CpuWatch;
  database: CpuWatch;
  sender: CpuWatch;
  bare: CpuWatch;
}
type Spent = Record<keyof Watched, number>;

/** Seconds of processor for each second, group by group. */
async function spentBy<T>(watched: Watched, work: () => Promise<T>): Promise<{ result: T; spent: Spent }> {
  const names = Object.keys(watched) as (keyof Watched)[];
  const now = (): number[] => names.map((n) => watched[n].read());
  const [before, began] = [now(), performance.now()];
  const result = await work();
  const [after, took] = [now(), performance.now() - began];
  return {
    result,
    spent: Object.fromEntries(names.map((n, i) => [n, round(((after[i] ?? NaN) - (before[i] ?? NaN)) / took)])) as Spent,
  };
}

/** Somebody who looks in, every so often whatever has become of the last time: ms until a good answer, Infinity for any other. */
async function lookIn(person: Person, isOver: (took: readonly number[]) => boolean): Promise<number[]> {
  const took: number[] = [];
  const running = new Set<Promise<void>>();
  for (let n = 0; n < MOST_LOOKS && !isOver(took); n++) {
    const one = person.ask('look', '/home').then((a) => {
      took[n] = a.status === 200 ? a.took : Infinity;
    });
    running.add(one);
    void one.finally(() => running.delete(one));
    await wait(LOOK_MS);
  }
  await Promise.all(running);
  return took;
}
const p95 = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.ceil(list.length * 0.95) - 1] ?? NaN;
/** The first of so many answers in a row that are as in quiet; -1: there is none. */
const calmFrom = (took: readonly number[], quiet: number): number =>
  took.findIndex((_, i) => {
    const stretch = Array.from({ length: LOOKS }, (__, k) => took[i + k]);
    return stretch.every((t) => t !== undefined) && p95(stretch) <= AS_QUIET * quiet;
  });

interface Saves {
  asked: number;
  done: number;
  turnedAway: number;
  /** nobody knows what became of it: the saver looks at the page again */
  unanswered: number;
  refused: number;
}
/** Goes on saving until the time is over; a save that was turned away is sent again, as the page says. */
async function keepSaving(person: Person, declaration: string, until: number, saves: Saves): Promise<void> {
  const address = `/declarations/${declaration}/sections/performance`;
  while (performance.now() < until) {
    const page = await person.ask('page of a saver', address);
    if (page.status !== 200) {
      await wait(500);
      continue;
    }
    const hidden = hiddenFields(page.html).filter(([name]) => ['_csrf', '_token', 'version'].includes(name));
    const body = urlencoded([...hidden, ['main.text', `迟到的人第${saves.asked++}次保存`], ['do', 'save']]);
    for (let status = 503; status === 503;) {
      ({ status } = await person.post('save of a saver', address, body));
      if (status === 303) saves.done++;
      else if (status === 503) {
        saves.turnedAway++;
        await wait(500);
      } else if (status === 0) saves.unanswered++;
      else saves.refused++;
    }
  }
}

const flowOf = ({ flows }: TaskResult): Flow => {
  const [flow] = flows;
  if (!flow) throw new Error('the sender told nothing');
  return flow;
};

export interface Overload {
  /** good answers a second in the overload to those at the peak, by the clock, whatever the sender takes */
  goodToPeak: number;
  /** the same, the peak measured while the sender sends the rest to a bare server that answers 503 with the same bytes */
  goodToPeakBeside: number;
  /** good answers for each second of processor that program and database took, to those at the peak */
  goodPerCpuToPeak: number;
  /** ms from the end of the overload until 95 % of answers are as in quiet */
  recovered: number;
  rounds: Round[];
}
interface Round extends Omit<Overload, 'rounds'> {
  /** ms of a page in quiet */
  quietP95: number;
  peak: object;
  beside: object;
  overload: object;
}

/** F20, M13: ten times as many pages as can be served, whether or not earlier ones are answered, while some people go on saving. */
export async function overloadOf(site: Site, servers: readonly Running[]): Promise<Overload> {
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  const ledger = new Ledger();
  const storm: Storm = { site, batch, bases: servers.map((s) => s.base), sections: [], scans: await Scans.make(1), ledger };
  const people: { person: Person; declaration: string }[] = [];
  for (let i = 0; i < READERS + SAVERS + 1; i++) {
    const person = new Person(storm, (await makePerson(site, { name: '于文静' })).loginName, PATIENCE);
    await person.signIn();
    people.push({ person, declaration: await person.begin() });
  }
  const [watcher, ...others] = people.map((p) => p.person);
  if (!watcher) throw new Error('nobody looks in');
  const savers = people.slice(1, 1 + SAVERS);
  const readers = others.slice(SAVERS);
  // about as many bytes as the site's own page has, compressed
  const bare = await startProcess(
    ['--import', 'tsx', path.join(__dirname, 'floor', 'refuse.ts')],
    { BODY_BYTES: '2600' },
    /listening (\d+)/,
  );
  const flood = new Flood();
  const pids = servers.map((s) => s.child.pid ?? 0);
  const postmaster = await postmasterOf(site);
  const watched: Watched = {
    main: new CpuWatch(
      () => pids,
      (pid, thread) => pid === thread,
    ),
    threads: new CpuWatch(
      () => pids,
      (pid, thread) => pid !== thread,
    ),
    database: watchOffspring(postmaster),
    sender: new CpuWatch(() => [flood.pid]),
    bare: new CpuWatch(() => [bare.child.pid ?? 0]),
  };
  const common: Omit<Stream, 'ports'> = {
    address: '/home',
    cookies: readers.map((r) => r.cookies),
    connections: CONNECTIONS,
    patience: PATIENCE,
  };
  const toSite: Stream = { ...common, ports: servers.map((s) => Number(new URL(s.base).port)) };
  const toBare: Stream = { ...common, ports: [Number(new URL(bare.base).port)] };
  const rate = (flow: Flow, { took }: TaskResult): number => (1000 * flow.good) / took;
  const perCpu = (good: number, { main, threads, database }: Spent): number => good / (main + threads + database);
  try {
    let atOnce: number = CROWDS[0];
    let best = 0;
    await flood.send({ streams: [{ ...toSite, atOnce }], seconds: PEAK_SECONDS });
    for (const crowd of CROWDS) {
      const told = await flood.send({ streams: [{ ...toSite, atOnce: crowd }], seconds: PEAK_SECONDS });
      if (rate(flowOf(told), told) > best) [best, atOnce] = [rate(flowOf(told), told), crowd];
    }
    const rounds: Round[] = [];
    for (let n = 0; n < ROUNDS; n++) {
      const quiet = p95(await lookIn(watcher, (took) => took.length >= 3 * LOOKS));
      const peak = await spentBy(watched, () => flood.send({ streams: [{ ...toSite, atOnce }], seconds: PEAK_SECONDS }));
      const peakRate = rate(flowOf(peak.result), peak.result);
      const beside = await spentBy(watched, () =>
        flood.send({
          streams: [
            { ...toSite, atOnce },
            { ...toBare, perSecond: (TIMES - 1) * peakRate },
          ],
          seconds: PEAK_SECONDS,
        }),
      );
      const besideRate = rate(flowOf(beside.result), beside.result);

      ledger.clear();
      const saves: Saves = { asked: 0, done: 0, turnedAway: 0, unanswered: 0, refused: 0 };
      const until = performance.now() + OVERLOAD_SECONDS * 1000;
      const saving = savers.map((s) => keepSaving(s.person, s.declaration, until, saves));
      let afterwards: Promise<number[]> | undefined;
      let all: Promise<TaskResult> | undefined;
      const over = await spentBy(
        watched,
        () =>
          new Promise<void>((ended, failed) => {
            all = flood.send({ streams: [{ ...toSite, perSecond: TIMES * peakRate }], seconds: OVERLOAD_SECONDS }, () => {
              afterwards = lookIn(watcher, (took) => calmFrom(took, quiet) >= 0);
              ended();
            });
            all.catch(failed);
          }),
      );
      const savedGood = ledger.good(until - OVERLOAD_SECONDS * 1000, until) / OVERLOAD_SECONDS;
      const took = (await afterwards) ?? [];
      const told = await all;
      if (!told) throw new Error('the sender told nothing');
      await Promise.all(saving);
      const flow = flowOf(told);
      const good = rate(flow, told) + savedGood;
      const calm = calmFrom(took, quiet);
      rounds.push({
        quietP95: round(quiet),
        peak: { perSecond: Math.round(peakRate), atOnce, spent: peak.spent },
        beside: { perSecond: Math.round(besideRate), spent: beside.spent, unsent: beside.result.flows[1]?.unsent },
        overload: {
          sentPerSecond: Math.round((1000 * flow.sent) / told.took),
          goodPerSecond: Math.round(good),
          spent: over.spent,
          unsent: flow.unsent,
          opened: flow.opened,
          failed: flow.failed,
          gaveUp: flow.gaveUp,
          times: flow.times,
          lastAnswer: Math.round(flow.lastAnswer),
          saves,
          timesOfSavers: ledger.table(),
        },
        goodToPeak: round(good / peakRate),
        goodToPeakBeside: round(good / besideRate),
        goodPerCpuToPeak: round(perCpu(good, over.spent) / perCpu(peakRate, peak.spent)),
        recovered: calm < 0 ? Infinity : calm * LOOK_MS,
      });
      process.stderr.write(`${JSON.stringify(rounds.at(-1))}\n`);
    }
    const middle = (of: (r: (typeof rounds)[number]) => number): number => round(median(rounds.map(of)));
    return {
      goodToPeak: middle((r) => r.goodToPeak),
      goodToPeakBeside: middle((r) => r.goodToPeakBeside),
      goodPerCpuToPeak: middle((r) => r.goodPerCpuToPeak),
      recovered: middle((r) => r.recovered),
      rounds,
    };
  } finally {
    flood.close();
    for (const p of people) p.person.close();
    await bare.end();
  }
}

/** The numbers of it, for the table. */
export function measuresOf({ rounds, ...middle }: Overload): Measure[] {
  const of = (name: keyof typeof middle): Pick<Measure, 'value' | 'range'> => ({
    value: middle[name],
    range: rangeOf(rounds.map((r) => r[name])),
  });
  return [
    { what: 'good answers at ten times too many, to the peak', ...of('goodToPeak'), goal: { atLeast: 0.9 } },
    { what: 'to the peak beside a bare server that refuses the rest', ...of('goodToPeakBeside') },
    { what: 'for each second of processor', ...of('goodPerCpuToPeak') },
    { what: 'as in quiet again after', ...of('recovered'), unit: 'ms', goal: { atMost: 10_000 } },
  ];
}

export async function overload(site: Site): Promise<Measured> {
  const stolen = startStolen();
  const servers = await Promise.all([startSite(site), startSite(site)]);
  try {
    const found = await overloadOf(site, servers);
    return { measures: measuresOf(found), ...found, stealPercent: stolen() };
  } finally {
    await Promise.all(servers.map((s) => s.end()));
  }
}
