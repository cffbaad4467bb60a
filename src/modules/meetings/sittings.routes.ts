import type { Deps } from '../../deps';
import { homeCrumb } from '../../http/crumbs';
import { doneNotice } from '../../http/done-notice';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { meetingOf, page, refusal, seeOther, type PageError, type Reply, type Route, type Visit } from '../../http/route';
import { showDate } from '../../lib/dates';
import { isUuid } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import type { Choice } from '../../lib/sealed-ballot';
import { normaliseLine } from '../../lib/text';
import { castBallot } from './hold-ballot';
import { listNoted } from './judge-notes.store';
import { listItems, listOwnItems, listRecusals, listResults, listSittings, listWithdrawnRecusals } from './meeting.read';
import { findOpenRound, listVoters } from './meeting.store';
import { itemLine, meetingTag, namedAs, recusalText, sittingHint, sittingStatus } from './meeting.view';
import { checkIn, recuse } from './review-items';
import { officeOf, seated, sittingCrumbs } from './seat';
import { withdrawalPage, withdrawalTexts } from './withdraw-recusal.routes';

const choices: readonly { value: Choice; text: string }[] = [
  { value: 'yes', text: '同意' },
  { value: 'no', text: '不同意' },
  { value: 'abstain', text: '弃权' },
];
const done: Record<string, string> = {
  'check-in': '签到成功',
  recusal: '已登记回避，该申报不再由您评审',
  score: '评分已保存，分配给您的申报都已评分',
  ...withdrawalTexts,
  ballot: '投票成功。您的选择已经密封，任何人都不能查看或者更改',
};

/** More than anybody reads one by one are said by their number; each is marked where it stands. */
const MISSING_NAMED = 10;
const missingErrors = (items: readonly { id: string; name: string }[]): PageError[] => {
  const named = items.map((i): PageError => ({ text: `请对${i.name}投票`, href: `#vote-${i.id}` }));
  const [first] = items;
  if (named.length <= MISSING_NAMED || !first) return named;
  return [{ text: `还有 ${items.length} 份申报没有投票，第一份是${first.name}`, href: `#vote-${first.id}` }];
};

