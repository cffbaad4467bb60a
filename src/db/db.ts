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
export async function askPrepared<T>(h: Handle, name: string, text: string, values: PreparedValues): Promise<T[]> {
  let found = compiled.get(name);
  if (!found) compiled.set(name, (found = compile(text, values)));
  else if (found.text !== text) throw new Error(`${name}: two texts of one name`);
  const bindings = valuesFor(found, name, values);
  const { client } = h as unknown as { client: Connecting };
  const connection = await client.acquireConnection();
  try {
    const { response } = await client.query(connection, { sql: found.sql, bindings, options: { name } });
    return response.rows as T[];
  } finally {
    await client.releaseConnection(connection);
  }
}
type PreparedValue = string | number | boolean | null | Buffer | Date | readonly (string | number)[];
type PreparedValues = readonly PreparedValue[] | Readonly<Record<string, PreparedValue>>;

/** The places `?` of a text by the numbers that PostgreSQL gives them, for who asks without knex: `$first` and on. */
export function numberPlaces(text: string, first: number): string {
  let n = first;
  return text.replace(/\?/g, () => `$${n++}`);
}

/** Part of a statement that brings the rows of another query besides, in their order, as one JSON array: moments arrive in it as text (`new Date`). */
export const rowsOf = (query: string): string => `(SELECT coalesce(json_agg(row_to_json(r)), '[]') FROM (${query}) r)`;

/** Something to be asked that has one answer or none: by itself (`askQuestion`), or inside another statement. */
export interface Question<T> {
  /** as `askPrepared` takes it: one name means one text */
  name: string;
  /** gives one row or none */
  text: string;
  values: readonly string[];
  read: (row: object) => T;
}

/** One query. */
export async function askQuestion<T>(h: Handle, { name, text, values, read }: Question<T>): Promise<T | undefined> {
  const [row] = await askPrepared<object>(h, name, text, values);
  return row && read(row);
}

/** What knex itself asks a statement by, in a transaction as well as outside of one; `raw` would take the text apart anew each time. */
interface Connecting {
  acquireConnection: () => Promise<unknown>;
  query: (
    connection: unknown,
    asked: { sql: string; bindings: PreparedValue[]; options: { name: string } },
  ) => Promise<{ response: { rows: unknown[] } }>;
  releaseConnection: (connection: unknown) => Promise<void>;
}

/** A text with its places numbered, and what stands at each of them: a name of the values or their index. */
interface Compiled {
  text: string;
  sql: string;
  places: (string | number)[];
}
const compiled = new Map<string, Compiled>();

/** `?` or, where the values have names, `:name`; anything else after a colon (`::text`) is left as it is. No text can use an operator with a question mark. */
function compile(text: string, values: PreparedValues): Compiled {
  const places: (string | number)[] = [];
  const put = (place: string | number): string => `$${places.push(place)}`;
  const sql = Array.isArray(values)
    ? text.replace(/\?/g, () => put(places.length))
    : text.replace(/(?<!:):(\w+)/g, (found, key: string) => (key in values ? put(key) : found));
  return { text, sql, places };
}

/** @throws when there are more or fewer values than places, or one is undefined */
function valuesFor({ places }: Compiled, name: string, values: PreparedValues): PreparedValue[] {
  const list: readonly (PreparedValue | undefined)[] = Array.isArray(values)
    ? (values as readonly PreparedValue[])
    : places.map((place) => (values as Readonly<Record<string, PreparedValue>>)[place]);
  if (list.length !== places.length || list.includes(undefined)) throw new Error(`${name}: its values are not those of its text`);
  return [...list] as PreparedValue[];
}

/** Refuses a database that would break searching in Chinese (encoding or character type), and one that cannot be written to. Returns the complaint, or undefined. */
export async function checkDatabase(db: Db): Promise<string | undefined> {
  const found = await db.raw<{ rows: { encoding: string; version: number; follows: boolean }[] }>(
    "SELECT current_setting('server_encoding') AS encoding, current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS follows",
  );
  const row = found.rows[0];
  if (row?.encoding !== 'UTF8') return `the database must be UTF8, not ${row?.encoding ?? 'unknown'}: create it with ENCODING 'UTF8'`;
  if (row.version < 150000) return 'PostgreSQL 15 or newer is needed';
  if (row.follows)
    return 'this is a standby, or a server that still recovers, and cannot be written to: name the primary, or promote this one (SELECT pg_promote())';
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

/** Whether the database answers within two seconds, and whether it can be written to: `standby` is one that follows another and was not promoted. */
export async function databaseWord(db: Db): Promise<'ok' | 'away' | 'standby'> {
  const answer = db.raw<{ rows: { follows: boolean }[] }>('SELECT pg_is_in_recovery() AS follows').then(
    ({ rows }) => (rows[0]?.follows === true ? 'standby' : 'ok'),
    () => 'away' as const,
  );
  return Promise.race([answer, wait(2000, 'away' as const, { ref: false })]);
}

/** How many connections of the pool are in use, free, and waited for. */
export function poolState(db: Db): { used: number; free: number; waiting: number } {
  const { pool } = db.client as { pool?: { numUsed(): number; numFree(): number; numPendingAcquires(): number } };
  return { used: pool?.numUsed() ?? 0, free: pool?.numFree() ?? 0, waiting: pool?.numPendingAcquires() ?? 0 };
}
