import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { proveChain } from '../../src/audit/prove-chain';
import { makeDb } from '../../src/db/db';
import { startEmbedded, type EmbeddedPg } from '../../src/db/embedded-pg';
import { verifyStored } from '../../src/modules/attachments';
import { findBrokenRows } from '../../src/modules/invariants';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInAs, type TestPerson } from '../support/factories';
import { baseBackup } from '../support/base-backup';
import { fingerprints } from '../support/fingerprints';
import { killDatabase } from '../support/kill-database';
import { publishTestServer } from '../support/pg';
import { databaseUrlOf, until } from '../support/process';
import { openSite, type Site, type Visitor } from '../support/site';
import { makeTemplate } from '../support/template';

let dir: string;
let archive: string;
let server: EmbeddedPg;
let site: Site;

beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-archive-'));
  fs.chmodSync(dir, 0o755);
  archive = path.join(dir, 'archive');
  fs.mkdirSync(archive);
  fs.chmodSync(archive, 0o777); // the server runs as another account where the tests run as root
  server = await startEmbedded({
    dataDir: path.join(dir, 'first'),
    // docs/operations.md
    settings: { archive_mode: 'on', archive_timeout: '60', archive_command: `test ! -f ${archive}/%f && cp %p ${archive}/%f` },
  });
  publishTestServer({ base: server.url(), template: await makeTemplate(server.url()) });
  site = await openSite();
});
// whatever a test found wrong, no server is left behind
afterAll(async () => {
  try {
    await site.close();
  } finally {
    await server.stop();
    fs.rmSync(dir, { recursive: true, force: true });
  }
});

const ask = async (sql: string): Promise<string> => (await site.db.raw<{ rows: { x: string }[] }>(`SELECT ${sql} AS x`)).rows[0]?.x ?? '';

interface Applicant {
  person: TestPerson;
  visitor: Visitor;
  id: string;
}
async function save(a: Applicant, text: string): Promise<void> {
  const page = await a.visitor.open(`/declarations/${a.id}/sections/performance`);
  expect((await a.visitor.submit(page, { 'main.text': text }, { button: 'do=save' })).status).toBe(303);
}
async function upload(a: Applicant, name: string, red: number): Promise<void> {
  const content = await sharp({ create: { width: 300, height: 420, channels: 3, background: { r: red, g: 20, b: 20 } } })
    .jpeg()
    .toBuffer();
  const page = await a.visitor.open(`/declarations/${a.id}/sections/education`);
  const files = [{ field: 'files:fullTime.diploma', name, content }];
  expect((await a.visitor.submit(page, {}, { button: 'do=upload:fullTime.diploma', files })).status).toBe(303);
}

describe('F14, S58 the database is lost and comes back from a base backup and the archived log, as it was at a chosen second', () => {
  test('F14 every row, file and seal of that second is there, nothing after it; people sign in and go on', async () => {
    const unit = await makeUnit(site);
    const committee = await makeCommittee(site);
    const batch = await makeBatch(site, { committeeId: committee.id });
    await makePath(site, batch, unit, { committeeId: committee.id });
    const begin = async (): Promise<Applicant> => {
      const person = await makePerson(site);
      const visitor = await signInAs(site, person);
      const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
      return { person, visitor, id: /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '' };
    };
    const first = await begin();
    await save(first, '备份以前保存的工作业绩');

    await baseBackup(server, path.join(dir, 'first'), path.join(dir, 'base'));
    // only the log has these
    await save(first, '备份以后保存的工作业绩');
    await upload(first, '毕业证书.jpg', 200);
    const second = await begin();
    await save(second, '备份以后才开始的申报');
    await site.drainJobs();
    const wanted = await fingerprints(site.db);
    const moment = await ask('clock_timestamp()::text');
    // what is to be undone: somebody's mistake at the console, say
    await save(first, '选定时刻以后的内容');
    await site.db.raw("UPDATE units SET name = name || '（误改）'");
    const third = await begin();

    const segment = await ask('pg_walfile_name(pg_switch_wal())');
    await until('the log is archived', async () => (await ask('(SELECT last_archived_wal FROM pg_stat_archiver)')) >= segment);
    const name = new URL(databaseUrlOf(site)).pathname.slice(1);
    const contents = path.join(site.deps.config.dataDir, 'blobs');
    const secrets = site.deps.config.secrets;
    await killDatabase(server);
    const lost = Date.now();
    fs.rmSync(path.join(dir, 'first'), { recursive: true });
    fs.writeFileSync(path.join(dir, 'base', 'data', 'recovery.signal'), '');
    server = await startEmbedded({
      dataDir: path.join(dir, 'base'),
      settings: {
        restore_command: `cp ${archive}/%f %p`,
        recovery_target_time: moment,
        recovery_target_action: 'promote',
      },
    });
    publishTestServer({ base: server.url(), template: 'template0' });
    const probe = makeDb(server.url(), 1);
    await until(
      'it has come to that second',
      async () => (await probe.raw<{ rows: { is: boolean }[] }>('SELECT pg_is_in_recovery() AS is')).rows[0]?.is === false,
    );
    await probe.destroy();

    const dataDir = path.join(dir, 'data');
    fs.cpSync(contents, path.join(dataDir, 'blobs'), { recursive: true });
    fs.writeFileSync(path.join(dir, 'secrets.json'), JSON.stringify(secrets));
    const restored = await openSite({ DATA_DIR: dataDir, SECRETS_FILE: path.join(dir, 'secrets.json') }, () =>
      Promise.resolve(server.url(name)),
    );
    try {
      expect(await fingerprints(restored.db)).toEqual(wanted);
      console.log(`F14: back ${Date.now() - lost} ms after the database was lost, with every row of ${Object.keys(wanted).length} tables`);
      expect((await proveChain(restored.db)).verdict.kind).toBe('whole');
      expect(await verifyStored(restored.deps)).toMatchObject({ damaged: 0 });
      expect(await findBrokenRows({ db: restored.db, storage: restored.deps.storage })).toEqual([]);
      const visitor = await signInAs(restored, first.person);
      expect((await visitor.open(`/declarations/${first.id}/sections/education`)).text()).toContain('毕业证书.jpg');
      const there = { ...first, visitor };
      expect((await visitor.open(`/declarations/${first.id}/sections/performance`)).html).toContain('备份以后保存的工作业绩');
      await save(there, '恢复以后接着填写');
      expect(await restored.db('declarations').where({ id: third.id })).toEqual([]);
    } finally {
      await restored.close();
    }
  });
});
