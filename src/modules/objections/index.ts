import type { Deps } from '../../deps';
import type { Route } from '../../http/route';
import { handlingRoutes } from './handling.routes';
import { publicObjectionRoutes } from './public.routes';

export { handInObjection } from './hand-in-objection';
export { decideObjection } from './decide-objection';
export const objectionsRoutes = (deps: Deps): Route[] => [...publicObjectionRoutes(deps), ...handlingRoutes(deps)];
