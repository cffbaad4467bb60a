import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { can } from '../../policy/policy';
import type { TaskKind } from './task-kinds';
import { findTask, findTaskSubject } from './tasks.store';

/** What a task of this kind left as JSON; undefined when there is no such task, when it is somebody else's, or has not ended well. */
export async function readTaskAnswer<T>(
  deps: Pick<Deps, 'db' | 'storage'>,
  actor: Actor,
  kind: TaskKind,
  id: number,
): Promise<T | undefined> {
  const subject = await findTaskSubject(deps.db, id);
  if (!subject || !can(actor, 'task.file', subject).ok) return undefined;
  const task = await findTask(deps.db, id);
  if (task?.kind !== kind || task.sha256 === null) return undefined;
  return JSON.parse((await deps.storage.get(task.sha256)).toString('utf8')) as T;
}
