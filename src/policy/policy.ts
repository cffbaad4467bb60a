import type { Actor, Mover, Role } from './actor';
import { moveNames, moves, notNow, type MoveName, type Relation, type StateName } from './declaration-moves';

/** What a decision may look at. Loaders (src/subjects.ts) fill these; policy never queries. */
export interface DeclarationSubject {
  kind: 'declaration';
  id: string;
  personId: number;
  state: StateName;
  holderUnitId: number | null;
  holderCommitteeId: number | null;
  /** every unit it has been reported to, the declaring unit first */
  stopUnitIds: number[];
  stopCommitteeIds: number[];
  /** division of the batch's committee */
  committeeDivision: string;
  reopened: string[] | null;
  /** accounts of the judges it is assigned to in a meeting that is under way, without those in recusal; lists leave it out, for judges have none */
  judgeAccounts?: readonly number[];
}
export interface PathSubject {
  kind: 'path';
  id: number;
  unitId: number;
  upstreamUnitId: number | null;
  committeeId: number | null;
  state: 'requested' | 'approved' | 'refused' | 'ended';
}
export interface PermissionSubject {
  kind: 'permission';
  id: number;
  divisionCode: string;
  state: 'requested' | 'granted' | 'refused';
}
export interface UnitSubject {
  kind: 'unit';
  id: number;
  divisionCode: string;
}
/** an account of a person or a unit: what support staff look after */
export interface AccountSubject {
  kind: 'account';
  id: number;
  role: 'person' | 'unit';
}
/** an account of the authorities' own staff */
export interface StaffSubject {
  kind: 'staff';
  id: number;
}
export interface CorrectionSubject {
  kind: 'correction';
  id: number;
  requestedBy: number;
  state: 'pending' | 'confirmed' | 'refused';
}
/** an account of a unit: one of its operators (C6) */
export interface OperatorSubject {
  kind: 'operator';
  id: number;
  unitId: number;
  isOwner: boolean;
  state: 'active' | 'suspended' | 'removed';
}
/** K2: a batch, for whom it concerns as a batch */
export interface BatchSubject {
  kind: 'batch';
  id: number;
  committeeId: number;
}
/** a long task: an export, a batch of prints */
export interface TaskSubject {
  kind: 'task';
  id: number;
  ownerId: number;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
}
export interface CommitteeSubject {
  kind: 'committee';
  id: number;
  divisionCode: string;
  /** null where a bureau founded it */
  foundingUnitId: number | null;
  state: 'requested' | 'refused' | 'approved' | 'ended';
  /** who asked for what the bureau has not decided yet */
  askedBy: number | null;
}
/** 「评审计划」 of a committee */
export interface PlanSubject {
  kind: 'plan';
  id: number;
  committeeId: number;
  divisionCode: string;
  state: 'requested' | 'approved' | 'refused';
}
/** an expert in a committee's pool */
export interface JudgeSubject {
  kind: 'judge';
  id: number;
  committeeId: number;
}
export interface MeetingSubject {
  kind: 'meeting';
  id: number;
  committeeId: number;
  divisionCode: string;
  state: MeetingState;
  /** accounts of those who have a seat */
  seatAccounts: readonly number[];
}
/** drawing: seats and items are being settled · reviewing: judges read and score · voting: the ballot is open · counted · cancelled */
export type MeetingState = 'drawing' | 'reviewing' | 'voting' | 'counted' | 'cancelled';
export type Subject =
  | DeclarationSubject
  | PathSubject
  | PermissionSubject
  | UnitSubject
  | AccountSubject
  | StaffSubject
  | CorrectionSubject
  | OperatorSubject
  | BatchSubject
  | TaskSubject
  | CommitteeSubject
  | PlanSubject
  | JudgeSubject
  | MeetingSubject;
export type SubjectKind = Subject['kind'];

export type Decision =
  | { ok: true }
  | { ok: false; why: 'hidden' }
  | { ok: false; why: 'role'; roles: readonly Role[] }
  /** mend: what the actor can do about it, when there is something */
  | { ok: false; why: 'not-now'; reason: string; mend?: 'permission' };

const yes: Decision = { ok: true };
const hidden: Decision = { ok: false, why: 'hidden' };
const notNowBecause = (reason: string): Decision => ({ ok: false, why: 'not-now', reason });

/** A bureau's division covers another when it is the same, or a city over its districts, or the province over all (GB/T 2260 prefixes). */
export function covers(division: string, other: string): boolean {
  if (division.endsWith('0000')) return division.slice(0, 2) === other.slice(0, 2);
  if (division.endsWith('00')) return division.slice(0, 4) === other.slice(0, 4);
  return division === other;
}

