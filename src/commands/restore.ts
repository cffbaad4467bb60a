import path from 'node:path';
import { openStorage } from '../adapters/storage';
import { restoreBackup } from '../backup';
import { runCommand } from './run-command';

/**
 * `npm run restore -- <folder of a backup>`: into the empty database of MIGRATE_DATABASE_URL, else DATABASE_URL, and into DATA_DIR (docs/operations.md).
 * Ends with code 1 when something could not be brought back or proved, 2 when nothing was done.
 */
runCommand(async ({ config, databaseUrl, cipher, say, complain }) => {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) {
    complain('用法：npm run restore -- <备份文件夹>');
    return 2;
  }
  const started = performance.now();
  const outcome = await restoreBackup({
    databaseUrl: config.migrateDatabaseUrl ?? databaseUrl,
    storage: openStorage(config),
    cipher,
    folder: path.resolve(folder),
    key: config.backupKey,
  });
  if (outcome.kind === 'refused') {
    complain(`没有恢复：${outcome.problem}`);
    return 2;
  }
  const { manifest, foreignKeys, lost, chain } = outcome;
  say(`已恢复 ${manifest.madeAt} 的备份，用时 ${((performance.now() - started) / 1000).toFixed(1)} 秒`);
  say(
    `数据 ${manifest.tables.length} 张表 ${manifest.tables.reduce((n, t) => n + t.rows, 0)} 行，行数与哈希全部相符；外键 ${foreignKeys} 个全部成立`,
  );
  say(`文件 ${manifest.contents.count - lost.length} 个，SHA-256 全部相符`);
  say(`操作日志${chain.sentence}`);
  for (const sha256 of [...manifest.damaged, ...lost]) complain(`文件没有恢复：${sha256}`);
  return chain.isWhole && lost.length + manifest.damaged.length === 0 ? 0 : 1;
});
