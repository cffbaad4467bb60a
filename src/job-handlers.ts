import { sendQueuedSms } from './adapters/sms';
import { sealAudit } from './audit/audit.store';
import type { Deps } from './deps';
import type { OneTimeTokens } from './http/one-time-token.store';
import { sendReminders } from './modules/batches';
import { tellResults, watchCorrections } from './modules/declarations';
import { confirmResults, makeOfficeSheet } from './modules/committee';
import { fetchRecords } from './modules/education';
import { collectOrphans, scanWaiting, verifyStored } from './modules/attachments';
import { pruneAll } from './prune-expired';
import type { JobHandlers } from './jobs/jobs';
import { sweepBallotKeys } from './modules/meetings';
import { printCertificate } from './modules/certificates';
import { makeFormsZip } from './modules/printing';
import { makeRosterPdf, makeRosterXlsx } from './modules/reporting';
import { foldQueueCounts } from './modules/review';
import { recheckPermissions } from './modules/units';
import { runTasks, type TaskRunners } from './modules/tasks';

/** What each kind of long task makes; src/modules/tasks/task-kinds.ts says which kinds there are. */
const taskRunners: TaskRunners = {
  'roster:xlsx': makeRosterXlsx,
  'roster:pdf': makeRosterPdf,
  'forms:zip': makeFormsZip,
  'office-queue:xlsx': makeOfficeSheet,
  'results:confirm': confirmResults,
};

/** What each job does; src/jobs/jobs.ts says which jobs there are. */
export function jobHandlers(deps: Deps, tokens: OneTimeTokens): JobHandlers {
  return {
    'audit:seal': async () => {
      while ((await sealAudit(deps.db)) === 1000);
    },
    'housekeeping:prune': () => pruneAll(deps, tokens),
    'certificate:print': async ({ certificateId }) => void (await printCertificate(deps, certificateId)),
    'queues:fold': () => foldQueueCounts(deps.db),
    'reminders:send': async () => {
      const { remindersOn, remindersFrom, remindersTo } = await deps.settings.get();
      const queued = await sendReminders(deps, { isOn: remindersOn, from: remindersFrom, to: remindersTo });
      deps.log.info({ queued }, 'reminders of closing windows');
    },
    'results:tell': async () => {
      const { resultMessagesOn, remindersFrom, remindersTo } = await deps.settings.get();
      deps.log.info({ queued: await tellResults(deps, { isOn: resultMessagesOn, from: remindersFrom, to: remindersTo }) }, 'results told');
    },
    'permissions:recheck': async () => {
      deps.log.info({ granted: await recheckPermissions(deps) }, 'permission requests checked against the imported register');
    },
    'tasks:run': (_payload, stopping) => runTasks(deps, taskRunners, stopping),
    'sms:send': ({ messageId }) => sendQueuedSms(deps, messageId),
    'learning:fetch': ({ accountId }) => fetchRecords(deps, accountId),
    'corrections:watch': () => watchCorrections(deps),
    'ballot:sweep': () => sweepBallotKeys(deps),
    'attachments:collect': async () => {
      deps.log.info({ removed: await collectOrphans(deps) }, 'orphaned contents collected');
    },
    'attachments:scan': async () => void (await scanWaiting(deps)),
    'attachments:verify': async () => {
      deps.log.info(await verifyStored(deps), 'stored files verified');
    },
  };
}