export function isRelated(actor: Actor, relation: Relation, d: DeclarationSubject): boolean {
  switch (relation) {
    case 'applicant':
      return actor.role === 'person' && actor.accountId === d.personId;
    case 'holder-unit':
      return (
        (actor.role === 'unit' && actor.unitId !== undefined && actor.unitId === d.holderUnitId) ||
        (actor.role === 'office' && actor.committeeId === d.holderCommitteeId && d.state === 'office_review')
      );
    case 'holder-office':
      return actor.role === 'office' && actor.committeeId !== undefined && actor.committeeId === d.holderCommitteeId;
    case 'bureau':
      return actor.role === 'bureau' && actor.divisionCode !== undefined && covers(actor.divisionCode, d.committeeDivision);
    case 'system':
      return false;
  }
}

/** S30, X2: who may see a declaration at all. A unit from the moment it was reported to it; a committee likewise; a bureau once it reached a committee of its division. */
function maySee(actor: Actor, d: DeclarationSubject): boolean {
  switch (actor.role) {
    case 'person':
      return actor.accountId === d.personId;
    case 'unit':
      return d.state !== 'draft' && actor.unitId !== undefined && d.stopUnitIds.includes(actor.unitId);
    case 'office':
      return actor.committeeId !== undefined && d.stopCommitteeIds.includes(actor.committeeId);
    case 'bureau':
      return d.stopCommitteeIds.length > 0 && actor.divisionCode !== undefined && covers(actor.divisionCode, d.committeeDivision);
    case 'judge':
      return d.judgeAccounts?.includes(actor.accountId) ?? false;
    case 'support':
    case 'admin':
    case 'auditor':
      return false;
  }
}

const editable: readonly StateName[] = ['draft', 'returned_to_applicant', 'correction'];

interface Rule<S extends Subject | undefined> {
  roles: readonly Role[];
  subject?: SubjectKind;
  when?: (actor: Actor, subject: S) => Decision;
}
const rule = (roles: readonly Role[], when?: (actor: Actor) => Decision): Rule<undefined> => ({ roles, ...(when ? { when } : {}) });
const onDeclaration = (roles: readonly Role[], when: (a: Actor, d: DeclarationSubject) => Decision): Rule<DeclarationSubject> => ({
  roles,
  subject: 'declaration',
  when,
});
const onPath = (roles: readonly Role[], when: (a: Actor, p: PathSubject) => Decision): Rule<PathSubject> => ({
  roles,
  subject: 'path',
  when,
});
const onPermission = (roles: readonly Role[], when: (a: Actor, p: PermissionSubject) => Decision): Rule<PermissionSubject> => ({
  roles,
  subject: 'permission',
  when,
});

const onUnit = (roles: readonly Role[], when: (a: Actor, u: UnitSubject) => Decision): Rule<UnitSubject> => ({
  roles,
  subject: 'unit',
  when,
});
const onAccount = (roles: readonly Role[], when: (a: Actor, s: AccountSubject) => Decision): Rule<AccountSubject> => ({
  roles,
  subject: 'account',
  when,
});
const onStaff = (roles: readonly Role[], when: (a: Actor, s: StaffSubject) => Decision): Rule<StaffSubject> => ({
  roles,
  subject: 'staff',
  when,
});
const onCorrection = (roles: readonly Role[], when: (a: Actor, c: CorrectionSubject) => Decision): Rule<CorrectionSubject> => ({
  roles,
  subject: 'correction',
  when,
});
const onTask = (roles: readonly Role[], when: (a: Actor, t: TaskSubject) => Decision): Rule<TaskSubject> => ({
  roles,
  subject: 'task',
  when,
});

const onOperator = (roles: readonly Role[], when: (a: Actor, o: OperatorSubject) => Decision): Rule<OperatorSubject> => ({
  roles,
  subject: 'operator',
  when,
});
/** C6: the owner looks after the unit's other operators, who are not removed. */
const byOwner = (a: Actor, o: OperatorSubject): Decision => {
  if (a.unitId === undefined || o.unitId !== a.unitId) return hidden;
  if (a.isOwner !== true) return notNowBecause('经办人由本单位的主经办人管理，请联系主经办人');
  if (o.isOwner) return notNowBecause('主经办人不能停用或者移除，请先移交给其他经办人');
  return o.state === 'removed' ? notNowBecause('该经办人已经移除') : yes;
};
const onBatch = (roles: readonly Role[], when: (a: Actor, b: BatchSubject) => Decision): Rule<BatchSubject> => ({
  roles,
  subject: 'batch',
  when,
});

