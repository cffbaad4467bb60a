import { askPrepared, databaseNow, type Handle } from '../../db/db';
import type { PlainDate } from '../../lib/dates';
import { addWorkingDays } from '../../lib/working-days';
import { findBatch, loadWorkCalendar } from '../batches';
import type { Declaration } from './declarations.store';

/** asked: the office is to answer · proposed: the bureau is to decide · kept, refused: the result stands · granted: reviewed anew · withdrawn by the applicant */
export type AppealState = 'asked' | 'proposed' | 'kept' | 'refused' | 'granted' | 'withdrawn';

/** 「复查」 of a result. */
export interface Appeal {
  id: number;
  declarationId: string;
  committeeId: number;
  committeeName: string;
  divisionCode: string;
  applicantName: string;
  resultEventId: number;
  reason: string;
  askedAt: Date;
  state: AppealState;
  finding: string;
  answererName: string;
  answeredAt: Date | null;
  opinion: string;
  deciderName: string;
  decidedAt: Date | null;
  withdrawnAt: Date | null;
}

export const APPEAL_SELECT = `SELECT a.id, a.declaration_id AS "declarationId", a.committee_id AS "committeeId", c.name AS "committeeName", c.division_code AS "divisionCode",
    d.applicant_name AS "applicantName", a.result_event_id AS "resultEventId", a.reason, a.asked_at AS "askedAt", a.state, a.finding, a.answerer_name AS "answererName",
    a.answered_at AS "answeredAt", a.opinion, a.decider_name AS "deciderName", a.decided_at AS "decidedAt", a.withdrawn_at AS "withdrawnAt"
  FROM appeals a JOIN committees c ON c.id = a.committee_id JOIN declarations d ON d.id = a.declaration_id`;

/** All requests of a declaration, the oldest first. One query. */
export async function findAppeals(h: Handle, declaration: string): Promise<Appeal[]> {
  return askPrepared<Appeal>(h, 'appeals', `${APPEAL_SELECT} WHERE a.declaration_id = ? ORDER BY a.id`, [declaration]);
}

/** The result that a recheck can be asked for, and until when. */
export interface AppealChance {
  /** the event that gave the result */
  eventId: number;
  resultOn: PlainDate;
  /** working days, from the batch */
  days: number;
  /** the last day that counts; undefined while the working-day calendar does not reach so far, when nobody is too late */
  until: PlainDate | undefined;
  isOver: boolean;
  /** the request for this result, unless it was taken back */
  appeal: Appeal | undefined;
}

/**
 * J4: whether and until when a recheck can be asked for (人社部令第40号, article 28): only of a result that is not passed, in the batch's working days after the
 * day on which it was recorded. Undefined in every other state.
 */
export async function findAppealChance(h: Handle, d: Pick<Declaration, 'id' | 'state' | 'batch_id'>): Promise<AppealChance | undefined> {
  if (d.state !== 'voted_failed') return undefined;
  const { rows } = await h.raw<{ rows: { id: number; on: PlainDate }[] }>(
    `SELECT e.id, (e.at AT TIME ZONE 'Asia/Shanghai')::date AS "on" FROM declaration_events e
     WHERE e.declaration_id = ? AND e.to_state = 'voted_failed' ORDER BY e.id DESC LIMIT 1`,
    [d.id],
  );
  const [result] = rows;
  const batch = await findBatch(h, d.batch_id);
  if (!result || !batch) return undefined;
  const until = addWorkingDays(await loadWorkCalendar(h), result.on, batch.appealDays);
  const { today } = await databaseNow(h);
  const appeals = await findAppeals(h, d.id);
  return {
    eventId: result.id,
    resultOn: result.on,
    days: batch.appealDays,
    until: until.ok ? until.value : undefined,
    isOver: until.ok && today > until.value,
    appeal: appeals.find((a) => a.resultEventId === result.id && a.state !== 'withdrawn'),
  };
}
