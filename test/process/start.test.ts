import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** `npm start` as a process, on its own embedded PostgreSQL; built by `pretest`. */
const main = path.join(__dirname, '..', '..', 'dist', 'src', 'main.js');
let dataDir: string;
const running: ChildProcess[] = [];

interface Started {
  child: ChildProcess;
  address: string;
  output: () => string;
}

async function start(port = 0): Promise<Started> {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: String(port), DEMO: '0', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  const address = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /已启动：(http:\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`ended with ${code}:\n${output}`)));
  });
  return { child, address, output: () => output };
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode);
    child.once('exit', (code) => resolve(code));
    child.kill(signal);
  });
}

const ready = async (s: Started): Promise<number> => (await fetch(`${s.address}/readyz`)).status;
const postmaster = (): number | undefined => {
  const file = path.join(dataDir, 'postgres', 'data', 'postmaster.pid');
  return fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8').split('\n')[0]) : undefined;
};

beforeAll(() => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-start-'));
  fs.chmodSync(dataDir, 0o755);
});
afterAll(async () => {
  for (const child of running) await end(child, 'SIGKILL');
  const pid = postmaster();
  if (pid !== undefined) process.kill(pid, 'SIGQUIT');
  fs.rmSync(dataDir, { recursive: true, force: true });
});

describe('npm start', () => {
  test('X6 a taken port is named, a second process shares the database and leaves it running; kill -9 is survived; Ctrl-C ends cleanly', async () => {
    const first = await start();
    expect(await ready(first)).toBe(200);

    const second = await start(Number(new URL(first.address).port));
    expect(second.output()).toContain('已被占用，改用');
    expect(await end(second.child, 'SIGINT')).toBe(0);
    expect(await ready(first)).toBe(200);

    await end(first.child, 'SIGKILL');
    expect(postmaster()).toBeDefined();
    const third = await start();
    expect(await ready(third)).toBe(200);
    expect(await end(third.child, 'SIGINT')).toBe(0);
    expect(postmaster()).toBeUndefined();
  });
});
