import { pipeline } from 'node:stream/promises';
import type { Readable, Writable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { makeDb } from './db';
import { migrate } from './migrate';

/** A table's place and the columns that hold data of their own (generated ones are made again). */
export interface TableShape {
  schema: string;
  name: string;
  columns: string[];
}
export interface SequenceState {
  schema: string;
  name: string;
  /** undefined: never used */
  lastValue?: string | undefined;
}

/** One view of the whole database, as it stood at one moment. */
export interface Snapshot {
  at: Date;
  server: string;
  /** the migrations it has had, in their order */
  migrations: string[];
  tables: TableShape[];
  sequences: SequenceState[];
  /** Writes the rows of a table as COPY text. Gives their number. */
  copyOut: (table: TableShape, to: Writable, through: NodeJS.ReadWriteStream[]) => Promise<number>;
}

/** Sessions and captchas are not worth keeping: what was ended since must not come alive again. The lists of migrations belong to the program that reads. */
const LEFT_OUT = new Set([
  'public.sessions',
  'public.captchas',
  'public.knex_migrations',
  'public.knex_migrations_lock',
  'graphile_worker.migrations',
]);

const named = (t: { schema: string; name: string }): string => `${pg.escapeIdentifier(t.schema)}.${pg.escapeIdentifier(t.name)}`;
const columnsOf = (t: TableShape): string => t.columns.map((c) => pg.escapeIdentifier(c)).join(', ');

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'title-declaration backup' });
  await client.connect();
  try {
    // large tables take longer than any request may
    await client.query("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET TIME ZONE 'UTC'");
    return await work(client);
  } finally {
    await client.end();
  }
}

async function tablesOf(client: pg.Client): Promise<TableShape[]> {
  const { rows } = await client.query<TableShape>(`
    SELECT n.nspname AS schema, c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    WHERE n.nspname IN ('public', 'graphile_worker') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    GROUP BY 1, 2 ORDER BY 1, 2`);
  return rows.filter((t) => !LEFT_OUT.has(`${t.schema}.${t.name}`));
}

/** Gives `work` one unchanging view of the database; the site goes on meanwhile. */
export function withSnapshot<T>(url: string, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  return withClient(url, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const about = await client.query<{ at: Date; server: string }>("SELECT now() AS at, current_setting('server_version') AS server");
    const migrations = await client.query<{ name: string }>('SELECT name FROM knex_migrations ORDER BY id');
    const tables = await tablesOf(client);
    // sequences stand outside of snapshots: what they have reached now is never less than what the rows hold
    const sequences = await client.query<{ schema: string; name: string; last_value: string | null }>(
      `SELECT schemaname AS schema, sequencename AS name, last_value::text FROM pg_sequences
       WHERE schemaname IN ('public', 'graphile_worker') AND sequencename !~ '^knex_migrations' ORDER BY 1, 2`,
    );
    const row = about.rows[0] as { at: Date; server: string };
    const result = await work({
      ...row,
      migrations: migrations.rows.map((r) => r.name),
      tables,
      sequences: sequences.rows.map((s) => ({ schema: s.schema, name: s.name, lastValue: s.last_value ?? undefined })),
      async copyOut(table, to, through) {
        const out = client.query(copyTo(`COPY (SELECT ${columnsOf(table)} FROM ${named(table)}) TO STDOUT`));
        await pipeline([out, ...through, to]);
        return out.rowCount;
      },
    });
    await client.query('COMMIT');
    return result;
  });
}

/** Whether somebody lives here: a database with accounts or a log is never written over. */
export function holdsData(url: string): Promise<boolean> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "SELECT to_regclass(t)::text AS name FROM unnest(ARRAY['public.accounts', 'public.audit_log']) t WHERE to_regclass(t) IS NOT NULL",
    );
    for (const { name } of rows) if ((await client.query(`SELECT 1 FROM ${name} LIMIT 1`)).rowCount) return true;
    return false;
  });
}

/** Brings an empty database to exactly these migrations. Gives the names that this program does not know. */
export async function migrateTo(url: string, migrations: string[]): Promise<string[]> {
  const db = makeDb(url, 2, '0');
  try {
    return await migrate(db, migrations);
  } finally {
    await db.destroy();
  }
}

