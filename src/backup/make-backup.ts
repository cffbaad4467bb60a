import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { BlobDamagedError, BlobNotFoundError, type BlobStorage, isLost } from '../adapters/storage';
import { withSnapshot } from '../db/copy-tables';
import type { Cipher } from '../lib/cipher';
import { codecOf, measure, writeContent, writeWhole } from './backup-files';
import { CONTENTS, KEY_PROBE, MANIFEST, POOL, poolPath, type Manifest } from './manifest';

export interface BackupInput {
  databaseUrl: string;
  storage: BlobStorage;
  cipher: Cipher;
  /** the folder of all backups */
  dir: string;
  /** 32 bytes; undefined: not encrypted */
  key: Buffer | undefined;
}

export interface BackupMade {
  folder: string;
  manifest: Manifest;
  /** contents that no earlier backup had written yet */
  written: number;
}

/**
 * F14, S58: one consistent view of all tables and every stored content, beside the running site. Contents are shared by all backups of a folder. A backup that was
 * broken off keeps its name with `.partial` and is never taken for a whole one. The secrets file is left out on purpose: who finds a backup must not find the keys.
 */
export async function makeBackup({ databaseUrl, storage, cipher, dir, key }: BackupInput): Promise<BackupMade> {
  const codec = codecOf(key);
  await fs.mkdir(dir, { recursive: true, mode: 0o700 });
  return withSnapshot(databaseUrl, async (snapshot) => {
    const name = `${snapshot.at.toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`;
    const draft = path.join(dir, `${name}.partial`);
    await fs.mkdir(draft, { mode: 0o700 });

    const tables: Manifest['tables'] = [];
    for (const table of snapshot.tables) {
      const label = `${table.schema}.${table.name}`;
      const measured = measure();
      let rows = 0;
      await writeWhole(path.join(draft, label + codec.suffix), async (to) => {
        rows = await snapshot.copyOut(table, to, [measured.stream, ...codec.write(label)]);
      });
      tables.push({ ...table, file: label + codec.suffix, rows, sha256: measured.sha256() });
    }

    // after the tables: whatever they name was stored before, and a content that has come since does no harm
    const contents = { file: CONTENTS + codec.suffix, count: 0, bytes: 0, sha256: '' };
    const damaged: string[] = [];
    const lines: string[] = [];
    const linesHash = createHash('sha256');
    let written = 0;
    for await (const { sha256, size } of storage.list()) {
      const file = path.join(dir, POOL, ...poolPath(sha256));
      if (!(await codec.isOurs(file))) {
        const content = await storage.get(sha256).catch((e: unknown) => {
          if (isLost(e)) return e;
          throw e;
        });
        if (content instanceof BlobNotFoundError) continue; // removed since it was listed
        if (content instanceof BlobDamagedError) {
          damaged.push(sha256);
          continue;
        }
        await writeContent(file, content, codec.write(sha256));
        written += 1;
      }
      contents.count += 1;
      contents.bytes += size;
      const line = `${sha256} ${size}\n`;
      linesHash.update(line);
      lines.push(line);
    }
    contents.sha256 = linesHash.digest('hex');
    await writeContent(path.join(draft, contents.file), lines, codec.write(CONTENTS));

    const manifest: Manifest = {
      format: 1,
      madeAt: snapshot.at.toISOString(),
      server: snapshot.server,
      migrations: snapshot.migrations,
      tables,
      sequences: snapshot.sequences,
      contents,
      damaged,
      keys: {
        box: cipher.encrypt(KEY_PROBE, KEY_PROBE).toString('base64'),
        index: cipher.blindIndex(KEY_PROBE, KEY_PROBE).toString('base64'),
      },
    };
    await writeContent(path.join(draft, MANIFEST + codec.suffix), Buffer.from(JSON.stringify(manifest, null, 1)), codec.write(MANIFEST));
    const folder = path.join(dir, name);
    await fs.rename(draft, folder);
    return { folder, manifest, written };
  });
}
