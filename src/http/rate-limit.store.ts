import { createHash } from 'node:crypto';
import type { Handle } from '../db/db';

export interface Limit {
  /** at most so many in each span */
  most: number;
  minutes: number;
}

/**
 * S35: takes one turn of `what` for `who` (anything: only its hash is kept). False when there have been too many in the present span by the database's clock. One
 * statement, so that many at once are counted each.
 */
export async function takeTurn(h: Handle, what: string, who: string, limit: Limit): Promise<boolean> {
  const key = `${what}:${createHash('sha256').update(who).digest('base64url')}`;
  const { rows } = await h.raw<{ rows: { count: number }[] }>(
    `INSERT INTO rate_counters AS c (key, began_at, count) VALUES (?, date_bin(make_interval(mins => ?), app_now(), TIMESTAMPTZ '2000-01-01 00:00Z'), 1)
     ON CONFLICT (key, began_at) DO UPDATE SET count = c.count + 1 RETURNING count`,
    [key, limit.minutes],
  );
  return (rows[0]?.count ?? 1) <= limit.most;
}

/** Removes what was counted in spans that are over: none is longer than a day. */
export function pruneTurns(h: Handle): Promise<number> {
  return h('rate_counters').whereRaw("began_at < app_now() - interval '1 day'").delete();
}
