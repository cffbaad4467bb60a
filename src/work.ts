import { settleBallotKeyPlace } from './ballot-key-place.store';
import { compose } from './compose';
import type { Config } from './config';
import type { OpenDatabase } from './db/open-database';
import { makeLogger } from './logger';
import { watchProcess } from './metrics';
import { prepareDatabase } from './prepare-database';
import { onEnd } from './process-end';
import { serveMetrics } from './serve-metrics';

/** A process that works through the job queue and answers no requests. */
export async function work(config: Config, database: OpenDatabase): Promise<void> {
  const log = makeLogger(config.logLevel);
  await prepareDatabase(config.migrateDatabaseUrl ?? database.url);
  const site = compose(config, database.url, log);
  watchProcess(site.metrics.registry);
  const told = config.metrics && (await serveMetrics(config.metrics, () => site.metrics.registry.metrics()));
  onEnd(log, ['SIGTERM', 'SIGINT', 'SIGHUP'], async () => {
    await site.stop();
    await told?.stop();
    if (!database.wasRunning) await database.stop();
  });
  await settleBallotKeyPlace(site.deps.db, await site.deps.ballotKeys.place());
  await site.deps.jobs.start(site.jobs);
  log.info({ node: process.version, metrics: told?.port }, 'working');
  console.log('职称申报系统：后台任务进程已启动');
}
