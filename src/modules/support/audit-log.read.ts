import type { Handle } from '../../db/db';
import { nextDay, type PlainDate } from '../../lib/dates';
import { escapeLike } from '../units';

export interface AuditFilter {
  /** '' for all of them */
  action: string;
  /** part of the name of who acted */
  actor: string;
  from?: PlainDate;
  /** this day included */
  to?: PlainDate;
  /** number of what was acted on */
  subject: string;
}
export interface AuditLine {
  id: number;
  at: Date;
  actorName: string;
  action: string;
  subjectKind: string;
  subjectId: string;
  detail: Record<string, unknown>;
}
export interface AuditPage {
  lines: AuditLine[];
  /** the number of the last line when there are older ones */
  older?: number;
}

export const AUDIT_PAGE = 50;

/** X1: entries from the newest on, below the number `before`. By number instead of by page, because the log only grows and nobody counts it. */
export async function listAuditLog(h: Handle, f: AuditFilter, before?: number): Promise<AuditPage> {
  const conditions: [string, string | number][] = [
    ...(before === undefined ? [] : [['id < ?', before] as [string, number]]),
    ...(f.action === '' ? [] : [['action = ?', f.action] as [string, string]]),
    ...(f.actor === '' ? [] : [['actor_name ILIKE ?', `%${escapeLike(f.actor)}%`] as [string, string]]),
    ...(f.subject === '' ? [] : [['subject_id = ?', f.subject] as [string, string]]),
    ...(f.from === undefined ? [] : [["at >= ?::date::timestamp AT TIME ZONE 'Asia/Shanghai'", f.from] as [string, string]]),
    ...(f.to === undefined ? [] : [["at < ?::date::timestamp AT TIME ZONE 'Asia/Shanghai'", nextDay(f.to)] as [string, string]]),
  ];
  const { rows } = await h.raw<{ rows: AuditLine[] }>(
    `SELECT id, at, actor_name AS "actorName", action, subject_kind AS "subjectKind", subject_id AS "subjectId", detail
     FROM audit_log ${conditions.length > 0 ? `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}` : ''} ORDER BY id DESC LIMIT ?`,
    [...conditions.map(([, value]) => value), AUDIT_PAGE + 1],
  );
  const lines = rows.slice(0, AUDIT_PAGE);
  const last = lines.at(-1);
  return rows.length > AUDIT_PAGE && last ? { lines, older: last.id } : { lines };
}

/** The last time somebody verified the chain, as the log itself keeps it. */
export async function findLastVerification(h: Handle): Promise<AuditLine | undefined> {
  const { rows } = await h.raw<{ rows: AuditLine[] }>(
    `SELECT id, at, actor_name AS "actorName", action, subject_kind AS "subjectKind", subject_id AS "subjectId", detail
     FROM audit_log WHERE subject_kind = 'audit' AND subject_id = 'chain' AND action = 'audit.verify' ORDER BY id DESC LIMIT 1`,
  );
  return rows[0];
}
