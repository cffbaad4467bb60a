import { migrationSource } from '../../migrations';
import { makeDb } from '../../src/db/db';
import { migrate, missingMigrations } from '../../src/db/migrate';
import { prepareDatabase } from '../../src/prepare-database';
import { emptyDatabase } from '../support/database';
import { makeBatch, makeCommittee, makePath, makePerson, makeUnit, signInAs } from '../support/factories';
import { databaseUrlOf } from '../support/process';
import { openSite } from '../support/site';

/** Migrations of two kinds (a table with references, indexes built beside the site) that the pages of this test do without: taken back first, so that the program meets a database on its way to the next release. */
const LATER = ['0050_unit_invitations', '0061_metrics', '0062_retention'];

describe('F15 migrations beside a site under load', () => {
  test('F15, X1 processes that start side by side on an empty database all find it ready: one makes it, the others wait and hold nothing that it waits for', async () => {
    const { url, drop } = await emptyDatabase();
    try {
      await Promise.all([prepareDatabase(url), prepareDatabase(url), prepareDatabase(url)]);
      const db = makeDb(url, 1);
      expect(await missingMigrations(db)).toEqual([]);
      const { rows } = await db.raw<{ rows: { name: string }[] }>(
        'SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid',
      );
      expect(rows).toEqual([]);
      await db.destroy();
    } finally {
      await drop();
    }
  });

  test('F15 migrations run while people read and save and one transaction holds the tables: no request fails, no one waits long behind them', async () => {
    const site = await openSite();
    const second = makeDb(databaseUrlOf(site), 3, '0');
    try {
      for (const name of [...LATER].reverse()) {
        await (await migrationSource.getMigration(name)).down?.(second);
        await second('knex_migrations').where({ name }).delete();
      }
      expect(await missingMigrations(second)).toEqual(LATER);
      const unit = await makeUnit(site);
      const committee = await makeCommittee(site);
      const batch = await makeBatch(site, { committeeId: committee.id });
      await makePath(site, batch, unit, { committeeId: committee.id });
      const visitor = await signInAs(site, await makePerson(site));
      const begun = await visitor.submit(await visitor.open(`/declarations/new/${batch.id}`), { agree: 'yes' });
      const section = `/declarations/${/declarations\/([0-9a-f-]{36})/.exec(begun.location)?.[1] ?? ''}/sections/education`;

      let isOver = false;
      const answers = new Map<string, number>();
      const tell = (what: string): void => void answers.set(what, (answers.get(what) ?? 0) + 1);
      const reading = [section, '/declarations', '/faq', '/notices'].map(async (to) => {
        while (!isOver) tell(`GET ${(await visitor.get(to)).status}`);
      });
      const saving = (async () => {
        for (let n = 0; !isOver; n++) {
          const form = await visitor.get(section);
          tell(`POST ${(await visitor.submit(form, { 'fullTime.school': `山东大学${n}` }, { button: 'do=save' })).status}`);
        }
      })();
      // what waits for a lock, and for how long by the database's clock
      let longest = 0;
      const watching = (async () => {
        while (!isOver) {
          const { rows } = await second.raw<{ rows: { ms: number }[] }>(
            `SELECT extract(epoch FROM clock_timestamp() - coalesce(l.waitstart, clock_timestamp())) * 1000 AS ms FROM pg_locks l JOIN pg_stat_activity a USING (pid)
             WHERE NOT l.granted AND l.locktype IN ('relation', 'tuple', 'transactionid') AND a.datname = current_database() AND a.query NOT LIKE '%CONCURRENTLY%'`,
          );
          for (const { ms } of rows) longest = Math.max(longest, Number(ms));
        }
      })();
      // a long report holds its tables for a while (not the rows that are saved here), and the migrations come meanwhile
      const holder = await second.transaction();
      await holder.raw('LOCK TABLE declarations, accounts, sms_outbox IN ROW EXCLUSIVE MODE');
      const migrating = migrate(site.db);
      for (let n = 0; n < 30; n++) await visitor.get('/declarations');
      await holder.rollback();
      expect(await migrating).toEqual([]);
      isOver = true;
      await Promise.all([...reading, saving, watching]);
      console.log(`F15: ${[...answers].map(([k, n]) => `${n} × ${k}`).join(', ')}; longest wait for a lock seen ${Math.round(longest)} ms`);
      expect([...answers.keys()].sort()).toEqual(['GET 200', 'POST 303']);
      expect(await missingMigrations(second)).toEqual([]);
    } finally {
      await second.destroy();
      await site.close();
    }
  });
});
