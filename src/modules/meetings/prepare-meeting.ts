import { randomBytes } from 'node:crypto';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import { assignItems, dealGroups, mostGroups } from '../../lib/assign-items';
import { commitmentOf, drawLots, poolDigest } from '../../lib/judge-draw';
import type { Actor } from '../../policy/actor';
import { findPlan, findStanding } from '../committee';
import { listDraws, listItems, listSeats } from './meeting.read';
import {
  insertAssignments,
  insertDraw,
  insertMeeting,
  insertOwnRecusals,
  listPool,
  lockDraw,
  recordDraw,
  releaseItems,
  replaceItems,
  replaceSeats,
  setChair,
  setGroups,
  setMeetingState,
  voidDrawRow,
} from './meeting.store';
import { refuse, takeStep, type StepOutcome } from './step';

export type CreateOutcome = { kind: 'done'; meetingId: number } | { kind: 'not-approved' } | { kind: 'already-there' };

/** J3: the meeting of a plan that the bureau has approved. */
export async function createMeeting(
  deps: Deps,
  actor: Actor & { committeeId: number },
  planId: number,
  requestId: string,
): Promise<CreateOutcome> {
  try {
    return await inTransaction(deps.db, async (trx): Promise<CreateOutcome> => {
      const plan = await findPlan(trx, planId);
      if (plan?.state !== 'approved' || plan.committeeId !== actor.committeeId) return { kind: 'not-approved' };
      const meetingId = await insertMeeting(trx, { committeeId: actor.committeeId, planId, accountId: actor.accountId });
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'meeting.create',
        subjectKind: 'meeting',
        subjectId: String(meetingId),
        detail: { planId },
        requestId,
      });
      return { kind: 'done', meetingId };
    });
  } catch (e) {
    if (isViolationOf(e, 'meetings_one_for_a_plan')) return { kind: 'already-there' };
    throw e;
  }
}

/** Which accepted declarations the meeting takes. */
export async function chooseItems(
  deps: Deps,
  actor: Actor,
  meetingId: number,
  ids: readonly string[],
  requestId: string,
): Promise<StepOutcome> {
  try {
    return await takeStep(deps, actor, meetingId, { action: 'meeting.items', in: ['drawing'] }, requestId, async (trx, meeting) => {
      if (ids.length === 0) refuse('请至少勾选一份申报');
      const taken = await replaceItems(trx, meetingId, meeting.committeeId, ids);
      if (taken !== ids.length) refuse(`所选申报中有 ${ids.length - taken} 份已不在「已受理」状态，请刷新页面后重新勾选`);
      return { items: taken };
    });
  } catch (e) {
    if (isViolationOf(e, 'meeting_items_one_meeting'))
      return { kind: 'refused', reasons: ['所选申报中有的已列入其他评审会议，请刷新页面后重新勾选'] };
    throw e;
  }
}

/** J2: fixes pool and seed before anybody knows the result; only the seed's digest is shown until the draw. */
export async function commitDraw(deps: Deps, actor: Actor, meetingId: number, requestId: string): Promise<StepOutcome> {
  try {
    return await takeStep(deps, actor, meetingId, { action: 'draw.commit', in: ['drawing'] }, requestId, async (trx, meeting) => {
      const standing = await findStanding(trx, meeting.committeeId);
      const pool = await listPool(trx, meeting.committeeId);
      if (!meeting.isCommitteeValid) refuse('评审委员会未经核准或者不在任期内');
      if (pool.length < standing.poolMin) refuse(`评委库现有 ${pool.length} 人，应不少于 ${standing.poolMin} 人，请先补足评委库`);
      if (pool.length < meeting.seatsPlanned) refuse(`评委库现有 ${pool.length} 人，少于评审计划的出席评委人数 ${meeting.seatsPlanned} 人`);
      const seed = randomBytes(32).toString('hex');
      const commitment = commitmentOf(seed);
      await insertDraw(trx, {
        meetingId,
        seats: meeting.seatsPlanned,
        pool,
        poolSha256: poolDigest(pool),
        commitment,
        sealedSeed: deps.cipher.encrypt(seed, 'draw.seed'),
        accountId: actor.accountId,
      });
      return { commitment, pool: pool.length, seats: meeting.seatsPlanned };
    });
  } catch (e) {
    if (isViolationOf(e, 'draws_one_live')) return { kind: 'refused', reasons: ['已经登记过抽取方案，请刷新页面'] };
    throw e;
  }
}

/** J2: draws, once. `witness` is what the supervisor says on the spot, when the seed is fixed already. */
export function drawJudges(deps: Deps, actor: Actor, meetingId: number, witness: string, requestId: string): Promise<StepOutcome> {
  return takeStep(deps, actor, meetingId, { action: 'draw.draw', in: ['drawing'] }, requestId, async (trx) => {
    const draw = (await lockDraw(trx, meetingId)) ?? refuse('请先登记抽取方案');
    if (draw.drawn_at !== null) refuse('已经抽取过，不能重复抽取。请刷新页面查看结果');
    if (witness === '') refuse('请填写现场监督人员提供的随机内容');
    const seed = deps.cipher.decrypt(draw.sealed_seed, 'draw.seed');
    const lots = drawLots(draw.pool, seed, witness);
    const drawn = lots.map((l) => l.id);
    await recordDraw(trx, draw.id, { seed, witness, drawn, accountId: actor.accountId });
    await replaceSeats(trx, meetingId, drawn.slice(0, draw.seats));
    return { drawId: draw.id, drawn: drawn.slice(0, draw.seats) };
  });
}

