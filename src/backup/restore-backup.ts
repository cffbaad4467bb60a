import fs from 'node:fs';
import path from 'node:path';
import { appendAudit } from '../audit/audit.store';
import { proveChain } from '../audit/prove-chain';
import type { BlobStorage } from '../adapters/storage';
import { holdsData, loadTables, MayNotRestoreError, migrateTo } from '../db/copy-tables';
import { makeDb } from '../db/db';
import { migrate } from '../db/migrate';
import { migrateJobs } from '../jobs/jobs';
import type { Cipher } from '../lib/cipher';
import { codecOf, measure, readContent } from './backup-files';
import { CONTENTS, KEY_PROBE, MANIFEST, manifestShape, POOL, poolPath, type Manifest } from './manifest';

export interface RestoreInput {
  databaseUrl: string;
  storage: BlobStorage;
  cipher: Cipher;
  /** the folder of one backup, beside the folder of contents */
  folder: string;
  key: Buffer | undefined;
}

export type RestoreOutcome =
  /** nothing was changed */
  | { kind: 'refused'; problem: string }
  | {
      kind: 'restored';
      manifest: Manifest;
      foreignKeys: number;
      /** contents that the backup names and no longer holds whole */
      lost: string[];
      chain: { isWhole: boolean; sentence: string };
    };

/** The backup's own fault; nothing was committed. */
export class BackupDamagedError extends Error {}

const refused = (problem: string): RestoreOutcome => ({ kind: 'refused', problem });

function fits(cipher: Cipher, keys: Manifest['keys']): boolean {
  if (cipher.blindIndex(KEY_PROBE, KEY_PROBE).toString('base64') !== keys.index) return false;
  try {
    return cipher.decrypt(Buffer.from(keys.box, 'base64'), KEY_PROBE) === KEY_PROBE;
  } catch {
    return false; // its key is not in the ring: that is the answer
  }
}

async function restoreContents({ folder, storage, key }: RestoreInput, manifest: Manifest): Promise<string[]> {
  const codec = codecOf(key);
  const list = await readContent(path.join(folder, manifest.contents.file), [...codec.read(CONTENTS)]);
  const lost: string[] = [];
  for (const line of list.toString().split('\n').filter(Boolean)) {
    const sha256 = line.slice(0, 64);
    if (await storage.has(sha256)) continue; // a restore that was broken off goes on
    const file = path.join(path.dirname(folder), POOL, ...poolPath(sha256));
    const content = await readContent(file, codec.read(sha256)).catch(() => undefined);
    if (content === undefined) {
      lost.push(sha256); // missing, changed or cut off: named in the end, the rest is still worth having
      continue;
    }
    const stored = await storage.put(content);
    if (stored.sha256 === sha256) continue;
    lost.push(sha256);
    await storage.delete(stored.sha256);
  }
  return lost;
}

/**
 * F14: fills an empty database and a store from a backup, brings the schema up to this program's, and proves what it has: hash and number of rows of every table, every
 * foreign key, the SHA-256 of every content, the chain of the operation log. The tables come in one transaction: all or none. Sessions are not restored, everybody signs in anew.
 * Throws BackupDamagedError and what the database throws.
 */
export async function restoreBackup(input: RestoreInput): Promise<RestoreOutcome> {
  const { databaseUrl, folder, cipher, key } = input;
  const codec = codecOf(key);
  const manifestFile = path.join(folder, MANIFEST + codec.suffix);
  if (!fs.existsSync(manifestFile)) {
    const other = fs.existsSync(path.join(folder, MANIFEST + codecOf(key ? undefined : Buffer.alloc(32)).suffix));
    if (other) return refused(key ? '这份备份没有加密，请不要设置 BACKUP_KEY_FILE' : '这份备份是加密的，请用 BACKUP_KEY_FILE 给出密钥文件');
    return refused(`${folder} 中没有完整的备份`);
  }
  let text: Buffer;
  try {
    text = await readContent(manifestFile, codec.read(MANIFEST));
  } catch (e) {
    return refused(`备份清单无法读取：密钥不对，或者文件已损坏（${(e as Error).message}）`);
  }
  const manifest = manifestShape.parse(JSON.parse(text.toString()));
  if (!fits(cipher, manifest.keys)) return refused('SECRETS_FILE 不是这份备份的那一份：加密的证件号码将无法读出。请使用当时的密钥文件');
  if (await holdsData(databaseUrl)) return refused('数据库中已有数据。备份只恢复到空的数据库，请新建一个');
  const unknown = await migrateTo(databaseUrl, manifest.migrations);
  if (unknown.length > 0) return refused(`备份来自更新的程序版本（${unknown.join('、')}），请先更新程序`);
  await migrateJobs(databaseUrl);

  const lost = await restoreContents(input, manifest);
  let foreignKeys: number;
  try {
    foreignKeys = await loadTables(databaseUrl, manifest.sequences, async (loader) => {
      for (const table of manifest.tables) {
        const label = `${table.schema}.${table.name}`;
        const measured = measure();
        const rows = await loader.copyIn(table, fs.createReadStream(path.join(folder, table.file)), [
          ...codec.read(label),
          measured.stream,
        ]);
        if (rows !== table.rows || measured.sha256() !== table.sha256)
          throw new BackupDamagedError(`${table.file}：与清单不符（清单 ${table.rows} 行，读到 ${rows} 行）`);
      }
    });
  } catch (e) {
    if (e instanceof MayNotRestoreError)
      return refused('数据库账号不能暂停触发器：请用超级用户，或由其执行 GRANT SET ON PARAMETER session_replication_role TO 该账号');
    throw e;
  }
  const db = makeDb(databaseUrl, 2, '0');
  try {
    const { verdict, sentence } = await proveChain(db);
    await migrate(db);
    await appendAudit(db, {
      actorId: null,
      actorName: '系统',
      action: 'backup.restored',
      detail: { madeAt: manifest.madeAt, lost: lost.length },
    });
    return { kind: 'restored', manifest, foreignKeys, lost, chain: { isWhole: verdict.kind === 'whole', sentence } };
  } finally {
    await db.destroy();
  }
}
