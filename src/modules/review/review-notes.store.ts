import type { Handle, Trx } from '../../db/db';
import type { Actor } from '../../policy/actor';

/** The body that reviews: its notes and ready-made reasons are shared by all its operators. */
export type Desk = { unit_id: number } | { committee_id: number };

/** Throws for those who review for nobody: the policy has let somebody else in. */
export function deskOf(actor: Actor): Desk {
  if (actor.unitId !== undefined) return { unit_id: actor.unitId };
  if (actor.committeeId !== undefined) return { committee_id: actor.committeeId };
  throw new Error(`${actor.role} has no desk`);
}

export interface ReviewNote {
  id: number;
  section: string;
  /** label of the field; '' for the section as a whole */
  field: string;
  text: string;
  author_name: string;
  created_at: Date;
}

/** Notes of this desk that have not gone out with a return yet, in the order of writing. One query. */
export async function listNotes(h: Handle, desk: Desk, declaration: string): Promise<ReviewNote[]> {
  return (await h('review_notes')
    .where({ declaration_id: declaration, ...desk })
    .whereNull('removed_at')
    .whereNull('sent_at')
    .orderBy('id')
    .select('id', 'section', 'field', 'text', 'author_name', 'created_at')) as ReviewNote[];
}

export async function insertNote(
  trx: Trx,
  desk: Desk,
  n: { declaration: string; round: number; section: string; field: string; text: string; by: Actor },
): Promise<void> {
  await trx('review_notes').insert({
    declaration_id: n.declaration,
    round: n.round,
    ...desk,
    section: n.section,
    field: n.field,
    text: n.text,
    created_by: n.by.accountId,
    author_name: n.by.name,
  });
}

export async function removeNote(trx: Trx, desk: Desk, declaration: string, id: number): Promise<void> {
  await trx('review_notes')
    .where({ id, declaration_id: declaration, ...desk })
    .whereNull('removed_at')
    .update({ removed_at: trx.raw('app_now()') });
}

/** The notes have become the comments of a return. */
export async function sendNotes(trx: Trx, desk: Desk, declaration: string): Promise<void> {
  await trx('review_notes')
    .where({ declaration_id: declaration, ...desk })
    .whereNull('removed_at')
    .whereNull('sent_at')
    .update({ sent_at: trx.raw('app_now()') });
}

export interface ReturnReason {
  id: number;
  text: string;
}

/** At most this many ready-made reasons are kept by one desk. */
export const MAX_REASONS = 50;

export async function listReasons(h: Handle, desk: Desk): Promise<ReturnReason[]> {
  return (await h('return_reasons')
    .where(desk)
    .whereNull('removed_at')
    .orderBy('id')
    .limit(MAX_REASONS)
    .select('id', 'text')) as ReturnReason[];
}

/** False when the desk has this one already. */
export async function insertReason(trx: Trx, desk: Desk, text: string, by: number): Promise<boolean> {
  const target = 'unit_id' in desk ? 'unit_id' : 'committee_id';
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `INSERT INTO return_reasons (${target}, text, created_by) VALUES (?, ?, ?)
     ON CONFLICT (${target}, text) WHERE removed_at IS NULL AND ${target} IS NOT NULL DO NOTHING`,
    ['unit_id' in desk ? desk.unit_id : desk.committee_id, text, by],
  );
  return rowCount > 0;
}

export async function removeReason(trx: Trx, desk: Desk, id: number): Promise<boolean> {
  return (
    (await trx('return_reasons')
      .where({ id, ...desk })
      .whereNull('removed_at')
      .update({ removed_at: trx.raw('app_now()') })) > 0
  );
}
