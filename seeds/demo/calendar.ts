import type { Trx } from '../../src/db/db';

/**
 * The working-day calendar is known for some years only, and publicity refuses to guess beyond its end. A demonstration that is started later extends it by
 * the holidays of fixed date, and says so in the notes.
 */
export async function extendCalendar(trx: Trx): Promise<void> {
  await trx.raw(`
    INSERT INTO calendar_days (day, is_workday, note)
    SELECT make_date(y, m, d), false, '演示日历' FROM calendar_limits, generate_series(extract(year FROM until)::int + 1, extract(year FROM now())::int + 1) AS y,
      (VALUES (1, 1), (5, 1), (10, 1), (10, 2), (10, 3)) AS fixed (m, d)
    WHERE until < now()::date + 90
    ON CONFLICT (day) DO NOTHING`);
  await trx.raw('UPDATE calendar_limits SET until = make_date(extract(year FROM now())::int + 1, 12, 31) WHERE until < now()::date + 90');
}
