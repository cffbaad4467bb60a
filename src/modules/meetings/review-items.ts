import type { Handle, Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { assignItems, REVIEWERS_PER_ITEM } from '../../lib/assign-items';
import type { Actor } from '../../policy/actor';
import { listItems, listSeats } from './meeting.read';
import {
  findPartialJudges,
  findSeat,
  insertAssignments,
  insertRecusal,
  isAssigned,
  listAssigned,
  listRecusalsFrom,
  listScored,
  markPresent,
  releaseItems,
  removeAssignment,
  removeAssignmentsOf,
  setSubstitute,
  withdrawRecusalRow,
  writeOpinionRow,
  writeScore,
} from './meeting.store';
import { returnOfReview, type ReviewReturn } from './return-review';
import { mustStayRecused } from './meeting.view';
import { refuse, takeStep, type StepOutcome } from './step';

const seatOf = async (trx: Trx, meetingId: number, actor: Actor): Promise<number> =>
  ((await findSeat(trx, meetingId, actor.accountId)) ?? refuse('您不在本次评审会议的席位中')).judgeId;

/** 「签到」 with the pledge of discipline, secrecy and recusal; not after the ballot has opened. */
export function checkIn(deps: Deps, actor: Actor, meetingId: number, pledged: boolean, requestId: string): Promise<StepOutcome> {
  return takeStep(deps, actor, meetingId, { action: 'meeting.check-in', in: ['reviewing'] }, requestId, async (trx) => {
    if (!pledged) refuse('请先阅读并勾选评审纪律承诺');
    const judgeId = await seatOf(trx, meetingId, actor);
    if (!(await markPresent(trx, meetingId, judgeId))) refuse('您已经签到');
    return { judgeId };
  });
}

export interface RecusalInput {
  declarationId: string;
  judgeId?: number;
  reason: string;
}

/**
 * 回避 (人社部令第40号, article 26): asked for by the judge, who then may not judge this declaration any more, or ordered by the office. Also while votes are being
 * cast: the judge's vote on this declaration is not counted. Somebody else of the meeting takes over the review.
 */
export function recuse(deps: Deps, actor: Actor, meetingId: number, input: RecusalInput, requestId: string): Promise<StepOutcome> {
  return takeStep(deps, actor, meetingId, { action: 'meeting.recuse', in: ['reviewing', 'voting'] }, requestId, async (trx, meeting) => {
    const items = await listItems(trx, meetingId);
    const seats = await listSeats(trx, meetingId);
    const item = items.find((i) => i.id === input.declarationId) ?? refuse('请选择需要回避的申报');
    const judgeId = actor.role === 'judge' ? await seatOf(trx, meetingId, actor) : input.judgeId;
    const judge = seats.find((s) => s.judgeId === judgeId) ?? refuse('请选择需要回避的评委');
    if (input.reason === '') refuse('请填写回避原因');
    const wasAssigned = await isAssigned(trx, meetingId, judge.judgeId, item.id);
    const isNew = await insertRecusal(trx, {
      meetingId,
      judgeId: judge.judgeId,
      declarationId: item.id,
      kind: actor.role === 'judge' ? 'request' : 'ordered',
      reason: input.reason,
      accountId: actor.accountId,
      wasAssigned,
    });
    if (!isNew) refuse(`${judge.name}对该申报已经回避`);
    if (wasAssigned && meeting.state === 'reviewing') {
      const already = await listAssigned(trx, meetingId, item.id);
      const partial = await findPartialJudges(trx, meetingId, item.id);
      const plan = assignItems(
        seats.map((s) => ({ id: s.judgeId, group: s.group ?? 1, load: s.given })),
        [{ id: item.id, barred: new Set([...item.barred, ...partial.keys(), judge.judgeId, ...already]) }],
        1,
      );
      // without a substitute the item waits with too few reviewers, and the ballot says so when it is to be opened
      if (already.length < REVIEWERS_PER_ITEM) {
        await insertAssignments(trx, meetingId, { ...plan, assignments: plan.assignments.map((a) => ({ ...a, group: null })) });
        const [substitute] = plan.assignments.flatMap((a) => a.reviewers);
        if (substitute !== undefined) await setSubstitute(trx, meetingId, judge.judgeId, item.id, substitute);
      }
    }
    return { judgeId: judge.judgeId, declarationId: item.id };
  });
}

/** Where the review would go if this recusal were taken back now. */
export async function findReviewReturn(h: Handle, meetingId: number, judgeId: number, declarationId: string): Promise<ReviewReturn> {
  const [recusals, assigned, scored] = [
    await listRecusalsFrom(h, meetingId, declarationId),
    await listAssigned(h, meetingId, declarationId),
    await listScored(h, meetingId, declarationId),
  ];
  return returnOfReview(judgeId, recusals, assigned, scored, REVIEWERS_PER_ITEM);
}

/**
 * Takes a recusal back that was entered by mistake, until the ballot opens: a judge their own, the office the one it has ordered; those that follow from the data stay.
 * The vote comes back, and so does the review where the last substitute of the line has not scored it yet: that one gives it back. A review that is done stays with who has done it.
 */
export async function withdrawRecusal(
  deps: Deps,
  actor: Actor,
  meetingId: number,
  input: RecusalInput,
  requestId: string,
): Promise<{ kind: 'done'; review: ReviewReturn['kind'] } | Exclude<StepOutcome, { kind: 'done' }>> {
  let review: ReviewReturn = { kind: 'none' };
  const outcome = await takeStep(
    deps,
    actor,
    meetingId,
    { action: 'meeting.withdraw-recusal', in: ['reviewing'] },
    requestId,
    async (trx) => {
      const { declarationId, reason } = input;
      const judgeId = actor.role === 'judge' ? await seatOf(trx, meetingId, actor) : (input.judgeId ?? 0);
      const recusal =
        (await listRecusalsFrom(trx, meetingId, declarationId)).find((r) => r.judgeId === judgeId) ?? refuse('该回避已经撤销，请刷新页面');
      if (!(await listItems(trx, meetingId)).some((i) => i.id === declarationId)) refuse('该申报已移出本次会议，不需要撤销回避');
      if (recusal.kind !== (actor.role === 'judge' ? 'request' : 'ordered'))
        refuse(
          recusal.kind === 'request'
            ? '该回避由评委本人申请，请由本人撤销'
            : recusal.kind === 'ordered'
              ? '该回避由办事机构决定，请联系评委会办事机构，电话见「首页」'
              : '依照规定应当回避的，不能撤销',
        );
      const partial = (await findPartialJudges(trx, meetingId, declarationId)).get(judgeId);
      if (partial) refuse(mustStayRecused(partial));
      if (reason === '') refuse('请填写撤销原因');
      review = await findReviewReturn(trx, meetingId, judgeId, declarationId);
      await withdrawRecusalRow(trx, { meetingId, judgeId, declarationId, reason, accountId: actor.accountId, review });
      if (review.kind === 'back') {
        if (review.from !== null) await removeAssignment(trx, meetingId, review.from, declarationId);
        await insertAssignments(trx, meetingId, {
          assignments: [{ item: declarationId, group: null, reviewers: [judgeId] }],
          impossible: [],
        });
      }
      return { judgeId, declarationId, reason, review };
    },
  );
  return outcome.kind === 'done' ? { kind: 'done', review: review.kind } : outcome;
}

/** A declaration that cannot be judged here waits for another meeting. */
export function removeItem(deps: Deps, actor: Actor, meetingId: number, declarationId: string, requestId: string): Promise<StepOutcome> {
  return takeStep(deps, actor, meetingId, { action: 'meeting.remove-item', in: ['reviewing'] }, requestId, async (trx) => {
    if (declarationId === '') refuse('请选择需要移出的申报');
    const items = await listItems(trx, meetingId);
    if (items.length === 1) refuse('这是本次会议的最后一份申报；不再评审的，请取消会议');
    if ((await releaseItems(trx, meetingId, [declarationId])) !== 1) refuse('该申报不在本次会议中，请刷新页面');
    await removeAssignmentsOf(trx, meetingId, declarationId);
    return { declarationId };
  });
}

export function scoreItem(
  deps: Deps,
  actor: Actor,
  meetingId: number,
  input: { declarationId: string; score: number; remark: string },
  requestId: string,
): Promise<StepOutcome> {
  return takeStep(deps, actor, meetingId, { action: 'meeting.score', in: ['reviewing'] }, requestId, async (trx) => {
    const judgeId = await seatOf(trx, meetingId, actor);
    if (!(await writeScore(trx, { meetingId, judgeId, ...input }))) refuse('该申报没有分配给您');
    // what was given stands with the assignment; the log says that it was given
    return { declarationId: input.declarationId };
  });
}

/** 评议组意见: written by one of those it is assigned to, after three have scored. */
export function writeOpinion(
  deps: Deps,
  actor: Actor,
  meetingId: number,
  input: { declarationId: string; text: string; version: number },
  requestId: string,
): Promise<StepOutcome | { kind: 'stale' }> {
  let stale = false;
  return takeStep(deps, actor, meetingId, { action: 'meeting.opinion', in: ['reviewing'] }, requestId, async (trx) => {
    const judgeId = await seatOf(trx, meetingId, actor);
    if (!(await isAssigned(trx, meetingId, judgeId, input.declarationId))) refuse('该申报没有分配给您');
    const item = (await listItems(trx, meetingId)).find((i) => i.id === input.declarationId) ?? refuse('该申报不在本次会议中');
    if (item.scores < REVIEWERS_PER_ITEM) refuse(`至少 ${REVIEWERS_PER_ITEM} 名评委评分后才能填写评议意见，现有 ${item.scores} 名`);
    if (input.text === '') refuse('请填写评议意见');
    if (!(await writeOpinionRow(trx, { meetingId, judgeId, ...input }))) {
      stale = true;
      refuse('其他评委刚刚修改了评议意见');
    }
    return { declarationId: input.declarationId };
  }).then((outcome) => (stale ? { kind: 'stale' } : outcome));
}
