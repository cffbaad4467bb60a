import type { Handle } from '../../db/db';
import type { PlainDate } from '../../lib/dates';
import type { Candidate } from '../../lib/judge-draw';
import type { StateName } from '../../policy/declaration-moves';
import type { MeetingState, MeetingSubject } from '../../policy/policy';
import { BORN_ON, LINE_COLUMNS, tellApart, type DeclarationLine } from '../review';

/** What the policy needs to know of a meeting. One query. */
export async function findMeetingSubject(h: Handle, id: number): Promise<MeetingSubject | undefined> {
  const { rows } = await h.raw<{ rows: Omit<MeetingSubject, 'kind'>[] }>(
    `SELECT m.id, m.committee_id AS "committeeId", c.division_code AS "divisionCode", m.state,
       array(SELECT j.account_id::int FROM meeting_seats s JOIN judges j ON j.id = s.judge_id WHERE s.meeting_id = m.id) AS "seatAccounts"
     FROM meetings m JOIN committees c ON c.id = m.committee_id WHERE m.id = ?`,
    [id],
  );
  return rows[0] && { kind: 'meeting', ...rows[0] };
}

export interface MeetingHead {
  id: number;
  committeeId: number;
  committeeName: string;
  /** of the committee's office, '' where it left none */
  phone: string;
  isCommitteeValid: boolean;
  planId: number;
  /** the day of the plan */
  meetsOn: PlainDate;
  today: PlainDate;
  place: string;
  /** seats that the plan asks for */
  seatsPlanned: number;
  state: MeetingState;
  reason: string;
  beganAt: Date | null;
  endedAt: Date | null;
}
const HEAD = `SELECT m.id, m.committee_id AS "committeeId", c.name AS "committeeName", c.phone, committee_is_valid(c) AS "isCommitteeValid", m.plan_id AS "planId", p.meets_on AS "meetsOn", app_today() AS today,
    p.place, p.seats AS "seatsPlanned", m.state, m.reason, m.began_at AS "beganAt", m.ended_at AS "endedAt"
  FROM meetings m JOIN committees c ON c.id = m.committee_id JOIN review_plans p ON p.id = m.plan_id`;

export async function findMeetingHead(h: Handle, id: number): Promise<MeetingHead | undefined> {
  const { rows } = await h.raw<{ rows: MeetingHead[] }>(`${HEAD} WHERE m.id = ?`, [id]);
  return rows[0];
}
/** A committee's meetings, the newest first. At most 100. */
export async function listMeetings(h: Handle, committeeId: number): Promise<MeetingHead[]> {
  const { rows } = await h.raw<{ rows: MeetingHead[] }>(`${HEAD} WHERE m.committee_id = ? ORDER BY m.id DESC LIMIT 100`, [committeeId]);
  return rows;
}

export interface Seat {
  judgeId: number;
  accountId: number;
  /** with the unit where two have it */
  name: string;
  ownName: string;
  unitName: string;
  title: string;
  speciality: string;
  position: number;
  group: number | null;
  isChair: boolean;
  presentAt: Date | null;
  /** items given to them, and how many of those they have scored */
  given: number;
  scored: number;
}
export async function listSeats(h: Handle, meetingId: number): Promise<Seat[]> {
  const { rows } = await h.raw<{ rows: Seat[] }>(
    `SELECT s.judge_id AS "judgeId", j.account_id AS "accountId", j.name, j.name AS "ownName", j.unit_name AS "unitName", j.title, j.speciality, s.position, s.group_number AS "group",
       s.is_chair AS "isChair", s.present_at AS "presentAt", count(a.judge_id)::int AS given, count(a.score)::int AS scored
     FROM meeting_seats s JOIN judges j ON j.id = s.judge_id LEFT JOIN review_assignments a ON a.meeting_id = s.meeting_id AND a.judge_id = s.judge_id
     WHERE s.meeting_id = ? GROUP BY s.meeting_id, s.judge_id, j.id ORDER BY s.position`,
    [meetingId],
  );
  // two of one name are told apart by their units
  const shared = new Set(rows.filter((r) => rows.some((o) => o.name === r.name && o.judgeId !== r.judgeId)).map((r) => r.judgeId));
  return rows.map((r) => (shared.has(r.judgeId) ? { ...r, name: `${r.name}（${r.unitName}）` } : r));
}

