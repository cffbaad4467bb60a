import { askPrepared, type Handle, type Trx } from '../../db/db';
import type { MoveName, StateName } from '../../policy/declaration-moves';

/** A result that its applicant is told of. */
export interface ResultNews {
  eventId: number;
  declarationId: string;
  personId: number;
  batchId: number;
  year: number;
  seriesName: string;
  level: string;
  committeePhone: string;
  move: MoveName;
  to: Extract<StateName, 'voted_failed' | 'certified'>;
  /** of the declaration now: a recheck may have taken the result back */
  state: StateName;
}
/** Results older than this are on the home page and no news any more. */
const NEWS_DAYS = 7;

const SELECT = `SELECT n.event_id AS "eventId", n.declaration_id AS "declarationId", n.person_id AS "personId", d.batch_id AS "batchId", d.year, s.name AS "seriesName", d.level,
    c.phone AS "committeePhone", e.move, e.to_state AS to, d.state
  FROM result_news n JOIN declaration_events e ON e.id = n.event_id JOIN declarations d ON d.id = n.declaration_id JOIN series s ON s.id = d.series_id
    JOIN batches b ON b.id = d.batch_id JOIN committees c ON c.id = b.committee_id`;

/**
 * Marks the next `limit` results as told of and gives those that are still worth a message: the mark and what is queued with it stand or fall together. Whoever comes
 * at the same moment gets none of them. `more`: there may be others left.
 */
export async function takeResultNews(trx: Trx, limit: number, bySms: boolean): Promise<{ news: ResultNews[]; more: boolean }> {
  const { rows } = await trx.raw<{ rows: { id: number }[] }>(
    `UPDATE result_news n SET told_at = app_now(), by_sms = ? AND n.at > app_now() - make_interval(days => ?)
     FROM (SELECT event_id FROM result_news WHERE told_at IS NULL ORDER BY event_id LIMIT ? FOR UPDATE SKIP LOCKED) x
     WHERE n.event_id = x.event_id RETURNING n.event_id AS id`,
    [bySms, NEWS_DAYS, limit],
  );
  if (rows.length === 0) return { news: [], more: false };
  const found = await trx.raw<{ rows: ResultNews[] }>(`${SELECT} WHERE n.event_id = ANY(?::bigint[]) AND n.by_sms ORDER BY n.event_id`, [
    rows.map((r) => r.id),
  ]);
  return { news: found.rows.filter((n) => n.state === n.to), more: rows.length === limit };
}

/** What a person has not put away yet and still holds, the newest first; a certificate that was revoked, and not issued anew, is held no more. One query. */
export async function listResultNews(h: Handle, personId: number): Promise<ResultNews[]> {
  return askPrepared<ResultNews>(
    h,
    'result-news',
    `${SELECT} WHERE n.person_id = ? AND n.dismissed_at IS NULL AND d.deleted_at IS NULL AND d.state = e.to_state
       AND NOT EXISTS (SELECT 1 FROM declaration_events l WHERE l.declaration_id = n.declaration_id AND l.to_state = e.to_state AND l.id > e.id)
       AND (SELECT bool_and(k.revoked_at IS NOT NULL) FROM certificates k WHERE k.declaration_id = n.declaration_id) IS NOT TRUE
     ORDER BY n.event_id DESC LIMIT 5`,
    [personId],
  );
}

/** Puts it away; only the person's own. */
export async function dismissResultNews(h: Handle, personId: number, eventId: number): Promise<void> {
  await h('result_news')
    .where({ event_id: eventId, person_id: personId })
    .whereNull('dismissed_at')
    .update({ dismissed_at: h.raw('app_now()') });
}
