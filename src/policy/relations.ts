import { withdrawnContact, withdrawnText } from '../lib/withdrawal';
import type { Actor, Role } from './actor';
import type { Relation } from './declaration-moves';
import { hidden, notNowBecause, yes, type Decision } from './decision';
import type { CommitteeSubject, DeclarationSubject, OperatorSubject } from './subjects';

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
export function maySee(actor: Actor, d: DeclarationSubject): boolean {
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

/** The bureau over a division. */
export const isBureauOver = (a: Actor, division: string): boolean =>
  a.role === 'bureau' && a.divisionCode !== undefined && covers(a.divisionCode, division);
export const isOfficeOf = (a: Actor, committeeId: number): boolean => a.role === 'office' && a.committeeId === committeeId;
export const isFounder = (a: Actor, c: CommitteeSubject): boolean =>
  a.role === 'unit'
    ? a.unitId !== undefined && a.unitId === c.foundingUnitId
    : c.foundingUnitId === null && isBureauOver(a, c.divisionCode);

const lacksPermission = ({ unitWithdrawal: w }: Actor): string =>
  w
    ? `贵单位的「职称评审」权限${withdrawnText(w)}，原因见「权限申请」，需要继续办理的，请重新申请；${withdrawnContact(w)}`
    : '贵单位尚未取得「职称评审」权限，请先办理「权限申请」';

/** C3: a unit without the permission can't be chosen, approve or report. */
export const permittedUnit = (a: Actor): Decision =>
  a.role !== 'unit' || a.unitPermitted === true ? yes : { ok: false, why: 'not-now', reason: lacksPermission(a), mend: 'permission' };

/** C6: the owner looks after the unit's other operators, who are not removed. */
export const byOwner = (a: Actor, o: OperatorSubject): Decision => {
  if (a.unitId === undefined || o.unitId !== a.unitId) return hidden;
  if (a.isOwner !== true) return notNowBecause('经办人由本单位的主经办人管理，请联系主经办人');
  if (o.isOwner) return notNowBecause('主经办人不能停用或者移除，请先移交给其他经办人');
  return o.state === 'removed' ? notNowBecause('该经办人已经移除') : yes;
};

/** those whose lists are long enough to be exported */
export const officials: readonly Role[] = ['unit', 'bureau', 'office', 'support', 'admin'];
export const everyone: readonly Role[] = ['person', 'unit', 'bureau', 'office', 'support', 'admin', 'auditor', 'judge'];
