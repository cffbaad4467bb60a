import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import { makeLogger } from './compose';
import type { Config } from './config';
import type { OpenDatabase } from './db/open-database';
import { serveMetrics } from './metrics';
import { onEnd } from './process-end';

/** What a child tells when it answers requests. */
export interface ChildReady {
  kind: 'ready';
  greeting: string;
}

/** A child that ends sooner after its start than this has not really started. */
const SHORT_LIFE_MS = 10_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * `WEB_PROCESSES` children behind one port. A child that dies is replaced, at once or after a growing pause when children die young; SIGHUP replaces one after the other, each old
 * one being asked to end only when its successor answers: the port is this process's, so that no connection is refused meanwhile. Children run what lies on the disk when they start.
 */
export async function runPrimary(config: Config, database: OpenDatabase): Promise<void> {
  const log = makeLogger(config.logLevel);
  // the embedded database is this process's; its children use it as one from outside
  const settings = { DATABASE_URL: database.url, DEMO: config.demo ? '1' : '0' };
  let isEnding = false;
  let deaths = 0;
  /** children that are asked to end: their death is no accident */
  const leaving = new Set<Worker>();

  /** Resolves with the child's greeting; rejects when it ends before it was ready. */
  const start = (): Promise<{ child: Worker; greeting: string }> => {
    const child = cluster.fork(settings);
    const began = performance.now();
    return new Promise((resolve, reject) => {
      let wasReady = false;
      child.on('message', (m: Partial<ChildReady>) => {
        if (m.kind !== 'ready') return;
        wasReady = true;
        resolve({ child, greeting: m.greeting ?? '' });
      });
      child.once('exit', (code, signal) => {
        if (!wasReady) return reject(new Error(`a process ended with ${signal ?? code} before it was ready`));
        if (isEnding || leaving.delete(child)) return;
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

  const registry = new AggregatorRegistry();
  const told = config.metrics && (await serveMetrics(config.metrics, () => registry.clusterMetrics()));
  onEnd(log, ['SIGTERM', 'SIGINT'], async () => {
    isEnding = true;
    await Promise.all(children().map(endChild));
    await told?.stop();
    await database.stop();
  });
  // the first one prepares the database and fills it; the others find it done
  const { greeting } = await start();
  for (let n = 1; n < config.webProcesses; n++) await start();
  log.info({ processes: config.webProcesses, metrics: told?.port }, 'all processes started');
  console.log(greeting);
}
