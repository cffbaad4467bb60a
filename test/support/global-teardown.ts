import { Client } from 'pg';
import type { EmbeddedPg } from '../../src/db/embedded-pg';
import { testServer } from './pg';

export default async function teardown(): Promise<void> {
  const server = (globalThis as { testPostgres?: EmbeddedPg | undefined }).testPostgres;
  if (server) return server.stop('immediate');
  const { base, template } = testServer();
  const admin = new Client({ connectionString: base });
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
  await admin.end();
}
