import type { Handle, Trx } from '../../db/db';
import type { Cipher } from '../../lib/cipher';
import type { Actor } from '../../policy/actor';
import { committeeScope, isInScope } from '../committee';

export type ObjectionKind = 'named' | 'anonymous';
export type ObjectionOutcome = 'dismissed' | 'upheld';

export interface Objection {
  id: number;
  publicityId: number;
  declarationId: string;
  committeeId: number;
  committeeName: string;
  divisionCode: string;
  applicantName: string;
  receipt: string;
  kind: ObjectionKind;
  content: string;
  fileSha256: string | null;
  fileName: string | null;
  fileType: string | null;
  receivedAt: Date;
  outcome: ObjectionOutcome | null;
  finding: string;
  deciderName: string;
  decidedAt: Date | null;
}
/** Who objects, when they say so. */
export interface Objector {
  name: string;
  contact: string;
}
export interface ObjectionFile {
  sha256: string;
  name: string;
  mediaType: string;
  size: number;
}

const SELECT = `SELECT o.id, o.publicity_id AS "publicityId", o.declaration_id AS "declarationId", p.committee_id AS "committeeId", c.name AS "committeeName",
    c.division_code AS "divisionCode", d.applicant_name AS "applicantName", o.receipt, o.kind, o.content, o.file_sha256 AS "fileSha256", o.file_name AS "fileName",
    o.file_type AS "fileType", o.received_at AS "receivedAt", o.outcome, o.finding, o.decider_name AS "deciderName", o.decided_at AS "decidedAt"
  FROM result_objections o JOIN publicities p ON p.id = o.publicity_id JOIN committees c ON c.id = p.committee_id JOIN declarations d ON d.id = o.declaration_id`;

/** The applicant whom an objection may still be about: put up in this publicity, not decided yet, the period not over by the database's clock. Held until the end. */
export async function lockItem(trx: Trx, publicityId: number, declarationId: string): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `SELECT 1 FROM publicity_items i JOIN publicities p ON p.id = i.publicity_id JOIN declarations d ON d.id = i.declaration_id
     WHERE i.publicity_id = ? AND i.declaration_id = ? AND i.superseded_at IS NULL AND d.state = 'publicity' AND app_today() <= p.ends_on FOR UPDATE OF d`,
    [publicityId, declarationId],
  );
  return rows.length > 0;
}

export async function insertObjection(
  trx: Trx,
  cipher: Cipher,
  o: {
    publicityId: number;
    declarationId: string;
    receipt: string;
    objector: Objector | undefined;
    content: string;
    file: ObjectionFile | undefined;
  },
): Promise<number> {
  const [row] = (await trx('result_objections')
    .insert({
      publicity_id: o.publicityId,
      declaration_id: o.declarationId,
      receipt: o.receipt,
      kind: o.objector ? 'named' : 'anonymous',
      objector_name: o.objector ? cipher.encrypt(o.objector.name, 'objection.name') : null,
      objector_contact: o.objector ? cipher.encrypt(o.objector.contact, 'objection.contact') : null,
      content: o.content,
      file_sha256: o.file?.sha256 ?? null,
      file_name: o.file?.name ?? null,
      file_type: o.file?.mediaType ?? null,
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('result_objections: insert gave no id');
  return row.id;
}

export async function findByReceipt(h: Handle, publicityId: number, receipt: string): Promise<Objection | undefined> {
  const { rows } = await h.raw<{ rows: Objection[] }>(`${SELECT} WHERE o.publicity_id = ? AND o.receipt = ?`, [publicityId, receipt]);
  return rows[0];
}

/** One objection that this office or bureau has to do with. */
export async function findObjectionFor(h: Handle, actor: Actor, id: number): Promise<Objection | undefined> {
  const { rows } = await h.raw<{ rows: Objection[] }>(`${SELECT} WHERE o.id = ?`, [id]);
  const [o] = rows;
  return o && isInScope(actor, o) ? o : undefined;
}

export async function findObjector(h: Handle, cipher: Cipher, id: number): Promise<Objector | undefined> {
  const row = (await h('result_objections').where({ id }).first('objector_name', 'objector_contact')) as
    { objector_name: Buffer | null; objector_contact: Buffer | null } | undefined;
  if (!row?.objector_name || !row.objector_contact) return undefined;
  return {
    name: cipher.decrypt(row.objector_name, 'objection.name'),
    contact: cipher.decrypt(row.objector_contact, 'objection.contact'),
  };
}

/** How many of them are there for this office or bureau. One query. */
export async function countObjections(h: Handle, actor: Actor): Promise<number> {
  const { where, values } = committeeScope(actor);
  const { rows } = await h.raw<{ rows: { n: number }[] }>(
    `SELECT count(*)::int AS n FROM result_objections o JOIN publicities p ON p.id = o.publicity_id JOIN committees c ON c.id = p.committee_id WHERE ${where}`,
    values,
  );
  return rows[0]?.n ?? 0;
}

/** One page of them, those to be decided first, then the newest. One query. */
export async function listObjections(h: Handle, actor: Actor, limit: number, offset: number): Promise<Objection[]> {
  const { where, values } = committeeScope(actor);
  const { rows } = await h.raw<{ rows: Objection[] }>(
    `${SELECT} WHERE ${where} ORDER BY o.outcome IS NOT NULL, CASE WHEN o.outcome IS NULL THEN o.id END, o.id DESC LIMIT ? OFFSET ?`,
    [...values, limit, offset],
  );
  return rows;
}
