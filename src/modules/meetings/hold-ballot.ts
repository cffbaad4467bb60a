import type { Deps } from '../../deps';
import { databaseNow, inTransaction } from '../../db/db';
import { appendAudit } from '../../audit/audit.store';
import { countBallots } from '../../lib/count-ballots';
import { openBallot as openBox, sealBallot, type Choice } from '../../lib/sealed-ballot';
import { REVIEWERS_PER_ITEM } from '../../lib/assign-items';
import type { Actor } from '../../policy/actor';
import { moveDeclaration, noInput } from '../declarations';
import { listItems, listSeats, type Item } from './meeting.read';
import {
  castBox,
  closeRound,
  findOpenRound,
  findSeat,
  insertRound,
  listMissingRecusals,
  listSpentKeys,
  listVoters,
  releaseItems,
  setMeetingState,
} from './meeting.store';
import { mustBeRecused } from './meeting.view';
import { refuse, sameReason, takeStep, type StepOutcome } from './step';

/** Opens the ballot: who is present now may vote, nobody who comes later (人社部令第40号, articles 20, 21). */
export async function openBallot(deps: Deps, actor: Actor, meetingId: number, requestId: string): Promise<StepOutcome> {
  // the key is on the disk before the round is in the database: a round without its key could never be counted, a key without its round seals nothing
  const keyName = await deps.ballotKeys.create();
  let isOpen = false;
  try {
    const outcome = await takeStep(
      deps,
      actor,
      meetingId,
      { action: 'ballot.open', in: ['reviewing'] },
      requestId,
      async (trx, meeting) => {
        const seats = await listSeats(trx, meetingId);
        const items = await listItems(trx, meetingId);
        const present = seats.filter((s) => s.presentAt !== null);
        const missing = await listMissingRecusals(trx, meetingId);
        const missingText = (i: Item): string[] =>
          missing
            .filter((m) => m.declarationId === i.id)
            .map((m) => `${i.name}：${mustBeRecused(m.why, seats.find((s) => s.judgeId === m.judgeId)?.name ?? '')}`);
        const reasons = [
          ...(meeting.isCommitteeValid ? [] : ['评审委员会未经核准或者不在任期内']),
          ...(3 * present.length >= 2 * seats.length
            ? []
            : [`已签到 ${present.length} 人，不足评委席位 ${seats.length} 人的三分之二，会议无效，不能投票`]),
          ...(present.some((s) => s.isChair) ? [] : ['会议主持人尚未签到']),
          ...items.flatMap(missingText),
          ...sameReason(
            items.filter((i) => i.scores < REVIEWERS_PER_ITEM),
            `评分的评委不足 ${REVIEWERS_PER_ITEM} 名`,
          ),
          ...sameReason(
            items.filter((i) => i.scores >= REVIEWERS_PER_ITEM && i.opinion === ''),
            '还没有评议意见',
          ),
          ...items
            .filter((i) => i.isOpinionBarred)
            .map((i) => `${i.name}：评议意见由已回避的${i.opinionBy ?? ''}填写，请其他评委核对后重新保存`),
          ...items
            .filter((i) => 3 * present.filter((s) => !i.barred.includes(s.judgeId)).length < 2 * seats.length)
            .map((i) => `${i.name}：除回避外出席的评委不足席位的三分之二，请移出本次会议`),
        ];
        if (reasons.length > 0) refuse(...reasons);
        const roundId = await insertRound(trx, {
          meetingId,
          seats: seats.length,
          voters: present.map((s) => s.judgeId),
          keyName,
          accountId: actor.accountId,
        });
        await setMeetingState(trx, meetingId, 'voting');
        return { roundId, seats: seats.length, present: present.length };
      },
    );
    isOpen = outcome.kind === 'done';
    return outcome;
  } finally {
    if (!isOpen) await deps.ballotKeys.destroy(keyName);
  }
}

export type CastOutcome =
  | { kind: 'done' }
  /** this judge's one vote was cast before */
  | { kind: 'already' }
  | { kind: 'closed' }
  /** not present when the ballot was opened */
  | { kind: 'no-voter' }
  | { kind: 'key-lost' };

/**
 * J3: the one vote of a judge on everything before the meeting. What is stored is sealed with a key outside the database; the log says that this judge voted.
 * `choices` by declaration; what is missing or in recusal is sealed as that.
 */
