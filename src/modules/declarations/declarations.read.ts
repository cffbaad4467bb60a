import { askPrepared, type Handle } from '../../db/db';
import type { OwnFacts } from './own-state.view';

export interface OwnDeclaration extends OwnFacts {
  id: string;
  year: number;
  level: string;
  series_name: string;
  title_name: string | null;
  committee_name: string;
  holder: string | null;
  moved_at: Date;
  certificate_number: string | null;
}

/** The columns of OwnFacts of a declaration `d` of the batch `b`. */
export const OWN_FACTS = `d.state, d.stop_position AS "stopPosition", d.correction_due_on AS "correctionDueOn",
    (app_now() >= b.applicant_opens_at AND app_now() < greatest(b.applicant_closes_at, e.applicant_until)) AS "isOpen",
    greatest(b.applicant_closes_at, e.applicant_until) AS "closesAt", app_now() AS now, p.state AS appeal, k.revoked_at IS NOT NULL AS "isRevoked"`;
/** The tables that OWN_FACTS needs besides. */
export const OWN_FACTS_FROM = `LEFT JOIN batch_extensions e ON e.batch_id = b.id AND e.person_id = d.person_id AND e.revoked_at IS NULL
    LEFT JOIN LATERAL (SELECT number, revoked_at FROM certificates WHERE declaration_id = d.id ORDER BY id DESC LIMIT 1) k ON true
    LEFT JOIN LATERAL (SELECT state FROM appeals WHERE declaration_id = d.id ORDER BY id DESC LIMIT 1) p ON true`;

/** D0: all declarations of a person, newest year first. One query. */
export async function listOwnDeclarations(h: Handle, personId: number): Promise<OwnDeclaration[]> {
  return askPrepared<OwnDeclaration>(
    h,
    'own-list',
    `SELECT d.id, d.year, d.level, s.name AS series_name, t.name AS title_name, c.name AS committee_name, coalesce(hu.name, hc.name) AS holder, d.moved_at,
       k.number AS certificate_number, ${OWN_FACTS}
     FROM declarations d JOIN batches b ON b.id = d.batch_id JOIN committees c ON c.id = b.committee_id JOIN series s ON s.id = d.series_id
     LEFT JOIN titles t ON t.id = d.title_id LEFT JOIN units hu ON hu.id = d.holder_unit_id LEFT JOIN committees hc ON hc.id = d.holder_committee_id
     ${OWN_FACTS_FROM}
     WHERE d.person_id = ? AND d.deleted_at IS NULL ORDER BY d.year DESC, d.created_at DESC`,
    [personId],
  );
}

export interface DeletedDraft {
  id: string;
  year: number;
  level: string;
  series_name: string;
  committee_name: string;
  deleted_at: Date;
  /** from when on it cannot come back any more */
  kept_until: Date;
  /** what stands in its way: another one of the same batch that was begun since, or the end of the committee */
  hindrance: 'another-one' | 'committee-ended' | null;
}

/** D0: what a person deleted and can still have back, the last one first; `days` says how long. One query. */
export async function listDeletedDrafts(h: Handle, personId: number, days: number): Promise<DeletedDraft[]> {
  return askPrepared<DeletedDraft>(
    h,
    'own-deleted',
    `SELECT d.id, d.year, d.level, s.name AS series_name, c.name AS committee_name, d.deleted_at, d.deleted_at + make_interval(days => :days) AS kept_until,
       CASE WHEN c.ended_at IS NOT NULL THEN 'committee-ended'
         WHEN EXISTS (SELECT 1 FROM declarations o WHERE o.person_id = d.person_id AND o.batch_id = d.batch_id AND o.deleted_at IS NULL) THEN 'another-one' END AS hindrance
     FROM declarations d JOIN batches b ON b.id = d.batch_id JOIN committees c ON c.id = b.committee_id JOIN series s ON s.id = d.series_id
     WHERE d.person_id = :personId AND d.state = 'draft' AND d.deleted_at > app_now() - make_interval(days => :days)
     ORDER BY d.deleted_at DESC LIMIT 20`,
    { personId, days },
  );
}

export interface HolderContact {
  name: string;
  contact: string;
  mobile: Buffer | null;
  phone: string;
}

/** D16: whom to telephone: the contact of the unit, or the office of the committee, that holds the declaration. */
export async function findHolderContact(h: Handle, unitId: number | null, committeeId: number | null): Promise<HolderContact | undefined> {
  if (unitId !== null) {
    const [u] = await askPrepared<{ name: string; contact: string; mobile: Buffer }>(
      h,
      'unit-contact',
      'SELECT name, contact_name AS contact, mobile FROM units WHERE id = ?',
      [unitId],
    );
    return u && { ...u, phone: '' };
  }
  if (committeeId === null) return undefined;
  const c = (await h('committees').where({ id: committeeId }).first('name', 'founded_by as contact', 'phone')) as
    { name: string; contact: string; phone: string } | undefined;
  return c && { ...c, mobile: null };
}
