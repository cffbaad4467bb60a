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

/** S30: judges it is assigned to while their meeting is under way, none of them in recusal or of the applicant's own unit. */
const JUDGE_ACCOUNTS = `array(SELECT j.account_id::int FROM review_assignments a JOIN judges j ON j.id = a.judge_id JOIN meetings m ON m.id = a.meeting_id
    WHERE a.declaration_id = d.id AND m.state IN ('reviewing', 'voting') AND why_recused(j.id, d.id) IS NULL
      AND NOT EXISTS (SELECT 1 FROM recusals r WHERE r.meeting_id = a.meeting_id AND r.judge_id = a.judge_id AND r.declaration_id = a.declaration_id))`;

async function findSubjects(h: Handle, ids: readonly string[], more: string): Promise<(SubjectRow & { judge_accounts?: number[] })[]> {
  const { rows } = await h.raw<{ rows: (SubjectRow & { judge_accounts?: number[] })[] }>(
    `SELECT ${SUBJECT_COLUMNS}${more} FROM declarations d JOIN batches b ON b.id = d.batch_id JOIN committees c ON c.id = b.committee_id
     WHERE d.id = ANY(?::uuid[]) AND d.deleted_at IS NULL`,
    [[...ids]],
  );
  return rows;
}

/** What the policy needs to know of a declaration, its judges among it. One query. */
export async function findDeclarationSubject(h: Handle, id: string): Promise<DeclarationSubject | undefined> {
  const [row] = isUuid(id) ? await findSubjects(h, [id], `, ${JUDGE_ACCOUNTS} AS judge_accounts`) : [];
  return row && { ...toSubject(row), judgeAccounts: row.judge_accounts ?? [] };
}

/** The same for many, for those who move them: without the judges, who move none. One query. */
export async function findDeclarationSubjects(h: Handle, ids: readonly string[]): Promise<Map<string, DeclarationSubject>> {
  return new Map((await findSubjects(h, ids, '')).map((r) => [r.id, toSubject(r)]));
}
