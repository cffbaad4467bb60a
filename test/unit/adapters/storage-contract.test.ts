import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { BlobDamagedError, BlobNotFoundError, FsStorage, type BlobEntry, type BlobStorage } from '../../../src/adapters/storage';
import { S3Storage } from '../../../src/adapters/storage/s3-storage';
import { openS3 } from '../../support/s3';

const hashOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const bytesOf = async (stream: Readable): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
async function* inPieces(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield await Promise.resolve(content.subarray(at, at + size));
}

interface Opened {
  storage: BlobStorage;
  /** the same store as another process sees it */
  again: BlobStorage;
  /** changes stored bytes behind the store's back */
  damage: (sha256: string) => Promise<void>;
  close: () => Promise<void>;
}

const kinds: Record<string, () => Promise<Opened>> = {
  'a folder': () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'blobs-'));
    return Promise.resolve({
      storage: new FsStorage(dir),
      again: new FsStorage(dir),
      damage: (s) => fs.promises.writeFile(path.join(dir, s.slice(0, 2), s.slice(2, 4), s), '别的内容'),
      close: () => fs.promises.rm(dir, { recursive: true, force: true }),
    });
  },
  'an S3 store': async () => {
    const { settings, dir, close } = await openS3();
    const prefixed = { ...settings, prefix: 'site/' };
    return {
      storage: new S3Storage(prefixed),
      again: new S3Storage(prefixed),
      damage: (s) =>
        fs.promises.writeFile(path.join(dir, 'contents', 'site', s.slice(0, 2), s.slice(2, 4), `${s}._S3rver_object`), '别的内容'),
      close,
    };
  },
};

