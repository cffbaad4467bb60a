import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { doneNotice } from '../../http/done-notice';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import {
  meetingOf,
  page,
  planOf,
  refusal,
  seeOther,
  type Crumb,
  type PageError,
  type Reply,
  type Route,
  type Visit,
} from '../../http/route';
import { mostGroups } from '../../lib/assign-items';
import { commitmentOf, drawLots, poolDigest } from '../../lib/judge-draw';
import { showDate } from '../../lib/dates';
import { isUuid, wholeNumber } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import { normaliseLine } from '../../lib/text';
import { findStanding } from '../committee';
import { titleCell, unitCell } from '../review';
import { countBallot, openBallot, voidBallot } from './hold-ballot';
import {
  ACCEPTABLE_LIMIT,
  findMeetingHead,
  listAcceptable,
  listDraws,
  listItems,
  listMeetings,
  listRecusals,
  listResults,
  listRounds,
  listSeats,
  listWithdrawnRecusals,
  type MeetingHead,
  type RecusalLine,
} from './meeting.read';
import { headRows, itemLine, meetingTag, namedAs, outcomeText, progressText, recusalLines, reviewReturned, seatLine } from './meeting.view';
import { listVoters } from './meeting.store';
import { officeActor } from './office-actor';
import {
  beginMeeting,
  cancelMeeting,
  chooseChair,
  chooseItems,
  commitDraw,
  createMeeting,
  drawJudges,
  replaceJudge,
  voidDraw,
} from './prepare-meeting';
import { printMinutes, printVoteSheet } from './print-meeting';
import { recuse, removeItem } from './review-items';
import type { StepOutcome } from './step';
import { withdrawalPage, withdrawalTexts } from './withdraw-recusal.routes';

const listCrumb: Crumb = { text: '评审会议', href: paths.meetings() };
const FORM_TEXTS = ['reason', 'witness', 'recusal', 'groups', 'judge', 'declaration'] as const;

const done: Record<string, string> = {
  created: '评审会议已建立，请按下列步骤准备',
  items: '本次会议评审的申报已保存',
  commit: '抽取方案已登记，评委库和随机种子已经固定',
  draw: '已抽取评委',
  'void-draw': '该次抽取已作废，可以重新登记抽取方案',
  replace: '已由候补评委递补',
  chair: '会议主持人已确定',
  begin: '评议已经开始，评委登录后可以查看分配的申报',
  recuse: '回避已登记',
  ...withdrawalTexts,
  'remove-item': '该申报已移出本次会议，可以列入以后的会议',
  open: '投票已经开始',
  count: '计票完成，结果已记入各份申报',
  'void-ballot': '本轮投票已作废，没有计票，可以重新开始投票',
  cancel: '评审会议已取消',
};

