import knexFactory, { type Knex } from 'knex';
import { types } from 'pg';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** The pool. Stores and read models take a Handle, so that they run alike inside and outside a transaction. */
export type Db = Knex;
export type Trx = Knex.Transaction;
export type Handle = Knex | Knex.Transaction;

types.setTypeParser(types.builtins.INT8, (v) => Number(v)); // identities stay far below 2^53
types.setTypeParser(types.builtins.DATE, (v) => v); // a date is 'YYYY-MM-DD', never a moment in some time zone

interface RawConnection {
  query: (q: string, done: (e: unknown) => void) => void;
  connection: { stream: Socket };
}

/** Longer than any statement may take: after that it is not the database that is slow, its answers no longer come. */
const SILENT_MS = 35_000;

/** F17: a network that swallows everything breaks no connection off; without this whoever waits on one would wait for ever. */
function endWhenSilent({ connection: { stream } }: RawConnection): void {
  stream.setTimeout(SILENT_MS, () => stream.destroy(new Error('Connection terminated: the database is silent')));
}

/** Opens a pool. `max` connections; nothing is asked of the server until the first query. `statementTimeout`: '0' for work that may take long. */
export function makeDb(url: string, max = 10, statementTimeout: '30s' | '0' = '30s'): Db {
  return knexFactory({
    client: 'pg',
    connection: { connectionString: url, application_name: 'title-declaration', connectionTimeoutMillis: 5000 },
    pool: {
      min: 0,
      max,
      afterCreate: (c: RawConnection, done: (e: unknown, c: unknown) => void) => {
        if (statementTimeout !== '0') endWhenSilent(c);
        c.query(`SET TIME ZONE 'Asia/Shanghai'; SET statement_timeout = '${statementTimeout}'`, (e) => done(e, c));
      },
    },
    acquireConnectionTimeout: 10_000,
  });
}

/** Runs `work` in one transaction (inside another one: a savepoint); a throw rolls everything back. */
export function inTransaction<T>(db: Handle, work: (trx: Trx) => Promise<T>): Promise<T> {
  return db.transaction(work);
}

/**
 * Asks by a prepared statement: parsed and planned once for each connection, for what most requests ask. One name means one text, always; its columns are named
 * one by one, never by `*`, since tables grow while older programs still run. Gives the rows.
 */
export async function askPrepared<T>(
  h: Handle,
  name: string,
  text: string,
  values: readonly PreparedValue[] | Readonly<Record<string, PreparedValue>>,
): Promise<T[]> {
  const bindings = (Array.isArray(values) ? [...(values as readonly PreparedValue[])] : values) as Knex.RawBinding[];
  const { rows } = await (h.raw<{ rows: T[] }>(text, bindings).options({ name }) as unknown as Promise<{ rows: T[] }>);
  return rows;
}
type PreparedValue = string | number | boolean | null | Buffer | Date | readonly (string | number)[];

/** Refuses a database that would break searching in Chinese (encoding or character type). Returns the complaint, or undefined. */
export async function checkDatabase(db: Db): Promise<string | undefined> {
  const found = await db.raw<{ rows: { encoding: string; version: number }[] }>(
    "SELECT current_setting('server_encoding') AS encoding, current_setting('server_version_num')::int AS version",
  );
  const row = found.rows[0];
  if (row?.encoding !== 'UTF8') return `the database must be UTF8, not ${row?.encoding ?? 'unknown'}: create it with ENCODING 'UTF8'`;
  if (row.version < 150000) return 'PostgreSQL 15 or newer is needed';
  return undefined;
}

interface PgError {
  code?: string;
  constraint?: string;
}

/** True when `e` is PostgreSQL's complaint about this constraint or unique index. */
export function isViolationOf(e: unknown, constraint: string): boolean {
  const p = e as PgError | null;
  return typeof p === 'object' && p !== null && (p.code === '23505' || p.code === '23514') && p.constraint === constraint;
}

/** The moment and the day by the database's clock: the only clock that decides anything. */
export async function databaseNow(h: Handle): Promise<{ now: Date; today: string }> {
  const [moment] = await askPrepared<{ now: Date; today: string }>(h, 'now', 'SELECT app_now() AS now, app_today() AS today', []);
  return moment as { now: Date; today: string };
}

/** Whether the database answers, and within two seconds. */
export async function answers(db: Db): Promise<boolean> {
  const answer = db.raw('SELECT 1').then(
    () => true,
    () => false,
  );
  return Promise.race([answer, wait(2000, false, { ref: false })]);
}

/** How many connections of the pool are in use, free, and waited for. */
export function poolState(db: Db): { used: number; free: number; waiting: number } {
  const { pool } = db.client as { pool?: { numUsed(): number; numFree(): number; numPendingAcquires(): number } };
  return { used: pool?.numUsed() ?? 0, free: pool?.numFree() ?? 0, waiting: pool?.numPendingAcquires() ?? 0 };
}
