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

/** What the database says of an installation that is not ready, and what to do about it; undefined for everything else. By SQLSTATE, or the code of the way there. */
function adviceFor(e: unknown): string | undefined {
  const { code = '', message = '' } = e as { code?: string; message?: string };
  if (['42P01', '42883', '3F000'].includes(code))
    return '数据库中还没有本系统的表，或者表的版本较旧。请先启动一次网站（npm start），或者运行 npm run db:roles，再运行本命令';
  if (code === '25006') return '这是只读的备用数据库，不能写入。请使用主库的地址，或者先提升备库（SELECT pg_promote()）';
  if (code === '42501') return `数据库账号的权限不足（${message}）。请换用有权限的账号，参见 docs/security.md 的 Roles of the database`;
  return /^(?:28|3D)/.test(code) || ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH'].includes(code)
    ? `连接不上数据库（${message || code}）。请检查 DATABASE_URL`
    : undefined;
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
      complain(e instanceof ConfigError ? `设置有误：\n${e.message}` : (adviceFor(e) ?? String((e as Error).stack ?? e)));
      process.exitCode = 2;
    },
  );
}
