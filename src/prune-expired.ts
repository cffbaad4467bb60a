import { pruneSms } from './adapters/sms';
import { appendAudit } from './audit/audit.store';
import type { Deps } from './deps';
import { pruneExpired } from './http/housekeeping.store';
import type { OneTimeTokens } from './http/one-time-token.store';
import { pruneSmsCodes } from './modules/accounts';
import { pruneReminders } from './modules/batches';
import { purgeDrafts } from './modules/declarations';
import { pruneJudgeNotes } from './modules/meetings';
import { pruneTasks } from './modules/tasks';
import { systemActor } from './policy/actor';

/**
 * S63: removes what is past its term (docs/operations.md has the table of terms), and writes down how much of what. Each kind is a statement or a transaction of its own: what was
 * not reached because the process died goes the next time.
 */
export async function pruneAll(deps: Deps, tokens: OneTimeTokens): Promise<void> {
  const { smsDays, reminderDays, browserDays, judgeNoteDays, draftYears, deletedDraftDays } = await deps.settings.get();
  const removed: Record<string, number> = {
    tokens: await tokens.prune(),
    ...(await pruneExpired(deps.db, browserDays)),
    sms: await pruneSms(deps.db, smsDays),
    smsCodes: await pruneSmsCodes(deps.db),
    tasks: await pruneTasks(deps.db),
    judgeNotes: await pruneJudgeNotes(deps.db, judgeNoteDays),
    reminders: await pruneReminders(deps.db, reminderDays),
  };
  const some = Object.fromEntries(Object.entries(removed).filter(([, n]) => n > 0));
  if (Object.keys(some).length > 0)
    await appendAudit(deps.db, {
      actorId: null,
      actorName: systemActor.name,
      action: 'retention.prune',
      detail: { removed: some },
      requestId: 'housekeeping:prune',
    });
  await purgeDrafts(deps, { years: draftYears, deletedDays: deletedDraftDays });
}
