import type { Deps } from '../../deps';
import type { Route } from '../../http/route';
import { publicitiesRoutes } from './publicities.routes';
import { officeRoutes, resultsRoutes } from './queues.routes';

export const committeeRoutes = (deps: Deps): Route[] => [...officeRoutes(deps), ...resultsRoutes(deps), ...publicitiesRoutes(deps)];
