import type { Handle, Trx } from '../../db/db';

/** What is stored, by key; what nobody has set is missing. */
export async function readSettings(h: Handle): Promise<Map<string, unknown>> {
  const rows = (await h('settings').select('key', 'value')) as { key: string; value: unknown }[];
  return new Map(rows.map((r) => [r.key, r.value]));
}

/** Administrators change settings one after the other. Gives the number of the last change, 0 before the first. */
export async function lockSettings(trx: Trx): Promise<number> {
  await trx.raw("SELECT pg_advisory_xact_lock(hashtextextended('settings', 0))");
  return lastChange(trx);
}

export async function lastChange(h: Handle): Promise<number> {
  const { rows } = await h.raw<{ rows: { id: number }[] }>('SELECT coalesce(max(id), 0) AS id FROM setting_changes');
  return Number(rows[0]?.id ?? 0);
}

/** The trigger of the table keeps the history and tells every process. */
export async function writeSetting(trx: Trx, key: string, value: unknown, by: number): Promise<void> {
  await trx.raw(
    `INSERT INTO settings (key, value, updated_by) VALUES (:key, :value::jsonb, :by)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = settings.version + 1, updated_by = excluded.updated_by, updated_at = app_now()`,
    { key, value: JSON.stringify(value), by },
  );
}

export interface SettingChange {
  id: number;
  key: string;
  /** null: nobody had set it before */
  before: unknown;
  after: unknown;
  /** null: changed at the database */
  byName: string | null;
  at: Date;
}

const SELECT = `SELECT c.id, c.key, c.before, c.after, c.at, a.display_name AS "byName" FROM setting_changes c LEFT JOIN accounts a ON a.id = c.changed_by`;

/** Changes after the number `after`, the newest first. */
export async function listChangesAfter(h: Handle, after: number): Promise<SettingChange[]> {
  const { rows } = await h.raw<{ rows: SettingChange[] }>(`${SELECT} WHERE c.id > ? ORDER BY c.id DESC LIMIT 200`, [after]);
  return rows;
}

/** Changes from the newest on, below the number `before`. */
export async function listChanges(h: Handle, limit: number, before?: number): Promise<SettingChange[]> {
  const { rows } = await h.raw<{ rows: SettingChange[] }>(
    `${SELECT} WHERE :before::bigint IS NULL OR c.id < :before::bigint ORDER BY c.id DESC LIMIT :limit`,
    {
      before: before ?? null,
      limit,
    },
  );
  return rows;
}