export interface Loader {
  /** Reads COPY text into a table that was emptied before. Gives the number of rows. */
  copyIn: (table: TableShape, from: Readable, through: NodeJS.ReadWriteStream[]) => Promise<number>;
}

/** The account may not switch triggers off, which reading a backup back takes. */
export class MayNotRestoreError extends Error {}

/**
 * Empties all tables and gives `work` a way to fill them, all in one transaction; sets the sequences and proves every foreign key before it commits.
 * Triggers rest meanwhile: the rows come as they were. Gives the number of foreign keys proved. Throws MayNotRestoreError; Error when a foreign key does not hold.
 */
export function loadTables(url: string, sequences: readonly SequenceState[], work: (loader: Loader) => Promise<void>): Promise<number> {
  return withClient(url, async (client) => {
    await client.query('BEGIN');
    try {
      await client.query('SET LOCAL session_replication_role = replica');
    } catch (e) {
      if ((e as { code?: string }).code !== '42501') throw e;
      throw new MayNotRestoreError('GRANT SET ON PARAMETER session_replication_role');
    }
    const tables = await tablesOf(client);
    await client.query(`TRUNCATE ${tables.map(named).join(', ')}`);
    const makeIndexes = await takeIndexes(client);
    await work({
      async copyIn(table, from, through) {
        const into = client.query(copyFrom(`COPY ${named(table)} (${columnsOf(table)}) FROM STDIN`));
        await pipeline([from, ...through, into]);
        return into.rowCount;
      },
    });
    for (const s of sequences)
      if (s.lastValue !== undefined) await client.query('SELECT setval($1::regclass, $2::bigint)', [named(s), s.lastValue]);
    await makeIndexes();
    const proved = await proveForeignKeys(client);
    await client.query('COMMIT');
    await client.query('ANALYZE');
    return proved;
  });
}

/**
 * Takes away the indexes that no constraint stands on; gives the way to make them again out of what is then in the tables, which takes a third of what each row by itself takes (RTO, S58).
 * In one transaction with the rest: whoever looks sees all of them.
 */
async function takeIndexes(client: pg.Client): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ name: string; definition: string }>(`
    SELECT format('%I.%I', n.nspname, i.relname) AS name, pg_get_indexdef(i.oid) AS definition
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
    WHERE n.nspname = 'public' AND x.indisvalid AND NOT x.indisreplident AND NOT x.indisclustered
      AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid)
    ORDER BY x.indrelid, x.indexrelid`);
  if (rows.length > 0) await client.query(`DROP INDEX ${rows.map((r) => r.name).join(', ')}`);
  return async () => {
    await client.query("SET LOCAL maintenance_work_mem = '256MB'");
    for (const { definition } of rows) await client.query(definition);
  };
}

async function proveForeignKeys(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ name: string; child: string; parent: string; child_columns: string[]; parent_columns: string[] }>(`
    SELECT f.conname AS name, f.conrelid::regclass::text AS child, f.confrelid::regclass::text AS parent,
      ARRAY(SELECT quote_ident(a.attname) FROM unnest(f.conkey) WITH ORDINALITY k(n, i) JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.n ORDER BY k.i) AS child_columns,
      ARRAY(SELECT quote_ident(a.attname) FROM unnest(f.confkey) WITH ORDINALITY k(n, i) JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.n ORDER BY k.i) AS parent_columns
    FROM pg_constraint f WHERE f.contype = 'f' AND f.connamespace = 'public'::regnamespace`);
  for (const f of rows) {
    const given = f.child_columns.map((c) => `c.${c} IS NOT NULL`).join(' AND ');
    const equal = f.child_columns.map((c, i) => `p.${f.parent_columns[i]} = c.${c}`).join(' AND ');
    const { rowCount } = await client.query(
      `SELECT 1 FROM ${f.child} c WHERE ${given} AND NOT EXISTS (SELECT 1 FROM ${f.parent} p WHERE ${equal}) LIMIT 1`,
    );
    if (rowCount) throw new Error(`the rows of ${f.child} do not keep ${f.name}`);
  }
  return rows.length;
}
