import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import {
  meetingOf,
  notFound,
  page,
  refusal,
  seeOther,
  type Crumb,
  type PageError,
  type PageMeta,
  type Reply,
  type Route,
  type Visit,
} from '../../http/route';
import { showDate } from '../../lib/dates';
import { isUuid, wholeNumber } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import type { Choice } from '../../lib/sealed-ballot';
import { countCharacters, normaliseLine, normaliseText, toHalfWidth } from '../../lib/text';
import { REVIEWERS_PER_ITEM } from '../../lib/assign-items';
import { castBallot } from './hold-ballot';
import {
  findMeetingHead,
  listItems,
  listOwnItems,
  listRecusals,
  listResults,
  listScores,
  listSittings,
  type Item,
  type MeetingHead,
} from './meeting.read';
import { findOpenRound, findSeat, listVoters } from './meeting.store';
import { itemLine, meetingTag, recusalText, sittingHint, sittingStatus } from './meeting.view';
import { checkIn, recuse, scoreItem, writeOpinion } from './review-items';

const sittingsCrumb: Crumb = { text: '我的评审', href: paths.sittings() };
const choices: readonly { value: Choice; text: string }[] = [
  { value: 'yes', text: '同意' },
  { value: 'no', text: '不同意' },
  { value: 'abstain', text: '弃权' },
];
const done: Record<string, string> = {
  'check-in': '签到成功',
  recusal: '已登记回避，该申报不再由您评审',
  score: '评分已保存',
  opinion: '评议意见已保存',
  ballot: '投票成功。您的选择已经密封，任何人都不能查看或者更改',
};

interface Seated {
  m: MeetingHead;
  judgeId: number;
  presentAt: Date | null;
}

