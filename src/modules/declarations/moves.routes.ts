import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { SectionDefinition } from '../../form/section';
import { homeCrumb } from '../../http/crumbs';
import { paths } from '../../http/paths';
import { declarationOf, notFound, page, refusal, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import { showDate } from '../../lib/dates';
import { showEnd } from '../../lib/moment';
import { isPassed, type VoteFigures } from '../../lib/vote-rules';
import { isByHand, moveNames, moves, refusalReasons, type MoveName } from '../../policy/declaration-moves';
import { can } from '../../policy/policy';
import { outcomeTags } from '../eligibility';
import { loadMoveDays, proposeCorrectionDay } from './correction-day';
import { declarationName, listCrumbs, mineCrumb, mineCrumbs, rowOf } from './declaration-pages';
import { passedOverText, stateText, summaryOf } from './declarations.view';
import { findWayBack, type WayBack } from './find-way-back';
import { currentContent } from './freeze-version';
import { deadlineComplaints, formComplaints, photoComplaint } from './guards';
import { isShut } from './lock-section';
import { loadDeclaration, sectionsOf } from './load-declaration';
import { findObstacle, moveDeclaration, type Obstacle } from './move-declaration';
import { asksForDay, noInput, readMoveInput, type MoveInput } from './move-input';
import { sections } from './sections';

type VoteResult = 'passed' | 'failed';

const resultText: Record<VoteResult, string> = { passed: '通过', failed: '未通过' };

/** The button that leads from the last look back to the form, with what was typed. */
const EDIT = 'edit';

/** D15 and the moves: one confirm page and one act for each row of the state table. */
export function movesRoutes(deps: Deps): Route[] {
  /** Before it is handed in: where it goes. */
  const confirmText = (move: MoveName, way: WayBack | undefined): string =>
    way === undefined || way.passedOver.length === 0
      ? moves[move].confirm
      : `${passedOverText(way.passedOver)}，提交后，申报数据送达「${way.stop.name}」，由该单位审核后重新上报。`;

  // ---- D15: everything once more, then 确定申报

  async function checkAnswers(visit: Visit): Promise<Reply> {
    const d = await rowOf(deps, visit);
    const subject = declarationOf(visit);
    const loaded = await loadDeclaration(deps, deps.db, d);
    const { content } = await currentContent(deps, deps.db, loaded, false);
    const complaints = [
      ...(await deadlineComplaints(deps.db, d)),
      ...(content.applicant.photoSha256 === null ? [photoComplaint(d.id)] : []),
      ...formComplaints(loaded),
    ];
    const move: MoveName = d.state === 'draft' ? 'submit' : 'resubmit';
    const wayBack = move === 'resubmit' ? await findWayBack(deps.db, d) : undefined;
    const shut = new Set(sections.filter((s) => isShut(loaded, s)).map((s) => s.id));
    return page(
      'declarations/check',
      {
        title: `${moves[move].text}前核对`,
        heading: '请核对申报内容',
        breadcrumbs: [
          ...mineCrumbs,
          { text: declarationName(d, loaded.batch.seriesName, loaded.batch.levelText), href: paths.declaration(d.id) },
          { text: '核对' },
        ],
      },
      {
        complaints,
        sections: content.sections.map((s) => summaryOf(d.id, s, shut.has(s.id) ? {} : { changeHref: paths.section(d.id, s.id) })),
        eligibility: content.eligibility && { ...content.eligibility, tag: outcomeTags[content.eligibility.outcome] },
        recipient: wayBack && wayBack.stop.position > 0 ? wayBack.stop.name : content.unit,
        canMove: can(visit.actor, `declaration.${move}`, subject).ok,
        deadline: { at: showEnd(loaded.batch.applicantClosesAt), isOpen: loaded.batch.isOpenForApplicants || move === 'resubmit' },
        move: { text: moves[move].text, confirm: confirmText(move, wayBack), action: paths.move(d.id, move) },
        version: d.version,
        overviewHref: paths.declaration(d.id),
        reviewFormHref: paths.reviewForm(d.id),
      },
    );
  }

  // ---- the moves: one confirm page and one act for each row of the table

  async function movePage(
    visit: Visit,
    move: MoveName,
    errors: { text: string; href?: string }[] = [],
    typed: Record<string, string> = {},
  ): Promise<Reply> {
    const d = await rowOf(deps, visit);
    if (move === 'submit' || move === 'resubmit') {
      if (errors.length === 0) return seeOther(paths.checkAnswers(d.id));
    }
    const loaded = await loadDeclaration(deps, deps.db, d);
    const rule = moves[move];
    const proposal = rule.needs.includes('due-date') ? await proposeCorrectionDay(deps.db, d.batch_id) : undefined;
    const name = declarationName(d, loaded.batch.seriesName, loaded.batch.levelText);
    return page(
      'declarations/move',
      {
        title: visit.actor.role === 'person' ? rule.text : `${rule.text}：${d.applicant_name}`,
        breadcrumbs: [
          homeCrumb,
          ...(visit.actor.role === 'person' ? [mineCrumb] : listCrumbs(visit.actor.role)),
          { text: visit.actor.role === 'person' ? name : d.applicant_name, href: paths.declaration(d.id) },
          { text: rule.text },
        ],
        errors: errors.map((e) => ({ text: e.text, href: e.href ?? '#main' })),
      },
      {
        move: { name: move, ...rule },
        action: paths.move(d.id, move),
        backHref: paths.declaration(d.id),
        version: d.version,
        facts: [
          { label: '申报人', text: d.applicant_name },
          { label: '申报', text: name },
          { label: '申报单位', text: loaded.context(sections[0] as SectionDefinition).unit(String(d.unit_id ?? ''))?.name ?? '' },
          { label: '当前状态', text: stateText(d.state, d.stop_position) },
          ...(move === 'withdraw' ? [{ label: '个人申报截止时间', text: showEnd(loaded.batch.applicantClosesAt) }] : []),
        ],
        needs: {
          opinion: rule.needs.includes('opinion'),
          comments: rule.needs.includes('comments'),
          reason: rule.needs.includes('reason'),
          due: rule.needs.includes('due-date'),
          vote: rule.needs.includes('vote'),
        },
        sections: sectionsOf(loaded).map((s) => ({
          id: s.id,
          title: s.title,
          checked: (typed[`reopen.${s.id}`] ?? '') !== '',
          comment: typed[`comment.${s.id}`] ?? '',
        })),
        reasons: refusalReasons,
        typed: { ...(proposal ? { dueOn: proposal.day } : {}), ...typed },
        dueHint: proposal?.hint,
        rank: move === 'report' && loaded.batch.rankBy === 'unit' && d.rank_fixed_at === null,
      },
      errors.length > 0 ? 422 : 200,
    );
  }

  async function makeMove(visit: Visit, move: MoveName): Promise<Reply> {
    const { id } = declarationOf(visit);
    const days = asksForDay(move) ? await loadMoveDays(deps.db) : undefined;
    const { input, complaints } = readMoveInput(
      move,
      visit.body,
      sections.map((s) => s.id),
      days,
    );
    const typed = Object.fromEntries(visit.body.entries());
    if (visit.body.has(EDIT)) return movePage(visit, move, [], typed);
    if (complaints.length > 0) return movePage(visit, move, complaints, typed);
    const result = input.vote && (isPassed(input.vote) ? 'passed' : 'failed');
    if (result !== undefined && visit.body.one('result') !== result) {
      const obstacle = await inTransaction(deps.db, (trx) => findObstacle(deps, trx, id, move, visit.actor, { ...noInput, ...input }));
      return obstacle ? answer(visit, move, obstacle, typed) : votePage(visit, input, typed, result);
    }
    const to = `${paths.declaration(id)}?done=${move}`;
    const outcome = await inTransaction(deps.db, async (trx) => {
      const result = await moveDeclaration(deps, trx, id, move, visit.actor, { ...noInput, ...input }, visit.requestId);
      if (result.kind === 'moved') await visit.settle(trx, to); // F01: a crash between commit and answer takes nothing away
      return result;
    });
    return outcome.kind === 'moved' ? seeOther(to) : answer(visit, move, outcome, typed);
  }

  /** Why it was not done. */
  async function answer(visit: Visit, move: MoveName, obstacle: Obstacle, typed: Record<string, string>): Promise<Reply> {
    switch (obstacle.kind) {
      case 'hidden':
        return notFound;
      case 'not-now':
        return refusal(409, obstacle.reason, { text: '查看最新内容', href: paths.declaration(declarationOf(visit).id) });
      case 'blocked':
        return movePage(visit, move, obstacle.complaints, typed);
    }
  }

  /** J3: what the figures come to, before they stand for good: two figures changed over are a career. */
  async function votePage(visit: Visit, input: MoveInput, typed: Record<string, string>, result: VoteResult): Promise<Reply> {
    const d = await rowOf(deps, visit);
    const { batch } = await loadDeclaration(deps, deps.db, d);
    const { total, present, yes, no, abstain } = input.vote as VoteFigures;
    const text = resultText[result];
    const name = declarationName(d, batch.seriesName, batch.levelText);
    return page(
      'admin/confirm',
      {
        title: `核对表决结果：${d.applicant_name}`,
        breadcrumbs: [
          homeCrumb,
          ...listCrumbs(visit.actor.role),
          { text: d.applicant_name, href: paths.declaration(d.id) },
          { text: moves['record-vote'].text },
        ],
      },
      {
        action: paths.move(d.id, 'record-vote'),
        title: `表决结果：${text}`,
        text: `赞成 ${yes} 人，${result === 'passed' ? '达到' : '不足'}参加人数 ${present} 人的三分之二。`,
        rows: [
          { label: '申报人', text: d.applicant_name },
          { label: '申报', text: name },
          { label: '评审会议日期', text: showDate(input.metOn as string) },
          { label: '总人数', text: total },
          { label: '参加人数', text: present },
          { label: '赞成', text: yes },
          { label: '反对', text: no },
          { label: '弃权', text: abstain },
        ],
        warning: '登记后不能修改，请核对无误后再登记。',
        fields: { ...Object.fromEntries(Object.entries(typed).filter(([k]) => /^(version|metOn|vote\.\w+)$/.test(k))), result },
        confirmText: `确认登记「${text}」`,
        kind: result === 'passed' ? 'primary' : 'warning',
        backName: EDIT,
        backText: '返回修改',
      },
    );
  }

  const moveRoutes = moveNames.filter(isByHand).flatMap((move): Route[] => [
    {
      method: 'get',
      path: `/declarations/:declaration/moves/${move}`,
      access: `declaration.${move}`,
      audit: null,
      ...(moves[move].proof ? { reauth: true } : {}),
      handle: (visit) => movePage(visit, move),
    },
    {
      method: 'post',
      path: `/declarations/:declaration/moves/${move}`,
      access: `declaration.${move}`,
      audit: `declaration.${move}`,
      ...(moves[move].proof ? { reauth: true } : {}),
      handle: (visit) => makeMove(visit, move),
    },
  ]);

  return [
    { method: 'get', path: '/declarations/:declaration/check', access: 'declaration.edit', audit: null, handle: checkAnswers },
    ...moveRoutes,
  ];
}
