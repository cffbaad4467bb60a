import { databaseNow } from '../../db/db';
import type { Deps } from '../../deps';
import { checkSection } from '../../form/check-section';
import { date, integer, longText, text } from '../../form/fields';
import { asText } from '../../form/field';
import { problemLinks } from '../../form/form-model';
import { emptySection, readSection } from '../../form/read-section';
import type { Problem, SectionDefinition } from '../../form/section';
import { smallForm, smallFormContext } from '../../form/small-form';
import { homeCrumb } from '../../http/crumbs';
import { doneNotice } from '../../http/done-notice';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { page, planOf, refusal, seeOther, type Crumb, type Reply, type Route, type Visit } from '../../http/route';
import { showDate } from '../../lib/dates';
import { showMoment } from '../../lib/moment';
import { can } from '../../policy/policy';
import { blankDecision, decisionModel, readDecision } from '../units';
import { findPlan, findStanding, listPlans, listPlansOfDivision, type Plan, type Standing } from './plan.store';
import { decisionRows, reviewPage } from './review-page';
import { decidePlan, submitPlan } from './submit-plan';

const PART = 'plan';
const planForm: SectionDefinition = {
  id: 'plan',
  title: '评审计划',
  parts: [
    {
      kind: 'group',
      id: PART,
      fields: [
        date({ id: 'meetsOn', label: '评审会议日期', hint: '例如 2026.12.5', required: true }),
        text({ id: 'place', label: '评审会议地点', required: true, max: 100, width: 'l' }),
        integer({ id: 'seats', label: '出席评委人数', required: true, min: 3, max: 199, hint: '从评委库随机抽取的人数，应当为单数' }),
        integer({ id: 'expected', label: '预计评审人数', required: true, min: 1, max: 99999 }),
        longText({ id: 'content', label: '评审安排', hint: '日程、分组、答辩和纪律监督等安排', limit: 1000, rows: 4 }),
      ],
    },
  ],
  rules: [
    (s, ctx) => {
      const values = s.groups[PART]?.values ?? {};
      const problems: Problem[] = [];
      if (typeof values.meetsOn === 'string' && values.meetsOn < ctx.today)
        problems.push({ part: PART, field: 'meetsOn', severity: 'rule', text: '评审会议日期不能早于今天' });
      if (typeof values.seats === 'number' && values.seats % 2 === 0)
        problems.push({ part: PART, field: 'seats', severity: 'rule', text: '出席评委人数应当为单数' });
      return problems;
    },
  ],
};

const tags: Record<Plan['state'], { text: string; colour: string }> = {
  requested: { text: '待人社局审核', colour: 'yellow' },
  approved: { text: '已核准', colour: 'green' },
  refused: { text: '审核不通过', colour: 'red' },
};
const plansCrumb: Crumb = { text: '评审计划', href: paths.plans() };
const reviewCrumb: Crumb = { text: '评审计划审核', href: paths.planReview() };

