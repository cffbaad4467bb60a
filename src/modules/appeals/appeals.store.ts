import type { Handle, Trx } from '../../db/db';
import type { Actor } from '../../policy/actor';
import { committeeScope, isInScope } from '../committee';
import { APPEAL_SELECT, type Appeal } from '../declarations';

/** Violates `appeals_one_for_a_result` when there is a request for this result already. */
export async function insertAppeal(
  trx: Trx,
  a: { declarationId: string; committeeId: number; resultEventId: number; reason: string; askedBy: number },
): Promise<number> {
  const [row] = (await trx('appeals')
    .insert({
      declaration_id: a.declarationId,
      committee_id: a.committeeId,
      result_event_id: a.resultEventId,
      reason: a.reason,
      asked_by: a.askedBy,
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('appeals: insert gave no id');
  return row.id;
}

/** False when it has been answered or taken back. */
export async function withdrawRow(trx: Trx, id: number): Promise<boolean> {
  return (
    (await trx('appeals')
      .where({ id, state: 'asked' })
      .update({ state: 'withdrawn', withdrawn_at: trx.raw('app_now()') })) === 1
  );
}

/** The office's answer. False when somebody was quicker. */
export async function answerRow(trx: Trx, id: number, a: { state: 'kept' | 'proposed'; finding: string; by: Actor }): Promise<boolean> {
  return (
    (await trx('appeals')
      .where({ id, state: 'asked' })
      .update({
        state: a.state,
        finding: a.finding,
        answered_by: a.by.accountId,
        answerer_name: a.by.name,
        answered_at: trx.raw('app_now()'),
      })) === 1
  );
}

/** The bureau's decision. False when somebody was quicker. */
export async function decideRow(trx: Trx, id: number, d: { state: 'granted' | 'refused'; opinion: string; by: Actor }): Promise<boolean> {
  return (
    (await trx('appeals')
      .where({ id, state: 'proposed' })
      .update({
        state: d.state,
        opinion: d.opinion,
        decided_by: d.by.accountId,
        decider_name: d.by.name,
        decided_at: trx.raw('app_now()'),
      })) === 1
  );
}

/** One request that this office or bureau has to do with. */
export async function findAppealFor(h: Handle, actor: Actor, id: number): Promise<Appeal | undefined> {
  const { rows } = await h.raw<{ rows: Appeal[] }>(`${APPEAL_SELECT} WHERE a.id = ?`, [id]);
  const [a] = rows;
  return a && isInScope(actor, a) ? a : undefined;
}

/** How many there are for this office or bureau, and how many of them wait for it. One query. */
export async function countAppeals(h: Handle, actor: Actor): Promise<{ all: number; waiting: number }> {
  const { where, values } = committeeScope(actor);
  const { rows } = await h.raw<{ rows: { all: number; waiting: number }[] }>(
    `SELECT count(*)::int AS all, (count(*) FILTER (WHERE a.state = ?))::int AS waiting FROM appeals a JOIN committees c ON c.id = a.committee_id WHERE ${where}`,
    [waitsFor(actor), ...values],
  );
  return rows[0] ?? { all: 0, waiting: 0 };
}

/** In which state a request waits for this actor. */
const waitsFor = (actor: Actor): 'asked' | 'proposed' => (actor.role === 'bureau' ? 'proposed' : 'asked');

/** One page of them: those that wait for this office or bureau first, the oldest of them first; then the newest. One query. */
export async function listAppeals(h: Handle, actor: Actor, limit: number, offset: number): Promise<Appeal[]> {
  const { where, values } = committeeScope(actor);
  const { rows } = await h.raw<{ rows: Appeal[] }>(
    `${APPEAL_SELECT} WHERE ${where} ORDER BY a.state <> ?, CASE WHEN a.state = ? THEN a.id END, a.id DESC LIMIT ? OFFSET ?`,
    [...values, waitsFor(actor), waitsFor(actor), limit, offset],
  );
  return rows;
}
