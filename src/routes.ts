import type { Deps } from './deps';
import { keptPostsRoutes } from './http/kept-posts.routes';
import type { Route } from './http/route';
import { attachmentsRoutes } from './modules/attachments';
import { certificatesRoutes } from './modules/certificates';
import { bureausRoutes, contactsRoutes } from './modules/contacts';
import { committeeRoutes } from './modules/committee';
import { declarationsRoutes, ownWords, sectionTitleOf } from './modules/declarations';
import { designRoutes } from './modules/design';
import { accountsRoutes, codePurposes } from './modules/accounts';
import { batchesRoutes, calendarRoutes, remindersRoutes } from './modules/batches';
import { catalogueRoutes, divisionsRoutes } from './modules/catalogue';
import { dashboardRoutes } from './modules/dashboard';
import { educationRoutes } from './modules/education';
import { eligibilityRoutes } from './modules/eligibility';
import { meetingsRoutes } from './modules/meetings';
import { guidesRoutes } from './modules/guides';
import { noticesRoutes } from './modules/notices';
import { appealsRoutes } from './modules/appeals';
import { objectionsRoutes } from './modules/objections';
import { pathsRoutes } from './modules/paths';
import { printingRoutes } from './modules/printing';
import { reportingRoutes } from './modules/reporting';
import { settingsRoutes } from './modules/settings';
import { reviewRoutes } from './modules/review';
import { unitPublicityRoutes } from './modules/unit-publicity';
import { supportRoutes } from './modules/support';
import { tasksRoutes } from './modules/tasks';
import { factLabels, unitsRoutes } from './modules/units';

/** Every route of the site, in one list: express is fed from it, tests walk it. */
export function allRoutes(deps: Deps): Route[] {
  return [
    ...accountsRoutes(deps, ownWords(deps)),
    ...keptPostsRoutes(deps),
    ...noticesRoutes(deps),
    ...guidesRoutes(deps),
    ...dashboardRoutes(deps),
    ...unitsRoutes(deps),
    ...pathsRoutes(deps),
    ...declarationsRoutes(deps),
    ...educationRoutes(deps),
    ...eligibilityRoutes(deps),
    ...attachmentsRoutes(deps),
    ...certificatesRoutes(deps),
    ...printingRoutes(deps),
    ...reviewRoutes(deps),
    ...unitPublicityRoutes(deps),
    ...reportingRoutes(deps),
    ...committeeRoutes(deps),
    ...objectionsRoutes(deps),
    ...appealsRoutes(deps),
    ...batchesRoutes(deps),
    ...calendarRoutes(deps),
    ...catalogueRoutes(deps),
    ...divisionsRoutes(deps),
    ...remindersRoutes(deps),
    ...meetingsRoutes(deps),
    ...settingsRoutes(deps),
    ...contactsRoutes(deps),
    ...bureausRoutes(deps),
    ...supportRoutes(deps, { sectionTitleOf, codes: { purpose: codePurposes, fields: factLabels } }),
    ...tasksRoutes(deps),
    ...designRoutes(deps),
  ];
}
