import { ConfigError, loadConfig } from '../config';
import { makeDb } from '../db/db';
import { openDatabase } from '../db/open-database';
import { rotateKeys } from '../db/rotate-keys';
import { createCipher } from '../lib/cipher';

/** `npm run keys:rotate`: encrypts everything that is encrypted anew under the current key of the ring. Runs beside a running site; may be broken off and repeated. */
async function main(): Promise<void> {
  const config = loadConfig();
  const cipher = createCipher({ ...config.secrets.cipher, indexKey: config.secrets.index });
  const database = await openDatabase(config);
  const db = makeDb(database.url, 2);
  try {
    for (const { column, rotated } of await rotateKeys(db, cipher))
      process.stdout.write(`${column.table}.${column.column}：${rotated} 项\n`);
    process.stdout.write(`完成，全部使用密钥「${config.secrets.cipher.current}」\n`);
  } finally {
    await db.destroy();
    if (!database.wasRunning) await database.stop();
  }
}

main().catch((e: unknown) => {
  process.stderr.write(`${e instanceof ConfigError ? `设置有误：\n${e.message}` : String((e as Error).stack ?? e)}\n`);
  process.exitCode = 2;
});
