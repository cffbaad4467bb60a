import type { Site } from './site';

/** Number of rows and a hash over all of them, for each table but those named. */
export async function fingerprints(db: Site['db'], except: readonly string[] = []): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const { rows } = await db.raw<{ rows: { name: string }[] }>(
    "SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL(?)",
    [[...except]],
  );
  for (const { name } of rows) {
    const r = await db.raw<{ rows: { n: string }[] }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') AS n FROM ${name} t`,
    );
    found[name] = r.rows[0]?.n ?? '';
  }
  return found;
}
