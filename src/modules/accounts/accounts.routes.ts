import type { Deps } from '../../deps';
import type { Route } from '../../http/route';
import { changeMobileRoutes } from './change-mobile.routes';
import { confirmPasswordRoutes } from './confirm-password.routes';
import { factorResetRoutes } from './factor-reset.routes';
import { secondFactorRoutes } from './second-factor.routes';
import { operatorsRoutes } from './operators.routes';
import type { OwnWords } from './own-data.read';
import { ownDataRoutes } from './own-data.routes';
import { ownSessionsRoutes } from './own-sessions.routes';
import { passwordRoutes } from './password.routes';
import { profileRoutes } from './profile.routes';
import { recoveryRoutes } from './recovery.routes';
import { registrationRoutes } from './registration.routes';
import { signInRoutes } from './sign-in.routes';
import { smsLogRoutes } from './sms-log.routes';
import { staffRoutes } from './staff.routes';

/** Entrance, 「登录」, both registrations, 「找回用户名或密码」, 「基本信息」, 「修改密码」, 「短信记录」 and 「工作人员账号」. `words`: of what declarations hold. */
export const accountsRoutes = (deps: Deps, words: OwnWords): Route[] => [
  ...signInRoutes(deps),
  ...registrationRoutes(deps),
  ...recoveryRoutes(deps),
  ...profileRoutes(deps),
  ...changeMobileRoutes(deps),
  ...smsLogRoutes(deps),
  ...ownDataRoutes(deps, words),
  ...passwordRoutes(deps),
  ...ownSessionsRoutes(deps),
  ...confirmPasswordRoutes(deps),
  ...secondFactorRoutes(deps),
  ...factorResetRoutes(deps),
  ...operatorsRoutes(deps),
  ...staffRoutes(deps),
];
