import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { Semaphore } from '../lib/semaphore';

/** A thread that nobody needs gives its memory back. */
const IDLE_MS = 60_000;

export interface ThreadOptions {
  /** the program beside `dir`, without extension: `.mjs` where there is one, otherwise TypeScript or what was made of it */
  program: string;
  dir: string;
  isModule: boolean;
  /** how long one answer may take; who is slower costs the thread, and nobody else */
  patienceMs: number;
  heapMb: number;
  /** more than these are turned away at once */
  maxWaiting: number;
}
export type ThreadAnswer<A> = { kind: 'answer'; answer: A } | { kind: 'failed'; fault: string } | { kind: 'busy' };

export interface Thread<Q, A> {
  /** `make` builds the question when its turn has come; what it names in `give` is handed over and no longer ours. */
  ask: (make: () => Promise<{ question: Q; give: ArrayBuffer[] }>) => Promise<ThreadAnswer<A>>;
  close: () => Promise<void>;
}

/** What a program of a thread answers to `{ id, question }`. */
interface Message<A> {
  id: number;
  answer?: A;
  fault?: string;
}

function start({ program, dir, isModule, heapMb }: ThreadOptions): Worker {
  const extension = isModule ? '.mjs' : path.extname(__filename);
  const worker = new Worker(path.join(dir, `${program}${extension}`), {
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
    // tests and tools run the sources as they are
    execArgv: extension === '.ts' ? ['--require', require.resolve('tsx/cjs')] : [],
  });
  worker.unref(); // an idle thread keeps no process alive
  return worker;
}

/**
 * A program in a thread of its own, for work on contents that nobody vouches for and that would hold up everybody else. It is started when it is first needed and asked one thing
 * at a time; one that dies, or takes too long, is replaced with the next question.
 */
export function createThread<Q, A>(options: ThreadOptions): Thread<Q, A> {
  const line = new Semaphore(1);
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;

  const dismiss = async (): Promise<void> => {
    const old = worker;
    worker = undefined;
    clearTimeout(idle);
    await old?.terminate();
  };

  /** One that dies while nobody asks is forgotten; the error of one that is asked is the asker's. */
  function engage(): Worker {
    const fresh = start(options);
    const forget = (): void => {
      if (worker === fresh) worker = undefined;
    };
    return fresh.on('error', forget).on('exit', forget);
  }

  async function ask(question: Q, give: ArrayBuffer[]): Promise<ThreadAnswer<A>> {
    clearTimeout(idle);
    const at = (worker ??= engage());
    const id = ++lastId;
    const found = await new Promise<ThreadAnswer<A>>((resolve) => {
      const end = (answer: ThreadAnswer<A>): void => {
        clearTimeout(timer);
        at.off('message', onMessage).off('error', onError).off('exit', onExit);
        resolve(answer);
      };
      const onMessage = (m: Message<A>): void => {
        if (m.id === id)
          end(m.answer === undefined ? { kind: 'failed', fault: m.fault ?? 'no answer' } : { kind: 'answer', answer: m.answer });
      };
      const onError = (e: unknown): void => end({ kind: 'failed', fault: String(e) });
      const onExit = (code: number): void => end({ kind: 'failed', fault: `the thread ended with ${code}` });
      const timer = setTimeout(() => end({ kind: 'failed', fault: 'too slow' }), options.patienceMs);
      at.on('message', onMessage).on('error', onError).on('exit', onExit);
      at.postMessage({ id, question }, give);
    });
    if (found.kind === 'failed') await dismiss();
    else idle = setTimeout(() => void dismiss(), IDLE_MS).unref();
    return found;
  }

  return {
    async ask(make) {
      if (line.waiting >= options.maxWaiting) return { kind: 'busy' };
      return line.run(async () => {
        const { question, give } = await make();
        return ask(question, give);
      });
    },
    close: dismiss,
  };
}
