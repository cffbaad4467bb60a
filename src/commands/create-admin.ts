import { ConfigError, loadConfig } from '../config';
import { makeDb } from '../db/db';
import { openDatabase } from '../db/open-database';
import { createCipher } from '../lib/cipher';
import { createFirstAdmin } from '../modules/accounts';

/** `npm run admin:create -- <登录名> <姓名>`: the first system administrator of an empty installation. The password is printed once and must be replaced. */
async function main(): Promise<number> {
  const [loginName = '', name = ''] = process.argv.slice(2);
  const config = loadConfig();
  const database = await openDatabase(config);
  const db = makeDb(database.url, 2);
  try {
    const cipher = createCipher({ ...config.secrets.cipher, indexKey: config.secrets.index });
    const outcome = await createFirstAdmin({ db, cipher }, loginName, name);
    if (outcome.kind === 'refused') {
      process.stderr.write(`没有建立账号：${outcome.problem}\n用法：npm run admin:create -- <登录名> <姓名>\n`);
      return 1;
    }
    process.stdout.write(`已建立系统管理员「${loginName}」，临时密码：${outcome.password}\n第一次登录时须修改密码。\n`);
    return 0;
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
