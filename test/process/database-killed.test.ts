import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbedded, type EmbeddedPg } from '../../src/db/embedded-pg';
import { findQueueFaults } from '../../src/modules/review';
import { makeReportable } from '../support/declarations';
import { makeBatch, makeCommittee, makePath, makeUnit, signInAs } from '../support/factories';
import { isAlive, killDatabase } from '../support/kill-database';
import { publishTestServer } from '../support/pg';
import { until } from '../support/process';
import { openSite, type Page, type Site, type Visitor } from '../support/site';
import { makeTemplate } from '../support/template';

const ROWS = 500;
let dataDir: string;
let server: EmbeddedPg;
let site: Site;

/** On the same port, over the stale lock that the dead one left. */
async function restartDatabase(): Promise<void> {
  server = await startEmbedded({ dataDir, preferredPort: server.port });
}

/** Somebody else holds `table`, so that the report stops there; gives the way to let go. */
async function hold(table: string): Promise<Client> {
  const client = new Client({ connectionString: server.url(await databaseName()) });
  client.on('error', () => undefined); // it dies with the server
  await client.connect();
  await client.query('BEGIN');
  await client.query(`LOCK TABLE ${table} IN SHARE MODE`);
  return client;
}
const databaseName = async (): Promise<string> =>
  ((await site.db.raw<{ rows: { name: string }[] }>('SELECT current_database() AS name')).rows[0] as { name: string }).name;
const isStopped = async (holder: Client, table: string): Promise<boolean> =>
  (await holder.query('SELECT 1 FROM pg_locks WHERE relation = $1::regclass AND NOT granted', [table])).rowCount !== 0;

interface Case {
  visitor: Visitor;
  ids: string[];
  page: Page;
}
async function prepare(): Promise<Case> {
  const committee = await makeCommittee(site);
  const batch = await makeBatch(site, { committeeId: committee.id, rankBy: 'applicant' });
  const unit = await makeUnit(site);
  await makePath(site, batch, unit, { committeeId: committee.id });
  const ids = await makeReportable(site, batch, unit, ROWS);
  const visitor = await signInAs(site, unit);
  return { visitor, ids, page: await visitor.get('/unit/report') };
}
const send = (c: Case): Promise<Page> =>
  c.visitor.submit(c.page, { ids: c.ids }, { form: 'form[method="post"][action="/unit/report"]', button: 'do=report' });

/** What is written of a report, counted; all of it, or nothing. */
async function traces(ids: readonly string[]): Promise<number[]> {
  const { rows } = await site.db.raw<{ rows: Record<string, number>[] }>(
    `SELECT (SELECT count(*)::int FROM declarations WHERE id = ANY(:ids) AND state = 'office_review') AS moved,
       (SELECT count(*)::int FROM declaration_stops WHERE declaration_id = ANY(:ids) AND committee_id IS NOT NULL) AS arrived,
       (SELECT count(*)::int FROM declaration_events WHERE declaration_id = ANY(:ids) AND move = 'report') AS events,
       (SELECT count(*)::int FROM audit_log WHERE action = 'declaration.report' AND subject_id = ANY(CAST(:ids AS text[]))) AS audited,
       (SELECT count(*)::int FROM queue_entries WHERE declaration_id = ANY(:ids) AND reader_kind = 'committee') AS listed`,
    { ids: [...ids] } as never,
  );
  return Object.values(rows[0] ?? {});
}

beforeAll(async () => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-killed-'));
  fs.chmodSync(dataDir, 0o755);
  // not a throwaway cluster: what is acknowledged must be on the disk
  server = await startEmbedded({ dataDir });
  publishTestServer({ base: server.url(), template: await makeTemplate(server.url()) });
  site = await openSite();
});
// whatever a test found wrong, the next one finds a running server
afterEach(async () => {
  if (!isAlive(server.pid)) await restartDatabase();
});
afterAll(async () => {
  await site.close();
  await server.stop();
  fs.rmSync(dataDir, { recursive: true, force: true });
});

describe('F02 R2 the database dies in the middle of a report of 500', () => {
  test.each(['declarations', 'declaration_stops', 'declaration_events', 'audit_log', 'queue_entries', 'form_drafts'])(
    'while it writes %s: nothing of it is there, the site says so and comes back alone, and the same form reports all',
    async (table) => {
      const c = await prepare();
      const holder = await hold(table);
      const answer = send(c);
      await until(`the report stops at ${table}`, () => isStopped(holder, table));
      await killDatabase(server);

      const refused = await answer;
      expect(refused.status).toBe(503);
      expect(refused.text()).toContain('您刚才填写的内容仍保留在本页，没有丢失');
      const meanwhile = await c.visitor.get('/unit/report');
      expect(meanwhile.status).toBe(503);
      expect(meanwhile.heading).toBe('系统暂时无法使用');

      await restartDatabase();
      await until('the site answers again', async () => (await c.visitor.get('/unit/report')).status === 200);
      expect(await traces(c.ids)).toEqual([0, 0, 0, 0, 0]);

      const first = await send(c);
      expect(first.status).toBe(303);
      expect(await traces(c.ids)).toEqual([ROWS, ROWS, ROWS, ROWS, ROWS]);
      expect((await c.visitor.open(first.location)).text()).toContain(`已上报 ${ROWS} 人`);
      expect((await send(c)).location).toBe(first.location);
      expect(await traces(c.ids)).toEqual([ROWS, ROWS, ROWS, ROWS, ROWS]);
      expect(await findQueueFaults(site.db)).toEqual({ entries: 0, counts: 0 });
    },
  );

  test('as soon as it was committed, the answer lost on its way: all of it is there, and the same form gets that answer', async () => {
    const c = await prepare();
    const lost = await send(c);
    await killDatabase(server);
    await restartDatabase();
    await until('the site answers again', async () => (await c.visitor.get('/unit/report')).status === 200);
    expect(await traces(c.ids)).toEqual([ROWS, ROWS, ROWS, ROWS, ROWS]);
    const again = await send(c);
    expect([again.status, again.location]).toEqual([303, lost.location]);
    expect(await traces(c.ids)).toEqual([ROWS, ROWS, ROWS, ROWS, ROWS]);
    expect((await c.visitor.open(again.location)).text()).toContain(`已上报 ${ROWS} 人`);
  });
});
