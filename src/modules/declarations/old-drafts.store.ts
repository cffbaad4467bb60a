import type { Trx } from '../../db/db';

export interface DraftTerms {
  /** drafts that nobody has changed for so many years */
  years: number;
  /** drafts that their person deleted so many days ago */
  deletedDays: number;
}

/**
 * Removes up to `most` drafts that were never submitted and whose time is over, with all that was typed and uploaded; gives how many. Their contents go with the next
 * collection of orphans. What was ever submitted, returned or withdrawn is no such draft.
 */
export async function deleteOldDrafts(trx: Trx, { years, deletedDays }: DraftTerms, most: number): Promise<number> {
  const { rows } = await trx.raw<{ rows: { id: string; person_id: number; batch_id: number }[] }>(
    `SELECT d.id, d.person_id, d.batch_id FROM declarations d
     WHERE d.state = 'draft' AND d.round = 0
       AND (d.deleted_at < app_now() - make_interval(days => :deletedDays)
         OR (d.created_at < app_now() - make_interval(years => :years)
           AND NOT EXISTS (SELECT 1 FROM declaration_sections s WHERE s.declaration_id = d.id AND s.updated_at >= app_now() - make_interval(years => :years))))
       AND NOT EXISTS (SELECT 1 FROM declaration_events e WHERE e.declaration_id = d.id)
       AND NOT EXISTS (SELECT 1 FROM declaration_versions v WHERE v.declaration_id = d.id)
     ORDER BY d.id LIMIT :most FOR UPDATE OF d SKIP LOCKED`,
    { years, deletedDays, most },
  );
  const ids = rows.map((r) => r.id);
  for (const table of ['attachments', 'declaration_sections', 'declaration_rechecks'])
    await trx(table).whereIn('declaration_id', ids).delete();
  await trx('declarations').whereIn('id', ids).delete();
  return ids.length;
}
