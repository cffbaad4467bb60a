export { accountsRoutes } from './accounts.routes';
export {
  createPersonAccount,
  createStaffAccount,
  createUnitAccount,
  findPerson,
  signInNameIndex,
  type NewPerson,
  type NewStaff,
  type NewUnit,
  type Person,
} from './account.store';
export { findActor } from './actor.store';