/** J0: 「评审计划」 of the office, 「评审计划审核」 of the bureau. */
export function plansRoutes(deps: Deps): Route[] {
  const { db } = deps;
  /** 「威海市文化馆」（于海燕，13906310001）, or the telephone of the bureau that founded the committee */
  const founderText = (s: Standing): string => {
    const { servicePhone } = deps.settings.known();
    const call =
      s.founderContact !== null && s.founderMobile !== null
        ? `${s.founderContact}，${deps.cipher.decrypt(s.founderMobile, 'unit.mobile')}`
        : s.bureauPhone === null
          ? `人社服务电话 ${servicePhone}`
          : `电话 ${s.bureauPhone}`;
    return `「${s.foundedBy}」（${call}）`;
  };
  const committeeId = (visit: Visit): number => {
    if (visit.actor.committeeId === undefined) throw new Error('an office account without a committee');
    return visit.actor.committeeId;
  };
  const tableOf = (list: readonly Plan[], caption: string, withCommittee: boolean) => ({
    caption,
    emptyText: withCommittee ? '没有等待审核的评审计划' : '还没有评审计划',
    columns: ['评审会议日期', ...(withCommittee ? ['评审委员会'] : []), '地点', '出席评委人数', '预计评审人数', '状态'].map((t) => ({
      key: t,
      text: t,
    })),
    rows: list.map((p) => ({
      cells: [
        { text: showDate(p.meetsOn), href: paths.plan(p.id) },
        ...(withCommittee ? [{ text: p.committeeName }] : []),
        { text: p.place },
        { text: `${p.seats} 人` },
        { text: `${p.expected} 人` },
        { tag: tags[p.state] },
      ],
    })),
  });

  async function showList(visit: Visit): Promise<Reply> {
    const id = committeeId(visit);
    const [list, standing] = await Promise.all([listPlans(db, id), findStanding(db, id)]);
    return page(
      'committee/plans',
      {
        title: '评审计划',
        breadcrumbs: [homeCrumb, { text: '评审计划' }],
        ...doneNotice(visit, { asked: '评审计划已提交，等待人社局审核' }),
      },
      {
        table: tableOf(list, '评审计划', false),
        standing,
        founder: founderText(standing),
        canAsk: standing.isValid && !list.some((p) => p.state === 'requested'),
      },
    );
  }

  async function formPage(visit: Visit, raw = emptySection(planForm), problems: readonly Problem[] = []): Promise<Reply> {
    const [{ today }, standing] = await Promise.all([databaseNow(db), findStanding(db, committeeId(visit))]);
    return page(
      'committee/form',
      { title: '提交评审计划', breadcrumbs: [homeCrumb, plansCrumb, { text: '提交评审计划' }], errors: problemLinks(problems) },
      {
        lead: `提交后由人社局审核，核准后才能召开评审会议。评委库现有 ${standing.pool} 人（应不少于 ${standing.poolMin} 人），出席评委应不少于 ${standing.seatsMin} 人；已受理等待评审的申报 ${standing.accepted} 份。`,
        form: smallForm({
          section: planForm,
          raw,
          ctx: smallFormContext(today),
          problems,
          action: paths.newPlan(),
          buttons: [{ value: 'save', text: '提交', kind: 'primary' }],
        }),
      },
      problems.length > 0 ? 422 : 200,
    );
  }

  async function postForm(visit: Visit): Promise<Reply> {
    const { today } = await databaseNow(db);
    const raw = readSection(planForm, visit.body, emptySection(planForm));
    const { problems, groups } = checkSection(planForm, raw, smallFormContext(today));
    if (problems.length > 0) return formPage(visit, raw, problems);
    const { meetsOn, place, seats, expected, content } = groups[PART]?.values ?? {};
    const outcome = await submitPlan(
      deps,
      visit.actor,
      {
        committeeId: committeeId(visit),
        year: Number(asText(meetsOn).slice(0, 4)),
        meetsOn: asText(meetsOn),
        place: asText(place),
        seats: Number(seats),
        expected: Number(expected),
        content: asText(content),
      },
      visit.requestId,
    );
    switch (outcome.kind) {
      case 'done':
        return seeOther(addressOf(paths.plans(), { done: 'asked' }));
      case 'one-waits':
        return refusal(409, '已有评审计划正在审核，请等待人社局处理', { text: '返回评审计划', href: paths.plans() });
      case 'committee-not-valid':
        return refusal(
          403,
          `评审委员会未经核准或者不在任期内，请联系组建单位${founderText(await findStanding(db, committeeId(visit)))}办理换届`,
          { text: '返回评审计划', href: paths.plans() },
        );
      case 'too-few-seats':
        return formPage(visit, raw, [{ part: PART, field: 'seats', severity: 'rule', text: `出席评委人数应不少于 ${outcome.atLeast} 人` }]);
    }
  }

  async function showOne(visit: Visit, raw = blankDecision(), problems: readonly Problem[] = []): Promise<Reply> {
    const subject = planOf(visit);
    const [plan, { today }] = await Promise.all([findPlan(db, subject.id), databaseNow(db)]);
    if (!plan) throw new Error('the plan vanished between guard and handler');
    const isOffice = visit.actor.role === 'office';
    return page(
      'committee/plan',
      {
        title: `评审计划：${showDate(plan.meetsOn)}`,
        breadcrumbs: [homeCrumb, isOffice ? plansCrumb : reviewCrumb, { text: showDate(plan.meetsOn) }],
        errors: problemLinks(problems),
      },
      {
        tag: tags[plan.state],
        rows: [
          { label: '评审委员会', text: plan.committeeName },
          { label: '评审会议日期', text: showDate(plan.meetsOn) },
          { label: '评审会议地点', text: plan.place },
          { label: '出席评委人数', text: `${plan.seats} 人` },
          { label: '预计评审人数', text: `${plan.expected} 人` },
          { label: '评审安排', text: plan.content },
          { label: '提交时间', text: showMoment(plan.requestedAt) },
          ...decisionRows(plan, plan.state === 'approved', '核准'),
        ],
        form: can(visit.actor, 'plan.decide', subject).ok ? decisionModel(raw, today, problems, paths.plan(plan.id)) : undefined,
        meeting: isOffice && plan.state === 'approved' ? { id: plan.meetingId, action: paths.newMeeting(plan.id) } : undefined,
        meetingHref: plan.meetingId === null ? undefined : paths.meeting(plan.meetingId),
      },
      problems.length > 0 ? 422 : 200,
    );
  }

  async function postDecision(visit: Visit): Promise<Reply> {
    const { raw, problems, decided } = readDecision(visit.body, (await databaseNow(db)).today);
    if (problems.length > 0) return showOne(visit, raw, problems);
    const isFirst = await decidePlan(deps, visit.actor, { planId: planOf(visit).id, ...decided, requestId: visit.requestId });
    if (!isFirst)
      return refusal(409, '该评审计划已由其他人员处理，您的意见没有保存', { text: '返回评审计划审核', href: paths.planReview() });
    return seeOther(addressOf(paths.planReview(), { done: decided.decision }));
  }

  async function showReview(visit: Visit): Promise<Reply> {
    const waitingOnly = visit.query.one('show') !== 'all';
    const list = await listPlansOfDivision(db, visit.actor.divisionCode ?? '', waitingOnly);
    return reviewPage(visit, {
      title: '评审计划审核',
      address: paths.planReview(),
      shows: [
        { value: 'waiting', text: '待审核' },
        { value: 'all', text: '全部' },
      ],
      show: waitingOnly ? 'waiting' : 'all',
      done: { grant: '已核准该评审计划', refuse: '已审核为「不通过」，评委会办事机构能够看到原因' },
      table: tableOf(list, '评审计划审核', true),
    });
  }

  return [
    { method: 'get', path: paths.plans(), access: 'plans.own', audit: null, handle: showList },
    { method: 'get', path: paths.newPlan(), access: 'plans.own', audit: null, handle: (visit) => formPage(visit) },
    { method: 'post', path: paths.newPlan(), access: 'plans.own', audit: 'plan.submit', handle: postForm },
    { method: 'get', path: paths.planReview(), access: 'plans.review', audit: null, handle: showReview },
    { method: 'get', path: paths.plan(':plan'), access: 'plan.read', audit: null, handle: (visit) => showOne(visit) },
    { method: 'post', path: paths.plan(':plan'), access: 'plan.decide', audit: 'plan.approve, plan.refuse', handle: postDecision },
  ];
}
