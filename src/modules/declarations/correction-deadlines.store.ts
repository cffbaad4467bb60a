import type { Handle, Trx } from '../../db/db';

export interface Correction {
  id: string;
  personId: number;
  year: number;
  seriesName: string;
  level: string;
  dueOn: string;
  officePhone: string;
}

const SELECT = `SELECT d.id, d.person_id AS "personId", d.year, s.name AS "seriesName", d.level, d.correction_due_on AS "dueOn", c.phone AS "officePhone"
  FROM declarations d JOIN series s ON s.id = d.series_id JOIN batches b ON b.id = d.batch_id JOIN committees c ON c.id = b.committee_id
  WHERE d.state = 'correction' AND d.deleted_at IS NULL`;

/** Corrections whose last day is over by the database's clock, the oldest first. `after`: the last id of the page before. */
export async function listOverdue(h: Handle, after: string, limit: number): Promise<Correction[]> {
  const { rows } = await h.raw<{ rows: Correction[] }>(
    `${SELECT} AND d.correction_due_on < app_today() AND d.id > ?::uuid ORDER BY d.id LIMIT ?`,
    [after, limit],
  );
  return rows;
}

/** Corrections that end on a day from today to `until`, of which nobody was told yet. */
export async function listEndingUntil(h: Handle, until: string, limit: number): Promise<Correction[]> {
  const { rows } = await h.raw<{ rows: Correction[] }>(
    `${SELECT} AND d.correction_due_on BETWEEN app_today() AND ?::date
       AND NOT EXISTS (SELECT 1 FROM correction_reminders r WHERE r.declaration_id = d.id AND r.due_on = d.correction_due_on)
     ORDER BY d.correction_due_on, d.id LIMIT ?`,
    [until, limit],
  );
  return rows;
}

/** False when somebody was quicker: of two that would tell, one does. */
export async function markTold(trx: Trx, declaration: string, dueOn: string): Promise<boolean> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    'INSERT INTO correction_reminders (declaration_id, due_on) VALUES (?, ?) ON CONFLICT DO NOTHING',
    [declaration, dueOn],
  );
  return rowCount > 0;
}
