import { askPrepared, askQuestion, type Handle, type Question, type Trx } from '../../db/db';
import { isUuid } from '../../lib/ids';
import type { StateName } from '../../policy/declaration-moves';
import type { DeclarationSubject } from '../../policy/policy';
import { DECLARATION_COLUMNS, SECTIONS_QUERY, type Declaration, type StoredSection } from './declarations.store';

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

const SUBJECT = 'FROM declarations d JOIN batches b ON b.id = d.batch_id JOIN committees c ON c.id = b.committee_id';
const ONE_SUBJECT = `SELECT ${SUBJECT_COLUMNS}, ${DECLARATION_COLUMNS}, ${JUDGE_ACCOUNTS} AS judge_accounts`;

interface WholeRow extends SubjectRow {
  judge_accounts: number[];
  section_found?: StoredSection | null;
}

const rows = new WeakMap<DeclarationSubject, { row: Declaration; section: StoredSection | undefined }>();

/** The row that the subject was made of: as it stood when the policy was asked. */
export const rowOfSubject = (subject: DeclarationSubject): Declaration | undefined => rows.get(subject)?.row;

/** The section that was asked for with the subject, as it stood at the same moment; undefined when nothing was saved in it yet. */
export const sectionOfSubject = (subject: DeclarationSubject): Omit<StoredSection, 'updated_at'> | undefined => rows.get(subject)?.section;

const WHOLE = `${ONE_SUBJECT} ${SUBJECT} WHERE d.id = ? AND d.deleted_at IS NULL`;
const WHOLE_WITH_SECTION = `${ONE_SUBJECT}, row_to_json(x) AS section_found ${SUBJECT}
  LEFT JOIN LATERAL (${SECTIONS_QUERY} s.declaration_id = d.id AND s.section = ?) x ON true WHERE d.id = ? AND d.deleted_at IS NULL`;

/**
 * What the policy needs to know of a declaration, its judges among it; `rowOfSubject` gives its row, `sectionOfSubject` the `section`. undefined when no declaration has such an id. A word that can be
 * no section's name is not asked for.
 */
export function declarationQuestion(id: string, section?: string): Question<DeclarationSubject> | undefined {
  if (!isUuid(id)) return undefined;
  return section === undefined || !/^[\w-]{1,60}$/.test(section)
    ? { name: 'declaration', text: WHOLE, values: [id], read: readWhole }
    : { name: 'declaration-section', text: WHOLE_WITH_SECTION, values: [section, id], read: readWhole };
}

function readWhole(found: object): DeclarationSubject {
  const row = found as WholeRow;
  const {
    division_code: _division,
    stop_units: _units,
    stop_committees: _committees,
    judge_accounts: judgeAccounts,
    section_found: stored,
    ...columns
  } = row;
  const subject = { ...toSubject(row), judgeAccounts };
  rows.set(subject, { row: columns as unknown as Declaration, section: stored ?? undefined });
  return subject;
}

/** The same asked by itself. One query. */
export async function findDeclarationSubject(h: Handle, id: string): Promise<DeclarationSubject | undefined> {
  const question = declarationQuestion(id);
  return question && askQuestion(h, question);
}

/** The declaration locked until the transaction ends, and what the policy asks of its own columns to say who edits it. Where it has been is of before the wait. One query. */
export async function lockForEdit(trx: Trx, id: string): Promise<{ row: Declaration; subject: DeclarationSubject } | undefined> {
  const [row] = await askPrepared<SubjectRow & Declaration>(
    trx,
    'declaration-lock',
    `SELECT ${SUBJECT_COLUMNS}, ${DECLARATION_COLUMNS} ${SUBJECT} WHERE d.id = ? AND d.deleted_at IS NULL FOR UPDATE OF d`,
    [id],
  );
  return row && { row, subject: toSubject(row) };
}

/** The same for many, for those who move them: without the judges, who move none. One query. */
export async function findDeclarationSubjects(h: Handle, ids: readonly string[]): Promise<Map<string, DeclarationSubject>> {
  const found = await askPrepared<SubjectRow>(
    h,
    'declarations',
    `SELECT ${SUBJECT_COLUMNS} ${SUBJECT} WHERE d.id = ANY(?::uuid[]) AND d.deleted_at IS NULL`,
    [ids],
  );
  return new Map(found.map((r) => [r.id, toSubject(r)]));
}