export async function castBallot(
  deps: Deps,
  actor: Actor,
  meetingId: number,
  choices: ReadonlyMap<string, Choice>,
  requestId: string,
): Promise<CastOutcome> {
  return inTransaction(deps.db, async (trx): Promise<CastOutcome> => {
    // against the closing of the round: it waits for votes under way, and votes after it find no open round
    const round = await findOpenRound(trx, meetingId, 'share');
    if (!round) return { kind: 'closed' };
    const seat = await findSeat(trx, meetingId, actor.accountId);
    const voter = seat && (await listVoters(trx, round.id)).find((v) => v.judgeId === seat.judgeId);
    if (!voter) return { kind: 'no-voter' };
    if (voter.castAt !== null) return { kind: 'already' };
    const key = await deps.ballotKeys.find(round.keyName);
    if (!key) return { kind: 'key-lost' };
    const items = await listItems(trx, meetingId);
    const sealed = sealBallot(
      key,
      round.id,
      voter.judgeId,
      items.map((i) => (i.barred.includes(voter.judgeId) ? 'recused' : (choices.get(i.id) ?? 'abstain'))),
    );
    if (!(await castBox(trx, round.id, voter.judgeId, sealed))) return { kind: 'already' };
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'ballot.cast',
      subjectKind: 'meeting',
      subjectId: String(meetingId),
      detail: { roundId: round.id },
      requestId,
    });
    return { kind: 'done' };
  });
}

/**
 * Ends the ballot, counts, and hands every result to its declaration by the table of moves, all in one transaction; then the key is destroyed. `early`: also
 * when somebody present has not voted, who then abstains.
 */
export async function countBallot(deps: Deps, actor: Actor, meetingId: number, early: boolean, requestId: string): Promise<StepOutcome> {
  let spentKey: string | undefined;
  const outcome = await takeStep(deps, actor, meetingId, { action: 'ballot.count', in: ['voting'] }, requestId, async (trx) => {
    const round = (await findOpenRound(trx, meetingId, 'update')) ?? refuse('投票已经结束');
    const voters = await listVoters(trx, round.id);
    const missing = voters.filter((v) => v.castAt === null).length;
    if (missing > 0 && !early) refuse(`还有 ${missing} 名出席评委没有投票。请提醒评委投票；确需结束的，请勾选「未投票的按弃权计」`);
    const key = (await deps.ballotKeys.find(round.keyName)) ?? refuse('本轮投票的密钥已丢失，无法计票，请作废本轮投票后重新投票');
    const items = await listItems(trx, meetingId);
    const results = countBallots(
      round.seats,
      items.map((i) => ({ id: i.id, barred: new Set(i.barred) })),
      voters.map((v) => ({ judge: v.judgeId, choices: v.box === null ? undefined : openBox(key, round.id, v.judgeId, v.box) })),
    );
    await closeRound(trx, round.id, { results, accountId: actor.accountId });
    const { today } = await databaseNow(trx);
    const reasons: string[] = [];
    for (const r of results.filter((x) => x.isValid)) {
      const { total, present, yes, no, abstain } = r;
      const moved = await moveDeclaration(
        deps,
        trx,
        r.item,
        'record-vote',
        actor,
        { ...noInput, vote: { total, present, yes, no, abstain }, metOn: today, meetingId },
        requestId,
      );
      const name = items.find((i) => i.id === r.item)?.name ?? '';
      if (moved.kind === 'blocked') reasons.push(...moved.complaints.map((c) => `${name}：${c.text}`));
      else if (moved.kind !== 'moved') reasons.push(`${name}：${moved.kind === 'not-now' ? moved.reason : '该申报已不由本评审委员会办理'}`);
    }
    if (reasons.length > 0) refuse(...reasons);
    const invalid = results.filter((r) => !r.isValid).map((r) => r.item);
    if (invalid.length > 0) await releaseItems(trx, meetingId, invalid);
    await setMeetingState(trx, meetingId, 'counted');
    spentKey = round.keyName;
    return {
      roundId: round.id,
      cast: voters.length - missing,
      abstainedByAbsence: missing,
      items: results.length,
      invalid: invalid.length,
    };
  });
  if (outcome.kind === 'done' && spentKey !== undefined) await deps.ballotKeys.destroy(spentKey);
  return outcome;
}

/** A ballot that cannot be counted or went wrong is void, uncounted, and the meeting may open another one. */
export async function voidBallot(deps: Deps, actor: Actor, meetingId: number, reason: string, requestId: string): Promise<StepOutcome> {
  let spentKey: string | undefined;
  const outcome = await takeStep(deps, actor, meetingId, { action: 'ballot.void', in: ['voting'] }, requestId, async (trx) => {
    if (reason === '') refuse('请填写作废原因');
    const round = (await findOpenRound(trx, meetingId, 'update')) ?? refuse('投票已经结束');
    await closeRound(trx, round.id, { voidReason: reason, accountId: actor.accountId });
    await setMeetingState(trx, meetingId, 'reviewing');
    spentKey = round.keyName;
    return { roundId: round.id, reason };
  });
  if (outcome.kind === 'done' && spentKey !== undefined) await deps.ballotKeys.destroy(spentKey);
  return outcome;
}

/** Destroys keys of rounds that are over: a process may have died between the commit and its destroying. */
export async function sweepBallotKeys(deps: Deps): Promise<void> {
  for (const name of await listSpentKeys(deps.db)) await deps.ballotKeys.destroy(name);
}
