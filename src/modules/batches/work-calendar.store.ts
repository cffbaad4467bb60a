import type { Handle, Trx } from '../../db/db';
import type { PlainDate } from '../../lib/dates';
import type { CalendarDay } from './calendar-lines';

export interface CalendarYear {
  until: PlainDate;
  today: PlainDate;
  days: { day: PlainDate; isWorkday: boolean; note: string }[];
}

/** One year of the calendar, and how far it is known. One query. */
export async function findCalendarYear(h: Handle, year: number): Promise<CalendarYear> {
  const { rows } = await h.raw<{ rows: CalendarYear[] }>(
    `SELECT (SELECT until FROM calendar_limits) AS until, app_today() AS today,
       (SELECT coalesce(json_agg(json_build_object('day', day, 'isWorkday', is_workday, 'note', note) ORDER BY day), '[]') FROM calendar_days
        WHERE day BETWEEN make_date(:year, 1, 1) AND make_date(:year, 12, 31)) AS days`,
    { year },
  );
  if (!rows[0]) throw new Error('the calendar cannot be read');
  return rows[0];
}

/** One writer of the calendar at a time. */
export async function lockCalendar(trx: Trx): Promise<PlainDate> {
  const row = (await trx('calendar_limits').forUpdate().first('until')) as { until: PlainDate } | undefined;
  if (!row) throw new Error('the working-day calendar has no end: calendar_limits is empty');
  return row.until;
}

/** Writes days; gives those that changed, with what they were. */
export async function writeDays(trx: Trx, days: readonly CalendarDay[]): Promise<{ day: PlainDate; before: string; after: string }[]> {
  const { rows } = await trx.raw<{ rows: { day: PlainDate; before: string; after: string }[] }>(
    `WITH asked AS (SELECT x.day::date AS day, x.kind, x.note FROM jsonb_to_recordset(:days::jsonb) AS x(day text, kind text, note text)),
       was AS (SELECT a.*, c.is_workday, c.note AS old_note FROM asked a LEFT JOIN calendar_days c ON c.day = a.day),
       changed AS (SELECT *, CASE WHEN is_workday IS NULL THEN 'usual' WHEN is_workday THEN 'workday' ELSE 'holiday' END AS before FROM was),
       gone AS (DELETE FROM calendar_days c USING changed x WHERE c.day = x.day AND x.kind = 'usual'),
       put AS (INSERT INTO calendar_days (day, is_workday, note) SELECT day, kind = 'workday', note FROM changed WHERE kind <> 'usual'
         ON CONFLICT (day) DO UPDATE SET is_workday = excluded.is_workday, note = excluded.note)
     SELECT day, before, kind AS after FROM changed WHERE before <> kind OR (kind <> 'usual' AND note IS DISTINCT FROM old_note) ORDER BY day`,
    { days: JSON.stringify(days) },
  );
  return rows;
}

export async function writeUntil(trx: Trx, until: PlainDate): Promise<void> {
  await trx('calendar_limits').update({ until });
}

/** Years up to `to`, from the one after `from` on, in which not a single holiday is known. */
export async function yearsWithoutHolidays(h: Handle, from: PlainDate, to: PlainDate): Promise<number[]> {
  const { rows } = await h.raw<{ rows: { y: number }[] }>(
    `SELECT y FROM generate_series(extract(year FROM (:from::date + 1))::int, extract(year FROM :to::date)::int) AS y
     WHERE NOT EXISTS (SELECT 1 FROM calendar_days c WHERE NOT c.is_workday AND extract(year FROM c.day) = y) ORDER BY y`,
    { from, to },
  );
  return rows.map((r) => r.y);
}