export interface Item extends DeclarationLine {
  id: string;
  bornOn: PlainDate;
  state: StateName;
  position: number;
  group: number | null;
  isLive: boolean;
  opinion: string;
  opinionBy: string | null;
  /** who wrote it is in recusal since: it does not stand for the group until another one has saved it */
  isOpinionBarred: boolean;
  opinionAt: Date | null;
  version: number;
  scores: number;
  /** of those that are given, to one decimal; null for none */
  average: string | null;
  /** seats that may not vote on it */
  barred: number[];
}
/** The declarations of a meeting in their order, without those that were taken out of it. Names that several have say whose they are. */
export async function listItems(h: Handle, meetingId: number): Promise<Item[]> {
  const { rows } = await h.raw<{ rows: Item[] }>(
    `SELECT i.declaration_id AS id, d.state, i.position, i.group_number AS "group", i.is_live AS "isLive", i.opinion, o.name AS "opinionBy",
       EXISTS (SELECT 1 FROM recusals r WHERE (r.meeting_id, r.judge_id, r.declaration_id) = (i.meeting_id, i.opinion_by, i.declaration_id)) AS "isOpinionBarred", i.opinion_at AS "opinionAt", i.version,
       ${LINE_COLUMNS}, ${BORN_ON},
       (SELECT count(a.score)::int FROM review_assignments a WHERE a.meeting_id = i.meeting_id AND a.declaration_id = i.declaration_id) AS scores,
       (SELECT round(avg(a.score), 1)::text FROM review_assignments a WHERE a.meeting_id = i.meeting_id AND a.declaration_id = i.declaration_id) AS average,
       array(SELECT r.judge_id::int FROM recusals r WHERE r.meeting_id = i.meeting_id AND r.declaration_id = i.declaration_id) AS barred
     FROM meeting_items i JOIN declarations d ON d.id = i.declaration_id LEFT JOIN units u ON u.id = d.unit_id LEFT JOIN judges o ON o.id = i.opinion_by
     WHERE i.meeting_id = ? AND (i.is_live OR EXISTS (SELECT 1 FROM ballot_results x JOIN ballot_rounds r ON r.id = x.round_id WHERE r.meeting_id = i.meeting_id AND x.declaration_id = i.declaration_id))
     ORDER BY i.position`,
    [meetingId],
  );
  return tellApart(rows);
}

export interface AcceptedLine extends DeclarationLine {
  id: string;
  bornOn: PlainDate;
  rank: string | null;
}
/** The order in which a meeting goes through its declarations: who applies for the same side by side, then by unit and the unit's own ranks. Of declarations d and units u. */
export const AGENDA_ORDER = 'd.series_id, d.level, d.title_id, d.speciality, u.name, d.rank_n, d.moved_at, d.id';
export const ACCEPTABLE_LIMIT = 500;
/** Declarations the committee has accepted that stand before no meeting, or before this one, as a meeting goes through them. At most 500. */
export async function listAcceptable(h: Handle, committeeId: number, meetingId: number): Promise<AcceptedLine[]> {
  const { rows } = await h.raw<{ rows: AcceptedLine[] }>(
    `SELECT d.id, ${LINE_COLUMNS}, ${BORN_ON}, d.rank_n || '/' || d.rank_of AS rank FROM declarations d LEFT JOIN units u ON u.id = d.unit_id
     WHERE d.holder_committee_id = ? AND d.state = 'accepted'
       AND NOT EXISTS (SELECT 1 FROM meeting_items i WHERE i.declaration_id = d.id AND i.is_live AND i.meeting_id <> ?)
     ORDER BY ${AGENDA_ORDER} LIMIT ${ACCEPTABLE_LIMIT}`,
    [committeeId, meetingId],
  );
  return tellApart(rows);
}

