import type { Handle, Trx } from '../../db/db';
import type { AssignmentPlan } from '../../lib/assign-items';
import type { Candidate } from '../../lib/judge-draw';
import type { Counted } from '../../lib/count-ballots';
import type { MeetingState } from '../../policy/policy';
import { AGENDA_ORDER, type OwnRecusalKind } from './meeting.read';
import type { RecusalLink, ReviewReturn } from './return-review';

/** The meeting's row is locked by everything that changes the meeting, so its acts come one after another. */
export async function lockMeeting(trx: Trx, id: number): Promise<MeetingState | undefined> {
  const row = (await trx('meetings').where({ id }).forUpdate().first('state')) as { state: MeetingState } | undefined;
  return row?.state;
}

/** Gives the id. Violates meetings_one_for_a_plan when the plan has its meeting. */
export async function insertMeeting(trx: Trx, m: { committeeId: number; planId: number; accountId: number }): Promise<number> {
  const [row] = (await trx('meetings')
    .insert({ committee_id: m.committeeId, plan_id: m.planId, created_by: m.accountId })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('insert gave no row');
  return row.id;
}

export async function setMeetingState(trx: Trx, id: number, state: MeetingState, reason = ''): Promise<void> {
  await trx('meetings')
    .where({ id })
    .update({
      state,
      ...(state === 'reviewing' ? { began_at: trx.raw('coalesce(began_at, app_now())') } : {}),
      ...(state === 'counted' || state === 'cancelled' ? { ended_at: trx.raw('app_now()') } : {}),
      ...(reason === '' ? {} : { reason }),
    });
}

/** The declarations of a meeting, in this order, in the place of those it had. Only accepted ones of the committee that stand before no other meeting are taken. */
export async function replaceItems(trx: Trx, meetingId: number, committeeId: number, ids: readonly string[]): Promise<number> {
  await trx('meeting_items').where({ meeting_id: meetingId }).delete();
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `INSERT INTO meeting_items (meeting_id, declaration_id, position)
     SELECT ?, d.id, row_number() OVER (ORDER BY ${AGENDA_ORDER})
     FROM (SELECT * FROM declarations WHERE id = ANY(?::uuid[]) AND holder_committee_id = ? AND state = 'accepted' FOR UPDATE) d LEFT JOIN units u ON u.id = d.unit_id RETURNING 1`,
    [meetingId, [...ids], committeeId],
  );
  return rows.length;
}

/** Takes declarations out of a meeting: they may stand before another one. */
export async function releaseItems(trx: Trx, meetingId: number, ids?: readonly string[]): Promise<number> {
  const q = trx('meeting_items').where({ meeting_id: meetingId, is_live: true });
  if (ids) q.whereIn('declaration_id', [...ids]);
  return q.update({ is_live: false });
}
export async function removeAssignmentsOf(trx: Trx, meetingId: number, declarationId: string): Promise<void> {
  await trx('review_assignments').where({ meeting_id: meetingId, declaration_id: declarationId }).delete();
}

export async function listPool(h: Handle, committeeId: number): Promise<Candidate[]> {
  return (await h('judges')
    .where({ committee_id: committeeId })
    .whereNull('left_at')
    .orderBy('id')
    .select('id', 'name', { unit: 'unit_name' })) as Candidate[];
}

/** Violates draws_one_live when there is one that stands. */
export async function insertDraw(
  trx: Trx,
  d: {
    meetingId: number;
    seats: number;
    pool: readonly Candidate[];
    poolSha256: string;
    commitment: string;
    sealedSeed: Buffer;
    accountId: number;
  },
): Promise<void> {
  await trx('draws').insert({
    meeting_id: d.meetingId,
    seats: d.seats,
    pool: JSON.stringify(d.pool),
    pool_sha256: d.poolSha256,
    commitment: d.commitment,
    sealed_seed: d.sealedSeed,
    committed_by: d.accountId,
  });
}
export interface SealedDraw {
  id: number;
  seats: number;
  pool: Candidate[];
  sealed_seed: Buffer;
  drawn_at: Date | null;
}
/** The draw that stands, locked. */
export async function lockDraw(trx: Trx, meetingId: number): Promise<SealedDraw | undefined> {
  return (await trx('draws')
    .where({ meeting_id: meetingId })
    .whereNull('voided_at')
    .forUpdate()
    .first('id', 'seats', 'pool', 'sealed_seed', 'drawn_at')) as SealedDraw | undefined;
}
export async function recordDraw(
  trx: Trx,
  id: number,
  d: { seed: string; witness: string; drawn: readonly number[]; accountId: number },
): Promise<void> {
  await trx.raw(`UPDATE draws SET seed = ?, witness = ?, drawn = ?::bigint[], drawn_by = ?, drawn_at = app_now() WHERE id = ?`, [
    d.seed,
    d.witness,
    [...d.drawn],
    d.accountId,
    id,
  ] as string[]);
}
export async function voidDrawRow(trx: Trx, id: number, reason: string): Promise<void> {
  await trx('draws')
    .where({ id })
    .update({ voided_at: trx.raw('app_now()'), void_reason: reason });
}

