import { Client } from 'pg';
import { seedReference } from '../../seeds/reference';
import { makeDb } from '../../src/db/db';
import { migrate } from '../../src/db/migrate';
import { migrateJobs } from '../../src/jobs/jobs';
import { withDatabase } from './pg';

/** A migrated database with reference data in the cluster at `base`, to be cloned; gives its name. */
export async function makeTemplate(base: string): Promise<string> {
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
  return template;
}
