import cluster from 'node:cluster';
import type { ChildReady } from './cluster';
import { ConfigError, loadConfig } from './config';
import { openDatabase } from './db/open-database';

/** `npm start`: one process, or the first of several, or one of its children. Each loads what it is for. */
async function main(): Promise<void> {
  const config = loadConfig();
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

main().catch((e: unknown) => {
  console.error(e instanceof ConfigError ? `设置有误：\n${e.message}` : e);
  process.exit(1);
});
