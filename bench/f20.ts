import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Site } from '../test/support/site';
import { median, rangeOf, round, startStolen } from './compare';
import { startProcess, type Running } from './load/process';
import type { Measure, Measured } from './measures';

const CONNECTIONS = 16;
const REQUESTS = 6000;
const PAIRS = 5;
const HOLDERS = 4;

/** Processor time that a process has used, in ms. */
function cpuOf(pid: number): number {
  const fields = fs
    .readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  // ticks of 10 ms: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, fields 14 and 15
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

interface Asked {
  method: 'GET' | 'POST';
  address: string;
  headers: Record<string, string>;
  body?: Buffer;
}

/** Of a hundred requests so many may find the place free for a moment. */
const SLIPS = 0.02;

/** Asks so many times over kept connections; the answers have to be 503. Gives the processor time of the server for one of them, in ms. */
async function costOf(server: Running, asked: Asked, requests: number): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const one = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const req = http.request(
        server.base + asked.address,
        {
          agent,
          method: asked.method,
          headers: { ...asked.headers, ...(asked.body ? { 'content-length': asked.body.length } : {}) },
        },
        (res) => {
          res.resume();
          res.once('end', () => resolve(res.statusCode ?? 0));
        },
      );
      req.once('error', reject);
      req.end(asked.body);
    });
  const run = async (n: number): Promise<void> => {
    let left = n;
    let slips = 0;
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        while (left-- > 0) {
          if ((await one()) !== 503) slips++;
        }
      }),
    );
    if (slips > n * SLIPS) throw new Error(`${asked.method} ${asked.address}: ${slips} of ${n} were not turned away`);
  };
  try {
    await run(requests / 10);
    const pid = server.child.pid ?? 0;
    const before = cpuOf(pid);
    await run(requests);
    return (cpuOf(pid) - before) / requests;
  } finally {
    agent.destroy();
  }
}

const cookie = 'sid=s%3Aabcdefghijklmnopqrstuvwxyz012345.abcdefghijklmnopqrstuvwxyz0123456789abcdefg';
const browser = {
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'accept-encoding': 'gzip, deflate',
  'accept-language': 'zh-CN,zh;q=0.9',
  cookie,
};
const typed = Buffer.from(
  new URLSearchParams(Array.from({ length: 12 }, (_, i): [string, string] => [`main.field${i}`, '主要工作业绩'.repeat(20)])).toString(),
);

/** What turning away costs the process that is full: processor time, so that other work on the machine does not matter, beside a bare server that answers 503 with the same bytes. */
export async function f20(site: Site): Promise<Measured> {
  const stolen = startStolen();
  const { config } = site.deps;
  const ours = await startProcess(
    [path.join(config.rootDir, 'dist', 'src', 'main.js')],
    {
      DATABASE_URL: config.databaseUrl ?? '',
      DATA_DIR: config.dataDir,
      PORT: '0',
      DEMO: '0',
      RUN_JOBS: '0',
      MAX_ACTIVE: '1',
      MAX_WAITING: '0',
    },
    /已启动：(http:\/\/[^\s/]+)/,
  );
  const holder = new pg.Client({ connectionString: config.databaseUrl });
  await holder.connect();
  const gone = new AbortController();
  try {
    // the one place there is: a page that waits for this table
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE notices IN ACCESS EXCLUSIVE MODE');
    const hold = async (): Promise<void> => {
      while (!gone.signal.aborted) {
        const { status } = await fetch(`${ours.base}/notices`, { signal: gone.signal }).catch(() => ({ status: 0 }));
        if (status === 503) await wait(100);
      }
    };
    for (let n = 0; n < HOLDERS; n++) void hold();
    for (let n = 0; (await fetch(`${ours.base}/sign-in`)).status !== 503; n++) if (n > 500) throw new Error('the place is never taken');
    const sample = await fetch(`${ours.base}/notices`, { headers: browser });
    const floor = await startProcess(
      ['--import', 'tsx', path.join(__dirname, 'floor', 'refuse.ts')],
      { BODY_BYTES: sample.headers.get('content-length') ?? String((await sample.arrayBuffer()).byteLength) },
      /listening (\d+)/,
    );
    try {
      const kinds: Record<string, { asked: Asked; requests: number }> = {
        page: { asked: { method: 'GET', address: '/notices', headers: browser }, requests: REQUESTS },
        htmx: { asked: { method: 'GET', address: '/notices', headers: { ...browser, 'hx-request': 'true' } }, requests: REQUESTS },
        save: {
          asked: {
            method: 'POST',
            address: '/declarations/1/sections/performance',
            headers: { ...browser, 'content-type': 'application/x-www-form-urlencoded' },
            body: typed,
          },
          requests: REQUESTS / 4,
        },
      };
      const measures: Measure[] = [];
      for (const [name, { asked, requests }] of Object.entries(kinds)) {
        const pairs: { ours: number; floor: number }[] = [];
        for (let n = 0; n < PAIRS; n++)
          pairs.push({ ours: await costOf(ours, asked, requests), floor: await costOf(floor, asked, requests) });
        const ratios = pairs.map((p) => p.ours / p.floor);
        measures.push({
          what: `processor time of turning away a ${name}`,
          value: round(median(ratios)),
          range: rangeOf(ratios),
          sides: { ours: round(median(pairs.map((p) => p.ours))), floor: round(median(pairs.map((p) => p.floor))), unit: 'ms' },
        });
      }
      return { measures, bodyBytes: sample.headers.get('content-length'), stealPercent: stolen() };
    } finally {
      await floor.end();
    }
  } finally {
    gone.abort();
    await holder.end();
    await ours.end();
  }
}