export async function replaceSeats(trx: Trx, meetingId: number, judgeIds: readonly number[]): Promise<void> {
  await trx('meeting_seats').where({ meeting_id: meetingId }).delete();
  if (judgeIds.length > 0)
    await trx('meeting_seats').insert(judgeIds.map((judge_id, i) => ({ meeting_id: meetingId, judge_id, position: i + 1 })));
}
/** True when this judge has a seat and is the chair now. */
export async function setChair(trx: Trx, meetingId: number, judgeId: number): Promise<boolean> {
  await trx('meeting_seats').where({ meeting_id: meetingId }).update({ is_chair: false });
  return (await trx('meeting_seats').where({ meeting_id: meetingId, judge_id: judgeId }).update({ is_chair: true })) === 1;
}
export async function setGroups(trx: Trx, meetingId: number, groups: ReadonlyMap<number, number>): Promise<void> {
  for (const [judge_id, group_number] of groups)
    await trx('meeting_seats').where({ meeting_id: meetingId, judge_id }).update({ group_number });
}
/** False when present already. */
export async function markPresent(trx: Trx, meetingId: number, judgeId: number): Promise<boolean> {
  const n = await trx('meeting_seats')
    .where({ meeting_id: meetingId, judge_id: judgeId })
    .whereNull('present_at')
    .update({ present_at: trx.raw('app_now()') });
  return n === 1;
}

/** Recusals that follow from who works where and who applies. Gives how many. */
export async function insertOwnRecusals(trx: Trx, meetingId: number, accountId: number): Promise<number> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `INSERT INTO recusals (meeting_id, judge_id, declaration_id, kind, recorded_by)
     SELECT s.meeting_id, s.judge_id, i.declaration_id, why_recused(s.judge_id, i.declaration_id), ?
     FROM meeting_seats s JOIN meeting_items i ON i.meeting_id = s.meeting_id AND i.is_live
     WHERE s.meeting_id = ? AND why_recused(s.judge_id, i.declaration_id) IS NOT NULL ON CONFLICT DO NOTHING RETURNING 1`,
    [accountId, meetingId],
  );
  return rows.length;
}
/** Who of a meeting must not judge this declaration by what the data say now, and why: a unit may have been corrected since the meeting began (S30). */
export async function findPartialJudges(h: Handle, meetingId: number, declarationId: string): Promise<Map<number, OwnRecusalKind>> {
  const { rows } = await h.raw<{ rows: { judgeId: number; why: OwnRecusalKind }[] }>(
    `SELECT s.judge_id::int AS "judgeId", why.kind AS why
     FROM meeting_seats s CROSS JOIN LATERAL (SELECT why_recused(s.judge_id, ?) AS kind) why WHERE s.meeting_id = ? AND why.kind IS NOT NULL`,
    [declarationId, meetingId],
  );
  return new Map(rows.map((r) => [r.judgeId, r.why]));
}
/** What the data demand by now and nobody has entered: a unit was corrected after the meeting began. */
export async function listMissingRecusals(
  h: Handle,
  meetingId: number,
): Promise<{ judgeId: number; declarationId: string; why: OwnRecusalKind }[]> {
  const { rows } = await h.raw<{ rows: { judgeId: number; declarationId: string; why: OwnRecusalKind }[] }>(
    `SELECT s.judge_id::int AS "judgeId", i.declaration_id AS "declarationId", why.kind AS why
     FROM meeting_seats s JOIN meeting_items i ON i.meeting_id = s.meeting_id AND i.is_live CROSS JOIN LATERAL (SELECT why_recused(s.judge_id, i.declaration_id) AS kind) why
     WHERE s.meeting_id = ? AND why.kind IS NOT NULL
       AND NOT EXISTS (SELECT FROM recusals r WHERE r.meeting_id = s.meeting_id AND r.judge_id = s.judge_id AND r.declaration_id = i.declaration_id)
     ORDER BY i.declaration_id, s.position`,
    [meetingId],
  );
  return rows;
}
/** One more recusal; false when it is there already. What the judge had of this declaration is taken away. */
export async function insertRecusal(
  trx: Trx,
  r: { meetingId: number; judgeId: number; declarationId: string; kind: string; reason: string; accountId: number; wasAssigned: boolean },
): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `INSERT INTO recusals (meeting_id, judge_id, declaration_id, kind, reason, recorded_by, was_assigned) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1`,
    [r.meetingId, r.judgeId, r.declarationId, r.kind, r.reason, r.accountId, r.wasAssigned],
  );
  if (rows.length === 0) return false;
  await removeAssignment(trx, r.meetingId, r.judgeId, r.declarationId);
  return true;
}
/** Who has taken over from a judge in recusal. */
export async function setSubstitute(
  trx: Trx,
  meetingId: number,
  judgeId: number,
  declarationId: string,
  substitute: number,
): Promise<void> {
  await trx('recusals')
    .where({ meeting_id: meetingId, judge_id: judgeId, declaration_id: declarationId })
    .update({ substitute_id: substitute });
}
export async function removeAssignment(trx: Trx, meetingId: number, judgeId: number, declarationId: string): Promise<void> {
  await trx('review_assignments').where({ meeting_id: meetingId, judge_id: judgeId, declaration_id: declarationId }).delete();
}
export interface EnteredRecusal extends RecusalLink {
  kind: string;
}
/** All recusals from one declaration of a meeting. */
export async function listRecusalsFrom(h: Handle, meetingId: number, declarationId: string): Promise<EnteredRecusal[]> {
  return (await h('recusals')
    .where({ meeting_id: meetingId, declaration_id: declarationId })
    .select({ judgeId: 'judge_id' }, 'kind', { wasAssigned: 'was_assigned', substituteId: 'substitute_id' })) as EnteredRecusal[];
}
/**
 * Takes a recusal out, and keeps it as it stood, and where the review went, among those that were taken back. The line of substitutes stays whole: who took over for those in between has no
 * place in it any more, and where the review stays, it stays for whoever this judge was substitute of.
 */
