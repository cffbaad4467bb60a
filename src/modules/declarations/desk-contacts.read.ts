import type { Handle } from '../../db/db';
import { bureauName } from '../catalogue';

/** Whom to call about a declaration of this batch above the units: 「评委会办事机构，电话 0631-5231234」; where none was put down, the bureau, and where its number stands. */
export async function findDeskContacts(h: Handle, batchId: number): Promise<{ office: string; bureau: string }> {
  const { rows } = await h.raw<{ rows: { phone: string; division: string; bureauPhone: string | null }[] }>(
    `SELECT c.phone, d.full_name AS division, bureau_phone(d.code) AS "bureauPhone"
     FROM batches b JOIN committees c ON c.id = b.committee_id JOIN divisions d ON d.code = c.division_code WHERE b.id = ?`,
    [batchId],
  );
  const [row] = rows;
  if (!row) throw new Error(`no batch ${batchId}`);
  const bureau = `${bureauName(row.division)}，${row.bureauPhone === null ? '电话见「人社局联系电话」' : `电话 ${row.bureauPhone}`}`;
  return { office: row.phone ? `评委会办事机构，电话 ${row.phone}` : `评委会办事机构；没有联系方式的，请联系${bureau}`, bureau };
}
