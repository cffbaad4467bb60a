import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { FsStorage } from '../../src/adapters/storage';
import { proveChain } from '../../src/audit/prove-chain';
import { BackupDamagedError, makeBackup, restoreBackup, type BackupMade, type RestoreOutcome } from '../../src/backup';
import { makeDb } from '../../src/db/db';
import { startEmbedded, type EmbeddedPg } from '../../src/db/embedded-pg';
import { createCipher, type Cipher } from '../../src/lib/cipher';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInAs, type TestPerson } from '../support/factories';
import { fingerprints } from '../support/fingerprints';
import { openSite, type Site } from '../support/site';

/** Another cluster, as after the loss of the first: nothing of the site is in it. */
let cluster: EmbeddedPg;
let site: Site;
let person: TestPerson;
let declaration: string;
let dir: string;
let backup: BackupMade;
const key = randomBytes(32);
const from = (): { databaseUrl: string; storage: FsStorage; cipher: Cipher } => ({
  databaseUrl: (site.db.client as { config: { connection: { connectionString: string } } }).config.connection.connectionString,
  storage: site.deps.storage as FsStorage,
  cipher: site.deps.cipher,
});

let serial = 0;
async function emptyDatabase(): Promise<string> {
  const name = `restored_${++serial}`;
  const admin = makeDb(cluster.url(), 1);
  await admin.raw(`CREATE DATABASE ${name}`);
  await admin.destroy();
  return cluster.url(name);
}
const emptyStore = (): FsStorage => new FsStorage(fs.mkdtempSync(path.join(dir, 'store-')));
const restoreInto = async (
  databaseUrl: string,
  o: { storage?: FsStorage; folder?: string; key?: Buffer | undefined; cipher?: Cipher } = {},
): Promise<RestoreOutcome> =>
  restoreBackup({ databaseUrl, storage: emptyStore(), cipher: site.deps.cipher, folder: backup.folder, key, ...o });

beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-backup-'));
  fs.chmodSync(dir, 0o755);
  [site, cluster] = await Promise.all([openSite(), startEmbedded({ dataDir: path.join(dir, 'cluster'), throwaway: true })]);
  const unit = await makeUnit(site);
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  await makePath(site, batch, unit, { committeeId: committee.id });
  person = await makePerson(site);
  const visitor = await signInAs(site, person);
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`), { agree: 'yes' });
  declaration = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
  const content = await sharp({ create: { width: 60, height: 90, channels: 3, background: '#123' } })
    .jpeg()
    .toBuffer();
  await visitor.send(
    await visitor.open(`/declarations/${declaration}/sections/education`),
    {},
    {
      button: 'do=upload:fullTime.diploma',
      files: [{ field: 'files:fullTime.diploma', name: '毕业证书.jpg', content }],
    },
  );
  backup = await makeBackup({ ...from(), dir: path.join(dir, 'backups'), key });
});
afterAll(async () => {
  await site.close();
  await cluster.stop('immediate');
  fs.rmSync(dir, { recursive: true, force: true });
});

/** What a restore does not bring back or adds itself. */
const NOT_BROUGHT_BACK = ['sessions', 'captchas', 'knex_migrations', 'audit_log', 'audit_seals'];

/** A restore takes indexes away and makes them again. */
async function indexesOf(db: Site['db']): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { text: string }[] }>(
    `SELECT pg_get_indexdef(x.indexrelid) || ' ' || x.indisvalid || ' ' || x.indisunique || ' ' || coalesce((SELECT conname FROM pg_constraint WHERE conindid = x.indexrelid LIMIT 1), '') AS text
     FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  expect(rows.length).toBeGreaterThan(100);
  return rows.map((r) => r.text);
}

