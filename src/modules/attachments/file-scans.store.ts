import type { Handle } from '../../db/db';
import type { ScanState } from './attachments.store';

/** S51: notes that a stored content waits for the scanner, or that the same content was found clean now. What was infected once stays so. */
export async function noteScan(h: Handle, sha256: string, scan: Exclude<ScanState, 'infected'>): Promise<void> {
  if (scan === 'waiting') await h('file_scans').insert({ sha256, scan }).onConflict('sha256').ignore();
  if (scan === 'clean') await h('file_scans').where({ sha256, scan: 'waiting' }).update({ scan });
}

/** What is known of a content; contents that never waited are free. */
export async function findScan(h: Handle, sha256: string): Promise<'waiting' | 'clean' | 'infected'> {
  const row = (await h('file_scans').where({ sha256 }).first('scan')) as { scan: 'waiting' | 'clean' | 'infected' } | undefined;
  return row?.scan ?? 'clean';
}

/** Contents that no scanner has seen yet although one is connected, the oldest first; `attachment`: one of the declarations' attachments that hold it. */
export async function findWaiting(h: Handle, limit: number): Promise<{ sha256: string; attachment: string | null }[]> {
  const { rows } = await h.raw<{ rows: { sha256: string; attachment: string | null }[] }>(
    `SELECT sha256, min(attachment::text) AS attachment FROM (
       SELECT sha256, id AS attachment, uploaded_at AS since FROM attachments WHERE scan = 'waiting'
       UNION ALL SELECT sha256, NULL, noted_at FROM file_scans WHERE scan = 'waiting') w
     GROUP BY sha256 ORDER BY min(since) LIMIT ?`,
    [limit],
  );
  return rows;
}

/** The scanner's verdict of a content that waited for it, wherever it is used. */
export async function recordScan(h: Handle, sha256: string, scan: 'clean' | 'infected'): Promise<void> {
  await h('attachments').where({ sha256, scan: 'waiting' }).update({ scan });
  await h('file_scans').where({ sha256, scan: 'waiting' }).update({ scan });
}
