import cluster from 'node:cluster';
import { checkInstallation } from './check-installation';
import type { ChildReady } from './cluster';
import { ConfigError, loadConfig } from './config';
import { openDatabase } from './db/open-database';

/** `npm start`: one process, or the first of several, or one of its children. Each runs what it is for. */
async function start(): Promise<void> {
  const config = loadConfig();
  if (!cluster.isWorker) checkInstallation(config);
  const database = await openDatabase(config);
  if (!cluster.isWorker && config.webProcesses > 1) return (await import('./cluster.js')).runPrimary(config, database);
  const { serve } = await import('./serve.js');
  if (cluster.isWorker) {
    // the metrics of all children are told by their parent
    await serve({ ...config, metrics: undefined }, database, true, ({ accounts }) =>
      process.send?.({ kind: 'ready', accounts } satisfies ChildReady),
    );
  } else await serve(config, database, false, ({ greeting, accounts }) => console.log(greeting + accounts));
}

/** `npm run worker`: a process that works through the job queue and answers no requests; as many as there is work for, on any machine. */
async function startWorker(): Promise<void> {
  const config = loadConfig();
  checkInstallation(config);
  const database = await openDatabase(config);
  await (await import('./work.js')).work(config, database);
}

const orEnd = (started: Promise<void>): Promise<void> =>
  started.catch((e: unknown) => {
    console.error(e instanceof ConfigError ? `设置有误：\n${e.message}` : e);
    process.exit(1);
  });

/** What `npm run build` makes one file of, with all that it loads (scripts/build-program.mjs). `load`: everything a process may run, for the build to compile. */
export const program = {
  main: () => orEnd(start()),
  worker: () => orEnd(startWorker()),
  load: () => Promise.all([import('./cluster.js'), import('./serve.js'), import('./work.js'), import('graphile-worker')]),
};
