import { hidden, notNowBecause, on, rule, yes } from './decision';
import { isBureauOver, isFounder, isOfficeOf, permittedUnit } from './relations';

const onCommittee = on('committee');
const onPlan = on('plan');
const onJudge = on('judge');
const onMeeting = on('meeting');

/** Committees: founding, plans, judges, meetings, and what becomes of results. */
export const committeeRules = {
  'results.confirm': rule(['bureau']),
  'objections.read': rule(['office', 'bureau']),
  'objections.decide': rule(['office']),
  'appeals.read': rule(['office', 'bureau']),
  'appeals.answer': rule(['office']),
  'appeals.decide': rule(['bureau']),
  'office.queue': rule(['office']),
  'committees.found': rule(['unit', 'bureau'], permittedUnit),
  'committee.read': onCommittee(['unit', 'bureau', 'office'], (a, c) =>
    isFounder(a, c) || isBureauOver(a, c.divisionCode) || isOfficeOf(a, c.id) ? yes : hidden,
  ),
  'committee.revise': onCommittee(['unit', 'bureau'], (a, c) => {
    if (!isFounder(a, c)) return hidden;
    return c.state === 'refused' ? permittedUnit(a) : notNowBecause('审核不通过的组建申请才能修改后重新提交');
  }),
  'committee.renew': onCommittee(['unit', 'bureau'], (a, c) => {
    if (!isFounder(a, c)) return hidden;
    if (c.state !== 'approved') return notNowBecause('该评审委员会未经核准或者已经终止，不能申请换届');
    return c.askedBy === null ? permittedUnit(a) : notNowBecause('换届申请正在审核，请等待人社局处理');
  }),
  'committee.end': onCommittee(['unit', 'bureau'], (a, c) => {
    if (!isFounder(a, c) && !isBureauOver(a, c.divisionCode)) return hidden;
    return c.state === 'approved' ? yes : notNowBecause('该评审委员会未经核准或者已经终止');
  }),
  'committees.review': rule(['bureau']),
  'committee.decide': onCommittee(['bureau'], (a, c) => {
    if (!isBureauOver(a, c.divisionCode)) return hidden;
    if (c.askedBy === null) return notNowBecause('该申请已经处理');
    return c.askedBy === a.accountId ? notNowBecause('您提出的申请，须由人社局的另一名工作人员审核') : yes;
  }),
  'plans.own': rule(['office']),
  'plans.review': rule(['bureau']),
  'plan.read': onPlan(['office', 'bureau'], (a, p) => (isOfficeOf(a, p.committeeId) || isBureauOver(a, p.divisionCode) ? yes : hidden)),
  'plan.decide': onPlan(['bureau'], (a, p) => {
    if (!isBureauOver(a, p.divisionCode)) return hidden;
    return p.state === 'requested' ? yes : notNowBecause('该评审计划已经处理');
  }),
  'plan.hold': onPlan(['office'], (a, p) => {
    if (!isOfficeOf(a, p.committeeId)) return hidden;
    return p.state === 'approved' ? yes : notNowBecause('评审计划尚未核准，不能建立评审会议');
  }),
  'judges.pool': rule(['office']),
  'judge.edit': onJudge(['office'], (a, j) => (isOfficeOf(a, j.committeeId) ? yes : hidden)),
  'meetings.own': rule(['office']),
  'meeting.manage': onMeeting(['office'], (a, m) => (isOfficeOf(a, m.committeeId) ? yes : hidden)),
  'meeting.inspect': onMeeting(['office', 'bureau'], (a, m) =>
    isOfficeOf(a, m.committeeId) || isBureauOver(a, m.divisionCode) ? yes : hidden,
  ),
  'sittings.own': rule(['judge']),
  'meeting.sit': onMeeting(['judge'], (a, m) => {
    if (!m.seatAccounts.includes(a.accountId)) return hidden;
    return m.state === 'drawing' || m.state === 'cancelled' ? notNowBecause('评审会议尚未开始或者已经取消') : yes;
  }),
} as const;
