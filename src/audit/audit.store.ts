import { createHash } from 'node:crypto';
import { canonicalJson } from '../lib/canonical-json';
import type { AuditDetail } from './audit-facts';
import { askPrepared, type Db, type Handle } from '../db/db';

export interface AuditEntry {
  actorId: number | null;
  actorName: string;
  /** what was done, as `noun.verb`: `declaration.pass`, `account.sign-in` */
  action: string;
  subjectKind?: string;
  subjectId?: string;
  /** facts needed to understand the entry later; never an ID number, telephone number or password */
  detail?: AuditDetail;
  requestId?: string;
}

/** X1: appends one row inside the caller's transaction: the act and its record stand or fall together. */
export const appendAudit = (h: Handle, e: AuditEntry): Promise<void> => appendAudits(h, [e]);

/** The same for many acts, in their order. One statement. */
export async function appendAudits(h: Handle, entries: readonly AuditEntry[]): Promise<void> {
  const rows = entries.map((e) => ({
    actor_id: e.actorId,
    actor_name: e.actorName,
    action: e.action,
    subject_kind: e.subjectKind ?? '',
    subject_id: e.subjectId ?? '',
    detail: e.detail ?? {},
    request_id: e.requestId ?? '',
  }));
  await askPrepared(
    h,
    'audit',
    `INSERT INTO audit_log (actor_id, actor_name, action, subject_kind, subject_id, detail, request_id)
     SELECT actor_id, actor_name, action, subject_kind, subject_id, detail, request_id
     FROM jsonb_to_recordset(?::jsonb) AS x(actor_id bigint, actor_name text, action text, subject_kind text, subject_id text, detail jsonb, request_id text)`,
    [JSON.stringify(rows)],
  );
}

/** Part of an act's own statement, as a WITH query: the row of the log, for each row of `source` (one or none). Values: `auditValues`. */
export const APPEND_FROM = (source: string): string =>
  `INSERT INTO audit_log (actor_id, actor_name, action, subject_kind, subject_id, detail, request_id)
   SELECT CAST(? AS bigint), CAST(? AS text), CAST(? AS text), CAST(? AS text), CAST(? AS text), CAST(? AS jsonb), CAST(? AS text) FROM ${source}`;
export const auditValues = (e: AuditEntry): (string | number | null)[] => [
  e.actorId,
  e.actorName,
  e.action,
  e.subjectKind ?? '',
  e.subjectId ?? '',
  JSON.stringify(e.detail ?? {}),
  e.requestId ?? '',
];

/** As `APPEND_FROM`, for a statement whose values have names: those of `auditFields`. */
export const APPEND_NAMED_FROM = (source: string): string =>
  `INSERT INTO audit_log (actor_id, actor_name, action, subject_kind, subject_id, detail, request_id)
   SELECT CAST(:actorId AS bigint), CAST(:actorName AS text), CAST(:action AS text), CAST(:subjectKind AS text), CAST(:subjectId AS text), CAST(:detail AS jsonb),
     CAST(:requestId AS text) FROM ${source}`;
export const auditFields = (e: AuditEntry): Record<string, string | number | null> => ({
  actorId: e.actorId,
  actorName: e.actorName,
  action: e.action,
  subjectKind: e.subjectKind ?? '',
  subjectId: e.subjectId ?? '',
  detail: JSON.stringify(e.detail ?? {}),
  requestId: e.requestId ?? '',
});

interface LogRow {
  id: number;
  at: string;
  actor_id: number | null;
  actor_name: string;
  action: string;
  subject_kind: string;
  subject_id: string;
  detail: unknown;
  request_id: string;
}

const COLUMNS = `l.id, to_char(l.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') AS at, l.actor_id, l.actor_name, l.action, l.subject_kind, l.subject_id, l.detail, l.request_id`;

function chainHash(previous: Buffer, row: LogRow): Buffer {
  return createHash('sha256').update(previous).update(canonicalJson(row)).digest();
}

const GENESIS: Buffer = Buffer.alloc(32);

/**
 * Chains every row that is committed and not chained yet, in batches of 1,000; gives how many.
 * One sealer at a time (advisory lock), so writers never wait for the chain.
 */
export async function sealAudit(db: Db): Promise<number> {
  return db.transaction(async (trx) => {
    await trx.raw("SELECT pg_advisory_xact_lock(hashtextextended('audit-seal', 0))");
    const last = await trx<{ seq: number; hash: Buffer }>('audit_seals').orderBy('seq', 'desc').first('seq', 'hash');
    let seq = last?.seq ?? 0;
    let hash: Buffer = last?.hash ?? GENESIS;
    const { rows } = await trx.raw<{ rows: LogRow[] }>(
      `SELECT ${COLUMNS} FROM audit_log l LEFT JOIN audit_seals s ON s.audit_id = l.id WHERE s.audit_id IS NULL ORDER BY l.id LIMIT 1000`,
    );
    const seals = rows.map((row) => {
      hash = chainHash(hash, row);
      return { seq: ++seq, audit_id: row.id, hash };
    });
    if (seals.length > 0) await trx.batchInsert('audit_seals', seals, 500);
    return seals.length;
  });
}

export type AuditVerdict = { kind: 'whole'; rows: number; unsealed: number } | { kind: 'broken'; seq: number; auditId: number | null };

/** Recomputes the chain from its first row; names the first row that was edited, removed or moved. */
export async function verifyAudit(h: Handle): Promise<AuditVerdict> {
  let hash: Buffer = GENESIS;
  let seq = 0;
  for (;;) {
    const { rows } = await h.raw<{ rows: (LogRow & { seq: number; hash: Buffer })[] }>(
      `SELECT s.seq, s.hash, ${COLUMNS} FROM audit_seals s LEFT JOIN audit_log l ON l.id = s.audit_id WHERE s.seq > ? ORDER BY s.seq LIMIT 1000`,
      [seq],
    );
    for (const { seq: at, hash: stored, ...row } of rows) {
      hash = chainHash(hash, row);
      if (at !== seq + 1 || !hash.equals(stored)) return { kind: 'broken', seq: seq + 1, auditId: row.id };
      seq = at;
    }
    if (rows.length < 1000) break;
  }
  const { rows } = await h.raw<{ rows: { unsealed: number }[] }>(
    'SELECT count(*)::int AS unsealed FROM audit_log l WHERE NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.audit_id = l.id)',
  );
  return { kind: 'whole', rows: seq, unsealed: rows[0]?.unsealed ?? 0 };
}
