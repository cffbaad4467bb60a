import { seedContent } from '../seeds/content';
import { seedReference } from '../seeds/reference';
import { ConfigError } from './config';
import { checkDatabase, makeDb } from './db/db';
import { inTurn, migrate } from './db/migrate';
import { isQueueThere, migrateJobs } from './jobs/jobs';

/**
 * Schema, queue and reference data, whatever state the database is in; safe from many processes at once.
 * @throws ConfigError when it cannot be reached, or is none that the site can work with
 */
export async function prepareDatabase(url: string): Promise<void> {
  const db = makeDb(url, 2, '0');
  try {
    const complaint = await checkDatabase(db).catch((e: NodeJS.ErrnoException) => `it does not answer (${e.message || e.code})`);
    if (complaint) throw new ConfigError(`DATABASE_URL or MIGRATE_DATABASE_URL: ${complaint}`);
    await migrate(db);
    await inTurn(db, 'seed', async () => {
      // asking costs less than loading the library, which most processes have no other need of before they answer
      if (!(await isQueueThere(db))) await migrateJobs(url);
      await seedReference(db);
      await seedContent(db);
    });
  } finally {
    await db.destroy();
  }
}
