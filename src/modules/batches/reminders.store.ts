import type { Handle, Trx } from '../../db/db';
import type { Cipher } from '../../lib/cipher';
import { levelText } from '../catalogue';

export interface ClosingWindow {
  batchId: number;
  /** 「2026年度群众文化初级职称」 */
  name: string;
  /** whose window closes */
  kind: 'person' | 'unit';
  closesAt: Date;
  /** the reminder that is due: so many hours before, or a little less */
  hours: number;
}

/** Windows that close within one of these spans; of several spans the shortest is due. Only while messages may be sent: `from` and `to` are hours of the day. */
export async function listClosingWindows(h: Handle, spans: readonly number[], from: number, to: number): Promise<ClosingWindow[]> {
  const { rows } = await h.raw<{ rows: (Omit<ClosingWindow, 'name'> & { year: number; seriesName: string; level: string })[] }>(
    `SELECT w.id AS "batchId", w.year, s.name AS "seriesName", w.level, w.kind, w."closesAt", min(x.hours) AS hours
     FROM (SELECT b.*, 'person' AS kind, b.applicant_closes_at AS "closesAt" FROM batches b UNION ALL SELECT b.*, 'unit', b.unit_closes_at FROM batches b) w
       JOIN series s ON s.id = w.series_id JOIN unnest(:spans::int[]) AS x(hours) ON w."closesAt" <= app_now() + make_interval(hours => x.hours)
     WHERE w.published_at IS NOT NULL AND w.applicant_opens_at <= app_now() AND w.unit_closes_at > app_now() AND w."closesAt" > app_now()
       AND extract(hour FROM app_now() AT TIME ZONE 'Asia/Shanghai') >= :from AND extract(hour FROM app_now() AT TIME ZONE 'Asia/Shanghai') < :to
     GROUP BY w.id, w.year, s.name, w.level, w.kind, w."closesAt" ORDER BY w."closesAt", w.id`,
    { spans: [...spans], from, to },
  );
  return rows.map(({ year, seriesName, level, ...w }) => ({ ...w, name: `${year}年度${seriesName}${levelText(level)}` }));
}

export interface Receiver {
  id: number;
  mobile: string;
  /** how many declarations wait with a unit; 1 for a person */
  waiting: number;
}

const WHO = {
  person: `SELECT d.person_id AS id, 1 AS waiting FROM declarations d JOIN persons p ON p.account_id = d.person_id
    WHERE d.batch_id = :batch AND d.state = 'draft' AND d.deleted_at IS NULL AND p.wants_reminders AND p.account_id > :after
      AND NOT EXISTS (SELECT 1 FROM batch_extensions e WHERE e.batch_id = d.batch_id AND e.person_id = d.person_id AND e.revoked_at IS NULL AND e.applicant_until > :closes)`,
  unit: `SELECT d.holder_unit_id AS id, count(*)::int AS waiting FROM declarations d JOIN units u ON u.id = d.holder_unit_id
    WHERE d.batch_id = :batch AND d.state IN ('unit_review', 'unit_passed', 'returned_to_unit') AND d.deleted_at IS NULL AND u.wants_reminders AND u.id > :after
    GROUP BY d.holder_unit_id`,
} as const;
const MOBILE = {
  person: { table: 'persons', key: 'account_id', purpose: 'person.mobile' },
  unit: { table: 'units', key: 'id', purpose: 'unit.mobile' },
} as const;

/**
 * Marks the next `limit` receivers after `after` as reminded and gives those that were not before: who comes second, also in another process at the same moment,
 * gets none of them. `last`: where to go on; undefined when there is nobody after it.
 */
export async function takeReceivers(
  trx: Trx,
  cipher: Cipher,
  { batchId, kind, closesAt, hours }: ClosingWindow,
  after: number,
  limit: number,
): Promise<{ receivers: Receiver[]; last: number | undefined }> {
  const { rows } = await trx.raw<{ rows: { id: number; waiting: number }[] }>(`SELECT * FROM (${WHO[kind]}) w ORDER BY w.id LIMIT :limit`, {
    batch: batchId,
    closes: closesAt,
    after,
    limit,
  });
  const last = rows.at(-1)?.id;
  if (last === undefined) return { receivers: [], last: undefined };
  const { table, key, purpose } = MOBILE[kind];
  const fresh = await trx.raw<{ rows: { to_id: number; mobile: Buffer }[] }>(
    `WITH fresh AS (INSERT INTO window_reminders (batch_id, closes_at, hours, to_kind, to_id)
       SELECT :batch, :closes, :hours, :kind, x FROM unnest(:ids::bigint[]) AS x ON CONFLICT DO NOTHING RETURNING to_id)
     SELECT f.to_id, t.mobile FROM fresh f JOIN ${table} t ON t.${key} = f.to_id ORDER BY f.to_id`,
    { batch: batchId, closes: closesAt, hours, kind, ids: rows.map((r) => r.id) },
  );
  const waiting = new Map(rows.map((r) => [r.id, r.waiting]));
  return {
    receivers: fresh.rows.map((r) => ({ id: r.to_id, mobile: cipher.decrypt(r.mobile, purpose), waiting: waiting.get(r.to_id) ?? 0 })),
    last,
  };
}

/** Whether the person, or the unit, wants to be reminded. */
export async function wantsReminders(h: Handle, who: { personId: number } | { unitId: number }): Promise<boolean> {
  const row = (
    'personId' in who
      ? await h('persons').where({ account_id: who.personId }).first('wants_reminders')
      : await h('units').where({ id: who.unitId }).first('wants_reminders')
  ) as { wants_reminders: boolean } | undefined;
  return row?.wants_reminders ?? true;
}

/** False when it was so already. */
export async function writeReminders(trx: Trx, who: { personId: number } | { unitId: number }, wanted: boolean): Promise<boolean> {
  const query = 'personId' in who ? trx('persons').where({ account_id: who.personId }) : trx('units').where({ id: who.unitId });
  return (await query.where({ wants_reminders: !wanted }).update({ wants_reminders: wanted })) === 1;
}

/** Marks that nobody asks for any more. */
export function pruneReminders(h: Handle, days: number): Promise<number> {
  return h('window_reminders').whereRaw('at < app_now() - make_interval(days => ?)', [days]).delete();
}