/** J3: a judge's pages. Plain forms, one act on a page: used on tablets by people who come once a year. */
export function sittingsRoutes(deps: Deps): Route[] {
  const { db } = deps;

  async function seated(visit: Visit): Promise<Seated> {
    const { id } = meetingOf(visit);
    const [m, seat] = await Promise.all([findMeetingHead(db, id), findSeat(db, id, visit.actor.accountId)]);
    if (!m || !seat) throw new Error('the seat vanished between guard and handler');
    return { m, ...seat };
  }
  const crumbsOf = (m: MeetingHead, ...rest: Crumb[]): Crumb[] => [
    homeCrumb,
    sittingsCrumb,
    { text: `${showDate(m.meetsOn)}评审会议`, ...(rest.length > 0 ? { href: paths.sitting(m.id) } : {}) },
    ...rest,
  ];
  const noticeOf = (visit: Visit): { notice?: PageMeta['notice'] } => {
    const text = done[visit.query.one('done')];
    return text === undefined ? {} : { notice: { kind: 'success', text } };
  };

  async function list(visit: Visit): Promise<Reply> {
    const sittings = await listSittings(db, visit.actor.accountId);
    return page(
      'meetings/sittings',
      { title: '我的评审', breadcrumbs: [homeCrumb, { text: '我的评审' }] },
      {
        tasks: sittings.map((s) => ({
          title: `${s.committeeName}　${showDate(s.meetsOn)}`,
          href: paths.sitting(s.meetingId),
          hint: sittingHint(s),
          status: sittingStatus(s),
        })),
      },
    );
  }

  async function sitting(visit: Visit, reasons: readonly string[] = []): Promise<Reply> {
    const { m, judgeId, presentAt } = await seated(visit);
    const [catalogue, items, own, recusals, round, results] = await Promise.all([
      deps.catalogue.get(),
      listItems(db, m.id),
      listOwnItems(db, m.id, judgeId),
      listRecusals(db, m.id),
      findOpenRound(db, m.id),
      listResults(db, m.id),
    ]);
    const voter = round && (await listVoters(db, round.id)).find((v) => v.judgeId === judgeId);
    const scoreOf = new Map(own.map((o) => [o.id, o]));
    const resultOf = new Map(results.map((r) => [r.declarationId, r]));
    return page(
      'meetings/sitting',
      {
        title: `${showDate(m.meetsOn)}评审会议`,
        heading: m.committeeName,
        breadcrumbs: crumbsOf(m),
        errors: reasons.map((r): PageError => ({ text: r, href: '#main' })),
        ...(reasons.length === 0 ? noticeOf(visit) : {}),
      },
      {
        m: { ...m, meetsText: showDate(m.meetsOn) },
        tag: meetingTag(m.state),
        presentText: presentAt ? showMoment(presentAt) : '',
        tasks: items
          .filter((i) => scoreOf.has(i.id))
          .map((i) => {
            const score = scoreOf.get(i.id)?.score ?? null;
            return {
              title: i.name,
              href: paths.sittingItem(m.id, i.id),
              hint: `${itemLine(i, catalogue).title}，${i.speciality}，${i.unitName}${i.opinion === '' ? '' : '。已有评议意见'}`,
              status: score === null ? { text: '待评分', colour: 'orange' } : { text: `已评分 ${score} 分` },
            };
          }),
        recusals: recusals.filter((r) => r.judgeId === judgeId).map((r) => ({ applicant: r.applicant, text: recusalText(r) })),
        mayVote: voter !== undefined && voter.castAt === null,
        votedText: voter?.castAt ? showMoment(voter.castAt) : '',
        isVoting: round !== undefined,
        isReviewing: m.state === 'reviewing',
        results: m.state === 'counted' ? items.map((i) => itemLine(i, catalogue, resultOf.get(i.id))) : [],
      },
      reasons.length > 0 ? 422 : 200,
    );
  }

  async function postCheckIn(visit: Visit): Promise<Reply> {
    const { id } = meetingOf(visit);
    const outcome = await checkIn(deps, visit.actor, id, visit.body.one('pledge') === 'yes', visit.requestId);
    return outcome.kind === 'done' ? seeOther(addressOf(paths.sitting(id), { done: 'check-in' })) : sitting(visit, outcome.reasons);
  }

  // ---- recusal

  async function recusalPage(visit: Visit, reasons: readonly string[] = []): Promise<Reply> {
    const { m, judgeId } = await seated(visit);
    const [catalogue, items] = await Promise.all([deps.catalogue.get(), listItems(db, m.id)]);
    return page(
      'meetings/recusal',
      {
        title: '申请回避',
        breadcrumbs: crumbsOf(m, { text: '申请回避' }),
        errors: reasons.map((r): PageError => ({ text: r, href: '#recusal' })),
      },
      {
        action: paths.sittingStep(m.id, 'recusal'),
        back: paths.sitting(m.id),
        items: items.filter((i) => !i.barred.includes(judgeId)).map((i) => itemLine(i, catalogue)),
        chosen: visit.method === 'POST' ? visit.body.one('declaration') : visit.query.one('item'),
        reason: visit.method === 'POST' ? visit.body.one('reason') : '',
      },
      reasons.length > 0 ? 422 : 200,
    );
  }
  async function postRecusal(visit: Visit): Promise<Reply> {
    const { id } = meetingOf(visit);
    const declarationId = isUuid(visit.body.one('declaration')) ? visit.body.one('declaration') : '';
    const reason = normaliseLine(visit.body.one('reason')).slice(0, 200);
    const outcome = await recuse(deps, visit.actor, id, { declarationId, reason }, visit.requestId);
    return outcome.kind === 'done' ? seeOther(addressOf(paths.sitting(id), { done: 'recusal' })) : recusalPage(visit, outcome.reasons);
  }

  // ---- one declaration: score and opinion

  /** S30: nothing of a declaration that is not given to this judge. */
  async function ownItem(visit: Visit): Promise<{ seat: Seated; item: Item; score: number | null; remark: string } | undefined> {
    const seat = await seated(visit);
    const id = visit.param('declaration');
    const own = isUuid(id) ? (await listOwnItems(db, seat.m.id, seat.judgeId)).find((o) => o.id === id) : undefined;
    const item = own && (await listItems(db, seat.m.id)).find((i) => i.id === id);
    return item && { seat, item, score: own.score, remark: own.remark };
  }
  async function itemPage(visit: Visit, reasons: readonly string[] = []): Promise<Reply> {
    const found = await ownItem(visit);
    if (!found) return notFound;
    const { seat, item } = found;
    const [catalogue, scores] = await Promise.all([deps.catalogue.get(), listScores(db, seat.m.id, item.id)]);
    const posted = (name: string): string | undefined =>
      visit.method === 'POST' && visit.body.has(name) ? visit.body.one(name) : undefined;
    return page(
      'meetings/item',
      {
        title: `评审：${item.name}`,
        heading: item.name,
        breadcrumbs: crumbsOf(seat.m, { text: item.name }),
        errors: reasons.map((r): PageError => ({ text: r, href: posted('opinion') === undefined ? '#score' : '#opinion' })),
        ...(reasons.length === 0 ? noticeOf(visit) : {}),
      },
      {
        item: itemLine(item, catalogue),
        version: item.version,
        storedOpinion: item.opinion,
        declarationHref: paths.declaration(item.id),
        action: paths.sittingItem(seat.m.id, item.id),
        recusalHref: `${paths.sittingStep(seat.m.id, 'recusal')}?item=${item.id}`,
        isOpen: seat.m.state === 'reviewing',
        score: posted('score') ?? (found.score === null ? '' : String(found.score)),
        remark: posted('remark') ?? found.remark,
        opinion: posted('opinion') ?? item.opinion,
        scores,
        needed: REVIEWERS_PER_ITEM,
      },
      reasons.length > 0 ? 422 : 200,
    );
  }
  async function postItem(visit: Visit): Promise<Reply> {
    const found = await ownItem(visit);
    if (!found) return notFound;
    const { id } = meetingOf(visit);
    const declarationId = found.item.id;
    const here = (what: string): Reply => seeOther(addressOf(paths.sittingItem(id, declarationId), { done: what }));
    if (visit.body.one('do') === 'opinion') {
      const text = normaliseText(visit.body.one('opinion'));
      if (countCharacters(text) > 500) return itemPage(visit, ['评议意见最多 500 个字']);
      const version = wholeNumber(visit.body.one('version')) ?? 0;
      const outcome = await writeOpinion(deps, visit.actor, id, { declarationId, text, version }, visit.requestId);
      if (outcome.kind === 'done') return here('opinion');
      return itemPage(
        visit,
        outcome.kind === 'stale' ? ['其他评委刚刚修改了评议意见。您填写的内容还在，请对照现有意见修改后再保存'] : outcome.reasons,
      );
    }
    const typed = toHalfWidth(visit.body.one('score')).trim();
    const score = /^\d{1,3}$/.test(typed) ? Number(typed) : NaN;
    if (!(score <= 100)) return itemPage(visit, ['评分请填写 0 至 100 的整数']);
    const remark = normaliseText(visit.body.one('remark'));
    if (countCharacters(remark) > 500) return itemPage(visit, ['评语最多 500 个字']);
    const outcome = await scoreItem(deps, visit.actor, id, { declarationId, score, remark }, visit.requestId);
    return outcome.kind === 'done' ? here('score') : itemPage(visit, outcome.reasons);
  }

  // ---- the ballot

  async function ballotPage(visit: Visit, missing: readonly string[] = [], unsure = false): Promise<Reply> {
    const { m, judgeId } = await seated(visit);
    const back = { text: '返回评审会议', href: paths.sitting(m.id) };
    const round = await findOpenRound(db, m.id);
    if (!round) return refusal(403, '现在没有进行投票', back);
    const voter = (await listVoters(db, round.id)).find((v) => v.judgeId === judgeId);
    if (!voter) return refusal(403, '投票开始时您尚未签到，不能投票', back);
    if (voter.castAt) return refusal(403, '您已经投票，每位评委只能投票一次', back);
    const [catalogue, items] = await Promise.all([deps.catalogue.get(), listItems(db, m.id)]);
    const picked = (id: string): string => (visit.method === 'POST' ? visit.body.one(`vote.${id}`) : '');
    return page(
      'meetings/ballot',
      {
        title: '无记名投票',
        breadcrumbs: crumbsOf(m, { text: '无记名投票' }),
        errors: [
          ...items.filter((i) => missing.includes(i.id)).map((i): PageError => ({ text: `请对${i.name}投票`, href: `#vote-${i.id}` })),
          ...(unsure ? [{ text: '请勾选「我已核对」', href: '#sure' }] : []),
        ],
      },
      {
        action: paths.sittingStep(m.id, 'ballot'),
        back: paths.sitting(m.id),
        items: items.map((i) => ({
          ...itemLine(i, catalogue),
          isBarred: i.barred.includes(judgeId),
          problem: missing.includes(i.id) ? '请选择' : undefined,
          choices: choices.map((c) => ({ ...c, selected: picked(i.id) === c.value })),
        })),
        sureProblem: unsure,
      },
      missing.length > 0 || unsure ? 422 : 200,
    );
  }
  async function postBallot(visit: Visit): Promise<Reply> {
    const { m, judgeId } = await seated(visit);
    const items = await listItems(db, m.id);
    const picked = new Map<string, Choice>();
    for (const i of items) {
      const choice = choices.find((c) => c.value === visit.body.one(`vote.${i.id}`));
      if (choice) picked.set(i.id, choice.value);
    }
    const missing = items.filter((i) => !i.barred.includes(judgeId) && !picked.has(i.id)).map((i) => i.id);
    const unsure = visit.body.one('sure') !== 'yes';
    if (missing.length > 0 || unsure) return ballotPage(visit, missing, unsure);
    const outcome = await castBallot(deps, visit.actor, m.id, picked, visit.requestId);
    const back = { text: '返回评审会议', href: paths.sitting(m.id) };
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.sitting(m.id), { done: 'ballot' }));
      case 'already':
        return refusal(409, '您已经投票，每位评委只能投票一次，本次选择没有计入', back);
      case 'closed':
        return refusal(409, '投票已经结束，不能再投票', back);
      case 'no-voter':
        return refusal(403, '投票开始时您尚未签到，不能投票', back);
      case 'key-lost':
        return refusal(503, '本轮投票暂时无法进行，您的选择没有保存，请联系评委会办事机构', back);
    }
  }

  const one = paths.sitting(':meeting');
  return [
    { method: 'get', path: paths.sittings(), access: 'sittings.own', audit: null, handle: list },
    { method: 'get', path: one, access: 'meeting.sit', audit: null, handle: (visit) => sitting(visit) },
    { method: 'post', path: `${one}/check-in`, access: 'meeting.sit', audit: 'meeting.check-in', handle: postCheckIn },
    { method: 'get', path: `${one}/recusal`, access: 'meeting.sit', audit: null, handle: (visit) => recusalPage(visit) },
    { method: 'post', path: `${one}/recusal`, access: 'meeting.sit', audit: 'meeting.recuse', handle: postRecusal },
    { method: 'get', path: `${one}/ballot`, access: 'meeting.sit', audit: null, handle: (visit) => ballotPage(visit) },
    { method: 'post', path: `${one}/ballot`, access: 'meeting.sit', audit: 'ballot.cast', secret: true, handle: postBallot },
    { method: 'get', path: `${one}/items/:declaration`, access: 'meeting.sit', audit: null, handle: (visit) => itemPage(visit) },
    { method: 'post', path: `${one}/items/:declaration`, access: 'meeting.sit', audit: 'meeting.score, meeting.opinion', handle: postItem },
  ];
}
