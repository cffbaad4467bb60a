import cluster, { type Worker } from 'node:cluster';
import type { Config } from './config';
import type { OpenDatabase } from './db/open-database';
import { greetingOf } from './listen-on';
import { makeLogger } from './logger';
import { onEnd } from './process-end';
import { serveMetrics } from './serve-metrics';
import { sharePort } from './shared-port';

/** What a child tells when it can answer requests. */
export interface ChildReady {
  kind: 'ready';
  /** whom to sign in as, in a demonstration */
  accounts: string;
}

/** A child that ends sooner after its start than this has not really started. */
const SHORT_LIFE_MS = 10_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * `WEB_PROCESSES` children behind one port. A child that dies is replaced, at once or after a growing pause when children die young; SIGHUP replaces one after the other, each old
 * one being asked to end only when its successor answers: the port is this process's, so that no connection is refused meanwhile. Children run what lies on the disk when they start.
 * This process loads nothing of the site itself: it is there at once, and small.
 */
export async function runPrimary(config: Config, database: OpenDatabase): Promise<void> {
  const log = makeLogger(config.logLevel);
  const port = sharePort();
  // the embedded database is this process's; its children use it as one from outside
  const settings = { DATABASE_URL: database.url, DEMO: config.demo ? '1' : '0' };
  let isEnding = false;
  let deaths = 0;
  /** children that are asked to end: their death is no accident */
  const leaving = new Set<Worker>();

  /** Resolves when the child answers requests; rejects when it ends before it was ready. */
  const start = (): Promise<{ child: Worker; accounts: string }> => {
    const child = cluster.fork(settings);
    const began = performance.now();
    return new Promise((resolve, reject) => {
      let wasReady = false;
      child.on('message', (m: Partial<ChildReady>) => {
        if (m.kind !== 'ready') return;
        wasReady = true;
        port.add(child);
        resolve({ child, accounts: m.accounts ?? '' });
      });
      child.once('exit', (code, signal) => {
        if (isEnding) return;
        if (!wasReady) return reject(new Error(`a process ended with ${signal ?? code} before it was ready`));
        if (leaving.delete(child)) return;
        log.error({ pid: child.process.pid, code, signal }, 'a process has died: replacing it');
        deaths = performance.now() - began < SHORT_LIFE_MS ? deaths + 1 : 0;
        replace(deaths);
      });
    });
  };
  const replace = (after: number): void => {
    setTimeout(
      () => {
        if (isEnding) return;
        start().then(
          ({ child }) => log.warn({ pid: child.process.pid }, 'the dead process has been replaced'),
          (e: unknown) => {
            log.error({ err: e }, 'the replacement did not start');
            deaths++;
            replace(deaths);
          },
        );
      },
      Math.min(LONGEST_PAUSE_MS, after === 0 ? 0 : 500 * 2 ** after),
    );
  };
  const ended = (child: Worker): Promise<void> =>
    new Promise((resolve) => (child.isDead() ? resolve() : child.once('exit', () => resolve())));
  const endChild = async (child: Worker): Promise<void> => {
    leaving.add(child);
    port.leave(child);
    child.process.kill('SIGTERM');
    await ended(child);
  };
  const children = (): Worker[] => Object.values(cluster.workers ?? {}).filter((w): w is Worker => w !== undefined);

  let rolling: Promise<void> | undefined;
  const roll = async (): Promise<void> => {
    for (const old of children()) {
      if (isEnding) return;
      await start();
      await endChild(old);
    }
    log.info('all processes replaced');
  };
  process.on('SIGHUP', () => {
    rolling ??= roll()
      .catch((e: unknown) => log.error({ err: e }, 'rolling restart given up: the old processes go on'))
      .finally(() => (rolling = undefined));
  });

  const told = config.metrics && (await tellMetrics(config.metrics));
  onEnd(log, ['SIGTERM', 'SIGINT'], async () => {
    isEnding = true;
    port.close();
    await Promise.all(children().map(endChild));
    await told?.stop();
    await database.stop();
  });
  // side by side: whoever is first prepares the database, the others wait for it. A demonstration is made by one, while the others would only take its time.
  const first = start();
  const others = (): Promise<unknown> => Promise.all(Array.from({ length: config.webProcesses - 1 }, start));
  const open = async (accounts: string): Promise<void> =>
    console.log(greetingOf(config.host, config.port, await port.listen(config)) + accounts);
  await Promise.all([first.then(({ accounts }) => open(accounts)), config.demo ? first.then(others) : others()]);
  log.info({ processes: config.webProcesses, metrics: told?.port }, 'all processes started');
}

/** The numbers of all children, added up. */
async function tellMetrics(at: NonNullable<Config['metrics']>): ReturnType<typeof serveMetrics> {
  const { AggregatorRegistry } = await import('prom-client');
  const registry = new AggregatorRegistry();
  return serveMetrics(at, () => registry.clusterMetrics());
}