/** Article 26: what follows from the data, without anybody's entering it. */
export type OwnRecusalKind = 'self' | 'own-unit' | 'avoided-unit';
export interface RecusalLine {
  judgeId: number;
  declarationId: string;
  judge: string;
  applicant: string;
  kind: OwnRecusalKind | 'relation' | 'request' | 'ordered';
  reason: string;
}
export async function listRecusals(h: Handle, meetingId: number): Promise<RecusalLine[]> {
  const { rows } = await h.raw<{ rows: RecusalLine[] }>(
    `SELECT r.judge_id AS "judgeId", r.declaration_id AS "declarationId", j.name AS judge, d.applicant_name AS applicant, r.kind, r.reason
     FROM recusals r JOIN judges j ON j.id = r.judge_id JOIN declarations d ON d.id = r.declaration_id WHERE r.meeting_id = ? ORDER BY r.recorded_at, j.name, d.id`,
    [meetingId],
  );
  return rows;
}

export interface WithdrawnRecusal {
  judgeId: number;
  declarationId: string;
  judge: string;
  applicant: string;
  /** the review came back to the judge; null for recusals taken back before this was kept */
  isGivenBack: boolean | null;
  /** who gave it back */
  takenFromId: number | null;
  takenFrom: string | null;
  /** who had scored it and keeps it */
  staysWith: string | null;
  reason: string;
  withdrawalReason: string;
  withdrawnAt: Date;
  withdrawnBy: string;
}
/** Recusals of a meeting that were taken back, in that order. */
export async function listWithdrawnRecusals(h: Handle, meetingId: number): Promise<WithdrawnRecusal[]> {
  const { rows } = await h.raw<{ rows: WithdrawnRecusal[] }>(
    `SELECT w.judge_id AS "judgeId", w.declaration_id AS "declarationId", j.name AS judge, d.applicant_name AS applicant, w.is_given_back AS "isGivenBack", w.taken_from AS "takenFromId", f.name AS "takenFrom",
       s.name AS "staysWith", w.reason, w.withdrawal_reason AS "withdrawalReason", w.withdrawn_at AS "withdrawnAt", a.display_name AS "withdrawnBy"
     FROM withdrawn_recusals w JOIN judges j ON j.id = w.judge_id JOIN declarations d ON d.id = w.declaration_id JOIN accounts a ON a.id = w.withdrawn_by
       LEFT JOIN judges f ON f.id = w.taken_from LEFT JOIN judges s ON s.id = w.stays_with
     WHERE w.meeting_id = ? ORDER BY w.id`,
    [meetingId],
  );
  return rows;
}

export interface Draw {
  id: number;
  seats: number;
  pool: Candidate[];
  poolSha256: string;
  commitment: string;
  committedAt: Date;
  committedBy: string;
  seed: string | null;
  witness: string | null;
  drawn: number[] | null;
  drawnAt: Date | null;
  drawnBy: string | null;
  voidReason: string;
}
/** All draws of a meeting, the newest first: a void one stays to be seen. */
export async function listDraws(h: Handle, meetingId: number): Promise<Draw[]> {
  const { rows } = await h.raw<{ rows: Draw[] }>(
    `SELECT w.id, w.seats, w.pool, w.pool_sha256 AS "poolSha256", w.commitment, w.committed_at AS "committedAt", ca.display_name AS "committedBy", w.seed, w.witness,
       w.drawn::int[] AS drawn, w.drawn_at AS "drawnAt", da.display_name AS "drawnBy", w.void_reason AS "voidReason"
     FROM draws w JOIN accounts ca ON ca.id = w.committed_by LEFT JOIN accounts da ON da.id = w.drawn_by WHERE w.meeting_id = ? ORDER BY w.id DESC`,
    [meetingId],
  );
  return rows;
}

