export { accountsRoutes } from './accounts.routes';
export type { OwnWords } from './own-data.read';
export {
  countNames,
  createPersonAccount,
  createStaffAccount,
  createUnitAccount,
  findMobiles,
  findPerson,
  PERSON_QUERY,
  readPerson,
  signInNameIndex,
  type NewPerson,
  type NewStaff,
  type NewUnit,
  type Person,
} from './account.store';
export { createCaptcha, useCaptcha, type CaptchaKind } from './captcha.store';
export { fillMobileIndexes, mobileIndex } from './mobile-index.store';
export { codePurposes } from './sms-code';
export { pruneSmsCodes } from './sms-code.store';
export { loginNameField, mobileField, personNameField } from './contact-fields';
export { tidyPersonName } from './person-name';
export { givenLoginNameField } from './operator-form';
export { insertStaff } from './create-staff';
export { tellFormerMobile } from './change-mobile';
export { updateMobile } from './profile.store';
export { createFirstAdmin } from './create-first-admin';
export { oneTimePassword } from './one-time-password';
export { endSessions, writePassword } from './password.store';
export { liftLocks } from './sign-in-attempt.store';
export { ACTOR_QUERY, findActor } from './actor.store';
export { loadVisitor, visitorOfRow } from './staff-password';
export { findAccountSubject, findOperatorSubject, findStaffSubject } from './account-subject.store';
