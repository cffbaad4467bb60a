import { ConfigError, loadConfig, type Config } from '../config';
import { makeDb, type Db } from '../db/db';
import { openDatabase } from '../db/open-database';
import { createCipher, type Cipher } from '../lib/cipher';

export interface CommandInput {
  config: Config;
  databaseUrl: string;
  db: Db;
  cipher: Cipher;
  say: (line: string) => void;
  complain: (line: string) => void;
}

/** The frame of every command: settings, the database beside or without a running site, clean ends. `work` gives the exit code; what it throws ends with 2. */
export function runCommand(work: (input: CommandInput) => Promise<number>): void {
  const complain = (line: string): void => void process.stderr.write(`${line}\n`);
  const main = async (): Promise<number> => {
    const config = loadConfig();
    const cipher = createCipher({ ...config.secrets.cipher, indexKey: config.secrets.index });
    const database = await openDatabase(config);
    // a command reads or writes everything: a statement of minutes is none that hangs
    const db = makeDb(database.url, 2, '0');
    try {
      return await work({ config, databaseUrl: database.url, db, cipher, complain, say: (line) => void process.stdout.write(`${line}\n`) });
    } finally {
      await db.destroy();
      if (!database.wasRunning) await database.stop();
    }
  };
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (e: unknown) => {
      complain(e instanceof ConfigError ? `设置有误：\n${e.message}` : String((e as Error).stack ?? e));
      process.exitCode = 2;
    },
  );
}
