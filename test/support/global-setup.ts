import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { seedReference } from '../../seeds/reference';
import { makeDb } from '../../src/db/db';
import { startEmbedded, type EmbeddedPg } from '../../src/db/embedded-pg';
import { migrate } from '../../src/db/migrate';
import { migrateJobs } from '../../src/jobs/jobs';
import { publishTestServer, withDatabase } from './pg';

/** One throwaway cluster for the run (or TEST_DATABASE_URL), and in it one migrated template that every test file clones. */
export default async function setup(): Promise<void> {
  const given = process.env.TEST_DATABASE_URL;
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-test-'));
  fs.chmodSync(dataDir, 0o755);
  const server = given ? undefined : await startEmbedded({ dataDir, throwaway: true, settings: { max_connections: '200' } });
  (globalThis as { testPostgres?: EmbeddedPg | undefined }).testPostgres = server;
  const base = given ?? (server as EmbeddedPg).url('postgres');
  const template = `template_${process.pid}`;
  const admin = new Client({ connectionString: base });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${template}`);
  await admin.end();
  const url = withDatabase(base, template);
  const db = makeDb(url, 2);
  await migrate(db);
  await migrateJobs(url);
  await seedReference(db);
  await db.destroy();
  publishTestServer({ base, template });
}
