import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { BlobDamagedError, BlobNotFoundError, type BlobEntry, type BlobStorage } from './storage';

const HASH = /^[0-9a-f]{64}$/;
const FAN_OUT = /^[0-9a-f]{2}$/;
const SLICE = 512 * 1024;
const DRAFTS = 'drafts';
/** A draft this much older than a new one was left by a process that died. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/** Pieces small enough that reckoning the hash of one holds up nobody. */
function* slices(content: Buffer): Iterable<Buffer> {
  for (let at = 0; at < content.length || at === 0; at += SLICE) yield content.subarray(at, at + SLICE);
}

/** Reckoned beside the event loop. */
const sha256Of = async (content: Buffer): Promise<string> => Buffer.from(await webcrypto.subtle.digest('SHA-256', content)).toString('hex');

/** The name is taken already, or this file system knows no second names. */
const NO_LINK = new Set(['EEXIST', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

const isMissing = (e: unknown): boolean => (e as NodeJS.ErrnoException).code === 'ENOENT';

/** Makes the directory's entries durable; a rename alone may be lost with the power. */
async function syncDir(dir: string): Promise<void> {
  const handle = await fs.open(dir, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Contents as files `ab/cd/abcd…` below one folder, readable by the program's own account only.
 * A content is written to a draft, synced and renamed: whoever sees the name sees all of the bytes.
 * Errors of the disk (ENOSPC, EACCES) are thrown as Node gives them; the draft is removed first.
 */
export class FsStorage implements BlobStorage {
  readonly #root: string;
  #swept: Promise<void> | undefined;
  /** Folders of the first level whose names this process has made durable in the root; there are 256 at most. */
  readonly #durable = new Map<string, Promise<void>>();

  constructor(root: string) {
    this.#root = path.resolve(root);
  }

  put(content: Buffer, sha256?: string): Promise<{ sha256: string; size: number }> {
    return this.putStream(slices(content), sha256);
  }

  /** `known`: the hash of all of it */
  async putStream(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, known?: string): Promise<{ sha256: string; size: number }> {
    const hash = createHash('sha256');
    let size = 0;
    let sha256: string;
    const drafts = path.join(this.#root, DRAFTS);
    const draft = path.join(drafts, `${process.pid}-${randomBytes(8).toString('hex')}`);
    try {
      const handle = await this.#openDraft(drafts, draft);
      try {
        for await (const chunk of content) {
          if (known === undefined) hash.update(chunk);
          size += chunk.byteLength;
          await handle.writeFile(chunk);
        }
        await handle.sync();
        this.#swept ??= this.#sweep(drafts, (await handle.stat()).mtimeMs);
      } finally {
        await handle.close();
      }
      sha256 = known ?? hash.digest('hex');
      const target = this.#fileOf(sha256);
      await this.#inFolder(target, () => fs.rename(draft, target));
      await syncDir(path.dirname(target));
    } catch (e) {
      await fs.rm(draft, { force: true });
      throw e;
    }
    await this.#swept;
    return { sha256, size };
  }

  async putDerived(content: Buffer): Promise<{ sha256: string; size: number }> {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const target = this.#fileOf(sha256);
    const drafts = path.join(this.#root, DRAFTS);
    const draft = path.join(drafts, `${process.pid}-${randomBytes(8).toString('hex')}`);
    try {
      const handle = await this.#openDraft(drafts, draft);
      try {
        await handle.writeFile(content);
      } finally {
        await handle.close();
      }
      // A link takes nobody's place: what lies there may be a content that has to outlive a loss of power.
      await this.#inFolder(target, () => fs.link(draft, target));
      return { sha256, size: content.length };
    } catch (e) {
      if (!NO_LINK.has(String((e as NodeJS.ErrnoException).code))) throw e;
    } finally {
      await fs.rm(draft, { force: true });
    }
    return this.put(content, sha256);
  }

  /** Does something with a file whose folder may be missing: then it is made, and outlives a loss of power. */
  async #inFolder(file: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (e) {
      if (!isMissing(e)) throw e;
      const folder = path.dirname(file);
      const above = path.dirname(folder);
      const made = await fs.mkdir(folder, { recursive: true, mode: 0o700 });
      if (made !== undefined && made !== folder) this.#durable.delete(above); // it had gone and is another one now
      await syncDir(above);
      await this.#keepName(above);
      await act();
    }
  }

  /** Makes the name of a folder of the first level durable. One that is there already may be another process's, made a moment ago: each process does it once itself. */
  async #keepName(folder: string): Promise<void> {
    const kept = this.#durable.get(folder) ?? syncDir(this.#root);
    this.#durable.set(folder, kept);
    try {
      await kept;
    } catch (e) {
      if (this.#durable.get(folder) === kept) this.#durable.delete(folder);
      throw e;
    }
  }

  async #openDraft(folder: string, draft: string): Promise<fs.FileHandle> {
    try {
      return await fs.open(draft, 'wx', 0o600);
    } catch (e) {
      if (!isMissing(e)) throw e;
      await fs.mkdir(folder, { recursive: true, mode: 0o700 });
      return fs.open(draft, 'wx', 0o600);
    }
  }

  async read(sha256: string, range?: { from: number; to: number }): Promise<Readable> {
    try {
      const handle = await fs.open(this.#fileOf(sha256), constants.O_RDONLY | constants.O_NOFOLLOW);
      return handle.createReadStream(range ? { start: range.from, end: range.to } : {});
    } catch (e) {
      if (isMissing(e)) throw new BlobNotFoundError(sha256);
      throw e;
    }
  }

  async get(sha256: string): Promise<Buffer> {
    const file = this.#fileOf(sha256);
    let content: Buffer;
    try {
      const handle = await fs.open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        content = await handle.readFile();
      } finally {
        await handle.close();
      }
    } catch (e) {
      if (isMissing(e)) throw new BlobNotFoundError(sha256);
      throw e;
    }
    if ((await sha256Of(content)) !== sha256) throw new BlobDamagedError(sha256);
    return content;
  }

  async has(sha256: string): Promise<boolean> {
    try {
      return (await fs.lstat(this.#fileOf(sha256))).isFile();
    } catch (e) {
      if (isMissing(e)) return false;
      throw e;
    }
  }

  async delete(sha256: string, olderThan?: Date): Promise<boolean> {
    const file = this.#fileOf(sha256);
    try {
      if (olderThan === undefined) {
        await fs.unlink(file);
        return true;
      }
      // Taken aside first: whoever puts the content meanwhile makes a file of their own, and a younger one goes back to its place.
      const aside = path.join(this.#root, DRAFTS, `${process.pid}-${randomBytes(8).toString('hex')}`);
      await fs.rename(file, aside);
      if ((await fs.lstat(aside)).mtime >= olderThan) {
        await fs.rename(aside, file);
        return false;
      }
      await fs.unlink(aside);
      return true;
    } catch (e) {
      if (isMissing(e)) return false;
      throw e;
    }
  }

  async check(): Promise<void> {
    await fs.mkdir(this.#root, { recursive: true, mode: 0o700 });
    await fs.access(this.#root, constants.R_OK | constants.W_OK | constants.X_OK);
  }

  async *list(): AsyncIterable<BlobEntry> {
    for (const first of await this.#namesIn(this.#root, FAN_OUT)) {
      for (const second of await this.#namesIn(path.join(this.#root, first), FAN_OUT)) {
        for (const sha256 of await this.#namesIn(path.join(this.#root, first, second), HASH)) {
          const entry = await this.#entry(path.join(this.#root, first, second, sha256), sha256);
          if (entry) yield entry;
        }
      }
    }
  }

  async #entry(file: string, sha256: string): Promise<BlobEntry | undefined> {
    try {
      const stat = await fs.lstat(file);
      return stat.isFile() ? { sha256, size: stat.size, modifiedAt: stat.mtime } : undefined;
    } catch (e) {
      if (isMissing(e)) return undefined; // deleted while listing
      throw e;
    }
  }

  async #namesIn(dir: string, pattern: RegExp): Promise<string[]> {
    try {
      return (await fs.readdir(dir)).filter((name) => pattern.test(name)).sort();
    } catch (e) {
      if (isMissing(e)) return [];
      throw e;
    }
  }

  /** Once per process: removes drafts that a killed process left behind; `now` is the file system's own clock. */
  async #sweep(drafts: string, now: number): Promise<void> {
    for (const name of await fs.readdir(drafts)) {
      const file = path.join(drafts, name);
      try {
        if (now - (await fs.lstat(file)).mtimeMs > ABANDONED_AFTER_MS) await fs.rm(file, { force: true });
      } catch (e) {
        if (!isMissing(e)) throw e;
      }
    }
  }

  /** Only a well-formed hash becomes a path, so no name can lead out of the folder. */
  #fileOf(sha256: string): string {
    if (!HASH.test(sha256)) throw new RangeError('malformed content hash');
    return path.join(this.#root, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  }
}
