import { spawn, type ChildProcess } from 'node:child_process';

export interface Running {
  child: ChildProcess;
  base: string;
  /** the end of what it has said */
  output: () => string;
  /** ends it, and gives how it ended */
  end: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/** Starts a program that says its address on standard output; `said` finds it there. Ends by itself when this process does. */
export async function startProcess(args: readonly string[], env: Record<string, string>, said: RegExp): Promise<Running> {
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  let output = '';
  const found = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-20_000);
      const hit = said.exec(output)?.[1];
      if (hit) resolve(hit);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`ended with ${code}:\n${output}`)));
  });
  return {
    child,
    base: found.startsWith('http') ? found : `http://127.0.0.1:${found}`,
    output: () => output,
    end: (signal = 'SIGTERM') =>
      new Promise((resolve) => {
        process.removeListener('exit', kill);
        if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode);
        child.once('exit', (code) => resolve(code));
        child.kill(signal);
      }),
  };
}