describe.each(Object.keys(kinds))('F08 contents in %s', (kind) => {
  let opened: Opened;
  let storage: BlobStorage;
  beforeAll(async () => {
    opened = await (kinds[kind] as () => Promise<Opened>)();
    ({ storage } = opened);
  });
  afterAll(() => opened.close());
  const all = async (): Promise<BlobEntry[]> => {
    const entries: BlobEntry[] = [];
    for await (const entry of opened.again.list()) entries.push(entry);
    return entries;
  };

  it('can be kept just now', async () => {
    await storage.check();
  });

  it('an empty store lists nothing', async () => {
    expect(await all()).toEqual([]);
  });

  it.each([0, 1, 70_000, 8 * 1024 * 1024, 8 * 1024 * 1024 + 1, 21_000_000])(
    '%i bytes come back whole under their SHA-256, put whole or as a stream',
    async (size) => {
      const content = randomBytes(size);
      const sha256 = hashOf(content);
      expect(await storage.putStream(inPieces(content, 300_000))).toEqual({ sha256, size });
      expect((await opened.again.get(sha256)).equals(content)).toBe(true);
      expect(await storage.delete(sha256)).toBe(true);
      expect(await storage.put(content)).toEqual({ sha256, size });
      expect((await bytesOf(await opened.again.read(sha256))).equals(content)).toBe(true);
      expect((await all()).find((e) => e.sha256 === sha256)).toMatchObject({ sha256, size });
    },
  );

  it('what can be made again is kept as any other content, once, also when many put it at the same moment', async () => {
    const content = randomBytes(6_000);
    const sha256 = hashOf(content);
    const puts = Array.from({ length: 12 }, (_, i) => {
      const at = i % 2 ? storage : opened.again;
      return i % 3 ? at.putDerived(content) : at.put(content);
    });
    for (const put of await Promise.all(puts)) expect(put).toEqual({ sha256, size: 6_000 });
    expect((await opened.again.get(sha256)).equals(content)).toBe(true);
    expect((await all()).filter((e) => e.sha256 === sha256)).toHaveLength(1);
    expect(await storage.delete(sha256)).toBe(true);
  });

  it('what can be made again takes the place of a damaged one', async () => {
    const content = randomBytes(6_000);
    const { sha256 } = await storage.putDerived(content);
    await opened.damage(sha256);
    await storage.putDerived(content);
    expect((await storage.get(sha256)).equals(content)).toBe(true);
    expect(await storage.delete(sha256)).toBe(true);
  });

  it('gives the part of a content that is asked for', async () => {
    const content = randomBytes(100_000);
    const { sha256 } = await storage.put(content);
    expect((await bytesOf(await storage.read(sha256, { from: 10, to: 19 }))).equals(content.subarray(10, 20))).toBe(true);
    expect((await bytesOf(await storage.read(sha256, { from: 99_999, to: 99_999 }))).equals(content.subarray(99_999))).toBe(true);
  });

  it('a stream that breaks off leaves nothing, and tells why', async () => {
    const before = await all();
    const broken = async function* (): AsyncGenerator<Buffer> {
      yield* inPieces(randomBytes(18_000_000), 1_000_000);
      throw new Error('the disk of the sender');
    };
    await expect(storage.putStream(broken())).rejects.toThrow('the disk of the sender');
    expect(await all()).toEqual(before);
  });

  it('keeps equal contents once, also when many are put at the same moment', async () => {
    const content = Buffer.from('同一份材料');
    const { sha256 } = await storage.put(content);
    await Promise.all(Array.from({ length: 12 }, (_, i) => (i % 2 ? storage : opened.again).put(content)));
    expect((await all()).filter((e) => e.sha256 === sha256)).toHaveLength(1);
  });

  it('tells what is there, what is not, and deletes', async () => {
    const { sha256 } = await storage.put(Buffer.from('x'));
    expect(await opened.again.has(sha256)).toBe(true);
    expect(await storage.delete(sha256)).toBe(true);
    expect(await storage.delete(sha256)).toBe(false);
    expect(await storage.has(sha256)).toBe(false);
    await expect(storage.get(sha256)).rejects.toThrow(BlobNotFoundError);
    await expect(storage.read(sha256)).rejects.toThrow(BlobNotFoundError);
  });

  it('what was put again since a moment is not deleted as older', async () => {
    const { sha256 } = await storage.put(Buffer.from('again'));
    const entry = (await all()).find((e) => e.sha256 === sha256) as BlobEntry;
    expect(await storage.delete(sha256, entry.modifiedAt)).toBe(false);
    expect(await storage.has(sha256)).toBe(true);
    expect(await storage.delete(sha256, new Date(entry.modifiedAt.getTime() + 60_000))).toBe(true);
  });

  it('notices damaged bytes instead of giving them out, and a new put heals them', async () => {
    const content = Buffer.from('原来的内容');
    const { sha256 } = await storage.put(content);
    await opened.damage(sha256);
    await expect(storage.get(sha256)).rejects.toThrow(BlobDamagedError);
    await storage.put(content);
    expect((await storage.get(sha256)).equals(content)).toBe(true);
  });

  it.each(['', '../../etc/passwd', 'a'.repeat(63), 'A'.repeat(64), `${'a'.repeat(64)}\n`])(
    'refuses the malformed hash %j',
    async (hash) => {
      await expect(storage.get(hash)).rejects.toThrow('malformed');
      await expect(storage.has(hash)).rejects.toThrow('malformed');
      await expect(storage.delete(hash)).rejects.toThrow('malformed');
    },
  );
});

describe('F09 an S3 store that is not there', () => {
  it('is told by its error, and check() says so', async () => {
    const { settings, close } = await openS3();
    try {
      await expect(new S3Storage({ ...settings, bucket: 'nobodys' }).check()).rejects.toThrow();
      await expect(new S3Storage({ ...settings, accessKey: 'nobody' }).put(Buffer.from('x'))).rejects.toThrow();
    } finally {
      await close();
    }
    await expect(new S3Storage(settings).check()).rejects.toThrow(/ECONNREFUSED/);
  });
});
