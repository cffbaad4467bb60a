import { execFileSync } from 'node:child_process';

/** Whether a program of the machine's can be run; says so where it cannot, since a test is skipped then. */
export function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log(`${program} is not installed: what is tried with it is skipped`);
    return false;
  }
}
