import { proveChain } from '../audit/prove-chain';
import { ConfigError, loadConfig } from '../config';
import { makeDb } from '../db/db';
import { openDatabase } from '../db/open-database';

/** `npm run audit:verify`: proves the operation log, or names the first broken row and ends with code 1. Runs beside a running site. */
async function main(): Promise<number> {
  const database = await openDatabase(loadConfig());
  const db = makeDb(database.url, 2);
  try {
    const { verdict, sentence } = await proveChain(db);
    process.stdout.write(`${sentence}\n`);
    return verdict.kind === 'whole' ? 0 : 1;
  } finally {
    await db.destroy();
    if (!database.wasRunning) await database.stop();
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (e: unknown) => {
    process.stderr.write(`${e instanceof ConfigError ? `设置有误：\n${e.message}` : String((e as Error).stack ?? e)}\n`);
    process.exitCode = 2;
  },
);
