import cluster from 'node:cluster';
import type { RequestHandler } from 'express';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Printer } from './adapters/printing';
import { poolState, type Db } from './db/db';
import type { Admission } from './http/admission';
import { uploads } from './http/read-multipart';
import { steadyNow } from './lib/arrival';
import type { Meter } from './lib/meter';
import { readOperationalState } from './metrics.read';

export interface Watched {
  db: Db;
  sessionPool: Pool;
  printer: Printer;
  admission: Admission;
  log: Logger;
}

export interface Metrics {
  registry: Registry;
  meter: Meter;
  /** times every request by the pattern of its route; never by its address, which would name declarations */
  observe: RequestHandler;
  /** from now on a scrape looks at these */
  watch: (watched: Watched) => void;
}

/** Values of the whole site: every process tells the same, so that they must not be added up. */
const OF_THE_SITE = { aggregator: 'max' } as const;

/** The numbers of one process, for Prometheus. Labels are route patterns, names of jobs and outcomes: nothing about a person. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'from the arrival of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
    registers,
  });
  const signIns = new Counter({ name: 'sign_ins_total', help: 'tries to sign in by their outcome', labelNames: ['outcome'], registers });
  const observe: RequestHandler = (req, res, next) => {
    res.once('close', () => {
      const route = (req.route as { path?: unknown } | undefined)?.path;
      const status = res.writableFinished ? `${Math.floor(res.statusCode / 100)}xx` : 'broken';
      const labels = {
        method: req.method,
        route: typeof route === 'string' ? route : req.baseUrl.startsWith('/assets') ? '/assets' : 'none',
        status,
      };
      // in steps of 1/1024 s, whose sums have few digits: no sum ever looks like somebody's number (S55)
      duration.observe(labels, Math.round(((steadyNow() - Number(res.locals.arrivedAt)) / 1000) * 1024) / 1024);
    });
    next();
  };
  return { registry, observe, meter: { signIn: (outcome) => signIns.inc({ outcome }) }, watch: (watched) => watch(registry, watched) };
}

function watch(registry: Registry, { db, sessionPool, printer, admission, log }: Watched): void {
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: string[], collect: (g: Gauge) => void): void =>
    void new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        collect(this);
      },
    });
  gauge('database_connections', 'connections of this process', ['pool', 'state'], (g) => {
    const main = poolState(db);
    for (const [state, n] of Object.entries(main)) g.set({ pool: 'main', state }, n);
    g.set({ pool: 'sessions', state: 'used' }, sessionPool.totalCount - sessionPool.idleCount);
    g.set({ pool: 'sessions', state: 'free' }, sessionPool.idleCount);
    g.set({ pool: 'sessions', state: 'waiting' }, sessionPool.waitingCount);
  });
  gauge('http_requests_active', 'requests that are worked on', ['lane'], (g) => {
    g.set({ lane: 'all' }, admission.active);
    g.set({ lane: 'upload' }, admission.uploads);
  });
  gauge('http_requests_waiting', 'requests that wait to be let in', ['lane'], (g) => {
    for (const lane of ['save', 'page'] as const) g.set({ lane }, admission.waiting(lane));
  });
  gauge('http_requests_turned_away', 'answered with 503 since the start because too many had come', ['lane'], (g) => {
    for (const [lane, n] of Object.entries(admission.turnedAway)) g.set({ lane }, n);
  });
  gauge('uploads_held_bytes', 'bytes of uploads in memory', [], (g) => g.set(uploads.held));
  gauge('printer', 'printing by Chromium: counts since the start, and what is going on', ['what'], (g) => {
    const { prints, failures, retries, timeouts, launches, active, waiting } = printer.stats();
    for (const [what, n] of Object.entries({ prints, failures, retries, timeouts, launches, active, waiting })) g.set({ what }, n);
  });
  watchDatabase(registry, db, log);
}

/** What only the database knows is asked once a scrape; while it is away, `database_up` is 0 and the others are not told. */
function watchDatabase(registry: Registry, db: Db, log: Logger): void {
  const ofSite = (name: string, help: string, labelNames: string[] = []): Gauge =>
    new Gauge({ name, help, labelNames, registers: [registry], ...OF_THE_SITE, collect: () => look() });
  const due = ofSite('jobs_due', 'jobs that may run now and do not yet', ['job']);
  const running = ofSite('jobs_running', 'jobs that are worked on', ['job']);
  const dead = ofSite('jobs_dead', 'jobs that have failed for good', ['job']);
  const oldest = ofSite('jobs_oldest_seconds', 'how long the oldest due job waits', ['job']);
  const sms = ofSite('sms_waiting', 'short messages that are not sent yet');
  const smsOldest = ofSite('sms_oldest_seconds', 'how long the oldest of them waits');
  const locked = ofSite('accounts_locked', 'accounts that are locked after wrong passwords');
  const up = new Gauge({
    name: 'database_up',
    help: '1 when the database answered this scrape',
    registers: [registry],
    aggregator: 'min',
    collect: () => look(),
  });
  const ask = async (): Promise<void> => {
    try {
      const state = await readOperationalState(db);
      for (const g of [due, running, dead, oldest]) g.reset();
      for (const j of state.jobs) {
        due.set({ job: j.job }, j.due);
        running.set({ job: j.job }, j.running);
        dead.set({ job: j.job }, j.dead);
        oldest.set({ job: j.job }, j.oldestSeconds);
      }
      sms.set(state.smsWaiting);
      smsOldest.set(state.smsOldestSeconds);
      locked.set(state.lockedAccounts);
      up.set(1);
    } catch (e) {
      log.warn({ err: e }, 'the metrics of the database cannot be read');
      for (const g of [due, running, dead, oldest, sms, smsOldest, locked]) g.reset();
      up.set(0);
    }
  };
  // all gauges of one scrape share one question
  let asked: Promise<void> | undefined;
  const look = (): Promise<void> => (asked ??= ask().finally(() => (asked = undefined)));
}

/** Event loop, memory, garbage collection of this process: once in a process. With a primary process that asks, it gets them from here. */
export function watchProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  if (!cluster.isWorker) return;
  AggregatorRegistry.setRegistries([registry]);
  new AggregatorRegistry(); // making one is what answers the parent's questions
}
