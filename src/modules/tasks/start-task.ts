import type { AuditDetail } from '../../audit/audit-facts';
import { appendAudit } from '../../audit/audit.store';
import type { Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import type { TaskInputs, TaskKind } from './task-kinds';
import { insertTask } from './tasks.store';

/** So many tasks of one account may wait or run. */
export const MAX_OPEN = 5;

/** under-way: the same one waits or runs already */
export type StartOutcome = Awaited<ReturnType<typeof insertTask>>;

/**
 * Puts a long task in line, inside the caller's transaction: it runs if and only if that commits. `title` is what its owner sees (no names of persons).
 * `detail`: what the audit log says in place of the whole input. The page to send the owner to is paths.task(id).
 */
export async function startTask<K extends TaskKind>(
  deps: Pick<Deps, 'jobs'>,
  trx: Trx,
  task: { kind: K; owner: Actor; input: TaskInputs[K]; title: string; requestId: string; detail?: AuditDetail },
): Promise<StartOutcome> {
  const { kind, owner, input, title, requestId, detail } = task;
  const outcome = await insertTask(trx, { kind, title, ownerId: owner.accountId, input }, MAX_OPEN);
  if (outcome.kind !== 'started') return outcome;
  await deps.jobs.add(trx, 'tasks:run', {});
  await appendAudit(trx, {
    actorId: owner.accountId,
    actorName: owner.name,
    action: 'task.start',
    subjectKind: 'task',
    subjectId: String(outcome.id),
    detail: { kind, ...(detail ?? { input }) },
    requestId,
  });
  return outcome;
}