describe('F14, S58 backup and restore', () => {
  test('F14 a new cluster holds the same rows, files and log, and the same people sign in', async () => {
    const databaseUrl = await emptyDatabase();
    const dataDir = fs.mkdtempSync(path.join(dir, 'data-'));
    const outcome = await restoreInto(databaseUrl, { storage: new FsStorage(path.join(dataDir, 'blobs')) });
    expect(outcome).toMatchObject({ kind: 'restored', lost: [], chain: { isWhole: true } });
    const secrets = path.join(dataDir, 'kept-secrets.json');
    fs.writeFileSync(secrets, JSON.stringify(site.deps.config.secrets));
    fs.mkdirSync(path.join(dataDir, 'unused'), { recursive: true });

    const restored = await openSite({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir, SECRETS_FILE: secrets }, () =>
      Promise.resolve(databaseUrl),
    );
    try {
      expect(await fingerprints(restored.db, NOT_BROUGHT_BACK)).toEqual(await fingerprints(site.db, NOT_BROUGHT_BACK));
      expect(await indexesOf(restored.db)).toEqual(await indexesOf(site.db));
      const log = async (s: Site): Promise<unknown[]> => s.db('audit_log').whereNot({ action: 'backup.restored' }).orderBy('id').limit(20);
      expect(await log(restored)).toEqual(await log(site));
      expect((await restored.db('audit_log').where({ action: 'backup.restored' })).length).toBe(1);
      expect((await proveChain(restored.db)).verdict.kind).toBe('whole');

      const visitor = await signInAs(restored, person);
      expect((await visitor.open(`/declarations/${declaration}/sections/education`)).text()).toContain('毕业证书.jpg');
      const [file] = (await restored.db('attachments').where({ declaration_id: declaration })) as { sha256: string }[];
      expect((await restored.deps.storage.get(file?.sha256 ?? '')).length).toBeGreaterThan(0);
      // identities go on where they were: a new person does not meet an old number
      await makePerson(restored);
    } finally {
      await restored.close();
    }
  });

  test('S58 no name, login name or file content can be read in an encrypted backup; a second one writes no content again', async () => {
    const all: Buffer[] = [];
    for (const entry of fs.readdirSync(path.join(dir, 'backups'), { recursive: true, withFileTypes: true }))
      if (entry.isFile()) all.push(fs.readFileSync(path.join(entry.parentPath, entry.name)));
    expect(all.length).toBeGreaterThan(30);
    for (const text of [person.loginName, '毕业证书', 'JFIF', 'knex']) expect(all.some((b) => b.includes(text))).toBe(false);
    expect(backup.written).toBeGreaterThan(0);
    const second = await makeBackup({ ...from(), dir: path.join(dir, 'backups'), key });
    expect(second.written).toBe(0);
    expect(second.manifest.contents.count).toBe(backup.manifest.contents.count);
    expect(await restoreInto(await emptyDatabase(), { folder: second.folder })).toMatchObject({ kind: 'restored', lost: [] });
  });

  test('F14 without encryption it works the same', async () => {
    const plain = await makeBackup({ ...from(), dir: path.join(dir, 'plain'), key: undefined });
    expect(await restoreInto(await emptyDatabase(), { folder: plain.folder, key: undefined })).toMatchObject({
      kind: 'restored',
      lost: [],
    });
    expect(await restoreInto(await emptyDatabase(), { folder: plain.folder })).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('没有加密') as string,
    });
  });

  test('F14 a database that holds data, other keys and a broken-off backup are refused before anything is changed', async () => {
    expect(await restoreInto(from().databaseUrl)).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('已有数据') as string,
    });
    const target = await emptyDatabase();
    const stranger = createCipher({
      current: 'k1',
      ring: { k1: randomBytes(32).toString('base64') },
      indexKey: randomBytes(32).toString('base64'),
    });
    expect(await restoreInto(target, { cipher: stranger })).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('SECRETS_FILE') as string,
    });
    expect(await restoreInto(target, { key: randomBytes(32) })).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('密钥不对') as string,
    });
    expect(await restoreInto(target, { key: undefined })).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('加密的') as string,
    });
    expect(await restoreInto(target, { folder: path.join(dir, 'backups', 'nothing') })).toMatchObject({ kind: 'refused' });
    const db = makeDb(target, 1);
    expect((await db.raw<{ rows: unknown[] }>("SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace")).rows).toEqual([]);
    await db.destroy();
  });

  test('F14 a table that was changed leaves an empty database behind; a lost content is named and the rest comes back', async () => {
    const copy = path.join(dir, 'broken');
    fs.cpSync(path.join(dir, 'backups'), copy, { recursive: true });
    const folder = path.join(copy, path.basename(backup.folder));
    const table = path.join(folder, 'public.persons.gz.sealed');
    const whole = fs.readFileSync(table);
    // a stranger's whole file under this name
    fs.copyFileSync(path.join(folder, 'public.units.gz.sealed'), table);
    const target = await emptyDatabase();
    await expect(restoreInto(target, { folder })).rejects.toThrow('public.persons');
    const db = makeDb(target, 1);
    expect(await db('accounts')).toEqual([]);
    await db.destroy();
    fs.writeFileSync(table, whole);

    const [lost] = (await site.db('attachments').where({ declaration_id: declaration })) as { sha256: string }[];
    const sha256 = lost?.sha256 ?? '';
    fs.rmSync(path.join(copy, 'contents', sha256.slice(0, 2), sha256.slice(2, 4), sha256));
    expect(await restoreInto(target, { folder })).toMatchObject({ kind: 'restored', lost: [sha256] });
  });

  test('F14 an unencrypted table whose rows were edited does not pass', async () => {
    const { gzipSync, gunzipSync } = await import('node:zlib');
    const plain = await makeBackup({ ...from(), dir: path.join(dir, 'edited'), key: undefined });
    const table = path.join(plain.folder, 'public.accounts.gz');
    fs.writeFileSync(table, gzipSync(gunzipSync(fs.readFileSync(table)).toString().replaceAll(person.loginName, `${person.loginName}x`)));
    await expect(restoreInto(await emptyDatabase(), { folder: plain.folder, key: undefined })).rejects.toThrow(BackupDamagedError);
  });
});
