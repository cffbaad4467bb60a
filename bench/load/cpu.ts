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

/** Milliseconds of processor that a process has taken so far with all its threads. */
export const cpuMsOf = (pid: number | undefined): number => sumOf(statOf(pid ?? 'self'), 11, 13);

/** The same of a database server with all its processes, those that have ended included. */
export function cpuMsOfServer(postmaster: number): number {
  const children = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  let sum = sumOf(statOf(postmaster), 11, 15);
  for (const pid of children) {
    try {
      const stat = statOf(pid);
      if (Number(stat[1]) === postmaster) sum += sumOf(stat, 11, 13);
    } catch (e) {
      if (!['ENOENT', 'ESRCH'].includes(String((e as NodeJS.ErrnoException).code))) throw e; // it has ended while we looked
    }
  }
  return sum;
}

/** The process that all servers of the site's cluster are children of. */
export async function postmasterOf(site: Site): Promise<number> {
  const { rows } = await site.db.raw<{ rows: { pid: number }[] }>('SELECT pg_backend_pid() AS pid');
  return Number(statOf(rows[0]?.pid ?? 0)[1]);
}
