import type { Handle, Trx } from '../../db/db';
import type { PlainDate } from '../../lib/dates';
import type { CommitteeSubject } from '../../policy/policy';
import type { CommitteeInput } from './committee-form';

interface SubjectRow {
  id: number;
  division_code: string;
  founding_unit_id: number | null;
  state: CommitteeSubject['state'];
  asked_by: number | null;
}

/** SQL of a committee's state: `c` is the committee, `q` its latest request (may be missing: committees from before requests were kept). */
export const COMMITTEE_STATE = `CASE WHEN c.ended_at IS NOT NULL THEN 'ended' WHEN c.approved_at IS NOT NULL THEN 'approved' WHEN q.state = 'refused' THEN 'refused' ELSE 'requested' END`;
export const LATEST_REQUEST = `LEFT JOIN LATERAL (SELECT * FROM committee_requests x WHERE x.committee_id = c.id ORDER BY x.id DESC LIMIT 1) q ON true`;

/** What the policy needs to know of a committee. One query. */
export async function findCommitteeSubject(h: Handle, id: number): Promise<CommitteeSubject | undefined> {
  const { rows } = await h.raw<{ rows: SubjectRow[] }>(
    `SELECT c.id, c.division_code, c.founding_unit_id, ${COMMITTEE_STATE} AS state, CASE WHEN q.state = 'requested' THEN q.requested_by END AS asked_by
     FROM committees c ${LATEST_REQUEST} WHERE c.id = ?`,
    [id],
  );
  const [r] = rows;
  return (
    r && {
      kind: 'committee',
      id: r.id,
      divisionCode: r.division_code,
      foundingUnitId: r.founding_unit_id,
      state: r.state,
      askedBy: r.asked_by,
    }
  );
}

export async function lockCommittee(trx: Trx, id: number): Promise<void> {
  await trx('committees').where({ id }).forUpdate().first('id');
}

/** Codes of divisions by their full names; names that are none are given back. */
export async function findDivisionsByName(h: Handle, names: readonly string[]): Promise<{ codes: string[]; unknown: string[] }> {
  if (names.length === 0) return { codes: [], unknown: [] };
  const rows = (await h('divisions')
    .whereIn('full_name', [...names])
    .select('code', 'full_name')) as { code: string; full_name: string }[];
  return { codes: rows.map((r) => r.code), unknown: names.filter((n) => !rows.some((r) => r.full_name === n)) };
}

interface Founder {
  unitId: number | null;
  name: string;
}

const columnsOf = (c: CommitteeInput) => ({
  name: c.name,
  division_code: c.divisionCode,
  phone: c.phone,
  valid_from: c.validFrom,
  valid_until: c.validUntil,
  member_count: c.members,
});

async function writeScope(trx: Trx, id: number, c: CommitteeInput, divisions: readonly string[]): Promise<void> {
  await trx('committee_scopes').where({ committee_id: id }).delete();
  await trx('committee_divisions').where({ committee_id: id }).delete();
  await trx('committee_scopes').insert(
    c.levels.map((level) => ({ committee_id: id, series_id: c.seriesId, level, specialities: c.specialities })),
  );
  await trx('committee_divisions').insert(
    [...new Set([c.divisionCode, ...divisions])].map((division_code) => ({ committee_id: id, division_code })),
  );
}