const onCommittee = (roles: readonly Role[], when: (a: Actor, c: CommitteeSubject) => Decision): Rule<CommitteeSubject> => ({
  roles,
  subject: 'committee',
  when,
});
const onPlan = (roles: readonly Role[], when: (a: Actor, p: PlanSubject) => Decision): Rule<PlanSubject> => ({
  roles,
  subject: 'plan',
  when,
});
const onJudge = (roles: readonly Role[], when: (a: Actor, j: JudgeSubject) => Decision): Rule<JudgeSubject> => ({
  roles,
  subject: 'judge',
  when,
});
const onMeeting = (roles: readonly Role[], when: (a: Actor, m: MeetingSubject) => Decision): Rule<MeetingSubject> => ({
  roles,
  subject: 'meeting',
  when,
});

/** The bureau over a division. */
const isBureauOver = (a: Actor, division: string): boolean =>
  a.role === 'bureau' && a.divisionCode !== undefined && covers(a.divisionCode, division);
const isOfficeOf = (a: Actor, committeeId: number): boolean => a.role === 'office' && a.committeeId === committeeId;
const isFounder = (a: Actor, c: CommitteeSubject): boolean =>
  a.role === 'unit'
    ? a.unitId !== undefined && a.unitId === c.foundingUnitId
    : c.foundingUnitId === null && isBureauOver(a, c.divisionCode);

/** C3: a unit without the permission can't be chosen, approve or report. */
const permittedUnit = (a: Actor): Decision =>
  a.role !== 'unit' || a.unitPermitted === true
    ? yes
    : { ok: false, why: 'not-now', reason: '贵单位尚未取得「职称评审」权限，请先办理「权限申请」', mend: 'permission' };

/** those whose lists are long enough to be exported */
const officials: readonly Role[] = ['unit', 'bureau', 'office', 'support', 'admin'];
const everyone: readonly Role[] = ['person', 'unit', 'bureau', 'office', 'support', 'admin', 'auditor', 'judge'];

