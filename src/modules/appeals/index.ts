import type { Deps } from '../../deps';
import type { Route } from '../../http/route';
import { appealHandlingRoutes } from './handling.routes';
import { ownAppealRoutes } from './own.routes';

export { answerAppeal, decideAppeal } from './answer-appeal';
export { countAppeals, findAppealFor } from './appeals.store';
export { askAppeal } from './ask-appeal';

export const appealsRoutes = (deps: Deps): Route[] => [...ownAppealRoutes(deps), ...appealHandlingRoutes(deps)];