/** J2, J3: the office's pages of a meeting. */
export function meetingsRoutes(deps: Deps): Route[] {
  const { db } = deps;

  async function mustFind(visit: Visit): Promise<MeetingHead> {
    const found = await findMeetingHead(db, meetingOf(visit).id);
    if (!found) throw new Error('the meeting vanished between guard and handler');
    return found;
  }

  async function list(visit: Visit): Promise<Reply> {
    const rows = await listMeetings(db, officeActor(visit).committeeId);
    return page(
      'meetings/meetings',
      { title: '评审会议', breadcrumbs: [homeCrumb, { text: '评审会议' }] },
      {
        table: {
          caption: '评审会议',
          emptyText: '还没有评审会议。评审计划核准后，可以在评审计划页面建立评审会议',
          emptyAction: '评审计划',
          emptyHref: paths.plans(),
          columns: ['评审会议日期', '地点', '评委席位', '状态'].map((text) => ({ key: text, text })),
          rows: rows.map((m) => ({
            cells: [
              { text: showDate(m.meetsOn), href: paths.meeting(m.id) },
              { text: m.place },
              { text: `${m.seatsPlanned} 人` },
              { tag: meetingTag(m.state) },
            ],
          })),
        },
      },
    );
  }

  async function create(visit: Visit): Promise<Reply> {
    const back = { text: '返回评审计划', href: paths.plan(planOf(visit).id) };
    const outcome = await createMeeting(deps, officeActor(visit), planOf(visit).id, visit.requestId);
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.meeting(outcome.meetingId), { done: 'created' }));
      case 'not-approved':
        return refusal(403, '评审计划尚未核准，不能建立评审会议', back);
      case 'already-there':
        return refusal(409, '该评审计划已经建立评审会议', back);
    }
  }

  /** `refused`: the step that was not done; what was typed and ticked for it is shown again. */
  async function show(visit: Visit, reasons: readonly string[] = [], refused?: string): Promise<Reply> {
    const m = await mustFind(visit);
    const isOffice = visit.actor.role === 'office';
    const [catalogue, seats, items, recusals, withdrawn, draws, rounds, results, standing] = await Promise.all([
      deps.catalogue.get(),
      listSeats(db, m.id),
      listItems(db, m.id),
      listRecusals(db, m.id),
      listWithdrawnRecusals(db, m.id),
      listDraws(db, m.id),
      listRounds(db, m.id),
      listResults(db, m.id),
      findStanding(db, m.committeeId),
    ]);
    const acceptable = m.state === 'drawing' && isOffice ? await listAcceptable(db, m.committeeId, m.id) : [];
    const chosen = new Set(items.map((i) => i.id));
    const ticked = refused === 'items' ? new Set(visit.body.all('ids')) : chosen;
    const draw = draws.find((d) => d.voidReason === '');
    const withdrawable = (r: { kind: RecusalLine['kind']; judgeId: number; declarationId: string }): string | undefined =>
      isOffice && r.kind === 'ordered' && m.state === 'reviewing' && chosen.has(r.declarationId)
        ? addressOf(paths.meetingStep(m.id, 'withdraw-recusal'), { judge: String(r.judgeId), item: r.declarationId })
        : undefined;
    const round = rounds[0]?.state === 'open' ? rounds[0] : undefined;
    // who has voted is no secret, what they voted is: the office asks those who are still missing
    const voters = new Map((isOffice && round ? await listVoters(db, round.id) : []).map((v) => [v.judgeId, v.castAt !== null]));
    const voteTextOf = (judge: number): string => (voters.has(judge) ? (voters.get(judge) ? '已投票' : '未投票') : '没有表决权');
    const errors: PageError[] = reasons.map((r) => ({ text: r, href: '#main' }));
    const title = `评审会议：${showDate(m.meetsOn)}`;
    const resultOf = new Map(results.map((r) => [r.declarationId, r]));
    return page(
      'meetings/meeting',
      {
        title,
        breadcrumbs: [homeCrumb, isOffice ? listCrumb : { text: '评审计划审核', href: paths.planReview() }, { text: showDate(m.meetsOn) }],
        errors,
        ...(errors.length === 0 ? doneNotice(visit, done) : {}),
      },
      {
        m,
        isOffice,
        tag: meetingTag(m.state),
        rows: headRows(m, rounds.find((r) => r.state === 'counted')?.heldOn),
        otherDay:
          m.today === m.meetsOn ? '' : `今天不是评审计划的会议日期，今天计票的，会议日期按 ${showDate(m.today)} 记入表决结果和证书。`,
        standing,
        acceptable: acceptable.map((a) => ({
          id: a.id,
          // until somebody has chosen, everything that waits is proposed
          checked: ticked.has(a.id) || (chosen.size === 0 && refused !== 'items'),
          name: a.name,
          title: titleCell(a, catalogue).text,
          speciality: a.speciality,
          unit: unitCell(a).text,
          rank: a.rank,
        })),
        isMore: acceptable.length === ACCEPTABLE_LIMIT,
        chosen: chosen.size,
        seats: seats.map((s) => ({ ...seatLine(s), voteText: voteTextOf(s.judgeId) })),
        chair: seats.find((s) => s.isChair)?.name,
        progress: progressText(seats, items),
        outcome: outcomeText(results),
        passed: results.filter((r) => r.isPassed).length,
        maxGroups: mostGroups(seats.length),
        items: items.map((i) => itemLine(i, catalogue, resultOf.get(i.id))),
        recusals: recusalLines(namedAs(recusals, items, seats)).map((r) => ({ ...r, withdrawHref: withdrawable(r) })),
        hasWithdrawable: recusals.some((r) => withdrawable(r) !== undefined),
        withdrawn: namedAs(withdrawn, items, seats).map((w) => ({ ...w, at: showMoment(w.withdrawnAt), review: reviewReturned(w) })),
        draw: draw && { ...draw, at: showMoment(draw.committedAt), drawnText: showMoment(draw.drawnAt) },
        voidDraws: draws.filter((d) => d.voidReason !== ''),
        round,
        voidRounds: rounds.filter((r) => r.state === 'void').map((r) => ({ ...r, at: showMoment(r.closedAt) })),
        step: (name: string) => paths.meetingStep(m.id, name),
        typed: refused === undefined ? {} : { [refused]: Object.fromEntries(FORM_TEXTS.map((f) => [f, visit.body.one(f)])) },
      },
      errors.length > 0 ? 422 : 200,
    );
  }

  /** A step of the office: done is 303 to the page, refused is the page with the reasons. */
  const step = (name: string, act: (visit: Visit, id: number) => Promise<StepOutcome>): Omit<Route, 'audit'> => ({
    method: 'post',
    path: paths.meetingStep(':meeting', name),
    access: 'meeting.manage',
    async handle(visit) {
      const { id } = meetingOf(visit);
      const outcome = await act(visit, id);
      return outcome.kind === 'done' ? seeOther(addressOf(paths.meeting(id), { done: name })) : show(visit, outcome.reasons, name);
    },
  });
  const line = (visit: Visit, name: string): string => normaliseLine(visit.body.one(name)).slice(0, 200);
  const judgeId = (visit: Visit): number => wholeNumber(visit.body.one('judge')) ?? 0;
  const declarationId = (visit: Visit): string => (isUuid(visit.body.one('declaration')) ? visit.body.one('declaration') : '');

  /** J2: everything that is needed to work the draw out again, and the outcome of doing so here. */
  async function showDraw(visit: Visit): Promise<Reply> {
    const m = await mustFind(visit);
    const draws = await listDraws(db, m.id);
    const crumb = { text: showDate(m.meetsOn), href: paths.meeting(m.id) };
    return page(
      'meetings/draw',
      {
        title: '抽取记录和复核',
        breadcrumbs: [homeCrumb, ...(visit.actor.role === 'office' ? [listCrumb] : []), crumb, { text: '抽取记录和复核' }],
      },
      {
        draws: draws.map((d) => {
          const lots = d.seed === null || d.witness === null ? [] : drawLots(d.pool, d.seed, d.witness);
          return {
            ...d,
            committed: showMoment(d.committedAt),
            at: showMoment(d.drawnAt),
            isCommitmentRight: d.seed !== null && commitmentOf(d.seed) === d.commitment,
            isPoolRight: poolDigest(d.pool) === d.poolSha256,
            isOrderRight: d.drawn !== null && lots.map((l) => l.id).join() === d.drawn.join(),
            lots: lots.map((l, i) => ({ ...l, place: i + 1, isSeat: i < d.seats })),
            poolLines: d.pool,
          };
        }),
        back: paths.meeting(m.id),
      },
    );
  }

  const pdf =
    (make: (deps: Deps, id: number) => Promise<{ pdf: Buffer; fileName: string } | undefined>) =>
    async (visit: Visit): Promise<Reply> => {
      const made = await make(deps, meetingOf(visit).id);
      if (!made) return refusal(409, '投票尚未计票，还不能打印', { text: '返回评审会议', href: paths.meeting(meetingOf(visit).id) });
      return { kind: 'file', body: made.pdf, contentType: 'application/pdf', fileName: made.fileName, inline: false };
    };

  const withdrawal = withdrawalPage(deps, {
    head: async (visit) => {
      const m = await mustFind(visit);
      return { m, crumbs: [homeCrumb, listCrumb, { text: showDate(m.meetsOn), href: paths.meeting(m.id) }, { text: '撤销回避' }] };
    },
    action: (id) => paths.meetingStep(id, 'withdraw-recusal'),
    back: paths.meeting,
  });
  const withdrawalPath = paths.meetingStep(':meeting', 'withdraw-recusal');
  return [
    { method: 'get', path: withdrawalPath, access: 'meeting.manage', audit: null, handle: withdrawal.show },
    { method: 'post', path: withdrawalPath, access: 'meeting.manage', audit: 'meeting.withdraw-recusal', handle: withdrawal.post },
    { method: 'get', path: paths.meetings(), access: 'meetings.own', audit: null, handle: list },
    { method: 'post', path: paths.newMeeting(':plan'), access: 'plan.hold', audit: 'meeting.create', handle: create },
    { method: 'get', path: paths.meeting(':meeting'), access: 'meeting.inspect', audit: null, handle: (visit) => show(visit) },
    { method: 'get', path: paths.meetingStep(':meeting', 'draw'), access: 'meeting.inspect', audit: null, handle: showDraw },
    {
      method: 'get',
      path: paths.meetingStep(':meeting', 'vote-sheet.pdf'),
      heavy: true,
      access: 'meeting.inspect',
      audit: null,
      handle: pdf(printVoteSheet),
    },
    {
      method: 'get',
      path: paths.meetingStep(':meeting', 'minutes.pdf'),
      heavy: true,
      access: 'meeting.inspect',
      audit: null,
      handle: pdf(printMinutes),
    },
    {
      ...step('items', (visit, id) =>
        chooseItems(deps, visit.actor, id, [...new Set(visit.body.all('ids'))].filter(isUuid), visit.requestId),
      ),
      audit: 'meeting.items',
    },
    { ...step('commit', (visit, id) => commitDraw(deps, visit.actor, id, visit.requestId)), audit: 'draw.commit' },
    { ...step('draw', (visit, id) => drawJudges(deps, visit.actor, id, line(visit, 'witness'), visit.requestId)), audit: 'draw.draw' },
    { ...step('void-draw', (visit, id) => voidDraw(deps, visit.actor, id, line(visit, 'reason'), visit.requestId)), audit: 'draw.void' },
    {
      ...step('replace', (visit, id) => replaceJudge(deps, visit.actor, id, judgeId(visit), line(visit, 'reason'), visit.requestId)),
      audit: 'draw.replace',
    },
    { ...step('chair', (visit, id) => chooseChair(deps, visit.actor, id, judgeId(visit), visit.requestId)), audit: 'meeting.chair' },
    {
      ...step('begin', (visit, id) => beginMeeting(deps, visit.actor, id, wholeNumber(visit.body.one('groups')) ?? 0, visit.requestId)),
      audit: 'meeting.begin',
    },
    {
      ...step('recuse', (visit, id) =>
        recuse(
          deps,
          visit.actor,
          id,
          { declarationId: declarationId(visit), judgeId: judgeId(visit), reason: line(visit, 'recusal') },
          visit.requestId,
        ),
      ),
      audit: 'meeting.recuse',
    },
    {
      ...step('remove-item', (visit, id) => removeItem(deps, visit.actor, id, declarationId(visit), visit.requestId)),
      audit: 'meeting.remove-item',
    },
    { ...step('open', (visit, id) => openBallot(deps, visit.actor, id, visit.requestId)), audit: 'ballot.open' },
    {
      ...step('count', (visit, id) => countBallot(deps, visit.actor, id, visit.body.one('early') === 'yes', visit.requestId)),
      audit: 'ballot.count',
    },
    {
      ...step('void-ballot', (visit, id) => voidBallot(deps, visit.actor, id, line(visit, 'reason'), visit.requestId)),
      audit: 'ballot.void',
    },
    {
      ...step('cancel', (visit, id) => cancelMeeting(deps, visit.actor, id, line(visit, 'reason'), visit.requestId)),
      audit: 'meeting.cancel',
    },
  ];
}
