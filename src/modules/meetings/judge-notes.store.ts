import type { Handle, Trx } from '../../db/db';
import type { Cipher } from '../../lib/cipher';

const PURPOSE = 'judge.note';
/** At most so many notes of one judge on one declaration. */
export const MAX_NOTES = 100;

/** Whose notes on what: there is no other way to ask for notes. */
export interface Desk {
  meetingId: number;
  judgeId: number;
  declarationId: string;
}
const where = (d: Desk) => ({ meeting_id: d.meetingId, judge_id: d.judgeId, declaration_id: d.declarationId });

export interface JudgeNote {
  id: number;
  /** '' for the declaration as a whole */
  section: string;
  /** label of the field; '' for the section as a whole */
  field: string;
  text: string;
  at: Date;
}

/** This judge's notes on a declaration, in the order of writing. One query. */
export async function listJudgeNotes(h: Handle, cipher: Cipher, desk: Desk): Promise<JudgeNote[]> {
  const rows = (await h('judge_notes')
    .where(where(desk))
    .orderBy('id')
    .limit(MAX_NOTES)
    .select('id', 'section', 'body', { at: 'created_at' })) as { id: number; section: string; body: Buffer; at: Date }[];
  return rows.map(({ body, ...r }) => ({ ...r, ...(JSON.parse(cipher.decrypt(body, PURPOSE)) as { field: string; text: string }) }));
}

/** Which of the declarations of a meeting this judge has notes on. One query. */
export async function listNoted(h: Handle, meetingId: number, judgeId: number): Promise<Set<string>> {
  return new Set(
    (await h('judge_notes').where({ meeting_id: meetingId, judge_id: judgeId }).distinct().pluck('declaration_id')) as string[],
  );
}

/** False when this judge has as many as may be kept. */
export async function insertJudgeNote(
  trx: Trx,
  cipher: Cipher,
  desk: Desk,
  n: { section: string; field: string; text: string },
): Promise<boolean> {
  const [row] = (await trx('judge_notes').where(where(desk)).count('* as n')) as { n: string | number }[];
  if (Number(row?.n ?? 0) >= MAX_NOTES) return false;
  await trx('judge_notes').insert({
    ...where(desk),
    section: n.section,
    body: cipher.encrypt(JSON.stringify({ field: n.field, text: n.text }), PURPOSE),
  });
  return true;
}

export async function removeJudgeNote(trx: Trx, desk: Desk, id: number): Promise<void> {
  await trx('judge_notes')
    .where({ ...where(desk), id })
    .delete();
}

/** S63: notes of meetings that are over for so many days. Gives how many went. */
export async function pruneJudgeNotes(h: Handle, days: number): Promise<number> {
  return h('judge_notes')
    .whereRaw('meeting_id IN (SELECT id FROM meetings WHERE ended_at < app_now() - make_interval(days => ?))', [days])
    .delete();
}
