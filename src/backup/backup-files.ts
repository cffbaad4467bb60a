import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { SEALED_HEAD_LENGTH, sealedHead, sealStream, unsealStream } from '../lib/sealed-stream';

/** Passes everything on and knows its SHA-256 and length in the end. */
export function measure(): { stream: Transform; sha256: () => string; bytes: () => number } {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, sha256: () => hash.digest('hex'), bytes: () => bytes };
}

export interface Codec {
  /** what comes behind a file's name */
  readonly suffix: string;
  write: (name: string) => Transform[];
  read: (name: string) => Transform[];
  /** whether a file was written in full under this very key, by its first bytes */
  isOurs: (file: string) => Promise<boolean>;
}

/** How files of a backup are compressed and, with a key, encrypted. Each is bound to its name. */
export function codecOf(key: Buffer | undefined): Codec {
  if (!key)
    return {
      suffix: '.gz',
      write: () => [createGzip({ level: 3 })],
      read: () => [createGunzip()],
      isOurs: (file) => Promise.resolve(fs.existsSync(file)),
    };
  return {
    suffix: '.gz.sealed',
    write: (name) => [createGzip({ level: 3 }), sealStream(key, name)],
    read: (name) => [unsealStream(key, name), createGunzip()],
    async isOurs(file) {
      const handle = await fs.promises.open(file).catch((e: NodeJS.ErrnoException) => {
        if (e.code === 'ENOENT') return undefined;
        throw e;
      });
      if (!handle) return false;
      try {
        const head = Buffer.alloc(SEALED_HEAD_LENGTH);
        await handle.read(head, 0, head.length, 0);
        return head.equals(sealedHead(key));
      } finally {
        await handle.close();
      }
    },
  };
}

/** A file that appears under its name only when all of it is on the disk. */
export async function writeWhole(file: string, fill: (to: fs.WriteStream) => Promise<void>): Promise<void> {
  const draft = `${file}.partial`;
  await fs.promises.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await fill(fs.createWriteStream(draft, { mode: 0o600, flush: true }));
  await fs.promises.rename(draft, file);
}

export const writeContent = (file: string, content: Buffer | Iterable<string>, through: Transform[]): Promise<void> =>
  writeWhole(file, (to) => pipeline([Readable.from(Buffer.isBuffer(content) ? [content] : content), ...through, to]));

/** The plain content of a file. Throws what reading, unpacking or unsealing throws. */
export async function readContent(file: string, through: Transform[]): Promise<Buffer> {
  const parts: Buffer[] = [];
  const collect = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      parts.push(chunk);
      done();
    },
  });
  await pipeline([fs.createReadStream(file), ...through, collect.resume()]);
  return Buffer.concat(parts);
}
