import type { Handle } from '../../db/db';
import type { StateName } from '../../policy/declaration-moves';
import type { DeclarationSubject } from '../../policy/policy';

interface Row {
  id: string;
  person_id: number;
  state: StateName;
  holder_unit_id: number | null;
  holder_committee_id: number | null;
  reopened_sections: string[] | null;
  division_code: string;
  stop_units: number[];
  stop_committees: number[];
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What the policy needs to know of a declaration. One query. */
export async function findDeclarationSubject(h: Handle, id: string): Promise<DeclarationSubject | undefined> {
  if (!UUID.test(id)) return undefined;
  const { rows } = await h.raw<{ rows: Row[] }>(
    `SELECT d.id, d.person_id, d.state, d.holder_unit_id, d.holder_committee_id, d.reopened_sections, c.division_code,
       array(SELECT s.unit_id::int FROM declaration_stops s WHERE s.declaration_id = d.id AND s.unit_id IS NOT NULL ORDER BY s.position) AS stop_units,
       array(SELECT s.committee_id::int FROM declaration_stops s WHERE s.declaration_id = d.id AND s.committee_id IS NOT NULL) AS stop_committees
     FROM declarations d JOIN batches b ON b.id = d.batch_id JOIN committees c ON c.id = b.committee_id
     WHERE d.id = ? AND d.deleted_at IS NULL`,
    [id],
  );
  const r = rows[0];
  return (
    r && {
      kind: 'declaration',
      id: r.id,
      personId: r.person_id,
      state: r.state,
      holderUnitId: r.holder_unit_id,
      holderCommitteeId: r.holder_committee_id,
      stopUnitIds: r.stop_units,
      stopCommitteeIds: r.stop_committees,
      committeeDivision: r.division_code,
      reopened: r.reopened_sections,
    }
  );
}
