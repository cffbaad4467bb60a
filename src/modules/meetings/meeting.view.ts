import { REVIEWERS_PER_ITEM } from '../../lib/assign-items';
import { showMoment } from '../../lib/moment';
import { showDate, type PlainDate } from '../../lib/dates';
import type { Colour } from '../../policy/declaration-moves';
import type { MeetingState } from '../../policy/policy';
import type { Catalogue } from '../catalogue';
import { titleCell, unitCell } from '../review';
import type { Item, MeetingHead, OwnRecusalKind, RecusalLine, ResultLine, Seat, Sitting, WithdrawnRecusal } from './meeting.read';
import type { ReviewReturn } from './return-review';
import { meetingStateText } from './step';

const colours: Record<MeetingState, Colour> = { drawing: 'grey', reviewing: 'blue', voting: 'orange', counted: 'green', cancelled: 'red' };
export const meetingTag = (s: MeetingState): { text: string; colour: Colour } => ({ text: meetingStateText(s), colour: colours[s] });

const recusalTexts: Record<RecusalLine['kind'], string> = {
  self: '本人申报',
  'own-unit': '本单位人员',
  'avoided-unit': '须回避单位的人员',
  relation: '利害关系',
  request: '评委申请',
  ordered: '办事机构决定',
};
const ownTexts: Record<OwnRecusalKind, (judge: string) => string> = {
  self: (judge) => `${judge}就是申报人`,
  'own-unit': (judge) => `${judge}与申报人现在同一单位`,
  'avoided-unit': (judge) => `申报人现在${judge}须回避的单位`,
};

export const seatLine = (s: Seat) => ({
  ...s,
  groupText: s.group === null ? '' : `第 ${s.group} 组`,
  presentText: s.presentAt ? showMoment(s.presentAt) : '',
});
export const recusalText = (r: RecusalLine): string => `${recusalTexts[r.kind]}${r.reason ? `：${r.reason}` : ''}`;
const OWN_KINDS: readonly RecusalLine['kind'][] = ['self', 'own-unit', 'avoided-unit'];
/** For the office: what somebody has entered one by one, then what follows from the data, each judge's in one line. */
export function recusalLines(rows: readonly RecusalLine[]): (RecusalLine & { text: string })[] {
  const own = new Map<string, RecusalLine[]>();
  for (const r of rows.filter((x) => OWN_KINDS.includes(x.kind))) {
    const key = `${r.judgeId} ${r.kind}`;
    own.set(key, [...(own.get(key) ?? []), r]);
  }
  const joined = [...own.values()].flatMap((all) =>
    all.slice(0, 1).map((r) => ({ ...r, applicant: all.map((x) => x.applicant).join('、') })),
  );
  return [...rows.filter((x) => !OWN_KINDS.includes(x.kind)), ...joined].map((r) => ({ ...r, text: recusalText(r) }));
}
/** How far a meeting is: who has come, and what is still missing before the ballot. */
export function progressText(seats: readonly Seat[], items: readonly Item[]): string {
  const present = seats.filter((s) => s.presentAt !== null).length;
  const scored = items.filter((i) => i.scores >= REVIEWERS_PER_ITEM).length;
  const agreed = items.filter((i) => i.opinion !== '' && !i.isOpinionBarred).length;
  const needed = Math.ceil((2 * seats.length) / 3);
  return `已签到 ${present} 人，共 ${seats.length} 人，至少 ${needed} 人签到会议才有效。共 ${items.length} 份申报，已评分 ${scored} 份，已有评议意见 ${agreed} 份。`;
}
/** The outcome of all votes of a meeting. */
export function outcomeText(results: readonly ResultLine[]): string {
  const passed = results.filter((r) => r.isPassed).length;
  const invalid = results.filter((r) => !r.isValid).length;
  return `共 ${results.length} 份申报，通过 ${passed} 份，未通过 ${results.length - passed - invalid} 份${invalid > 0 ? `，出席人数不足、未表决 ${invalid} 份` : ''}。`;
}
/** S30: why a recusal is not taken back although it was entered by mistake. */
export const mustStayRecused = (kind: OwnRecusalKind): string => `${ownTexts[kind]('该评委')}，依照规定应当回避，不能撤销`;
/** S30: why the ballot is not opened before somebody has entered a recusal. */
export const mustBeRecused = (kind: OwnRecusalKind, judge: string): string =>
  `${ownTexts[kind](`评委${judge}`)}，依照规定应当回避，请先在「决定评委回避，或者移出申报」中登记`;

