import fs from 'node:fs';
import type { EmbeddedPg } from '../../src/db/embedded-pg';
import { until } from './process';

export const isAlive = (pid: number): boolean =>
  fs.existsSync(`/proc/${pid}`) && !/^\d+ \(.*\) Z/.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));

/** The processes that this one has started and that still run. */
export const childrenOf = (parent: number): number[] =>
  fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return Number(/^\d+ \(.*\) \S (\d+)/.exec(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]) === parent;
      } catch {
        return false; // ended in the meantime
      }
    });

/** The postmaster and everything it started, without a word of warning; waits until all of them are gone. */
export async function killDatabase(server: EmbeddedPg): Promise<void> {
  const family = [server.pid, ...childrenOf(server.pid)];
  for (const pid of family) process.kill(pid, 'SIGKILL');
  await until('the server is gone', () => !family.some(isAlive));
}
