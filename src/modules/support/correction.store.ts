import { askPrepared, type Handle, type Trx } from '../../db/db';
import { countUpTo, fromPlace, readSlice, type Count, type KeyOrder, type Place, type Slice } from '../../db/keyset';
import type { Cipher } from '../../lib/cipher';
import type { PlainDate } from '../../lib/dates';
import type { IdType } from '../../lib/id-number';
import { stateNames, states } from '../../policy/declaration-moves';
import type { CorrectionSubject } from '../../policy/policy';
import { signInNameIndex } from '../accounts';

export type CorrectionKind = 'name' | 'id-number' | 'mobile';
export type CorrectionState = CorrectionSubject['state'];

/** What is to be put in the place of what. */
export type Change =
  | { kind: 'name'; oldName: string; newName: string }
  | { kind: 'id-number'; oldIdType: IdType; oldIdNumber: string; newIdType: IdType; newIdNumber: string }
  | { kind: 'mobile'; oldMobile: string; newMobile: string };

export interface Evidence {
  name: string;
  mediaType: string;
  size: number;
  sha256: string;
}

export interface Correction {
  id: number;
  accountId: number;
  personName: string;
  change: Change;
  reason: string;
  evidence: Omit<Evidence, 'size'>;
  state: CorrectionState;
  requestedBy: number;
  requestedByName: string;
  requestedAt: Date;
  decidedByName: string | null;
  decidedAt: Date | null;
  decisionReason: string;
}

interface Row {
  id: number;
  account_id: number;
  person_name: string;
  kind: CorrectionKind;
  old_name: string | null;
  new_name: string | null;
  old_id_type: IdType | null;
  new_id_type: IdType | null;
  old_id_number: Buffer | null;
  new_id_number: Buffer | null;
  old_mobile: Buffer | null;
  new_mobile: Buffer | null;
  reason: string;
  evidence_name: string;
  evidence_type: string;
  evidence_sha256: string;
  state: CorrectionState;
  requested_by: number;
  requested_by_name: string;
  requested_at: Date;
  decided_by_name: string | null;
  decided_at: Date | null;
  decision_reason: string;
}

const SELECT = `SELECT c.*, a.display_name AS person_name, r.display_name AS requested_by_name, d.display_name AS decided_by_name
  FROM identity_corrections c JOIN accounts a ON a.id = c.account_id JOIN accounts r ON r.id = c.requested_by LEFT JOIN accounts d ON d.id = c.decided_by`;

function changeOf(cipher: Cipher, r: Row): Change {
  if (r.old_name !== null && r.new_name !== null) return { kind: 'name', oldName: r.old_name, newName: r.new_name };
  if (r.old_mobile && r.new_mobile)
    return {
      kind: 'mobile',
      oldMobile: cipher.decrypt(r.old_mobile, 'person.mobile'),
      newMobile: cipher.decrypt(r.new_mobile, 'person.mobile'),
    };
  if (!r.old_id_type || !r.new_id_type || !r.old_id_number || !r.new_id_number) throw new Error(`correction ${r.id} is incomplete`);
  return {
    kind: 'id-number',
    oldIdType: r.old_id_type,
    oldIdNumber: cipher.decrypt(r.old_id_number, 'person.id-number'),
    newIdType: r.new_id_type,
    newIdNumber: cipher.decrypt(r.new_id_number, 'person.id-number'),
  };
}

const correctionOf =
  (cipher: Cipher) =>
  (r: Row): Correction => ({
    id: r.id,
    accountId: r.account_id,
    personName: r.person_name,
    change: changeOf(cipher, r),
    reason: r.reason,
    evidence: { name: r.evidence_name, mediaType: r.evidence_type, sha256: r.evidence_sha256 },
    state: r.state,
    requestedBy: r.requested_by,
    requestedByName: r.requested_by_name,
    requestedAt: r.requested_at,
    decidedByName: r.decided_by_name,
    decidedAt: r.decided_at,
    decisionReason: r.decision_reason,
  });

export async function findCorrection(h: Handle, cipher: Cipher, id: number): Promise<Correction | undefined> {
  const { rows } = await h.raw<{ rows: Row[] }>(`${SELECT} WHERE c.id = ?`, [id]);
  return rows[0] && correctionOf(cipher)(rows[0]);
}

