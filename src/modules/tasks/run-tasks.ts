import type { Deps } from '../../deps';
import { findActor } from '../accounts';
import { TaskLostError, type TaskKind, type TaskRunner, type TaskRunners } from './task-kinds';
import { beatTask, claimTask, failTask, finishTask, putBackTask, type Task } from './tasks.store';

/** So many tasks run at a time, in all processes together. */
const MOST_RUNNING = 2;
const BEAT_MS = 15_000;
/** Progress is written no more often. */
const WRITE_MS = 500;

/** The process that runs a task is to end. */
class ProcessEndsError extends Error {}

/** Runs what waits, one after the other, until nothing is left to take or this process is to end: then the one that runs is put back in line. Job `tasks:run`. */
export async function runTasks(deps: Deps, runners: TaskRunners, stopping: AbortSignal = new AbortController().signal): Promise<void> {
  while (!stopping.aborted) {
    const task = await claimTask(deps.db, MOST_RUNNING);
    if (!task) return;
    await runTask(deps, runners[task.kind] as TaskRunner<TaskKind> | undefined, task, stopping);
  }
}

/** One run: whatever happens, the task ends as done, failed or cancelled, unless the process is killed; then it is taken up again. */
async function runTask(deps: Deps, runner: TaskRunner<TaskKind> | undefined, task: Task, stopping: AbortSignal): Promise<void> {
  const log = deps.log.child({ task: task.id, kind: task.kind, attempt: task.attempt });
  const beats = setInterval(() => {
    beatTask(deps.db, task).catch((e: unknown) => log.warn({ err: e }, 'no sign of life could be written'));
  }, BEAT_MS);
  try {
    const owner = await findActor(deps.db, task.ownerId);
    if (!owner) return await failTask(deps.db, task, '账号已经停用，任务没有执行');
    // a rolling update: an older program meets a kind it does not know
    if (!runner) return await failTask(deps.db, task, '系统正在更新，请稍后重新操作');
    let written = -Infinity;
    const progress = async (done: number, total?: number): Promise<void> => {
      if (stopping.aborted) throw new ProcessEndsError();
      if (performance.now() - written < WRITE_MS) return;
      if (!(await beatTask(deps.db, task, { done, total: total ?? null }))) throw new TaskLostError(task.id);
      written = performance.now();
    };
    const outcome = await runner(deps, { input: task.input as never, owner, requestId: `task-${task.id}`, progress });
    if (outcome.kind === 'refused') return await failTask(deps.db, task, outcome.problem);
    const { sha256, size } = await deps.storage.putStream(outcome.content);
    if (await finishTask(deps.db, task, { sha256, size, name: outcome.name, contentType: outcome.contentType }))
      log.info({ size }, 'task done');
  } catch (e) {
    if (e instanceof TaskLostError) {
      log.info('task cancelled');
      return;
    }
    if (e instanceof ProcessEndsError) {
      await putBackTask(deps.db, task);
      log.info('task put back: this process ends');
      return;
    }
    log.error({ err: e }, 'task failed');
    await failTask(deps.db, task, '系统出现错误，任务没有完成，请重新操作；仍然不行的，请联系技术支持');
  } finally {
    clearInterval(beats);
  }
}
