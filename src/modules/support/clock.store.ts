import type { Handle, Trx } from '../../db/db';

export interface ClockState {
  /** what everything in the program goes by */
  appNow: Date;
  realNow: Date;
  /** whole days by which the program's time is ahead; negative when it is behind */
  daysAhead: number;
  isShifted: boolean;
}

export async function readClock(h: Handle): Promise<ClockState> {
  const { rows } = await h.raw<{ rows: ClockState[] }>(
    `SELECT app_now() AS "appNow", now() AS "realNow", round(extract(epoch FROM app_now() - now()) / 86400)::int AS "daysAhead", shift <> '0' AS "isShifted" FROM clock`,
  );
  if (!rows[0]) throw new Error('the table clock is empty');
  return rows[0];
}

/** Moves the clock on by days; undefined: back to the real time. */
export async function shiftClock(trx: Trx, days: number | undefined): Promise<void> {
  await trx.raw("UPDATE clock SET shift = CASE WHEN ?::int IS NULL THEN interval '0' ELSE shift + make_interval(days => ?::int) END", [
    days ?? null,
    days ?? null,
  ]);
}
