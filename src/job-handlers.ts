import { sealAudit } from './audit/audit.store';
import type { Deps } from './deps';
import { pruneExpired } from './http/housekeeping.store';
import type { OneTimeTokens } from './http/one-time-token.store';
import { collectOrphans } from './modules/attachments';
import type { JobHandlers } from './jobs/jobs';
import { printCertificate } from './modules/certificates';

/** What each job does; src/jobs/jobs.ts says which jobs there are. */
export function jobHandlers(deps: Deps, tokens: OneTimeTokens): JobHandlers {
  return {
    'audit:seal': async () => {
      while ((await sealAudit(deps.db)) === 1000);
    },
    'housekeeping:prune': async () => {
      await tokens.prune();
      await pruneExpired(deps.db);
    },
    'certificate:print': async ({ certificateId }) => void (await printCertificate(deps, certificateId)),
    'attachments:collect': async () => {
      deps.log.info({ removed: await collectOrphans(deps) }, 'orphaned contents collected');
    },
  };
}
