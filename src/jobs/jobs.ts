import { EventEmitter } from 'node:events';
import type * as GraphileWorker from 'graphile-worker';
import type { Logger as WorkerLogger, Runner, TaskList, WorkerEvents } from 'graphile-worker';
import type { Logger } from 'pino';
import type { Handle } from '../db/db';
import { addJob, addJobs, isQueueThere } from './jobs.store';
import { createLivingWorkers, type LivingWorkers } from './living-workers';

export { isQueueThere };

/** Every job there is, with the shape of its payload. */
export interface JobPayloads {
  'certificate:print': { certificateId: number };
  'audit:seal': Record<string, never>;
  'housekeeping:prune': Record<string, never>;
  'attachments:collect': Record<string, never>;
  'attachments:scan': Record<string, never>;
  'attachments:verify': Record<string, never>;
  'ballot:sweep': Record<string, never>;
  'sms:send': { messageId: string };
  'learning:fetch': { accountId: number };
  'corrections:watch': Record<string, never>;
  'queues:fold': Record<string, never>;
  'reminders:send': Record<string, never>;
  'results:tell': Record<string, never>;
  'tasks:run': Record<string, never>;
  'permissions:recheck': Record<string, never>;
}
export type JobName = keyof JobPayloads;
/** `stopping` aborts when this process is to end: long work is then given back to be taken up by another one. */
export type JobHandlers = { [N in JobName]: (payload: JobPayloads[N], stopping?: AbortSignal) => Promise<void> };

export interface Jobs {
  /** Adds a job inside the caller's transaction: it runs if and only if the transaction commits. `key`: at most one waiting job of that key. */
  add: <N extends JobName>(h: Handle, name: N, payload: JobPayloads[N], key?: string) => Promise<void>;
  /** The same for many of one name, by one statement. */
  addAll: <N extends JobName>(h: Handle, name: N, payloads: readonly JobPayloads[N][]) => Promise<void>;
  start: (handlers: JobHandlers) => Promise<void>;
  stop: () => Promise<void>;
  /** Runs what is due now and waits for it; for tests and commands. */
  drain: (handlers: JobHandlers) => Promise<void>;
}

// In UTC. Corrections are watched from 9 to 20 o'clock in Beijing, because people are told by short message.
const CRONTAB = `* * * * * audit:seal
* * * * * tasks:run
*/5 * * * * queues:fold
17 * * * * housekeeping:prune
29 3 * * * attachments:collect
5 1-12 * * * corrections:watch
*/15 * * * * reminders:send
*/10 * * * * results:tell
*/5 * * * * attachments:scan
41 2 * * * attachments:verify
*/10 * * * * ballot:sweep`;

// eslint-disable-next-line @typescript-eslint/no-require-imports -- a process that only adds jobs has no need of it
const library = (): typeof GraphileWorker => require('graphile-worker') as typeof GraphileWorker;

/** Brings the queue's own tables up to date. */
export async function migrateJobs(connectionString: string): Promise<void> {
  const { runMigrations, Logger } = library();
  await runMigrations({ connectionString, logger: new Logger(() => () => undefined) });
}

export function createJobs(connectionString: string, log: Logger): Jobs {
  const logger = (): WorkerLogger => {
    const { Logger } = library();
    return new Logger((scope) => (level: string, message) => {
      if (level === 'error') log.error({ job: scope.taskIdentifier }, message);
      else if (level === 'warning') log.warn({ job: scope.taskIdentifier }, message);
      else log.debug({ job: scope.taskIdentifier }, message);
    });
  };
  const taskList = (handlers: JobHandlers): TaskList =>
    Object.fromEntries(
      Object.entries(handlers).map(([name, handle]) => [
        name,
        (payload: unknown, { abortSignal }: { abortSignal: AbortSignal }) =>
          (handle as (p: unknown, s: AbortSignal) => Promise<void>)(payload, abortSignal),
      ]),
    );
  let runner: Runner | undefined;
  let living: LivingWorkers | undefined;
  let starting: Promise<void> | undefined;
  const begin = async (handlers: JobHandlers): Promise<void> => {
    const here = (living = createLivingWorkers(connectionString, log));
    const events: WorkerEvents = new EventEmitter();
    let registered: Promise<void> | undefined;
    events.on('pool:create', ({ workerPool }) => {
      registered = here.begin(workerPool.id);
    });
    runner = await library().run({
      connectionString,
      events,
      // no job is taken by a pool that is not registered yet: killed in between, it would keep the job for hours
      preset: { plugins: [{ name: 'RegisterFirst', version: '0', worker: { hooks: { startWorker: () => registered } } }] },
      // long tasks take two at most (src/modules/tasks), so that messages and certificates never wait for them
      concurrency: 4,
      noHandleSignals: true,
      pollInterval: 2000,
      // short jobs end, and only long tasks listen: they give back what they do as soon as this process is to end
      gracefulShutdownAbortTimeout: 1,
      taskList: taskList(handlers),
      crontab: CRONTAB,
      logger: logger(),
    });
    if (registered === undefined) throw new Error('the queue has not told the name of its pool');
    await registered;
  };
  const stop = async (): Promise<void> => {
    await runner?.stop();
    runner = undefined;
    // its lock is its word that it still works on its jobs: the last thing to go
    await living?.stop();
    living = undefined;
  };
  return {
    add: (h, name, payload, key) => addJob(h, name, payload, key),
    addAll: (h, name, payloads) => addJobs(h, name, payloads),
    async start(handlers) {
      try {
        await (starting = begin(handlers));
      } catch (e) {
        await stop();
        throw e;
      }
    },
    async stop() {
      await starting?.catch(() => undefined); // told to who starts
      await stop();
    },
    async drain(handlers) {
      await library().runOnce({ connectionString, taskList: taskList(handlers), noHandleSignals: true, logger: logger() });
    },
  };
}
