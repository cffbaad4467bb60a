import cluster from 'node:cluster';
import { runPrimary, type ChildReady } from './cluster';
import { ConfigError, loadConfig } from './config';
import { openDatabase } from './db/open-database';
import { serve } from './serve';

/** `npm start`: one process, or the first of several, or one of its children. */
async function main(): Promise<void> {
  const config = loadConfig();
  const database = await openDatabase(config);
  if (cluster.isWorker) {
    // the metrics of all children are told by their parent
    const { greeting } = await serve({ ...config, metrics: undefined }, database, true);
    process.send?.({ kind: 'ready', greeting } satisfies ChildReady);
  } else if (config.webProcesses > 1) await runPrimary(config, database);
  else console.log((await serve(config, database)).greeting);
}

main().catch((e: unknown) => {
  console.error(e instanceof ConfigError ? `设置有误：\n${e.message}` : e);
  process.exit(1);
});
