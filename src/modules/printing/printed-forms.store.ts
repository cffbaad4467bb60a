import { APPEND_FROM, auditValues, type AuditEntry } from '../../audit/audit.store';
import { askPrepared, type Handle } from '../../db/db';

export type FormReader = 'applicant' | 'other';

export interface KeptForm {
  /** names everything that stands on the form: the frozen version, who has dealt with it since, how it came out, whose it is, and the program that lays it out */
  key: string;
  /** the print of that key, when there is one */
  sha256: string | null;
  applicantName: string | null;
}

/** Whatever the form is laid out from stands in the key as its rows stand; a row that changes back has another version. Values: revision, reader, id, reader. */
const KEPT = `SELECT k.key, f.sha256, f.applicant_name AS "applicantName" FROM (
       SELECT encode(sha256(convert_to(concat_ws(chr(31), CAST(? AS text), CAST(? AS text), d::text, v.sha256, v.frozen_at::text, p::text, b.commitment,
           (SELECT string_agg(concat_ws(chr(30), s::text, u.name, c.name), chr(29) ORDER BY s.position) FROM declaration_stops s
              LEFT JOIN units u ON u.id = s.unit_id LEFT JOIN committees c ON c.id = s.committee_id WHERE s.declaration_id = d.id),
           (SELECT count(*) || ':' || max(e.id) FROM declaration_events e WHERE e.declaration_id = d.id),
           (SELECT t::text FROM votes t WHERE t.declaration_id = d.id),
           (SELECT string_agg(concat_ws(chr(30), y::text, y.ends_on < app_today()), chr(29) ORDER BY y.id) FROM publicity_items i JOIN publicities y ON y.id = i.publicity_id
              WHERE i.declaration_id = d.id AND i.superseded_at IS NULL),
           (SELECT string_agg(x.number || coalesce(x.revoked_at::text, ''), chr(29) ORDER BY x.id) FROM certificates x WHERE x.declaration_id = d.id),
           (SELECT a::text FROM commitments a WHERE a.account_id = d.person_id AND a.batch_id = d.batch_id),
           (SELECT max(n.id)::text FROM identity_corrections n WHERE n.account_id = d.person_id AND n.kind = 'name' AND n.state = 'confirmed')), 'UTF8')), 'hex') AS key
       FROM declarations d
         JOIN persons p ON p.account_id = d.person_id
         JOIN batches b ON b.id = d.batch_id
         JOIN declaration_versions v ON v.declaration_id = d.id AND v.round = d.round
       WHERE d.id = CAST(? AS uuid) AND d.deleted_at IS NULL AND NOT (CAST(? AS text) = 'applicant' AND d.state IN ('draft', 'returned_to_applicant', 'correction'))) k
     LEFT JOIN printed_forms f ON f.key = k.key`;

/**
 * M6: the key of a form as it would be printed now, and its print where it was kept. Undefined while the applicant is writing what would be printed, and where nothing
 * was submitted: such prints are not kept. One query, which writes the row of the log where `record` is given: whoever is told where the print lies stands in the log.
 */
export async function findKeptForm(
  h: Handle,
  declarationId: string,
  reader: FormReader,
  revision: string,
  record?: AuditEntry,
): Promise<KeptForm | undefined> {
  const values = [revision, reader, declarationId, reader];
  const [row] = record
    ? await askPrepared<KeptForm>(h, 'kept-form-record', `WITH record AS (${APPEND_FROM('(SELECT 1) one')}) ${KEPT}`, [
        ...auditValues(record),
        ...values,
      ])
    : await askPrepared<KeptForm>(h, 'kept-form', KEPT, values);
  return row;
}

/** Two who print the same at once keep the later print. */
export async function keepForm(h: Handle, key: string, declarationId: string, applicantName: string, sha256: string): Promise<void> {
  await h('printed_forms')
    .insert({ key, declaration_id: declarationId, applicant_name: applicantName, sha256 })
    .onConflict('key')
    .merge(['sha256', 'printed_at']);
}
