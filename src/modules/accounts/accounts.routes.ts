import type { Deps } from '../../deps';
import type { Route } from '../../http/route';
import { profileRoutes } from './profile.routes';
import { registrationRoutes } from './registration.routes';
import { signInRoutes } from './sign-in.routes';

/** Entrance, 「登录」, both registrations and 「基本信息」. */
export const accountsRoutes = (deps: Deps): Route[] => [...signInRoutes(deps), ...registrationRoutes(deps), ...profileRoutes(deps)];