/** J3: a judge's pages. Plain forms, one act on a page: used on tablets by people who come once a year. */
export function sittingsRoutes(deps: Deps): Route[] {
  const { db } = deps;

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
    const { m, judgeId, presentAt } = await seated(db, visit);
    const [catalogue, items, own, recusals, withdrawn, round, results, noted] = await Promise.all([
      deps.catalogue.get(),
      listItems(db, m.id),
      listOwnItems(db, m.id, judgeId),
      listRecusals(db, m.id),
      listWithdrawnRecusals(db, m.id),
      findOpenRound(db, m.id),
      listResults(db, m.id),
      listNoted(db, m.id, judgeId),
    ]);
    const voter = round && (await listVoters(db, round.id)).find((v) => v.judgeId === judgeId);
    const scoreOf = new Map(own.map((o) => [o.id, o]));
    const resultOf = new Map(results.map((r) => [r.declarationId, r]));
    return page(
      'meetings/sitting',
      {
        title: `${showDate(m.meetsOn)}评审会议`,
        heading: m.committeeName,
        breadcrumbs: sittingCrumbs(m),
        errors: reasons.map((r): PageError => ({ text: r, href: '#main' })),
        ...(reasons.length === 0 ? doneNotice(visit, done) : {}),
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
              hint: `${itemLine(i, catalogue).title}，${i.speciality}，${i.unitName}${i.opinion === '' ? '' : '。已有评议意见'}${noted.has(i.id) ? '。有我的笔记' : ''}`,
              status: score === null ? { text: '待评分', colour: 'orange' } : { text: `已评分 ${score} 分` },
            };
          }),
        recusals: namedAs(recusals, items, [])
          .filter((r) => r.judgeId === judgeId)
          .map((r) => ({
            applicant: r.applicant,
            text: recusalText(r),
            withdrawHref:
              r.kind === 'request' && m.state === 'reviewing' && items.some((i) => i.id === r.declarationId)
                ? addressOf(paths.sittingStep(m.id, 'withdraw-recusal'), { item: r.declarationId })
                : undefined,
          })),
        // J2: what was theirs for a while and has gone back
        returned: [
          ...new Map(
            namedAs(withdrawn, items, [])
              .filter((w) => w.takenFromId === judgeId && !scoreOf.has(w.declarationId))
              .map((w) => [w.declarationId, w.applicant]),
          ).values(),
        ],
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
    const { m, judgeId } = await seated(db, visit);
    const [catalogue, items] = await Promise.all([deps.catalogue.get(), listItems(db, m.id)]);
    return page(
      'meetings/recusal',
      {
        title: '申请回避',
        breadcrumbs: sittingCrumbs(m, { text: '申请回避' }),
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

  // ---- the ballot

  async function ballotPage(visit: Visit, missing: readonly string[] = [], unsure = false): Promise<Reply> {
    const { m, judgeId } = await seated(db, visit);
    const back = { text: '返回评审会议', href: paths.sitting(m.id) };
    const round = await findOpenRound(db, m.id);
    if (!round) return refusal(403, '现在没有进行投票', back);
    const voter = (await listVoters(db, round.id)).find((v) => v.judgeId === judgeId);
    if (!voter) return refusal(403, `投票开始时您尚未签到，不能投票。有疑问的，请联系${officeOf(m)}`, back);
    if (voter.castAt) return refusal(403, '您已经投票，每位评委只能投票一次', back);
    const [catalogue, items] = await Promise.all([deps.catalogue.get(), listItems(db, m.id)]);
    const picked = (id: string): string => (visit.method === 'POST' ? visit.body.one(`vote.${id}`) : '');
    return page(
      'meetings/ballot',
      {
        title: '无记名投票',
        breadcrumbs: sittingCrumbs(m, { text: '无记名投票' }),
        errors: [
          ...missingErrors(items.filter((i) => missing.includes(i.id))),
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
    const { m, judgeId } = await seated(db, visit);
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
        return refusal(403, `投票开始时您尚未签到，不能投票。有疑问的，请联系${officeOf(m)}`, back);
      case 'key-lost':
        return refusal(503, `本轮投票暂时无法进行，您的选择没有保存，请联系${officeOf(m)}`, back);
    }
  }

  const withdrawal = withdrawalPage(deps, {
    head: async (visit) => {
      const seat = await seated(db, visit);
      return { ...seat, crumbs: sittingCrumbs(seat.m, { text: '撤销回避' }) };
    },
    action: (id) => paths.sittingStep(id, 'withdraw-recusal'),
    back: paths.sitting,
  });
  const one = paths.sitting(':meeting');
  return [
    { method: 'get', path: paths.sittings(), access: 'sittings.own', audit: null, handle: list },
    { method: 'get', path: one, access: 'meeting.sit', audit: null, handle: (visit) => sitting(visit) },
    { method: 'post', path: `${one}/check-in`, access: 'meeting.sit', audit: 'meeting.check-in', handle: postCheckIn },
    { method: 'get', path: `${one}/recusal`, access: 'meeting.sit', audit: null, handle: (visit) => recusalPage(visit) },
    { method: 'post', path: `${one}/recusal`, access: 'meeting.sit', audit: 'meeting.recuse', handle: postRecusal },
    { method: 'get', path: `${one}/withdraw-recusal`, access: 'meeting.sit', audit: null, handle: (visit) => withdrawal.show(visit) },
    { method: 'post', path: `${one}/withdraw-recusal`, access: 'meeting.sit', audit: 'meeting.withdraw-recusal', handle: withdrawal.post },
    { method: 'get', path: `${one}/ballot`, access: 'meeting.sit', audit: null, handle: (visit) => ballotPage(visit) },
    { method: 'post', path: `${one}/ballot`, access: 'meeting.sit', audit: 'ballot.cast', secret: true, handle: postBallot },
  ];
}
