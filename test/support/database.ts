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

interface TestDatabase {
  url: string;
  drop: () => Promise<void>;
}

async function create(how: string): Promise<TestDatabase> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  await admin(`CREATE DATABASE ${name} ${how}`);
  return { url: withDatabase(testServer().base, name), drop: () => admin(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** A fresh database for one test file: migrated, with reference data, without people. */
export const freshDatabase = (): Promise<TestDatabase> => create(`TEMPLATE ${testServer().template} STRATEGY FILE_COPY`);

/** As an operator makes it, without any table. */
export const emptyDatabase = (): Promise<TestDatabase> => create('');
