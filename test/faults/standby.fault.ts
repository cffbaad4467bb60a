import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { proveChain } from '../../src/audit/prove-chain';
import { makeDb } from '../../src/db/db';
import { startEmbedded, type EmbeddedPg } from '../../src/db/embedded-pg';
import { findBrokenRows } from '../../src/modules/invariants';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInAs } from '../support/factories';
import { baseBackup } from '../support/base-backup';
import { killDatabase } from '../support/kill-database';
import { publishTestServer, withDatabase } from '../support/pg';
import { databaseUrlOf, endAll, startProcess, until, visitorAt } from '../support/process';
import { openSite, type Page, type Site, type Visitor } from '../support/site';
import { makeTemplate } from '../support/template';
import { startProxy, type Proxy } from './support/proxy';

let dir: string;
let first: EmbeddedPg;
let standby: EmbeddedPg | undefined;
let proxy: Proxy;
let site: Site;

beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-standby-'));
  fs.chmodSync(dir, 0o755);
  first = await startEmbedded({ dataDir: path.join(dir, 'first') });
  publishTestServer({ base: first.url(), template: await makeTemplate(first.url()) });
  site = await openSite();
});
afterAll(async () => {
  await endAll();
  try {
    await site.close().catch((e: unknown) => {
      // its database was killed on purpose
      if (!/ECONNREFUSED/.test(String(e) + String((e as { code?: string }).code))) throw e;
    });
    await proxy.close();
  } finally {
    await standby?.stop();
    await first.stop();
    fs.rmSync(dir, { recursive: true, force: true });
  }
});

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ x: unknown }>(`SELECT ${sql} AS x`)).rows[0]?.x;
  } finally {
    await client.end();
  }
}
const PERFORMANCE = (id: string): string => `/declarations/${id}/sections/performance`;
const save = async (v: Visitor, id: string, text: string): Promise<Page> =>
  v.submit(await v.open(PERFORMANCE(id)), { 'main.text': text }, { button: 'do=save' });
/** Without the program taking part in it. */
const readiness = async (address: string): Promise<{ status: number; text: string }> => {
  const answer = await fetch(`${address}/readyz`);
  return { status: answer.status, text: await answer.text() };
};

test('F14, F16 the database is lost and a streaming standby takes over: what was acknowledged is there, the site says 503 meanwhile and goes on by itself', async () => {
  const unit = await makeUnit(site);
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id });
  await makePath(site, batch, unit, { committeeId: committee.id });

  await baseBackup(first, path.join(dir, 'first'), path.join(dir, 'second'));
  fs.writeFileSync(path.join(dir, 'second', 'data', 'standby.signal'), '');
  const from = new URL(first.url());
  standby = await startEmbedded({
    dataDir: path.join(dir, 'second'),
    settings: {
      primary_conninfo: `host=127.0.0.1 port=${from.port} user=${from.username} password=${decodeURIComponent(from.password)} application_name=standby`,
    },
  });
  await until('it streams', async () => (await ask(first.url(), '(SELECT count(*)::int FROM pg_stat_replication)')) === 1);
  // nothing is acknowledged before the standby has it
  const admin = new Client({ connectionString: first.url() });
  await admin.connect();
  await admin.query("ALTER SYSTEM SET synchronous_standby_names = '*'");
  await admin.query('SELECT pg_reload_conf()');
  await admin.end();
  await until('it is waited for', async () => (await ask(first.url(), '(SELECT sync_state FROM pg_stat_replication)')) === 'sync');

  // the processes know one address, which leads to the one or the other: a moving address, or a proxy
  const target = { host: '127.0.0.1', port: Number(from.port) };
  proxy = await startProxy(target);
  const name = new URL(databaseUrlOf(site)).pathname.slice(1);
  const address = new URL(databaseUrlOf(site));
  address.port = String(proxy.port);
  const one = await startProcess(site, { DATABASE_URL: address.href, RUN_JOBS: '1' });
  const applicant = await makePerson(site);
  const visitor = visitorAt(one, await signInAs(site, applicant));
  const started = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`));
  const id = /declarations\/([0-9a-f-]{36})/.exec(started.location)?.[1] ?? '';
  expect((await save(visitor, id, '主库损坏以前保存的业绩')).status).toBe(303);
  const open = await visitor.open(PERFORMANCE(id));

  await killDatabase(first);
  target.port = standby.port;
  // not the first yet: it can be read, and nothing can be written
  await until('the process reaches the standby', async () => (await readiness(one.address)).text.includes('standby'));
  expect((await readiness(one.address)).status).toBe(503);
  const refused = await visitor.submit(open, { 'main.text': '备库提升以前填写的业绩' }, { button: 'do=save' });
  expect(refused.status).toBe(503);
  expect(refused.text()).toContain('系统暂时无法使用');
  expect(refused.html).toContain('备库提升以前填写的业绩');
  for (const where of ['/', '/login', '/home', PERFORMANCE(id), '/notices', '/faq', '/register/person', '/contacts'])
    expect([where, (await visitor.get(where)).status]).not.toEqual([where, 500]);
  expect(one.output()).not.toContain('"level":60');
  // who starts a process now reads why it does not
  await expect(startProcess(site, { DATABASE_URL: standby.url(name) })).rejects.toThrow('pg_promote');

  expect(await ask(standby.url(), 'pg_promote()')).toBe(true);
  await until('it serves again', async () => (await readiness(one.address)).status === 200);
  const page = await visitor.open(PERFORMANCE(id));
  expect(page.html).toContain('主库损坏以前保存的业绩');
  expect((await visitor.submit(page, { 'main.text': '备库接替以后保存的业绩' }, { button: 'do=save' })).status).toBe(303);
  const db = makeDb(withDatabase(standby.url(), name), 2);
  try {
    await until('the log is sealed by the job of the process', async () => (await proveChain(db)).verdict.kind === 'whole');
    expect(await findBrokenRows({ db, storage: site.deps.storage })).toEqual([]);
  } finally {
    await db.destroy();
  }
  expect(one.output()).not.toMatch(/"status":500|"statusCode":500/);
});
