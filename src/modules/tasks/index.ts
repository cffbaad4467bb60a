export { tasksRoutes } from './tasks.routes';
export { runTasks } from './run-tasks';
export { MAX_OPEN, startTask, type StartOutcome } from './start-task';
export { readTaskAnswer } from './read-task-answer';
export { findTaskSubject, pruneTasks } from './tasks.store';
export {
  TaskLostError,
  type ConfirmResultsTaskInput,
  type OfficeQueueTaskInput,
  type RosterTaskInput,
  type TaskInputs,
  type TaskKind,
  type TaskOutcome,
  type TaskRun,
  type TaskRunner,
  type TaskRunners,
} from './task-kinds';
