import { randomBytes } from 'node:crypto';
import type { Db } from './db';

/** S57: who comes to the database, each with no more than it needs. */
export const roleKinds = ['app', 'migrate', 'audit', 'backup'] as const;
export type RoleKind = (typeof roleKinds)[number];
export const roleName = (prefix: string, kind: RoleKind): string => `${prefix}_${kind}`;

export interface MadeRole {
  name: string;
  /** told once, when the role was made; undefined when it was there already */
  password: string | undefined;
}

/**
 * Makes the four roles where they are missing and sets their rights on this database anew; may be repeated, and is after every update.
 * app: rows of all tables, but tables that are append-only (those with the trigger refuse_change) only grow, and clock and the list of migrations are only read;
 * migrate: owns everything and changes the schema · audit: reads the operation log and its seals · backup: reads everything.
 * The caller must be allowed to make roles and to give ownership away (a superuser, or the owner with CREATEROLE).
 */
export function makeRoles(db: Db, prefix: string): Promise<MadeRole[]> {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(prefix)) throw new RangeError(`not a prefix of role names: ${prefix}`);
  return db.transaction(async (trx) => {
    await trx.raw("SELECT pg_advisory_xact_lock(hashtextextended('make-roles', 0))");
    const made: MadeRole[] = [];
    for (const kind of roleKinds) {
      const name = roleName(prefix, kind);
      const { rows } = await trx.raw<{ rows: unknown[] }>('SELECT 1 FROM pg_roles WHERE rolname = ?', [name]);
      const password = rows.length > 0 ? undefined : randomBytes(24).toString('base64url');
      // base64url has no quote
      if (password !== undefined)
        await trx.raw(`CREATE ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD '${password}'`);
      made.push({ name, password });
    }
    // checked above: plain lower-case names need no quotes
    const [app, migrate, audit, backup] = roleKinds.map((kind) => roleName(prefix, kind));
    const { rows: here } = await trx.raw<{ rows: { name: string; me: string }[] }>(
      'SELECT quote_ident(current_database()) AS name, quote_ident(current_user) AS me',
    );
    const database = here[0]?.name ?? '';
    await trx.raw(/* sql */ `
REVOKE ALL ON DATABASE ${database} FROM PUBLIC;
GRANT CONNECT ON DATABASE ${database} TO ${app}, ${migrate}, ${audit}, ${backup};
GRANT CREATE, TEMPORARY ON DATABASE ${database} TO ${migrate};
GRANT TEMPORARY ON DATABASE ${database} TO ${app};
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO ${migrate};
GRANT USAGE ON SCHEMA public TO ${app}, ${audit}, ${backup};
GRANT USAGE ON SCHEMA graphile_worker TO ${app}, ${backup};
GRANT ${migrate} TO ${here[0]?.me ?? ''};
-- everything belongs to the role that changes the schema
DO $$
DECLARE o record;
BEGIN
  EXECUTE 'ALTER SCHEMA graphile_worker OWNER TO ${migrate}';
  FOR o IN SELECT c.oid::regclass AS name, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'graphile_worker') AND c.relkind IN ('r', 'p', 'v', 'm')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') LOOP
    EXECUTE format('ALTER %s %s OWNER TO ${migrate}', CASE o.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, o.name);
  END LOOP;
  FOR o IN SELECT c.oid::regclass AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'graphile_worker') AND c.relkind = 'S'
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i', 'e')) LOOP
    EXECUTE format('ALTER SEQUENCE %s OWNER TO ${migrate}', o.name);
  END LOOP;
  FOR o IN SELECT p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname IN ('public', 'graphile_worker') AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE format('ALTER ROUTINE %s OWNER TO ${migrate}', o.name);
  END LOOP;
  FOR o IN SELECT t.oid::regtype AS name FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE n.nspname = 'graphile_worker' AND (t.typtype IN ('e', 'd') OR c.relkind = 'c') LOOP
    EXECUTE format('ALTER TYPE %s OWNER TO ${migrate}', o.name);
  END LOOP;
END $$;
REVOKE ALL ON ALL TABLES IN SCHEMA public, graphile_worker FROM ${app}, ${audit}, ${backup};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, graphile_worker TO ${app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public, graphile_worker TO ${app};
GRANT SELECT ON ALL TABLES IN SCHEMA public, graphile_worker TO ${backup};
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public, graphile_worker TO ${backup};
GRANT SELECT ON audit_log, audit_seals TO ${audit};
REVOKE INSERT, UPDATE, DELETE ON clock, knex_migrations FROM ${app};
DO $$
DECLARE t regclass;
BEGIN
  FOR t IN SELECT DISTINCT g.tgrelid::regclass FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid WHERE p.proname = 'refuse_change' LOOP
    EXECUTE format('REVOKE UPDATE, DELETE ON %s FROM ${app}', t);
  END LOOP;
END $$;
-- the queue's tables are closed to all but their owner, row by row
DO $$
DECLARE t regclass;
BEGIN
  FOR t IN SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'graphile_worker' AND c.relrowsecurity LOOP
    EXECUTE format('DROP POLICY IF EXISTS ${app} ON %s', t);
    EXECUTE format('DROP POLICY IF EXISTS ${backup} ON %s', t);
    EXECUTE format('CREATE POLICY ${app} ON %s TO ${app} USING (true) WITH CHECK (true)', t);
    EXECUTE format('CREATE POLICY ${backup} ON %s FOR SELECT TO ${backup} USING (true)', t);
  END LOOP;
END $$;
-- what a later update makes is usable at once; repeating this command then narrows it down
ALTER DEFAULT PRIVILEGES FOR ROLE ${migrate} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${app};
ALTER DEFAULT PRIVILEGES FOR ROLE ${migrate} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ${app};
ALTER DEFAULT PRIVILEGES FOR ROLE ${migrate} IN SCHEMA public GRANT SELECT ON TABLES TO ${backup};`);
    return made;
  });
}
