import type { Handle } from '../../db/db';
import { createWorkCalendar, type WorkCalendar } from '../../lib/working-days';

/** K4: the working-day calendar as the administrator keeps it. Throws when nobody has said how far it reaches. */
export async function loadWorkCalendar(h: Handle): Promise<WorkCalendar> {
  const { rows } = await h.raw<{ rows: { until: string | null; days: { day: string; workday: boolean }[] }[] }>(`
    SELECT (SELECT until::text FROM calendar_limits) AS until,
      (SELECT coalesce(json_agg(json_build_object('day', day, 'workday', is_workday)), '[]') FROM calendar_days) AS days`);
  const r = rows[0];
  if (!r || r.until === null) throw new Error('the working-day calendar has no end: calendar_limits is empty');
  return createWorkCalendar(r.until, r.days);
}
