import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { asError } from '../lib/as-error';
import type { Cipher } from '../lib/cipher';

/** Keys of secret ballots: outside the database, one for each round, gone for ever once it is counted. */
export interface BallotKeys {
  /** Makes the key of a new round and gives its name, which tells nothing of it. On the disk before the promise resolves. */
  create(): Promise<string>;
  /** The key of this name; undefined when it is lost or destroyed. */
  find(name: string): Promise<Buffer | undefined>;
  /** A mark that lies in the folder, made by whoever comes first: equal for all who see the same folder. It tells nothing of any key. */
  place(): Promise<string>;
  /** Overwrites and removes it. Nothing when it is gone already. */
  destroy(name: string): Promise<void>;
}

const NAME = /^[0-9a-f]{64}$/;
const PLACE = /^[0-9a-f]{32}$/;
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
    async place() {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const file = path.join(dir, 'place');
      const read = async (): Promise<string | undefined> => {
        const text = await readFile(file, 'utf8').catch((e: unknown) => (isMissing(e) ? '' : Promise.reject(asError(e))));
        return PLACE.test(text) ? text : undefined;
      };
      const known = await read();
      if (known !== undefined) return known;
      // whole or not at all, and of two who come at once the first
      const draft = path.join(dir, `place-${process.pid}-${randomBytes(4).toString('hex')}`);
      await writeFile(draft, randomBytes(16).toString('hex'), { mode: 0o600 });
      try {
        await link(draft, file);
      } catch (e) {
        if ((e as NodeJS.ErrnoException).code !== 'EEXIST') throw e;
      } finally {
        await unlink(draft);
      }
      const made = await read();
      if (made === undefined) throw new Error(`${file} is no mark of a folder: remove it`);
      return made;
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
