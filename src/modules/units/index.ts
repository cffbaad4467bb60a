export { factLabels } from './unit-correction-form';
export { findPermissionSubject } from './permission-subject.store';
export { findUnitSubject } from './unit-subject.store';
export {
  searchUnits,
  findUnitOption,
  findUnitOptions,
  unitOptionOf,
  UNITS_QUERY,
  detailOf as unitDetail,
  type UnitHit,
  type UnitSearch,
} from './search-units.read';
export { readSearchTerms, escapeLike } from './search-terms';
export { isFrequent, matchCondition, rowCondition } from './search-units.read';
export { findUnit, isPermitted, type Unit, type PermissionState } from './unit.store';
export { recheckPermissions } from './recheck-permissions';
export { inviteUnit, type InviteOutcome } from './invite-unit';
export { unitsRoutes } from './units.routes';
export { findWithdrawal } from './permission.store';
export { withdrawPermission, type WithdrawOutcome } from './withdraw-permission';
export { blankDecision, decidedText, decisionModel, readDecision } from './decision-form';
export { requestPermission, type PermissionOutcome } from './request-permission';
export { decidePermission, type DecisionOutcome } from './decide-permission';
