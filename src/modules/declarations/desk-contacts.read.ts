import type { Handle } from '../../db/db';
import { bureauName } from '../catalogue';

/** Whom to call about a declaration of this batch above the units: 「评委会办事机构，电话 0631-5231234」; without the telephone where none was put down. */
export async function findDeskContacts(h: Handle, batchId: number): Promise<{ office: string; bureau: string }> {
  const { rows } = await h.raw<{ rows: { phone: string; division: string; bureauPhone: string | null }[] }>(
    `SELECT c.phone, d.full_name AS division, bureau_phone(d.code) AS "bureauPhone"
     FROM batches b JOIN committees c ON c.id = b.committee_id JOIN divisions d ON d.code = c.division_code WHERE b.id = ?`,
    [batchId],
  );
  const [row] = rows;
  if (!row) throw new Error(`no batch ${batchId}`);
  const call = (phone: string | null): string => (phone ? `，电话 ${phone}` : '');
  return { office: `评委会办事机构${call(row.phone)}`, bureau: `${bureauName(row.division)}${call(row.bureauPhone)}` };
}
