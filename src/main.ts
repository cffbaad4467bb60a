import http from 'node:http';
import { startDemo } from '../seeds/demo';
import { seedContent } from '../seeds/content';
import { seedReference } from '../seeds/reference';
import { compose, makeLogger } from './compose';
import { ConfigError, loadConfig } from './config';
import { checkDatabase, makeDb } from './db/db';
import { inTurn, migrate } from './db/migrate';
import { openDatabase } from './db/open-database';
import { migrateJobs } from './jobs/jobs';
import { fillMobileIndexes } from './modules/accounts';

/** Schema, queue and reference data, whatever state the database is in. */
async function prepareDatabase(url: string): Promise<void> {
  const db = makeDb(url, 2, '0');
  try {
    const complaint = await checkDatabase(db);
    if (complaint) throw new ConfigError(`DATABASE_URL: ${complaint}`);
    await migrate(db);
    await inTurn(db, 'seed', async () => {
      await migrateJobs(url);
      await seedReference(db);
      await seedContent(db);
    });
  } finally {
    await db.destroy();
  }
}

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

async function main(): Promise<void> {
  const config = loadConfig();
  const log = makeLogger(config.logLevel);
  const database = await openDatabase(config);
  const { url } = database;
  await prepareDatabase(config.migrateDatabaseUrl ?? url);
  const site = compose(config, url, log);
  if (config.certificateKeyFile !== undefined)
    await site.deps.signer?.certificate().catch((e: unknown) => {
      throw new ConfigError(`CERTIFICATE_KEY_FILE: ${(e as Error).message}`);
    });
  const server = http.createServer({ requestTimeout: 120_000, headersTimeout: 20_000, keepAliveTimeout: 10_000 }, site.app);

  let ending = false;
  const end = (signal: string): void => {
    if (ending) return;
    ending = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), 20_000).unref();
    server.close(() => {
      void site
        .stop()
        .then(() => database.stop())
        .then(
          () => process.exit(0),
          (e: unknown) => {
            log.error({ err: e }, 'stop failed');
            process.exit(1);
          },
        );
    });
    server.closeIdleConnections();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(signal));

  await fillMobileIndexes(site.deps);
  const accounts = config.demo ? await startDemo(site.deps) : undefined;
  if (config.runJobs) await site.deps.jobs.start(site.jobs);
  const port = await listen(server, config.host, config.port);
  const address = `http://${config.host === '0.0.0.0' ? 'localhost' : config.host}:${port}`;
  log.info({ address, node: process.version, database: database.kind }, 'listening');
  if (port !== config.port && config.port !== 0) console.log(`端口 ${config.port} 已被占用，改用 ${port}。`);
  console.log(`\n职称申报系统已启动：${address}`);
  if (accounts) console.log(accounts);
  void site.deps.printer.warm().catch((e: unknown) => log.warn({ err: e }, 'the printing browser could not be started'));
}

main().catch((e: unknown) => {
  console.error(e instanceof ConfigError ? `设置有误：\n${e.message}` : e);
  process.exit(1);
});