const fixed = {
  'home.read': rule(everyone),
  'profile.edit': rule(['person']),
  'declarations.own': rule(['person']),
  'declaration.start': rule(['person']),
  'declaration.check': onDeclaration(['unit', 'office'], (a, d) => (maySee(a, d) ? permittedUnit(a) : hidden)),
  'review.reasons': rule(['unit', 'office'], permittedUnit),
  'declaration.read': onDeclaration(['person', 'unit', 'office', 'bureau', 'judge'], (a, d) => (maySee(a, d) ? yes : hidden)),
  // the certificate holds the ID number in full: units see its status only
  'certificate.read': onDeclaration(['person', 'office', 'bureau'], (a, d) => (maySee(a, d) ? yes : hidden)),
  'certificate.revoke': onDeclaration(['bureau'], (a, d) => {
    if (!maySee(a, d)) return hidden;
    return d.state === 'certified' ? yes : notNowBecause('该申报还没有发证');
  }),
  'declaration.own': onDeclaration(['person'], (a, d) => (maySee(a, d) ? yes : hidden)),
  'declaration.edit': onDeclaration(['person'], (a, d) => {
    if (!maySee(a, d)) return hidden;
    return editable.includes(d.state) ? yes : notNowBecause('该申报已经提交，当前不能修改');
  }),
  'unit.permission': rule(['unit']),
  'operators.read': rule(['unit']),
  'operator.add': rule(['unit'], (a) => (a.isOwner === true ? yes : notNowBecause('经办人由本单位的主经办人管理，请联系主经办人'))),
  'operator.read': onOperator(['unit'], (a, o) => (a.unitId !== undefined && o.unitId === a.unitId ? yes : hidden)),
  'operator.manage': onOperator(['unit'], byOwner),
  'operator.promote': onOperator(['unit'], (a, o) => {
    const decision = byOwner(a, o);
    return decision.ok && o.state === 'suspended' ? notNowBecause('该经办人已经停用，请先恢复再移交') : decision;
  }),
  'paths.own': rule(['unit'], permittedUnit),
  'paths.review': rule(['unit', 'office'], permittedUnit),
  'path.decide': onPath(['unit', 'office'], (a, p) => {
    const upstream = a.role === 'unit' ? p.upstreamUnitId === a.unitId : p.committeeId === a.committeeId;
    if (!upstream || (a.role === 'unit' && a.unitId === undefined)) return hidden;
    if (a.role === 'unit' && a.unitPermitted !== true) return permittedUnit(a);
    return p.state === 'requested' ? yes : notNowBecause('该路径申请已经处理');
  }),
  'path.end': onPath(['unit'], (a, p) => {
    if (a.unitId === undefined || p.unitId !== a.unitId) return hidden;
    return p.state === 'requested' || p.state === 'approved' ? yes : notNowBecause('该路径已经终止或者未获批准');
  }),
  'review.queue': rule(['unit'], permittedUnit),
  'report.queue': rule(['unit'], permittedUnit),
  'unit-publicity.manage': rule(['unit'], permittedUnit),
  'roster.read': rule(['unit', 'office'], permittedUnit),
  'permissions.review': rule(['bureau']),
  'permission.decide': onPermission(['bureau'], (a, p) => {
    if (a.divisionCode === undefined || !covers(a.divisionCode, p.divisionCode)) return hidden;
    return p.state === 'requested' ? yes : notNowBecause('该权限申请已经处理');
  }),
  'permission.read': onPermission(['bureau'], (a, p) =>
    a.divisionCode !== undefined && covers(a.divisionCode, p.divisionCode) ? yes : hidden,
  ),
  'path.read': onPath(['unit', 'office'], (a, p) => {
    if (a.role === 'office') return a.committeeId !== undefined && p.committeeId === a.committeeId ? yes : hidden;
    return a.unitId !== undefined && (p.unitId === a.unitId || p.upstreamUnitId === a.unitId) ? yes : hidden;
  }),
  'region.read': rule(['bureau']),
  'results.confirm': rule(['bureau']),
  'objections.read': rule(['office', 'bureau']),
  'objections.decide': rule(['office']),
  'office.queue': rule(['office']),
  'eligibility.edit': rule(['admin']),
  // who administers the site must not be the one who reads what was done with it
  'audit.read': rule(['auditor']),
  'sms.read': rule(['support']),
  'clock.set': rule(['admin']),
  'account.own': rule(everyone),
  // who answers the telephone reads what the callers read
  'guide.bureau': rule(['bureau', 'support', 'admin']),
  'guide.office': rule(['office', 'support', 'admin']),
  'guide.judge': rule(['judge', 'office', 'support', 'admin']),
  'guide.support': rule(['support', 'admin']),
  'guide.admin': rule(['admin']),
  'guide.auditor': rule(['auditor', 'admin']),
  'factor-resets.handle': rule(['support', 'admin']),
  'second-factor.own': rule(everyone.filter((r) => r !== 'person')),
  'account.close': rule(['person']),
  'account.find': rule(['support']),
  'account.support': onAccount(['support'], () => yes),
  'account.correct': onAccount(['support'], (_a, s) => (s.role === 'person' ? yes : notNowBecause('单位的信息由所属地人社局更正'))),
  'corrections.queue': rule(['support']),
  'correction.read': onCorrection(['support'], () => yes),
  'correction.decide': onCorrection(['support'], (a, c) => {
    if (c.state !== 'pending') return notNowBecause('该更正申请已经处理');
    return c.requestedBy === a.accountId ? notNowBecause('您提出的更正申请，须由另一名技术支持人员复核') : yes;
  }),
  'content.edit': rule(['support']),
  'units.find': rule(['bureau']),
  'learning.import': rule(['bureau']),
  'register.import': rule(['bureau']),
  'unit.correct': onUnit(['bureau'], (a, u) => (a.divisionCode !== undefined && covers(a.divisionCode, u.divisionCode) ? yes : hidden)),
  'staff.manage': rule(['admin']),
  'staff.read': onStaff(['admin'], () => yes),
  'batches.read': rule(['admin', 'office']),
  'batches.manage': rule(['admin']),
  'batch.read': onBatch(['admin', 'office'], (a, b) => (a.role === 'admin' || a.committeeId === b.committeeId ? yes : hidden)),
  'batch.manage': onBatch(['admin'], () => yes),
  'reference.manage': rule(['admin']),
  'settings.manage': rule(['admin']),
  'reminders.choose': rule(['person', 'unit']),
  'staff.reset': onStaff(['admin'], (a, s) => (s.id === a.accountId ? notNowBecause('自己的密码请在「修改密码」中修改') : yes)),
  'staff.switch': onStaff(['admin'], (a, s) => (s.id === a.accountId ? notNowBecause('不能停用自己的账号') : yes)),
  'tasks.own': rule(officials),
  'task.read': onTask(officials, (a, t) => (t.ownerId === a.accountId ? yes : hidden)),
  'task.file': onTask(officials, (a, t) => {
    if (t.ownerId !== a.accountId) return hidden;
    return t.state === 'done' ? yes : notNowBecause('文件尚未生成，请稍后再下载');
  }),
  'task.cancel': onTask(officials, (a, t) => {
    if (t.ownerId !== a.accountId) return hidden;
    return t.state === 'waiting' || t.state === 'running' ? yes : notNowBecause('该任务已经结束，不能取消');
  }),
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

/** A person and an office that looks after nobody's declaration cannot move it; a unit also needs its permission. */
function moveRule(name: MoveName): Rule<DeclarationSubject> {
  const m = moves[name];
  const roles: Record<Relation, readonly Role[]> = {
    applicant: ['person'],
    'holder-unit': m.from.includes('office_review') ? ['unit', 'office'] : ['unit'],
    'holder-office': ['office'],
    bureau: ['bureau'],
    system: [],
  };
  return onDeclaration(roles[m.who], (a, d) => {
    if (!maySee(a, d)) return hidden;
    if (!m.from.includes(d.state)) return notNowBecause(notNow(name, d.state));
    if (!isRelated(a, m.who, d)) return notNowBecause('该申报当前不由贵单位处理。请刷新页面查看最新状态。');
    if (name === 'return-to-unit' && a.role === 'unit' && d.stopUnitIds[0] === a.unitId)
      return notNowBecause('该申报由申报人直接提交到贵单位，没有下级单位，请选择「退回申报人」');
    return permittedUnit(a);
  });
}

export type MoveAction = `declaration.${MoveName}`;
export type Action = keyof typeof fixed | MoveAction;

const rules = {
  ...fixed,
  ...Object.fromEntries(moveNames.map((m) => [`declaration.${m}`, moveRule(m)])),
} as Record<
  Action,
  | Rule<undefined>
  | Rule<DeclarationSubject>
  | Rule<PathSubject>
  | Rule<PermissionSubject>
  | Rule<UnitSubject>
  | Rule<AccountSubject>
  | Rule<StaffSubject>
  | Rule<CorrectionSubject>
  | Rule<OperatorSubject>
  | Rule<BatchSubject>
  | Rule<TaskSubject>
  | Rule<CommitteeSubject>
  | Rule<PlanSubject>
  | Rule<JudgeSubject>
  | Rule<MeetingSubject>
>;

export const actions = Object.keys(rules) as Action[];

/** Which kind of subject an action is about; undefined for actions that only depend on the role. */
export const subjectOf = (action: Action): SubjectKind | undefined => rules[action].subject;
export const rolesOf = (action: Action): readonly Role[] => rules[action].roles;

/**
 * The one place that decides who may do what. Deny by default: an action without a rule does not compile, a subject that the actor has nothing to do
 * with is `hidden` (shown as not found), one that is theirs but not in the right state is `not-now` with the reason.
 */
export function can(actor: Actor, action: Action, subject?: Subject): Decision {
  const r = rules[action];
  if (!r.roles.includes(actor.role)) return r.subject ? hidden : { ok: false, why: 'role', roles: r.roles };
  if (r.subject !== subject?.kind)
    throw new Error(`policy: ${action} needs a ${r.subject ?? 'no subject'}, got ${subject?.kind ?? 'none'}`);
  return r.when ? (r.when as (a: Actor, s: Subject | undefined) => Decision)(actor, subject) : yes;
}

/** Whether the mover may make the move: the site itself only those that are nobody else's, and nobody else those. */
export function canMove(mover: Mover, move: MoveName, d: DeclarationSubject): Decision {
  if (mover.role !== 'system') return can(mover, `declaration.${move}`, d);
  if (moves[move].who !== 'system') return hidden;
  return moves[move].from.includes(d.state) ? yes : notNowBecause(notNow(move, d.state));
}

/** The moves this actor may make now: what the buttons of a page are made of. */
export function movesFor(actor: Actor, d: DeclarationSubject): MoveName[] {
  return moveNames.filter((m) => can(actor, `declaration.${m}`, d).ok);
}

/** What a list may hold for this actor: plain values that read models turn into conditions. */
export type Scope =
  | { kind: 'person'; accountId: number }
  | { kind: 'unit'; unitId: number }
  | { kind: 'committee'; committeeId: number }
  | { kind: 'division'; code: string }
  | { kind: 'none' };

export function scope(actor: Actor): Scope {
  if (actor.role === 'person') return { kind: 'person', accountId: actor.accountId };
  if (actor.role === 'unit' && actor.unitId !== undefined) return { kind: 'unit', unitId: actor.unitId };
  if (actor.role === 'office' && actor.committeeId !== undefined) return { kind: 'committee', committeeId: actor.committeeId };
  if (actor.role === 'bureau' && actor.divisionCode !== undefined) return { kind: 'division', code: actor.divisionCode };
  return { kind: 'none' };
}
