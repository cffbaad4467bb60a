import type { StateName } from './declaration-moves';

/** What a decision may look at. Loaders (src/compose.ts) fill these; policy never queries. */
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
  isPermitted: boolean;
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
