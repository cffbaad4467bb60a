import type http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { startDemo } from '../seeds/demo';
import { settleBallotKeyPlace } from './ballot-key-place.store';
import { compose, makeLogger } from './compose';
import { ConfigError, type Config } from './config';
import type { OpenDatabase } from './db/open-database';
import { createHttpServer } from './http/http-server';
import { serveMetrics, watchProcess } from './metrics';
import { fillMobileIndexes } from './modules/accounts';
import { prepareDatabase } from './prepare-database';
import { onEnd } from './process-end';

/** Listens on the wished port or, when somebody else has it, on a free one. */
function listen(server: http.Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const done = () => resolve((server.address() as { port: number }).port);
    server.once('error', (e: NodeJS.ErrnoException) => {
      if (e.code !== 'EADDRINUSE' || port === 0) return reject(e);
      server.once('error', reject).listen(0, host, done);
    });
    server.listen(port, host, done);
  });
}

export interface Served {
  /** what stands on the screen when the site can be used */
  greeting: string;
}

/**
 * One process that answers requests: everything from an empty database to the first request. When it is asked to end, /readyz says so first; for `config.drainMs`
 * everything goes on, each answer being its connection's last; then nobody new is let in, what is under way ends, uploads too, jobs end or are given back, and the process is over.
 */
export async function serve(config: Config, database: OpenDatabase, isChild = false): Promise<Served> {
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

  // a terminal tells Ctrl-C and its own end to parent and children alike: then the parent says what is to be done
  if (isChild) for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  onEnd(log, isChild ? ['SIGTERM'] : ['SIGTERM', 'SIGINT', 'SIGHUP'], async () => {
    site.readiness.drain();
    await wait(config.drainMs);
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
  const accounts = config.demo ? await startDemo(site.deps) : undefined;
  if (config.runJobs) await site.deps.jobs.start(site.jobs);
  const port = await listen(server, config.host, config.port);
  const address = `http://${config.host === '0.0.0.0' ? 'localhost' : config.host}:${port}`;
  log.info({ address, node: process.version, database: database.kind, metrics: told?.port }, 'listening');
  void site.deps.printer.warm().catch((e: unknown) => log.warn({ err: e }, 'the printing browser could not be started'));
  const taken = port !== config.port && config.port !== 0 ? `端口 ${config.port} 已被占用，改用 ${port}。\n` : '';
  return { greeting: `${taken}\n职称申报系统已启动：${address}${accounts === undefined ? '' : `\n${accounts}`}` };
}
