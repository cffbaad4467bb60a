import fs from 'node:fs';
import type { Site } from '../../test/support/site';

/** A jiffy of /proc, in ms: Linux tells times of processes in hundredths of a second whatever it counts in. */
const JIFFY_MS = 10;

/** The numbers of /proc/<pid>/stat from the state on; the name before it may hold anything. */
const statOf = (pid: number | string): string[] => {
  const line = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  return line.slice(line.lastIndexOf(')') + 2).split(' ');
};
const sumOf = (stat: string[], from: number, to: number): number => stat.slice(from, to).reduce((sum, n) => sum + Number(n), 0) * JIFFY_MS;

/** Milliseconds of processor that a process and its children have taken so far, those that have ended included. */
export function cpuMsOf(pid: number | undefined): number {
  let sum = sumOf(statOf(pid ?? 'self'), 11, 15);
  for (const name of fs.readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
    try {
      const stat = statOf(name);
      if (Number(stat[1]) === pid) sum += sumOf(stat, 11, 13);
    } catch (e) {
      if (!isGone(e)) throw e; // it has ended while we looked
    }
  }
  return sum;
}

/** The process that all servers of the site's cluster are children of. */
export async function postmasterOf(site: Site): Promise<number> {
  const { rows } = await site.db.raw<{ rows: { pid: number }[] }>('SELECT pg_backend_pid() AS pid');
  return Number(statOf(rows[0]?.pid ?? 0)[1]);
}

/** What some work of `times` acts costs each of these processes, in ms of processor for each act: others on the machine lengthen it little. */
export async function cpuOf<K extends string>(
  work: () => Promise<unknown>,
  times: number,
  pids: Record<K, number | undefined>,
): Promise<Record<K, number>> {
  const names = Object.keys(pids) as K[];
  const now = (): number[] => names.map((name) => cpuMsOf(pids[name]));
  const before = now();
  await work();
  const after = now();
  return Object.fromEntries(
    names.map((name, i) => [name, Math.round((100 * ((after[i] ?? NaN) - (before[i] ?? NaN))) / times) / 100]),
  ) as Record<K, number>;
}

/** Processes that some other one has started, and those that these have. */
function offspringOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of fs.readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
    try {
      parents.set(Number(name), Number(statOf(name)[1]));
    } catch (e) {
      if (!isGone(e)) throw e;
    }
  }
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found.slice(1);
}
const isGone = (e: unknown): boolean => ['ENOENT', 'ESRCH'].includes(String((e as NodeJS.ErrnoException).code));

/**
 * Processor time to the microsecond, thread by thread, of a group of processes: for single requests, which are shorter than a jiffy. What a thread or process took that
 * has ended stays counted as it was last seen.
 */
export class CpuWatch {
  readonly #seen = new Map<string, number>();
  constructor(
    private readonly pids: () => readonly number[],
    private readonly isCounted: (pid: number, thread: number) => boolean = () => true,
  ) {}
  /** milliseconds so far */
  read(): number {
    for (const pid of this.pids()) {
      try {
        for (const thread of fs.readdirSync(`/proc/${pid}/task`).filter((t) => this.isCounted(pid, Number(t))))
          this.#seen.set(`${pid}/${thread}`, Number(fs.readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6);
      } catch (e) {
        if (!isGone(e)) throw e;
      }
    }
    let sum = 0;
    for (const ms of this.#seen.values()) sum += ms;
    return sum;
  }
}
/** A process itself, what it has started (a browser), and the servers of a database but for those that `except` names. */
export const watchProcess = (pid: number): CpuWatch => new CpuWatch(() => [pid]);
export const watchOffspring = (pid: number, except: ReadonlySet<number> = new Set()): CpuWatch =>
  new CpuWatch(() => offspringOf(pid).filter((child) => !except.has(child)));
export const offspring = (pid: number): Set<number> => new Set(offspringOf(pid));
