import type { Deps } from '../../deps';
import type { Route } from '../../http/route';
import { foundingRoutes } from './founding.routes';
import { plansRoutes } from './plans.routes';
import { publicitiesRoutes } from './publicities.routes';
import { overviewRoutes } from './overview.routes';
import { officeRoutes, resultsRoutes } from './queues.routes';

export { countForBureau, type BureauCounts } from './committee.read';
export { findCommitteeSubject } from './committee.store';
export { findPlan, findPlanSubject, findStanding, type Plan, type Standing } from './plan.store';
export { committeeScope, handlingList, isInScope } from './handling';
export { findPublicityPage, listPublicityItems, sameNameText, type Publicity, type PublicityItem } from './publicity.read';
export { decideCommittee } from './decide-committee';
export { linesOf } from './committee-form';
export { confirmResults } from './confirm-results';
export { makeOfficeSheet } from './make-office-sheet';
export { decidePlan, submitPlan } from './submit-plan';

export const committeeRoutes = (deps: Deps): Route[] => [
  ...officeRoutes(deps),
  ...resultsRoutes(deps),
  ...overviewRoutes(deps),
  ...publicitiesRoutes(deps),
  ...foundingRoutes(deps),
  ...plansRoutes(deps),
];
