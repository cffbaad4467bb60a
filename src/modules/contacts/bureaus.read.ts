import type { Handle } from '../../db/db';

export interface BureauLine {
  /** with the names above it: 山东省威海市环翠区 */
  division: string;
  /** its own telephone or the one of the bureau above it; null when none has put one down */
  phone: string | null;
  /** its own */
  isOwn: boolean;
}

/** P4: bureaus with whom to call, by the code of their division: those whose division's full name contains `words`; without words those that have put down a telephone of their own. One query. */
export async function listBureaus(h: Handle, words: string, limit: number): Promise<BureauLine[]> {
  const { rows } = await h.raw<{ rows: BureauLine[] }>(
    `SELECT d.full_name AS division, bureau_phone(d.code) AS phone, d.phone IS NOT NULL AS "isOwn" FROM divisions d
     WHERE d.ended_at IS NULL AND ${words === '' ? 'd.phone IS NOT NULL' : 'd.full_name LIKE :pattern'} ORDER BY d.code COLLATE "C" LIMIT :limit`,
    { pattern: `%${words.replace(/[\\%_]/g, '\\$&')}%`, limit },
  );
  return rows;
}
