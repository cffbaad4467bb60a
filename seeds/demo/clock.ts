import type { Trx } from '../../src/db/db';

/**
 * The clock of the demonstration's past. Within the filling transaction the database's now() stands still, so every step sets the shift to the moment it is
 * told to happen at; nobody else sees it, and at the end it is back at zero.
 */
export interface DemoClock {
  /** So many days before today at this time of day (`09:30`, Beijing); on weekends the Friday before; never before the last step. Gives the day. */
  at: (daysAgo: number, time: string) => Promise<string>;
  /** Back to the present. */
  end: () => Promise<void>;
}

const SET = `
  WITH wanted AS (SELECT app_now() AS last, (now() AT TIME ZONE 'Asia/Shanghai')::date - ?::int AS day),
  weekday AS (SELECT last, day - greatest(0, extract(isodow FROM day)::int - 5) AS day FROM wanted),
  moment AS (SELECT least(now(), greatest(last + interval '6 minutes', (day + ?::time) AT TIME ZONE 'Asia/Shanghai')) AS at FROM weekday)
  UPDATE clock SET shift = moment.at - now() FROM moment`;

export async function startClock(trx: Trx, daysAgo: number): Promise<DemoClock> {
  await trx.raw('UPDATE clock SET shift = -make_interval(days => ?::int)', [daysAgo]);
  return {
    async at(ago, time) {
      await trx.raw(SET, [ago, time]);
      const { rows } = await trx.raw<{ rows: { day: string }[] }>('SELECT app_today() AS day');
      return rows[0]?.day ?? '';
    },
    async end() {
      await trx.raw("UPDATE clock SET shift = '0'");
    },
  };
}
