import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { testServer, withDatabase } from './pg';

async function admin(sql: string): Promise<void> {
  const client = new Client({ connectionString: testServer().base });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A fresh database for one test file: migrated, with reference data, without people. */
export async function freshDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  await admin(`CREATE DATABASE ${name} TEMPLATE ${testServer().template} STRATEGY FILE_COPY`);
  return { url: withDatabase(testServer().base, name), drop: () => admin(`DROP DATABASE ${name} WITH (FORCE)`) };
}