export async function withdrawRecusalRow(
  trx: Trx,
  r: { meetingId: number; judgeId: number; declarationId: string; reason: string; accountId: number; review: ReviewReturn },
): Promise<void> {
  const { review } = r;
  const item = { meeting_id: r.meetingId, declaration_id: r.declarationId };
  const key = { ...item, judge_id: r.judgeId };
  await trx.raw(
    `INSERT INTO withdrawn_recusals (meeting_id, judge_id, declaration_id, kind, reason, recorded_by, recorded_at, withdrawal_reason, withdrawn_by, is_given_back, taken_from, stays_with)
     SELECT meeting_id, judge_id, declaration_id, kind, reason, recorded_by, recorded_at, ?, ?, ?, ?, ? FROM recusals WHERE meeting_id = ? AND judge_id = ? AND declaration_id = ?`,
    [
      r.reason,
      r.accountId,
      review.kind === 'back',
      review.kind === 'back' ? review.from : null,
      review.kind === 'stays' ? review.with : null,
      r.meetingId,
      r.judgeId,
      r.declarationId,
    ],
  );
  await trx('recusals').where(key).delete();
  if (review.kind === 'back')
    await trx('recusals').where(item).whereIn('judge_id', review.through).update({ was_assigned: false, substitute_id: null });
  else if (review.kind === 'stays')
    await trx('recusals').where(item).where({ substitute_id: r.judgeId }).update({ substitute_id: review.with });
}
export async function isAssigned(h: Handle, meetingId: number, judgeId: number, declarationId: string): Promise<boolean> {
  return (
    (await h('review_assignments').where({ meeting_id: meetingId, judge_id: judgeId, declaration_id: declarationId }).first('judge_id')) !==
    undefined
  );
}
export async function listAssigned(h: Handle, meetingId: number, declarationId: string): Promise<number[]> {
  return (await h('review_assignments').where({ meeting_id: meetingId, declaration_id: declarationId }).pluck('judge_id')) as number[];
}

/** Those who have scored it. */
export async function listScored(h: Handle, meetingId: number, declarationId: string): Promise<number[]> {
  return (await h('review_assignments')
    .where({ meeting_id: meetingId, declaration_id: declarationId })
    .whereNotNull('score')
    .pluck('judge_id')) as number[];
}

/** Violates review_assignments_impartial when somebody must not review something. */
export async function insertAssignments(trx: Trx, meetingId: number, { assignments }: AssignmentPlan): Promise<void> {
  for (const a of assignments) {
    if (a.group !== null)
      await trx('meeting_items').where({ meeting_id: meetingId, declaration_id: a.item }).update({ group_number: a.group });
  }
  const rows = assignments.flatMap((a) => a.reviewers.map((judge_id) => ({ meeting_id: meetingId, declaration_id: a.item, judge_id })));
  if (rows.length > 0) await trx.batchInsert('review_assignments', rows, 500);
}

