import type { AuditDetail } from '../../audit/audit-facts';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import type { MeetingState } from '../../policy/policy';
import { findMeetingHead, type MeetingHead } from './meeting.read';
import { lockMeeting } from './meeting.store';

export type StepOutcome = { kind: 'done' } | { kind: 'refused'; reasons: string[] };

/** Undoes the whole step; its reasons are what the visitor is told. */
class Refused extends Error {
  constructor(readonly reasons: string[]) {
    super('refused');
  }
}
export const refuse = (...reasons: string[]): never => {
  throw new Refused(reasons);
};

/** As many are named one by one. */
const NAMED = 5;
/** The same reason for some declarations that the page marks, too: each by its name, or in one line where nobody would read so many. */
export function sameReason(items: readonly { name: string }[], why: string): string[] {
  if (items.length <= NAMED) return items.map((i) => `${i.name}：${why}`);
  const names = items.slice(0, NAMED).map((i) => i.name);
  return [`${items.length} 份申报${why}：${names.join('、')}等`];
}

const stateTexts: Record<MeetingState, string> = {
  drawing: '准备中',
  reviewing: '评议中',
  voting: '投票中',
  counted: '已计票',
  cancelled: '已取消',
};
export const meetingStateText = (s: MeetingState): string => stateTexts[s];

export interface Step {
  /** name of the audit entry */
  action: string;
  /** the states in which it may be done */
  in: readonly MeetingState[];
}

/**
 * One act on a meeting: its row locked, its state asked, the work and its audit row in one transaction. What the work gives is the detail of the audit row; what
 * it refuses undoes everything. S30: judges and units are corrected without asking the meeting; where that happens between what the work has read and an assignment, the database refuses the
 * assignment, and the step is begun anew with what is true now.
 */
export async function takeStep(
  deps: Deps,
  actor: Actor,
  meetingId: number,
  step: Step,
  requestId: string,
  work: (trx: Trx, meeting: MeetingHead) => Promise<AuditDetail>,
  attempts = 3,
): Promise<StepOutcome> {
  try {
    await inTransaction(deps.db, async (trx) => {
      const state = await lockMeeting(trx, meetingId);
      const meeting = await findMeetingHead(trx, meetingId);
      if (!state || !meeting) throw new Error(`meeting ${meetingId} is gone`);
      if (!step.in.includes(state)) refuse(`评审会议当前状态为「${stateTexts[state]}」，不能进行该操作。请刷新页面查看最新状态`);
      const detail = await work(trx, meeting);
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: step.action,
        subjectKind: 'meeting',
        subjectId: String(meetingId),
        detail,
        requestId,
      });
    });
    return { kind: 'done' };
  } catch (e) {
    if (e instanceof Refused) return { kind: 'refused', reasons: e.reasons };
    if (attempts > 1 && isViolationOf(e, 'review_assignments_impartial'))
      return takeStep(deps, actor, meetingId, step, requestId, work, attempts - 1);
    throw e;
  }
}
