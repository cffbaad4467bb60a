import { setTimeout as wait } from 'node:timers/promises';
import type { Knex } from 'knex';
import { migrationSource } from '../../migrations';
import type { Db, Trx } from './db';

/** What others wait for behind a migration that waits for a lock: bounded, so that the site never stands still (F15). */
const LOCK_TIMEOUT = '100ms';
const ATTEMPTS = 200;
const LONGEST_PAUSE_MS = 500;

/** lock not available, deadlock: somebody else had the table; the whole migration is tried again */
const isContention = (e: unknown): boolean => ['55P03', '40P01'].includes((e as { code?: string }).code ?? '');

/** Whoever waits for their turn asks again after so many ms, then after twice as many, up to the most. */
const TURN_MS = 4;
const LONGEST_TURN_MS = 128;

/**
 * One process at a time: whoever comes second waits until the first has done. Needs two free connections of `db`, one of which stands by meanwhile.
 * A process that dies lets go at once, unlike a mark in a table. Nobody waits inside of a statement: its snapshot would hold up CREATE INDEX CONCURRENTLY of whoever has their turn, for ever.
 */
export async function inTurn<T>(db: Db, what: 'migrate' | 'seed', work: () => Promise<T>): Promise<T> {
  for (let pause = TURN_MS; ; pause = Math.min(2 * pause, LONGEST_TURN_MS)) {
    const turn = await db.transaction(async (trx) => {
      await trx.raw('SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0');
      // without parameters: the portal of a bound query would keep its snapshot
      const { rows } = await trx.raw<{ rows: { mine: boolean }[] }>(
        `SELECT pg_try_advisory_xact_lock(hashtextextended('${what}', 0)) AS mine`,
      );
      return rows[0]?.mine === true ? { result: await work() } : undefined;
    });
    if (turn) return turn.result;
    await wait(pause);
  }
}

const RECORD = `CREATE TABLE IF NOT EXISTS knex_migrations (id serial PRIMARY KEY, name varchar(255), batch integer, migration_time timestamptz)`;

async function record(h: Db | Trx, name: string): Promise<void> {
  await h.raw(
    'INSERT INTO knex_migrations (name, batch, migration_time) SELECT ?, coalesce(max(batch), 0) + 1, now() FROM knex_migrations',
    [name],
  );
}

async function runOne(db: Db, name: string, migration: Knex.Migration & { config?: { transaction?: boolean } }): Promise<void> {
  if (migration.config?.transaction === false) {
    // CREATE INDEX CONCURRENTLY and the like: may wait as long as it takes, it holds nobody up
    await migration.up(db);
    return record(db, name);
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction(async (trx) => {
        await trx.raw(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'; SET LOCAL statement_timeout = 0`);
        await migration.up(trx);
        await record(trx, name);
      });
    } catch (e) {
      if (!isContention(e)) throw e;
      if (attempt === ATTEMPTS)
        throw new Error(`migration ${name} found its tables busy ${ATTEMPTS} times; start again when less is going on`, { cause: e });
      await wait(Math.min(LONGEST_PAUSE_MS, 20 * attempt));
    }
  }
}

/** The migrations that this program knows and the database does not have yet. */
export async function missingMigrations(db: Db): Promise<string[]> {
  const known = await migrationSource.getMigrations([]);
  const { rows } = await db.raw<{ rows: { there: boolean }[] }>("SELECT to_regclass('knex_migrations') IS NOT NULL AS there");
  if (!rows[0]?.there) return known;
  const done = new Set((await db('knex_migrations').select<{ name: string }[]>('name')).map((r) => r.name));
  return known.filter((name) => !done.has(name));
}

/**
 * Brings the schema up to date, or only as far as the names in `only`; safe from several processes at once and beside a running site. What is recorded and not
 * known here was done by a newer version of the program, beside which an older one goes on working (docs/operations.md): it is left alone. Gives the names in `only` that this program does not know.
 */
export async function migrate(db: Db, only?: readonly string[]): Promise<string[]> {
  // M14: most starts find everything done, and need not wait for one another to see it
  if (!only && (await missingMigrations(db)).length === 0) return [];
  return inTurn(db, 'migrate', async () => {
    const known = await migrationSource.getMigrations([]);
    const unknown = (only ?? []).filter((name) => !known.includes(name));
    if (unknown.length > 0) return unknown;
    const { rows } = await db.raw<{ rows: { there: boolean }[] }>("SELECT to_regclass('knex_migrations') IS NOT NULL AS there");
    if (!rows[0]?.there) await db.raw(RECORD);
    const done = new Set((await db('knex_migrations').select<{ name: string }[]>('name')).map((r) => r.name));
    const order = only ?? known;
    for (const name of order) if (!done.has(name)) await runOne(db, name, await migrationSource.getMigration(name));
    return [];
  });
}