/** What the policy needs to know of a correction. */
export async function findCorrectionSubject(h: Handle, id: number): Promise<CorrectionSubject | undefined> {
  const r = (await h('identity_corrections').where({ id }).first('id', 'requested_by', 'state')) as
    { id: number; requested_by: number; state: CorrectionState } | undefined;
  return r && { kind: 'correction', id: r.id, requestedBy: r.requested_by, state: r.state };
}

/** Corrections of one account, the newest first. */
export async function listCorrectionsOf(h: Handle, cipher: Cipher, accountId: number): Promise<Correction[]> {
  const { rows } = await h.raw<{ rows: Row[] }>(`${SELECT} WHERE c.account_id = ? ORDER BY c.id DESC LIMIT 50`, [accountId]);
  return rows.map(correctionOf(cipher));
}

export const countCorrections = (h: Handle, state: CorrectionState): Promise<Count> =>
  countUpTo(h, 'FROM identity_corrections WHERE state = ?', [state]);

/** One page: those that wait with the oldest first, decided ones with the newest first. One query, seldom two. */
export function listCorrections(
  h: Handle,
  cipher: Cipher,
  state: CorrectionState,
  place: Place,
  limit: number,
): Promise<Slice<Correction>> {
  const order: KeyOrder =
    state === 'pending' ? { columns: ['c.requested_at', 'c.id'], way: 'ASC' } : { columns: ['c.decided_at', 'c.id'], way: 'DESC' };
  return readSlice(place, limit, async (at, n) => {
    const from = fromPlace(order, at, { from: 'identity_corrections x WHERE x.id = ?' });
    const { rows } = await h.raw<{ rows: Row[] }>(`${SELECT} WHERE c.state = ? AND ${from.condition} ORDER BY ${from.orderBy} LIMIT ?`, [
      state,
      ...from.bindings,
      n,
    ]);
    const list = rows.map(correctionOf(cipher));
    return from.isBackward ? list.reverse() : list;
  });
}

export interface Identity {
  name: string;
  idType: IdType;
  idNumber: string;
  mobile: string;
}

/** The identity of a person, held until the transaction is over: everything that corrects it begins here. */
export async function lockIdentity(trx: Trx, cipher: Cipher, accountId: number): Promise<Identity | undefined> {
  const r = (await trx('persons').where({ account_id: accountId }).forUpdate().first('name', 'id_type', 'id_number', 'mobile')) as
    { name: string; id_type: IdType; id_number: Buffer; mobile: Buffer } | undefined;
  return (
    r && {
      name: r.name,
      idType: r.id_type,
      idNumber: cipher.decrypt(r.id_number, 'person.id-number'),
      mobile: cipher.decrypt(r.mobile, 'person.mobile'),
    }
  );
}

export interface NewCorrection {
  accountId: number;
  change: Change;
  reason: string;
  evidence: Evidence;
  requestedBy: number;
  /** done at once, without a second person */
  isFinal: boolean;
}

function columnsOf(cipher: Cipher, change: Change): Record<string, string | Buffer> {
  switch (change.kind) {
    case 'name':
      return { old_name: change.oldName, new_name: change.newName };
    case 'id-number':
      return {
        old_id_type: change.oldIdType,
        new_id_type: change.newIdType,
        old_id_number: cipher.encrypt(change.oldIdNumber, 'person.id-number'),
        new_id_number: cipher.encrypt(change.newIdNumber, 'person.id-number'),
      };
    case 'mobile':
      return {
        old_mobile: cipher.encrypt(change.oldMobile, 'person.mobile'),
        new_mobile: cipher.encrypt(change.newMobile, 'person.mobile'),
      };
  }
}

