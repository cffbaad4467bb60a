import type { Actor } from '../../policy/actor';
import type { Deps } from '../../deps';

/**
 * Every kind of long task, with what it is told. The input is stored as it is: plain JSON, ids and filters, never a name or a number of a person.
 * To add one: a line here, a runner in src/job-handlers.ts, and `startTask` where somebody asks for it.
 */
export interface TaskInputs {
  'roster:xlsx': RosterTaskInput;
  'roster:pdf': RosterTaskInput;
  /** the review forms of everybody in it */
  'forms:zip': RosterTaskInput;
  'office-queue:xlsx': OfficeQueueTaskInput;
  /** J4: the bureau confirms many results, which issues their certificates; its file is the answer for each row, shown by the page of the list */
  'results:confirm': ConfirmResultsTaskInput;
}
export type TaskKind = keyof TaskInputs;

/** 「一览表」 of these conditions; '' is any */
export interface RosterTaskInput {
  year: string;
  series: string;
  level: string;
  show: string;
}

/** the committee office's list of these conditions; '' is any. A part of a name is no condition here: names are not kept with a task */
export interface OfficeQueueTaskInput {
  year: string;
  series: string;
  level: string;
  state: string;
}

/** the ticked declarations at the versions that the reader saw */
export interface ConfirmResultsTaskInput {
  items: [id: string, version: number][];
}

export interface TaskRun<K extends TaskKind> {
  input: TaskInputs[K];
  /** who asked, with the rights of the moment at which the task runs */
  owner: Actor;
  /** stands in the audit log for the acts of the task; each of its runs has the same one */
  requestId: string;
  /** How far it is. Written at most twice a second; throws TaskLostError when the task was cancelled, which ends the run. */
  progress: (done: number, total?: number) => Promise<void>;
}

export type TaskOutcome =
  /** `content` is read once and goes to the storage as it comes; progress may be told from within */
  | { kind: 'made'; content: AsyncIterable<Uint8Array>; name: string; contentType: string }
  /** why there is no file, for the owner: what to do next */
  | { kind: 'refused'; problem: string };

export type TaskRunner<K extends TaskKind> = (deps: Deps, run: TaskRun<K>) => Promise<TaskOutcome>;
export type TaskRunners = { [K in TaskKind]: TaskRunner<K> };

/** The task was cancelled, or another process took it over. */
export class TaskLostError extends Error {
  constructor(id: number) {
    super(`task ${id} is no longer this run's`);
    this.name = 'TaskLostError';
  }
}