export interface Round {
  id: number;
  state: 'open' | 'counted' | 'void';
  seats: number;
  present: number;
  openedAt: Date;
  closedAt: Date | null;
  /** the day of the count, which the results bear; null before it */
  heldOn: PlainDate | null;
  reason: string;
  cast: number;
}
/** The ballots of a meeting, the newest first. */
export async function listRounds(h: Handle, meetingId: number): Promise<Round[]> {
  const { rows } = await h.raw<{ rows: Round[] }>(
    `SELECT r.id, r.state, r.seats, r.present, r.opened_at AS "openedAt", r.closed_at AS "closedAt",
       (r.closed_at AT TIME ZONE 'Asia/Shanghai')::date AS "heldOn", r.reason,
       (SELECT count(*)::int FROM ballots b WHERE b.round_id = r.id AND b.cast_at IS NOT NULL) AS cast
     FROM ballot_rounds r WHERE r.meeting_id = ? ORDER BY r.id DESC`,
    [meetingId],
  );
  return rows;
}

export interface ResultLine {
  declarationId: string;
  total: number;
  present: number;
  yes: number;
  no: number;
  abstain: number;
  isValid: boolean;
  isPassed: boolean;
}
export async function listResults(h: Handle, meetingId: number): Promise<ResultLine[]> {
  const { rows } = await h.raw<{ rows: ResultLine[] }>(
    `SELECT x.declaration_id AS "declarationId", x.total, x.present, x.yes, x.no, x.abstain, x.is_valid AS "isValid", x.is_passed AS "isPassed"
     FROM ballot_results x JOIN ballot_rounds r ON r.id = x.round_id WHERE r.meeting_id = ? AND r.state = 'counted'`,
    [meetingId],
  );
  return rows;
}

export interface Sitting {
  meetingId: number;
  committeeName: string;
  meetsOn: PlainDate;
  place: string;
  /** of the committee's office, '' where it left none */
  phone: string;
  state: MeetingState;
  isPresent: boolean;
  given: number;
  scored: number;
  mayVote: boolean;
  hasVoted: boolean;
}
/** The meetings a judge has a seat in, those under way first. At most 50. One query. */
export async function listSittings(h: Handle, accountId: number): Promise<Sitting[]> {
  const { rows } = await h.raw<{ rows: Sitting[] }>(
    `SELECT m.id AS "meetingId", c.name AS "committeeName", p.meets_on AS "meetsOn", p.place, c.phone, m.state, s.present_at IS NOT NULL AS "isPresent",
       (SELECT count(*)::int FROM review_assignments a WHERE a.meeting_id = m.id AND a.judge_id = j.id) AS given,
       (SELECT count(a.score)::int FROM review_assignments a WHERE a.meeting_id = m.id AND a.judge_id = j.id) AS scored,
       b.judge_id IS NOT NULL AS "mayVote", b.cast_at IS NOT NULL AS "hasVoted"
     FROM judges j JOIN meeting_seats s ON s.judge_id = j.id JOIN meetings m ON m.id = s.meeting_id JOIN committees c ON c.id = m.committee_id
       JOIN review_plans p ON p.id = m.plan_id LEFT JOIN ballot_rounds r ON r.meeting_id = m.id AND r.state = 'open'
       LEFT JOIN ballots b ON b.round_id = r.id AND b.judge_id = j.id
     WHERE j.account_id = ? AND m.state NOT IN ('drawing', 'cancelled') ORDER BY m.state = 'counted', m.id DESC LIMIT 50`,
    [accountId],
  );
  return rows;
}

export interface OwnItem {
  id: string;
  score: number | null;
  remark: string;
}
/** What is given to this judge in a meeting. */
export async function listOwnItems(h: Handle, meetingId: number, judgeId: number): Promise<OwnItem[]> {
  return (await h('review_assignments')
    .where({ meeting_id: meetingId, judge_id: judgeId })
    .select({ id: 'declaration_id' }, 'score', 'remark')) as OwnItem[];
}

export interface ItemScore {
  judge: string;
  score: number | null;
  remark: string;
}
/** Scores of one item, for its group's opinion and the minutes. */
export async function listScores(h: Handle, meetingId: number, declarationId: string): Promise<ItemScore[]> {
  const { rows } = await h.raw<{ rows: ItemScore[] }>(
    `SELECT j.name AS judge, a.score, a.remark FROM review_assignments a JOIN judges j ON j.id = a.judge_id
     WHERE a.meeting_id = ? AND a.declaration_id = ? ORDER BY j.id`,
    [meetingId, declarationId],
  );
  return rows;
}
