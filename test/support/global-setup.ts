import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded, type EmbeddedPg } from '../../src/db/embedded-pg';
import { makeTemplate } from './template';
import { publishTestServer } from './pg';

/** One throwaway cluster for the run (or TEST_DATABASE_URL), and in it the template that every test file clones. */
export default async function setup(): Promise<void> {
  const given = process.env.TEST_DATABASE_URL;
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-test-'));
  fs.chmodSync(dataDir, 0o755);
  const server = given ? undefined : await startEmbedded({ dataDir, throwaway: true, settings: { max_connections: '200' } });
  (globalThis as { testPostgres?: EmbeddedPg | undefined }).testPostgres = server;
  const base = given ?? (server as EmbeddedPg).url('postgres');
  publishTestServer({ base, template: await makeTemplate(base) });
}
