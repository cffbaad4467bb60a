import { setTimeout as wait } from 'node:timers/promises';
import { settleBallotKeyPlace } from './ballot-key-place.store';
import { compose } from './compose';
import { ConfigError, type Config } from './config';
import type { OpenDatabase } from './db/open-database';
import { createHttpServer } from './http/http-server';
import { addressOf, greetingOf, listenOn } from './listen-on';
import { makeLogger } from './logger';
import { watchProcess } from './metrics';
import { fillMobileIndexes } from './modules/accounts';
import { openMoreDoors, type Doors } from './more-doors';
import { prepareDatabase } from './prepare-database';
import { onEnd } from './process-end';
import { serveMetrics } from './serve-metrics';
import { takeHanded, type HandedConnections } from './shared-port';

/** The printing browser is started when those who came first have been answered: it takes more time of the processor than a hundred pages. In ms. */
const WARM_AFTER_MS = 2000;

/** What the process that began this one is told as soon as requests are answered. */
export interface Served {
  /** where the site is; empty for a child, whose parent holds the port */
  greeting: string;
  /** whom to sign in as, in a demonstration; else empty */
  accounts: string;
}

/**
 * One process that answers requests: everything from an empty database to the first request. When it is asked to end, /readyz says so first; for `config.drainMs`
 * everything goes on, each answer being its connection's last; then nobody new is let in, what is under way ends, uploads too, jobs end or are given back, and the process is over.
 * A child of several answers what its parent hands over.
 */
export async function serve(config: Config, database: OpenDatabase, isChild: boolean, tell: (served: Served) => void): Promise<void> {
  const log = makeLogger(config.logLevel);
  const { url } = database;
  await prepareDatabase(config.migrateDatabaseUrl ?? url);
  const site = compose(config, url, log);
  if (config.certificateKeyFile !== undefined)
    await site.deps.signer?.certificate().catch((e: unknown) => {
      throw new ConfigError(`CERTIFICATE_KEY_FILE: ${(e as Error).message}`);
    });
  const server = createHttpServer(site.app);
  watchProcess(site.metrics.registry);
  const told = config.metrics && (await serveMetrics(config.metrics, () => site.metrics.registry.metrics()));

  let warming: NodeJS.Timeout | undefined = undefined;
  let handed: HandedConnections | undefined;
  let doors: Doors | undefined;

  // a terminal tells Ctrl-C and its own end to parent and children alike: then the parent says what is to be done
  if (isChild) for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  onEnd(log, isChild ? ['SIGTERM'] : ['SIGTERM', 'SIGINT', 'SIGHUP'], async () => {
    site.readiness.drain();
    await wait(config.drainMs);
    clearTimeout(warming);
    const inside = handed ?? doors;
    if (inside) await inside.close();
    else
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
    await site.stop();
    await told?.stop();
    await database.stop();
  });

  await fillMobileIndexes(site.deps);
  await settleBallotKeyPlace(site.deps.db, await site.deps.ballotKeys.place());
  const accounts = config.demo ? `\n${await (await import('../seeds/demo/index.js')).startDemo(site.deps)}` : '';
  await site.warm();
  let port: number | undefined;
  if (isChild) handed = takeHanded(server, process);
  else port = await listenOn(server, config);
  log.info(
    { address: port && addressOf(config.host, port), node: process.version, database: database.kind, metrics: told?.port },
    'listening',
  );
  tell({ greeting: port === undefined ? '' : greetingOf(config.host, config.port, port), accounts });
  if (config.runJobs) await site.deps.jobs.start(site.jobs);
  warming = setTimeout(() => {
    void site.deps.printer.warm().catch((e: unknown) => log.warn({ err: e }, 'the printing browser could not be started'));
    if (isChild) return; // the parent takes the connections, and turns quickly
    doors = openMoreDoors(server);
    doors.ready.catch((e: unknown) => log.warn({ err: e }, 'connections are taken one by one: more handles could not be had'));
  }, WARM_AFTER_MS).unref();
}