/** Gives the id. Violates committees_name_key when there is one of that name. */
export async function insertCommittee(trx: Trx, c: CommitteeInput, divisions: readonly string[], founder: Founder): Promise<number> {
  const [row] = (await trx('committees')
    .insert({ ...columnsOf(c), founded_by: founder.name, founding_unit_id: founder.unitId })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('insert gave no row');
  await writeScope(trx, row.id, c, divisions);
  return row.id;
}

/** Only for a committee that was never approved: nothing hangs on its scope yet. */
export async function reviseCommitteeRow(trx: Trx, id: number, c: CommitteeInput, divisions: readonly string[]): Promise<void> {
  await trx('committees').where({ id }).whereNull('approved_at').update(columnsOf(c));
  await writeScope(trx, id, c, divisions);
}

/** Violates committee_requests_one_open when one is waiting. */
export async function insertRequest(
  trx: Trx,
  r: { committeeId: number; kind: 'found' | 'renew'; validUntil?: PlainDate; accountId: number },
): Promise<void> {
  await trx('committee_requests').insert({
    committee_id: r.committeeId,
    kind: r.kind,
    valid_until: r.validUntil ?? null,
    requested_by: r.accountId,
  });
}

/** The end of the new term that waits for a decision; undefined when none does. */
export async function findAskedTerm(trx: Trx, committeeId: number): Promise<PlainDate | undefined> {
  const row = (await trx('committee_requests')
    .where({ committee_id: committeeId, state: 'requested', kind: 'renew' })
    .first('valid_until')) as { valid_until: PlainDate } | undefined;
  return row?.valid_until;
}

/** Decides what waits; undefined when nothing does any more. Violates committee_requests_four_eyes when somebody decides on their own request. */
export async function decideRequest(
  trx: Trx,
  committeeId: number,
  d: { approve: boolean; reason: string; accountId: number },
): Promise<{ kind: 'found' | 'renew'; valid_until: PlainDate | null } | undefined> {
  const [row] = (await trx('committee_requests')
    .where({ committee_id: committeeId, state: 'requested' })
    .update({ state: d.approve ? 'approved' : 'refused', reason: d.reason, decided_by: d.accountId, decided_at: trx.raw('app_now()') })
    .returning(['kind', 'valid_until'])) as { kind: 'found' | 'renew'; valid_until: PlainDate | null }[];
  return row;
}

export async function approveCommittee(trx: Trx, id: number): Promise<void> {
  await trx('committees')
    .where({ id })
    .update({ approved_at: trx.raw('app_now()') });
}

/** A new term, from today. */
export async function renewCommitteeRow(trx: Trx, id: number, until: PlainDate): Promise<void> {
  await trx('committees')
    .where({ id })
    .update({ valid_from: trx.raw('app_today()'), valid_until: until });
}

/** Ends a committee; false when it has ended already. */
export async function endCommitteeRow(trx: Trx, id: number, reason: string): Promise<boolean> {
  const n = await trx('committees')
    .where({ id })
    .whereNull('ended_at')
    .update({ ended_at: trx.raw('app_now()'), end_reason: reason });
  return n === 1;
}

/** A declaration that its committee holds: its office, its meeting, its publicity, or the applicant on the office's word. */
const HELD = "('office_review', 'correction', 'accepted', 'voted_passed', 'publicity')";
/** On its way to the committee. */
const COMING = "('draft', 'unit_review', 'unit_passed', 'returned_to_applicant', 'returned_to_unit')";

export interface UnderWay {
  /** what the committee still has to bring to an end */
  held: number;
  /** what can still reach it: its batch is running for this applicant, or its office has had it before */
  coming: number;
  /** when the last of their batches closes for units; null when only such come as its office had before */
  closesAt: Date | null;
}

/** What an end of the committee would leave without a way. One query. */
export async function countUnderWay(h: Handle, id: number): Promise<UnderWay> {
  const { rows } = await h.raw<{ rows: UnderWay[] }>(
    `SELECT count(*) FILTER (WHERE x.state IN ${HELD})::int AS held, count(*) FILTER (WHERE x.state IN ${COMING})::int AS coming,
       max(x.closes_at) FILTER (WHERE x.state IN ${COMING} AND x.is_running) AS "closesAt"
     FROM (SELECT d.state, greatest(b.unit_closes_at, e.unit_until) AS closes_at,
         b.published_at IS NOT NULL AND app_now() < greatest(b.unit_closes_at, e.unit_until) AS is_running,
         EXISTS (SELECT 1 FROM declaration_events v WHERE v.declaration_id = d.id AND v.to_state = 'office_review') AS comes_back
       FROM batches b JOIN declarations d ON d.batch_id = b.id AND d.state IN (${HELD.slice(1, -1)}, ${COMING.slice(1, -1)}) AND d.deleted_at IS NULL
         LEFT JOIN batch_extensions e ON e.batch_id = b.id AND e.person_id = d.person_id AND e.revoked_at IS NULL
       WHERE b.committee_id = ?) x
     WHERE x.state IN ${HELD} OR x.is_running OR x.comes_back`,
    [id],
  );
  return rows[0] ?? { held: 0, coming: 0, closesAt: null };
}
