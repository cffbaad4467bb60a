import { openStorage } from '../adapters/storage';
import { makeBackup } from '../backup';
import { runCommand } from './run-command';

/** `npm run backup`: everything the site holds into BACKUP_DIR, beside the running site (docs/operations.md). Ends with code 1 when a stored file was found damaged. */
runCommand(async ({ config, databaseUrl, cipher, say, complain }) => {
  if (config.production && !config.backupKey) {
    complain('生产环境的备份必须加密：请用 BACKUP_KEY_FILE 给出密钥文件（openssl rand -base64 32）');
    return 2;
  }
  const started = performance.now();
  const storage = openStorage(config);
  const { folder, manifest, written } = await makeBackup({ databaseUrl, storage, cipher, dir: config.backupDir, key: config.backupKey });
  const rows = manifest.tables.reduce((n, t) => n + t.rows, 0);
  const { count, bytes } = manifest.contents;
  say(`备份完成：${folder}${config.backupKey ? '（已加密）' : ''}`);
  say(`数据 ${manifest.tables.length} 张表 ${rows} 行；文件 ${count} 个 ${(bytes / 1e6).toFixed(1)} MB，其中新写入 ${written} 个`);
  say(`用时 ${((performance.now() - started) / 1000).toFixed(1)} 秒。密钥文件（SECRETS_FILE、BACKUP_KEY_FILE）不在备份中，请另行保管。`);
  for (const sha256 of manifest.damaged) complain(`存储中的文件已损坏，没有备份：${sha256}`);
  return manifest.damaged.length > 0 ? 1 : 0;
});