/** A draw that went wrong is done again; the void one stays to be seen, with the reason. */
export function voidDraw(deps: Deps, actor: Actor, meetingId: number, reason: string, requestId: string): Promise<StepOutcome> {
  return takeStep(deps, actor, meetingId, { action: 'draw.void', in: ['drawing'] }, requestId, async (trx) => {
    const draw = (await lockDraw(trx, meetingId)) ?? refuse('没有可以作废的抽取');
    if (reason === '') refuse('请填写作废原因');
    await voidDrawRow(trx, draw.id, reason);
    await replaceSeats(trx, meetingId, []);
    return { drawId: draw.id, reason };
  });
}

/** A drawn expert who cannot come gives the seat to the next one of the same draw. */
export function replaceJudge(
  deps: Deps,
  actor: Actor,
  meetingId: number,
  judgeId: number,
  reason: string,
  requestId: string,
): Promise<StepOutcome> {
  return takeStep(deps, actor, meetingId, { action: 'draw.replace', in: ['drawing'] }, requestId, async (trx) => {
    if (judgeId === 0) refuse('请选择不能出席的评委');
    if (reason === '') refuse('请填写递补原因');
    const order = (await listDraws(trx, meetingId)).find((d) => d.voidReason === '')?.drawn ?? [];
    const seats = await listSeats(trx, meetingId);
    if (!seats.some((s) => s.judgeId === judgeId)) refuse('该评委不在席位中，请刷新页面');
    const last = Math.max(...seats.map((s) => order.indexOf(s.judgeId)));
    const next = order[last + 1] ?? refuse('没有可以递补的评委，请作废后重新抽取');
    await replaceSeats(
      trx,
      meetingId,
      seats.map((s) => (s.judgeId === judgeId ? next : s.judgeId)),
    );
    return { out: judgeId, in: next, reason };
  });
}

export function chooseChair(deps: Deps, actor: Actor, meetingId: number, judgeId: number, requestId: string): Promise<StepOutcome> {
  return takeStep(deps, actor, meetingId, { action: 'meeting.chair', in: ['drawing', 'reviewing'] }, requestId, async (trx) => {
    if (!(await setChair(trx, meetingId, judgeId))) refuse('请在席位中选择会议主持人');
    return { judgeId };
  });
}

/** Seats and items are settled: recusals that follow from the data, groups, assignment; the judges may begin. */
export function beginMeeting(deps: Deps, actor: Actor, meetingId: number, groups: number, requestId: string): Promise<StepOutcome> {
  return takeStep(deps, actor, meetingId, { action: 'meeting.begin', in: ['drawing'] }, requestId, async (trx, meeting) => {
    const seats = await listSeats(trx, meetingId);
    const before = await listItems(trx, meetingId);
    const reasons = [
      ...(meeting.isCommitteeValid ? [] : ['评审委员会未经核准或者不在任期内']),
      ...(before.length > 0 ? [] : ['请先选择本次会议评审的申报']),
      ...(seats.length === meeting.seatsPlanned ? [] : [`评委席位应为 ${meeting.seatsPlanned} 人，请先抽取评委`]),
      ...(seats.some((s) => s.isChair) ? [] : ['请先确定会议主持人']),
      ...before.filter((i) => i.state !== 'accepted').map((i) => `${i.name}的申报已不在「已受理」状态，请重新选择申报`),
    ];
    if (reasons.length > 0) refuse(...reasons);
    // the groups cannot be dealt again: what was typed is never guessed at
    if (groups < 1 || groups > mostGroups(seats.length)) refuse(`评议组数请填写整数，最多 ${mostGroups(seats.length)} 组`);
    const recusals = await insertOwnRecusals(trx, meetingId, actor.accountId);
    const items = await listItems(trx, meetingId);
    const numbers = dealGroups(seats.length, groups);
    const groupOf = new Map(seats.map((s, i) => [s.judgeId, numbers[i] ?? 1]));
    const plan = assignItems(
      seats.map((s) => ({ id: s.judgeId, group: groupOf.get(s.judgeId) ?? 1 })),
      items.map((i) => ({ id: i.id, barred: new Set(i.barred) })),
    );
    if (plan.impossible.length > 0)
      refuse(
        ...items.filter((i) => plan.impossible.includes(i.id)).map((i) => `${i.name}：回避后可以评议的评委不足 3 人，请在第一步中取消勾选`),
      );
    const short = items.filter((i) => 3 * (seats.length - i.barred.length) < 2 * seats.length);
    if (short.length > 0) refuse(...short.map((i) => `${i.name}：回避后可以投票的评委不足席位的三分之二，请在第一步中取消勾选`));
    await setGroups(trx, meetingId, groupOf);
    await insertAssignments(trx, meetingId, plan);
    await setMeetingState(trx, meetingId, 'reviewing');
    return { seats: seats.length, items: items.length, recusals, groups: Math.max(...numbers) };
  });
}

/** Gives up the meeting; its declarations may stand before another one. */
export function cancelMeeting(deps: Deps, actor: Actor, meetingId: number, reason: string, requestId: string): Promise<StepOutcome> {
  return takeStep(deps, actor, meetingId, { action: 'meeting.cancel', in: ['drawing', 'reviewing'] }, requestId, async (trx) => {
    if (reason === '') refuse('请填写取消原因');
    await releaseItems(trx, meetingId);
    await setMeetingState(trx, meetingId, 'cancelled', reason);
    return { reason };
  });
}