/** Recusals with the names of judges and applicants as the meeting's lists have them. */
export function namedAs<T extends { judgeId: number; declarationId: string; judge: string; applicant: string }>(
  rows: readonly T[],
  items: readonly Item[],
  seats: readonly Seat[],
): T[] {
  const applicants = new Map(items.map((i) => [i.id, i.name]));
  const judges = new Map(seats.map((x) => [x.judgeId, x.name]));
  return rows.map((r) => ({ ...r, applicant: applicants.get(r.declarationId) ?? r.applicant, judge: judges.get(r.judgeId) ?? r.judge }));
}

/** J2: what a recusal that was taken back has done to the review, for the office. */
export function reviewReturned(w: WithdrawnRecusal): string {
  if (w.isGivenBack === true) return w.takenFrom === null ? `评议已退回${w.judge}。` : `评议已由${w.takenFrom}退回${w.judge}。`;
  return w.staysWith === null ? '' : `${w.staysWith}已经评分，评议仍由${w.staysWith}承担；${w.judge}可以投票。`;
}

/** The same before it is taken back. `nameOf`: undefined where the substitute's name is nobody's business. */
export function reviewToReturn(r: ReviewReturn, nameOf?: (judgeId: number) => string): string {
  const named = (id: number): string => nameOf?.(id) ?? '接替评审的评委';
  switch (r.kind) {
    case 'none':
      return '该评委可以对这份申报投票';
    case 'back':
      return r.from === null
        ? '该评委可以对这份申报投票，并继续评议这份申报'
        : `该评委可以对这份申报投票；${named(r.from)}尚未评分，评议退回该评委`;
    case 'stays':
      return r.with === null
        ? '该评委可以对这份申报投票；已另有足够的评委评议，评议不再退回'
        : `该评委可以对这份申报投票；${named(r.with)}已经评分，评议不再退回${nameOf ? '。认为应当由该评委评议的，请将申报移出本次会议，列入以后的会议' : ''}`;
  }
}

/** The outcome of a ballot in words. */
export const resultText = (r: ResultLine): string => (!r.isValid ? '出席人数不足，未表决' : r.isPassed ? '通过' : '未通过');

function opinionTag(i: Item): { text: string; colour: Colour } {
  if (i.isOpinionBarred) return { text: '待重新保存', colour: 'orange' };
  return i.opinion === '' ? { text: '待填写', colour: 'yellow' } : { text: '已有意见', colour: 'green' };
}

export function itemLine(i: Item, catalogue: Catalogue, result?: ResultLine) {
  const title = titleCell(i, catalogue);
  return {
    id: i.id,
    name: i.name,
    title: title.text ?? '',
    titleSub: title.sub ?? '',
    speciality: i.speciality,
    unit: unitCell(i).text ?? '',
    group: i.group === null ? '' : `第 ${i.group} 组`,
    scores: i.scores,
    average: i.average,
    opinion: i.opinion,
    opinionBy: i.opinionBy,
    isOpinionBarred: i.isOpinionBarred,
    opinionTag: opinionTag(i),
    result,
    resultText: result ? resultText(result) : '',
  };
}

/** `heldOn`: the day of the count, once there is one. */
export const headRows = (m: MeetingHead, heldOn?: PlainDate | null): { label: string; text: string }[] => [
  { label: '评审委员会', text: m.committeeName },
  { label: '评审会议日期', text: showDate(m.meetsOn) },
  ...(heldOn && heldOn !== m.meetsOn ? [{ label: '实际表决日期', text: showDate(heldOn) }] : []),
  { label: '评审会议地点', text: m.place },
  { label: '评委席位', text: `${m.seatsPlanned} 人` },
  ...(m.reason ? [{ label: '取消原因', text: m.reason }] : []),
];

/** What a judge has to do in a meeting, for lists. */
export function sittingHint(s: Sitting): string {
  if (s.state === 'counted') return '评审会议已经结束';
  if (!s.isPresent) return `地点：${s.place}。请先签到`;
  if (s.state === 'voting') return s.hasVoted ? '您已经投票，请等待计票' : s.mayVote ? '现在可以投票' : '投票开始时您尚未签到，不能投票';
  return `分配给您 ${s.given} 份申报，已评分 ${s.scored} 份`;
}
export function sittingStatus(s: Sitting): { text: string; colour?: Colour } {
  if (s.state === 'counted') return { text: '已结束' };
  if (s.state === 'voting') return s.hasVoted ? { text: '已投票', colour: 'green' } : { text: '投票中', colour: 'orange' };
  return s.isPresent ? { text: '评议中', colour: 'blue' } : { text: '待签到', colour: 'yellow' };
}
