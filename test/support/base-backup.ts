import fs from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import type { EmbeddedPg } from '../../src/db/embedded-pg';

/** Gives everything below a folder to the account that owns another one: a copy made by root is root's. */
function giveTo(folder: string, like: string): void {
  const { uid, gid } = fs.statSync(like);
  for (const entry of [folder, ...fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name))])
    fs.lchownSync(entry, uid, gid);
}

/** What pg_basebackup does, which the embedded binaries lack: the server says where a copy of its folder begins and ends, the folder is copied meanwhile. `startEmbedded` can take `to`. */
export async function baseBackup(server: EmbeddedPg, from: string, to: string): Promise<void> {
  const client = new Client({ connectionString: server.url() });
  await client.connect();
  try {
    await client.query("SELECT pg_backup_start('copy', true)");
    fs.cpSync(path.join(from, 'data'), path.join(to, 'data'), {
      recursive: true,
      preserveTimestamps: true,
      filter: (name) => !/postmaster\.(?:pid|opts)$|pg_wal\/.|pg_replslot\/./.test(name),
    });
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(true)');
    fs.writeFileSync(path.join(to, 'data', 'backup_label'), rows[0]?.labelfile ?? '');
  } finally {
    await client.end();
  }
  giveTo(path.join(to, 'data'), path.join(from, 'data'));
  for (const file of ['password', 'initdb-done']) fs.copyFileSync(path.join(from, file), path.join(to, file));
}
