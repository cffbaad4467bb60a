/**
 * Processes of the built program (`pretest` builds it) beside a site of the test, on the same database, keys and files:
 *
 *   const one = await startProcess(site, { DRAIN_SECONDS: '2' });   // await endAll() in afterAll
 *   const there = visitorAt(one, visitor);                          // the same browser at the other process
 */
import { spawn, type ChildProcess } from 'node:child_process';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { Visitor, type Page, type Site } from './site';

export interface Started {
  child: ChildProcess;
  address: string;
  /** where its metrics are told; empty unless METRICS_PORT was given */
  metrics: string;
  output: () => string;
}

const dist = path.join(__dirname, '..', '..', 'dist', 'src');
const running = new Set<ChildProcess>();

export const databaseUrlOf = (site: Site): string =>
  (site.db.client as { config: { connection: { connectionString: string } } }).config.connection.connectionString;

/** Resolves when `what` appears in what the process says; rejects with everything it said when it ends before. */
function hear(child: ChildProcess, output: () => string, what: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const found = what.exec(output())?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', (code, signal) => reject(new Error(`ended with ${signal ?? code}:\n${output()}`)));
    look();
  });
}

/** `program`: the folder of another build of the program (scripts/mixed-versions.ts). */
export async function startProcess(
  site: Site,
  env: Record<string, string> = {},
  entry: 'main' | 'worker' = 'main',
  program = dist,
): Promise<Started> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(program, `${entry}.js`)], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      DATABASE_URL: databaseUrlOf(site),
      DATA_DIR: site.deps.config.dataDir,
      DATABASE_POOL: '5',
      PORT: '0',
      DEMO: '0',
      RUN_JOBS: '0',
      LOG_LEVEL: 'info',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let said = '';
  const output = (): string => said;
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void (said += chunk.toString()));
  const greeting = hear(child, output, entry === 'main' ? /已启动：(http:\S+)/ : /(后台任务进程已启动)/);
  const metrics = env.METRICS_PORT === undefined ? undefined : await hear(child, output, /"metrics":(\d+)/);
  return { child, address: await greeting, metrics: metrics === undefined ? '' : `http://127.0.0.1:${metrics}/metrics`, output };
}

export function ended(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode ?? child.signalCode);
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
}
export function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals | null> {
  const over = ended(child);
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  return over;
}
export const endAll = async (): Promise<void> => void (await Promise.all([...running].map((child) => end(child, 'SIGKILL'))));

/** The same browser, at another process of the same site. */
export function visitorAt(at: { address: string }, visitor: Visitor): Visitor {
  const there = new Visitor(at.address);
  for (const [name, value] of visitor.cookies) there.cookies.set(name, value);
  return there;
}

/** Waits until it is so; fails after a generous while. */
export async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (let n = 0; n < 1200; n++) {
    if (await isSo()) return;
    await new Promise((r) => setTimeout(r, 50));
  }
  throw new Error(`never came true: ${what}`);
}

export interface HalfSent {
  /** resolves when the receiver has taken the first half */
  begun: Promise<void>;
  finish: () => Promise<{ status: number; location: string; connection: string }>;
}

/** Sends the form of a page with one file, stops in the middle of the file, and goes on when told to. */
export function beginUpload(
  base: string,
  visitor: Visitor,
  page: Page,
  button: string,
  file: { field: string; name: string; content: Buffer },
): HalfSent {
  const boundary = 'half-sent-form';
  const [name = '', value = ''] = button.split('=');
  const fields = [...page.fields(), [name, value]]
    .map(([k, v]) => `--${boundary}\r\nContent-Disposition: form-data; name="${k}"\r\n\r\n${v}\r\n`)
    .join('');
  const head = Buffer.from(
    `${fields}--${boundary}\r\nContent-Disposition: form-data; name="${file.field}"; filename="${file.name}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const half = Math.floor(file.content.length / 2);
  const action = new URL(page.form().getAttribute('action') ?? page.address, base);
  const request = (action.protocol === 'https:' ? https : http).request(action, {
    method: 'POST',
    // the certificate of a proxy in a test is its own
    ...(action.protocol === 'https:' ? { rejectUnauthorized: false } : {}),
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': head.length + file.content.length + tail.length,
      cookie: [...visitor.cookies].map(([k, v]) => `${k}=${v}`).join('; '),
    },
  });
  const answer = new Promise<{ status: number; location: string; connection: string }>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (r) => {
      r.resume();
      r.once('error', reject);
      r.once('end', () =>
        resolve({ status: r.statusCode ?? 0, location: r.headers.location ?? '', connection: r.headers.connection ?? '' }),
      );
    });
  });
  answer.catch(() => undefined);
  const begun = new Promise<void>((resolve) => request.write(Buffer.concat([head, file.content.subarray(0, half)]), () => resolve()));
  return {
    begun,
    finish: () => {
      request.end(Buffer.concat([file.content.subarray(half), tail]));
      return answer;
    },
  };
}