export async function insertCorrection(trx: Trx, cipher: Cipher, c: NewCorrection): Promise<number> {
  const values = columnsOf(cipher, c.change);
  const [row] = (await trx('identity_corrections')
    .insert({
      account_id: c.accountId,
      kind: c.change.kind,
      ...values,
      reason: c.reason,
      evidence_name: c.evidence.name,
      evidence_type: c.evidence.mediaType,
      evidence_sha256: c.evidence.sha256,
      requested_by: c.requestedBy,
      state: c.isFinal ? 'confirmed' : 'pending',
      decided_at: c.isFinal ? trx.raw('app_now()') : null,
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('identity_corrections: insert gave no id');
  return row.id;
}

/** Settles a waiting correction; false when somebody was quicker. The person who asked for it cannot (a constraint holds it too). */
export async function settleCorrection(
  trx: Trx,
  id: number,
  d: { state: 'confirmed' | 'refused'; reason: string; decidedBy: number },
): Promise<boolean> {
  const changed = await trx('identity_corrections')
    .where({ id, state: 'pending' })
    .whereNot({ requested_by: d.decidedBy })
    .update({ state: d.state, decision_reason: d.reason, decided_by: d.decidedBy, decided_at: trx.raw('app_now()') });
  return changed === 1;
}

const openStates = stateNames.filter((s) => !states[s].final);

/** B4: the new name for the person, the account and every declaration that is still open; gives how many of these. Frozen versions keep the old one. */
export async function writeName(trx: Trx, accountId: number, name: string): Promise<number> {
  await trx('persons')
    .where({ account_id: accountId })
    .update({ name, updated_at: trx.raw('app_now()') });
  await trx('accounts').where({ id: accountId }).update({ display_name: name });
  return trx('declarations')
    .where({ person_id: accountId })
    .whereNull('deleted_at')
    .whereIn('state', openStates)
    .update({ applicant_name: name });
}

/** The new number for the person and for signing in; what it says of sex and birth goes with it. Violates `sign_in_names_pkey` when another account has it. */
export async function writeIdNumber(
  trx: Trx,
  cipher: Cipher,
  accountId: number,
  n: { idType: IdType; idNumber: string; sex?: 'male' | 'female'; bornOn?: PlainDate },
): Promise<void> {
  await trx('persons')
    .where({ account_id: accountId })
    .update({
      id_type: n.idType,
      id_number: cipher.encrypt(n.idNumber, 'person.id-number'),
      ...(n.sex ? { sex: n.sex } : {}),
      ...(n.bornOn ? { born_on: n.bornOn } : {}),
      version: trx.raw('version + 1'),
      updated_at: trx.raw('app_now()'),
    });
  await trx('sign_in_names')
    .where({ account_id: accountId, kind: 'id-number' })
    .update({ name_index: signInNameIndex(cipher, n.idNumber) });
}

/** How many declarations of a person would take a new name. */
export async function countOpenDeclarations(h: Handle, accountId: number): Promise<number> {
  const { rows } = await h.raw<{ rows: { n: number }[] }>(
    'SELECT count(*)::int AS n FROM declarations WHERE person_id = ? AND deleted_at IS NULL AND state = ANY(?::text[])',
    [accountId, [...openStates]],
  );
  return rows[0]?.n ?? 0;
}

/** A correction that the person has not put away yet. */
export interface CorrectionNews {
  id: number;
  kind: CorrectionKind;
  oldName: string | null;
  newName: string | null;
  at: Date;
}

export async function listCorrectionNews(h: Handle, accountId: number): Promise<CorrectionNews[]> {
  return askPrepared<CorrectionNews>(
    h,
    'correction-news',
    `SELECT id, kind, old_name AS "oldName", new_name AS "newName", decided_at AS at FROM identity_corrections
     WHERE account_id = ? AND state = 'confirmed' AND dismissed_at IS NULL ORDER BY id`,
    [accountId],
  );
}

/** Puts a correction's news away; only the person's own. */
export async function dismissCorrection(h: Handle, accountId: number, id: number): Promise<void> {
  await h('identity_corrections')
    .where({ id, account_id: accountId })
    .whereNull('dismissed_at')
    .update({ dismissed_at: h.raw('app_now()') });
}

/** What to say beside a name that was frozen earlier: the name that holds now and since when; undefined when it is still the same. */
export async function findNewerName(h: Handle, accountId: number, frozenName: string): Promise<{ name: string; at: Date } | undefined> {
  const rows = await askPrepared<{ name: string; at: Date }>(
    h,
    'newer-name',
    `SELECT p.name, c.decided_at AS at FROM persons p JOIN identity_corrections c ON c.account_id = p.account_id AND c.kind = 'name' AND c.state = 'confirmed'
     WHERE p.account_id = ? AND p.name <> ? ORDER BY c.id DESC LIMIT 1`,
    [accountId, frozenName],
  );
  return rows[0];
}
