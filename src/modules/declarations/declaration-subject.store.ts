import type { Handle } from '../../db/db';
import { isUuid } from '../../lib/ids';
import type { StateName } from '../../policy/declaration-moves';
import type { DeclarationSubject } from '../../policy/policy';

/** What SUBJECT_COLUMNS select. */
export interface SubjectRow {
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

/** What the policy needs to know of a declaration, for lists that ask it row by row: `d` is the declaration, `c` the committee of its batch. */
export const SUBJECT_COLUMNS = `d.id, d.person_id, d.state, d.holder_unit_id, d.holder_committee_id, d.reopened_sections, c.division_code,
  array(SELECT x.unit_id::int FROM declaration_stops x WHERE x.declaration_id = d.id AND x.unit_id IS NOT NULL ORDER BY x.position) AS stop_units,
  array(SELECT x.committee_id::int FROM declaration_stops x WHERE x.declaration_id = d.id AND x.committee_id IS NOT NULL) AS stop_committees`;

export const toSubject = (r: SubjectRow): DeclarationSubject => ({
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
});

/** What the policy needs to know of a declaration. One query. */
export async function findDeclarationSubject(h: Handle, id: string): Promise<DeclarationSubject | undefined> {
  return isUuid(id) ? (await findDeclarationSubjects(h, [id])).get(id) : undefined;
}

/** The same for many. One query. */
export async function findDeclarationSubjects(h: Handle, ids: readonly string[]): Promise<Map<string, DeclarationSubject>> {
  const { rows } = await h.raw<{ rows: SubjectRow[] }>(
    `SELECT ${SUBJECT_COLUMNS} FROM declarations d JOIN batches b ON b.id = d.batch_id JOIN committees c ON c.id = b.committee_id
     WHERE d.id = ANY(?::uuid[]) AND d.deleted_at IS NULL`,
    [[...ids]],
  );
  return new Map(rows.map((r) => [r.id, toSubject(r)]));
}
