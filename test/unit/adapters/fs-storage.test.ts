import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BlobDamagedError, BlobNotFoundError, FsStorage, type BlobEntry } from '../../../src/adapters/storage';

const hashOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

async function all(storage: FsStorage): Promise<BlobEntry[]> {
  const entries: BlobEntry[] = [];
  for await (const entry of storage.list()) entries.push(entry);
  return entries;
}

describe('F08 content-addressed storage', () => {
  let root: string;
  let storage: FsStorage;
  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'blobs-'));
    storage = new FsStorage(path.join(root, 'blobs'));
  });
  afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

  it('gives back what was put, under its SHA-256, in two levels of folders', async () => {
    const content = randomBytes(70_000);
    const sha256 = hashOf(content);
    expect(await storage.put(content)).toEqual({ sha256, size: 70_000 });
    expect((await storage.get(sha256)).equals(content)).toBe(true);
    expect(fs.existsSync(path.join(root, 'blobs', sha256.slice(0, 2), sha256.slice(2, 4), sha256))).toBe(true);
    expect(await storage.has(sha256)).toBe(true);
    expect(fs.readdirSync(path.join(root, 'blobs', 'drafts'))).toEqual([]);
  });

  it('keeps equal contents once, also when many are put at the same moment, and renews the time', async () => {
    const content = Buffer.from('同一份材料');
    const { sha256 } = await storage.put(content);
    const file = path.join(root, 'blobs', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
    fs.utimesSync(file, 1000, 1000);
    await Promise.all(Array.from({ length: 20 }, () => storage.put(content)));
    const [entry, ...others] = await all(storage);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ sha256, size: content.length });
    expect(entry?.modifiedAt.getTime()).toBeGreaterThan(1_000_000);
  });

  describe('F02 folders outlive a loss of power', () => {
    let synced: string[];
    /** drafts whose bytes were synced */
    let written: string[];
    /** the next sync of this folder fails */
    let failing: string | undefined;
    let top: string;
    const contents = Array.from({ length: 2000 }, (_, i) => Buffer.from(`第${i}份`));
    const folderOf = (sha256: string): string => path.join(top, sha256.slice(0, 2), sha256.slice(2, 4));
    beforeEach(() => {
      synced = [];
      written = [];
      failing = undefined;
      top = path.join(root, 'blobs');
      const open = fs.promises.open.bind(fs.promises);
      jest.spyOn(fs.promises, 'open').mockImplementation(async (...args) => {
        const handle = await open(...args);
        const folder = String(args[0]);
        if (args[1] === 'wx') jest.spyOn(handle, 'sync').mockImplementation(() => Promise.resolve(void written.push(folder)));
        if (args[1] === fs.constants.O_RDONLY)
          jest.spyOn(handle, 'sync').mockImplementation(() => {
            if (failing !== folder) return Promise.resolve(void synced.push(folder));
            failing = undefined;
            return Promise.reject(Object.assign(new Error('no'), { code: 'EIO' }));
          });
        return handle;
      });
    });
    afterEach(() => jest.restoreAllMocks());

    /** Two contents in different folders below the same one. */
    function neighbours(): [Buffer, Buffer] {
      const first = new Map<string, Buffer>();
      for (const content of contents) {
        const above = hashOf(content).slice(0, 2);
        const other = first.get(above);
        if (other && hashOf(other).slice(2, 4) !== hashOf(content).slice(2, 4)) return [other, content];
        first.set(above, content);
      }
      throw new Error('there are none');
    }

    it('makes every folder durable that a content needs: those above it too when they are new', async () => {
      const [one, two] = neighbours();
      const { sha256 } = await storage.put(one);
      const above = path.join(top, sha256.slice(0, 2));
      expect(synced.sort()).toEqual([top, above, folderOf(sha256)].sort());
      synced = [];
      await storage.put(one);
      expect(synced).toEqual([folderOf(sha256)]);
      synced = [];
      // the root knows its name already
      const next = await storage.put(two);
      expect(synced.sort()).toEqual([above, folderOf(next.sha256)]);
    });

    it('does not rely on a folder that another process has made just now', async () => {
      const [one, two] = neighbours();
      await new FsStorage(top).put(one);
      synced = [];
      await storage.put(two);
      expect(synced).toContain(top);
    });

    it('waits for the root with everybody who needs the same new folder', async () => {
      const [one, two] = neighbours();
      await Promise.all([storage.put(one), storage.put(two)]);
      expect(synced.filter((folder) => folder === top)).toHaveLength(1);
    });

    it('tries again after a failure, and when the folder has been taken away meanwhile', async () => {
      const [one, two] = neighbours();
      failing = top;
      await expect(storage.put(one)).rejects.toThrow('no');
      fs.rmSync(path.join(top, hashOf(one).slice(0, 2)), { recursive: true });
      await storage.put(one);
      expect(synced).toContain(top);
      fs.rmSync(path.join(top, hashOf(one).slice(0, 2)), { recursive: true });
      synced = [];
      await storage.put(two);
      expect(synced).toContain(top);
    });

    it('of what can be made again only the new folders, and neither bytes nor name', async () => {
      const [one, two] = neighbours();
      const { sha256 } = await storage.putDerived(one);
      const above = path.join(top, sha256.slice(0, 2));
      expect(synced.sort()).toEqual([top, above]);
      expect(written).toEqual([]);
      expect((await storage.get(sha256)).equals(one)).toBe(true);
      synced = [];
      await storage.putDerived(Buffer.from(one)); // there already: durable as any other, its time renewed
      expect(synced).toEqual([folderOf(sha256)]);
      synced = [];
      await storage.put(two);
      expect(synced.sort()).toEqual([above, folderOf(hashOf(two))].sort());
      expect(fs.readdirSync(path.join(top, 'drafts'))).toEqual([]);
    });

    it.each(['EEXIST', 'EPERM', 'ENOTSUP'])(
      'what can be made again is put durably where a second name is answered with %s',
      async (code) => {
        const [one] = neighbours();
        jest.spyOn(fs.promises, 'link').mockRejectedValue(Object.assign(new Error('no'), { code }));
        const { sha256 } = await storage.putDerived(one);
        expect(synced).toContain(folderOf(sha256));
        expect((await storage.get(sha256)).equals(one)).toBe(true);
        expect(fs.readdirSync(path.join(top, 'drafts'))).toEqual([]);
      },
    );

    it('what can be made again never takes the place of a content that lies there', async () => {
      const [one] = neighbours();
      const { sha256 } = await storage.put(one);
      const rename = jest.spyOn(fs.promises, 'rename');
      written = [];
      await storage.putDerived(one);
      // what was put in its place had been synced
      for (const [from] of rename.mock.calls) expect(written).toContain(String(from));
      expect(rename).toHaveBeenCalledTimes(1);
      expect((await storage.get(sha256)).equals(one)).toBe(true);
    });

    it('tries again after a failure that left the folders', async () => {
      const [one, two] = neighbours();
      failing = top;
      await expect(storage.put(one)).rejects.toThrow('no');
      synced = [];
      await storage.put(two);
      expect(synced).toContain(top);
    });
  });

  it('lists every content once and nothing else', async () => {
    const hashes = await Promise.all(Array.from({ length: 12 }, async (_, i) => (await storage.put(Buffer.from(`文件${i}`))).sha256));
    fs.writeFileSync(path.join(root, 'blobs', 'README'), 'x');
    expect((await all(storage)).map((entry) => entry.sha256).sort()).toEqual(hashes.sort());
    expect(await all(new FsStorage(path.join(root, 'nowhere')))).toEqual([]);
  });

  it('deletes, and says when there was nothing to delete', async () => {
    const { sha256 } = await storage.put(Buffer.from('x'));
    expect(await storage.delete(sha256)).toBe(true);
    expect(await storage.delete(sha256)).toBe(false);
    expect(await storage.has(sha256)).toBe(false);
    await expect(storage.get(sha256)).rejects.toThrow(BlobNotFoundError);
  });

  it('notices damaged bytes instead of giving them out, and a new put heals them', async () => {
    const content = Buffer.from('原来的内容');
    const { sha256 } = await storage.put(content);
    fs.writeFileSync(path.join(root, 'blobs', sha256.slice(0, 2), sha256.slice(2, 4), sha256), '别的内容');
    await expect(storage.get(sha256)).rejects.toThrow(BlobDamagedError);
    await storage.put(content);
    expect((await storage.get(sha256)).equals(content)).toBe(true);
  });

  it.each(['', '../../etc/passwd', 'a'.repeat(63), 'A'.repeat(64), `${'a'.repeat(62)}/.`, `..${'a'.repeat(62)}`, `${'a'.repeat(64)}\n`])(
    'refuses the malformed hash %j',
    async (hash) => {
      await expect(storage.get(hash)).rejects.toThrow('malformed');
      await expect(storage.has(hash)).rejects.toThrow('malformed');
      await expect(storage.delete(hash)).rejects.toThrow('malformed');
    },
  );

  it('does not follow a link that lies in the place of a content', async () => {
    const sha256 = hashOf(Buffer.from('linked'));
    const dir = path.join(root, 'blobs', sha256.slice(0, 2), sha256.slice(2, 4));
    fs.mkdirSync(dir, { recursive: true });
    fs.writeFileSync(path.join(root, 'outside'), 'linked');
    fs.symlinkSync(path.join(root, 'outside'), path.join(dir, sha256));
    await expect(storage.get(sha256)).rejects.toThrow('ELOOP');
    expect(await storage.has(sha256)).toBe(false);
    expect(await all(storage)).toEqual([]);
  });

  it('removes drafts that a killed process left a day ago, and only those', async () => {
    const drafts = path.join(root, 'blobs', 'drafts');
    fs.mkdirSync(drafts, { recursive: true });
    fs.writeFileSync(path.join(drafts, 'old'), 'x');
    fs.utimesSync(path.join(drafts, 'old'), 1000, 1000);
    fs.writeFileSync(path.join(drafts, 'young'), 'x');
    await storage.put(Buffer.from('y'));
    expect(fs.readdirSync(drafts)).toEqual(['young']);
  });
});
