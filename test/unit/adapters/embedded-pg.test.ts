import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbedded, type EmbeddedPg, type EmbeddedPgOptions } from '../../../src/db/embedded-pg';

async function ask<T>(server: EmbeddedPg, sql: string): Promise<T[]> {
  const client = new Client({ connectionString: server.url() });
  await client.connect();
  try {
    return (await client.query<T & Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

async function gone(pid: number): Promise<void> {
  for (let i = 0; i < 200 && isAlive(pid); i++) await new Promise((resolve) => setTimeout(resolve, 25));
}

describe('F02 embedded database', () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'embedded-pg-test-'));
  fs.chmodSync(root, 0o755);
  const options: EmbeddedPgOptions = { dataDir: path.join(root, 'cluster') };
  let running: EmbeddedPg | undefined;

  async function start(more: Partial<EmbeddedPgOptions> = {}): Promise<EmbeddedPg> {
    running = await startEmbedded({ ...options, ...more });
    return running;
  }

  afterAll(async () => {
    await running?.stop('immediate');
    fs.rmSync(root, { recursive: true, force: true });
  });

  it('starts on this machine only, in UTF-8, and pg_trgm sees Chinese characters', async () => {
    const server = await start();
    expect(server.adopted).toBe(false);
    const [row] = await ask<{ encoding: string; addresses: string }>(
      server,
      "SELECT current_setting('server_encoding') AS encoding, current_setting('listen_addresses') AS addresses",
    );
    expect(row).toEqual({ encoding: 'UTF8', addresses: '127.0.0.1' });
    await ask(server, 'CREATE EXTENSION pg_trgm');
    expect(await ask(server, "SELECT show_trgm('威海富田') <> '{}' AS ok")).toEqual([{ ok: true }]);
    await ask(server, 'CREATE TABLE kept (name text)');
    await ask(server, "INSERT INTO kept VALUES ('张㛃䶮')");
  });

  it('adopts the server that is already running on the same folder', async () => {
    const before = running;
    const server = await startEmbedded(options);
    expect(server).toMatchObject({ adopted: true, pid: before?.pid, port: before?.port });
    expect(await ask(server, 'SELECT name FROM kept')).toEqual([{ name: '张㛃䶮' }]);
  });

  it('starts again after kill -9 of the server, with everything that was committed', async () => {
    const pid = running?.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    await gone(pid);
    const lines: string[] = [];
    const server = await start({ log: (line) => lines.push(line) });
    expect(server.adopted).toBe(false);
    expect(lines.join()).toContain('stale postmaster.pid');
    expect(await ask(server, 'SELECT name FROM kept')).toEqual([{ name: '张㛃䶮' }]);
  });

  it('is not misled by a lock file whose process is now something else', async () => {
    await running?.stop();
    expect(isAlive(running?.pid ?? 0)).toBe(false);
    fs.writeFileSync(path.join(root, 'cluster', 'data', 'postmaster.pid'), `${process.pid}\n/x\n0\n5432\n\n127.0.0.1\n\nready\n`);
    const server = await start();
    expect(server.adopted).toBe(false);
    expect(await ask(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  it('takes another port when the preferred one is taken, and the preferred one when it is free', async () => {
    const other = net.createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as net.AddressInfo).port));
    });
    const beside = await start({ preferredPort: port });
    expect(beside.port).not.toBe(port);
    await beside.stop();
    await new Promise((resolve) => other.close(resolve));
    const there = await start({ preferredPort: port });
    expect(there.port).toBe(port);
    await there.stop();
  });

  it('begins anew when initdb was interrupted', async () => {
    const dataDir = path.join(root, 'half');
    fs.mkdirSync(path.join(dataDir, 'data'), { recursive: true });
    fs.writeFileSync(path.join(dataDir, 'data', 'PG_VERSION'), '17\n');
    const server = await startEmbedded({ dataDir, throwaway: true });
    expect(await ask(server, 'SHOW fsync')).toEqual([{ fsync: 'off' }]);
    await server.stop('immediate');
    expect(fs.existsSync(dataDir)).toBe(false);
  });

  it('works in a folder that only root may enter, and leaves nothing behind', async () => {
    const closed = path.join(root, 'closed');
    fs.mkdirSync(closed, { mode: 0o700 });
    const before = fs.readdirSync('/var/tmp').filter((name) => name.startsWith('embedded-pg-'));
    const server = await startEmbedded({ dataDir: path.join(closed, 'cluster'), throwaway: true });
    expect(await ask(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop('immediate');
    expect(fs.existsSync(path.join(closed, 'cluster'))).toBe(false);
    expect(fs.readdirSync('/var/tmp').filter((name) => name.startsWith('embedded-pg-'))).toEqual(before);
  });

  it('names DATABASE_URL when this platform has no binary', async () => {
    const platform = Object.getOwnPropertyDescriptor(process, 'platform');
    Object.defineProperty(process, 'platform', { value: 'sunos' });
    try {
      await expect(startEmbedded({ dataDir: path.join(root, 'none') })).rejects.toThrow(/没有附带.*DATABASE_URL/s);
    } finally {
      if (platform) Object.defineProperty(process, 'platform', platform);
    }
  });
});
