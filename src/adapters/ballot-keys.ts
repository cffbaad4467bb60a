import { createHash, randomBytes } from 'node:crypto';
import { open, mkdir, readFile, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Cipher } from '../lib/cipher';

/** Keys of secret ballots: outside the database, one for each round, gone for ever once it is counted. */
export interface BallotKeys {
  /** Makes the key of a new round and gives its name, which tells nothing of it. On the disk before the promise resolves. */
  create(): Promise<string>;
  /** The key of this name; undefined when it is lost or destroyed. */
  find(name: string): Promise<Buffer | undefined>;
  /** Overwrites and removes it. Nothing when it is gone already. */
  destroy(name: string): Promise<void>;
}

const NAME = /^[0-9a-f]{64}$/;
const isMissing = (e: unknown): boolean => (e as NodeJS.ErrnoException).code === 'ENOENT';

/**
 * Keys as files in a folder. A key is made of the file's content and the installation's index key, so that neither a copy of the folder nor the secrets file
 * is enough; the name is the SHA-256 of the content.
 */
export function createBallotKeys(dir: string, cipher: Cipher): BallotKeys {
  const fileOf = (name: string): string => {
    if (!NAME.test(name)) throw new RangeError('not a name of a ballot key');
    return path.join(dir, name);
  };
  return {
    async create() {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const secret = randomBytes(32);
      const name = createHash('sha256').update(secret).digest('hex');
      const file = await open(fileOf(name), 'wx', 0o600);
      try {
        await file.write(secret);
        await file.sync();
      } finally {
        await file.close();
      }
      return name;
    },
    async find(name) {
      try {
        const secret = await readFile(fileOf(name));
        return createHash('sha256').update(secret).digest('hex') === name
          ? cipher.blindIndex(secret.toString('hex'), 'ballot-key')
          : undefined;
      } catch (e) {
        if (isMissing(e)) return undefined;
        throw e;
      }
    },
    async destroy(name) {
      try {
        const file = await open(fileOf(name), 'r+');
        try {
          await file.write(randomBytes(32), 0, 32, 0);
          await file.sync();
        } finally {
          await file.close();
        }
        await unlink(fileOf(name));
      } catch (e) {
        if (!isMissing(e)) throw e;
      }
    },
  };
}