/** False when it is not given to this judge. */
export async function writeScore(
  trx: Trx,
  s: { meetingId: number; judgeId: number; declarationId: string; score: number; remark: string },
): Promise<boolean> {
  const n = await trx('review_assignments')
    .where({ meeting_id: s.meetingId, judge_id: s.judgeId, declaration_id: s.declarationId })
    .update({ score: s.score, remark: s.remark, scored_at: trx.raw('app_now()') });
  return n === 1;
}
/** False when somebody has written since `version`. */
export async function writeOpinionRow(
  trx: Trx,
  o: { meetingId: number; judgeId: number; declarationId: string; text: string; version: number },
): Promise<boolean> {
  const n = await trx('meeting_items')
    .where({ meeting_id: o.meetingId, declaration_id: o.declarationId, version: o.version })
    .update({ opinion: o.text, opinion_by: o.judgeId, opinion_at: trx.raw('app_now()'), version: o.version + 1 });
  return n === 1;
}

/** The judge's own id in a meeting; undefined without a seat. */
export async function findSeat(
  h: Handle,
  meetingId: number,
  accountId: number,
): Promise<{ judgeId: number; presentAt: Date | null } | undefined> {
  const { rows } = await h.raw<{ rows: { judgeId: number; presentAt: Date | null }[] }>(
    `SELECT s.judge_id AS "judgeId", s.present_at AS "presentAt" FROM meeting_seats s JOIN judges j ON j.id = s.judge_id WHERE s.meeting_id = ? AND j.account_id = ?`,
    [meetingId, accountId],
  );
  return rows[0];
}

/** Opens a round with everybody present as its voters; gives its id. */
export async function insertRound(
  trx: Trx,
  r: { meetingId: number; seats: number; voters: readonly number[]; keyName: string; accountId: number },
): Promise<number> {
  const [row] = (await trx('ballot_rounds')
    .insert({ meeting_id: r.meetingId, seats: r.seats, present: r.voters.length, key_sha256: r.keyName, opened_by: r.accountId })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('insert gave no row');
  await trx('ballots').insert(r.voters.map((judge_id) => ({ round_id: row.id, judge_id })));
  return row.id;
}
export interface OpenRound {
  id: number;
  seats: number;
  keyName: string;
}
export async function findOpenRound(h: Handle, meetingId: number, lock?: 'update' | 'share'): Promise<OpenRound | undefined> {
  const q = h('ballot_rounds').where({ meeting_id: meetingId, state: 'open' });
  if (lock === 'update') q.forUpdate();
  if (lock === 'share') q.forShare();
  return (await q.first('id', 'seats', { keyName: 'key_sha256' })) as OpenRound | undefined;
}
export interface VoterRow {
  judgeId: number;
  castAt: Date | null;
  box: string | null;
}
/** Who may vote in a round, and who has. In the order of the judges' ids, never in that of voting. */
export async function listVoters(h: Handle, roundId: number): Promise<VoterRow[]> {
  return (await h('ballots')
    .where({ round_id: roundId })
    .orderBy('judge_id')
    .select({ judgeId: 'judge_id', castAt: 'cast_at' }, 'box')) as VoterRow[];
}
/** True for the one vote of this judge; false when it was cast before, or this judge may not vote. */
export async function castBox(trx: Trx, roundId: number, judgeId: number, box: string): Promise<boolean> {
  const n = await trx('ballots')
    .where({ round_id: roundId, judge_id: judgeId })
    .whereNull('cast_at')
    .update({ box, cast_at: trx.raw('app_now()') });
  return n === 1;
}
/** Ends a round: what is left of it is its sums, and who has voted. */
export async function closeRound(
  trx: Trx,
  roundId: number,
  c: { results: readonly Counted[]; accountId: number } | { voidReason: string; accountId: number },
): Promise<void> {
  const now = trx.raw('app_now()');
  if ('results' in c) {
    await trx('ballot_rounds').where({ id: roundId }).update({ state: 'counted', closed_at: now, closed_by: c.accountId });
    await trx('ballot_results').insert(
      c.results.map((r) => ({
        round_id: roundId,
        declaration_id: r.item,
        total: r.total,
        present: r.present,
        yes: r.yes,
        no: r.no,
        abstain: r.abstain,
        is_valid: r.isValid,
        is_passed: r.isPassed,
      })),
    );
  } else {
    await trx('ballot_rounds')
      .where({ id: roundId })
      .update({ state: 'void', closed_at: now, closed_by: c.accountId, reason: c.voidReason });
  }
  await trx('ballots').where({ round_id: roundId }).whereNotNull('box').update({ box: null });
}
/** Names of keys whose rounds are over. The last 1,000 rounds: older ones were swept long ago. */
export async function listSpentKeys(h: Handle): Promise<string[]> {
  return (await h('ballot_rounds').whereNot({ state: 'open' }).orderBy('id', 'desc').limit(1000).pluck('key_sha256')) as string[];
}
