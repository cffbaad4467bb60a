import type { Handle, Trx } from '../../db/db';
import type { BatchSubject } from '../../policy/policy';
import type { BatchInput } from './batch-form';

export interface FactChange {
  label: string;
  before: string;
  after: string;
}
export interface BatchChange {
  batchId: number;
  kind: 'create' | 'edit' | 'publish' | 'window' | 'extend' | 'revoke';
  changes?: readonly FactChange[];
  reason?: string;
  by: number;
  byName: string;
}

/** What the policy needs to know of a batch. */
export async function findBatchSubject(h: Handle, id: number): Promise<BatchSubject | undefined> {
  const r = (await h('batches').where({ id }).first('id', 'committee_id')) as { id: number; committee_id: number } | undefined;
  return r && { kind: 'batch', id: r.id, committeeId: r.committee_id };
}

const columnsOf = (b: Omit<BatchInput, 'levels'>, level: string): Record<string, string | number | boolean | Date> => ({
  year: b.year,
  committee_id: b.committeeId,
  series_id: b.seriesId,
  level,
  applicant_opens_at: b.opensAt,
  applicant_closes_at: b.closesAt,
  unit_closes_at: b.unitClosesAt,
  rank_by: b.rankBy,
  entrusted_evidence_by: b.entrustedBy,
  max_results: b.maxResults,
  demands_unit_publicity: b.unitPublicity,
  unit_publicity_days: b.unitPublicityDays,
  publicity_days: b.publicityDays,
  correction_days: b.correctionDays,
  appeal_days: b.appealDays,
  commitment: b.commitment,
});

/** Makes a batch that nobody sees yet; violates `batches_year_committee_id_series_id_level_key` when there is one already. */
export async function insertBatch(trx: Trx, b: BatchInput, level: string): Promise<number> {
  const [row] = (await trx('batches')
    .insert({ ...columnsOf(b, level), published_at: null })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('batches: insert gave no id');
  return row.id;
}

/** Locks a batch, so that two administrators come one after the other; gives its version, undefined when it is gone. */
export async function lockBatch(trx: Trx, id: number): Promise<number | undefined> {
  const row = (await trx('batches').where({ id }).forNoKeyUpdate().first('version')) as { version: number } | undefined;
  return row?.version;
}

/** Violates batches_keep_identity, batches_keep_policy or batches_keep_open where a begun declaration relies on what would change. */
export async function updateBatch(trx: Trx, id: number, b: BatchInput, level: string): Promise<void> {
  await trx('batches')
    .where({ id })
    .update({ ...columnsOf(b, level), version: trx.raw('version + 1') });
}

export async function publishBatch(trx: Trx, id: number): Promise<void> {
  await trx('batches')
    .where({ id })
    .update({ published_at: trx.raw('app_now()'), version: trx.raw('version + 1') });
}

/** New ends of the windows; an undefined one is now. */
export async function writeWindow(trx: Trx, id: number, closesAt: Date | undefined, unitClosesAt: Date | undefined): Promise<void> {
  await trx('batches')
    .where({ id })
    .update({
      applicant_closes_at: closesAt ?? trx.raw('app_now()'),
      unit_closes_at: unitClosesAt ?? trx.raw('app_now()'),
      version: trx.raw('version + 1'),
    });
}

export async function insertChange(trx: Trx, c: BatchChange): Promise<void> {
  await trx('batch_changes').insert({
    batch_id: c.batchId,
    kind: c.kind,
    changes: JSON.stringify(c.changes ?? []),
    reason: c.reason ?? '',
    changed_by: c.by,
    changed_by_name: c.byName,
  });
}

/** A person that signs in with this name or number. */
export async function findPersonBySignInName(h: Handle, nameIndex: Buffer): Promise<{ id: number; name: string } | undefined> {
  const { rows } = await h.raw<{ rows: { id: number; name: string }[] }>(
    `SELECT a.id, a.display_name AS name FROM sign_in_names n JOIN accounts a ON a.id = n.account_id WHERE n.name_index = ? AND a.role = 'person' AND a.disabled_at IS NULL`,
    [nameIndex],
  );
  return rows[0];
}

export interface NewExtension {
  batchId: number;
  personId: number;
  applicantUntil: Date;
  unitUntil: Date;
  reason: string;
  grantedBy: number;
}
/** A person has at most one live extension in a batch: the one before is taken back. */
export async function insertExtension(trx: Trx, e: NewExtension): Promise<number> {
  await trx('batch_extensions')
    .where({ batch_id: e.batchId, person_id: e.personId })
    .whereNull('revoked_at')
    .update({ revoked_at: trx.raw('app_now()'), revoked_by: e.grantedBy });
  const [row] = (await trx('batch_extensions')
    .insert({
      batch_id: e.batchId,
      person_id: e.personId,
      applicant_until: e.applicantUntil,
      unit_until: e.unitUntil,
      reason: e.reason,
      granted_by: e.grantedBy,
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('batch_extensions: insert gave no id');
  return row.id;
}

export async function findExtension(h: Handle, batchId: number, id: number): Promise<{ personName: string; isLive: boolean } | undefined> {
  const { rows } = await h.raw<{ rows: { personName: string; isLive: boolean }[] }>(
    `SELECT a.display_name AS "personName", e.revoked_at IS NULL AS "isLive" FROM batch_extensions e JOIN accounts a ON a.id = e.person_id WHERE e.id = ? AND e.batch_id = ?`,
    [id, batchId],
  );
  return rows[0];
}

/** False when it was taken back already. */
export async function revokeExtension(trx: Trx, batchId: number, id: number, by: number): Promise<boolean> {
  return (
    (await trx('batch_extensions')
      .where({ id, batch_id: batchId })
      .whereNull('revoked_at')
      .update({ revoked_at: trx.raw('app_now()'), revoked_by: by })) === 1
  );
}
