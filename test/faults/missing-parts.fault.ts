import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { endAll, startProcess, type Started } from '../support/process';
import { openSite, type Site } from '../support/site';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(async () => {
  await endAll();
  await site.close();
});

/** What a process that could not start has said. */
const refused = async (env: Record<string, string>): Promise<string> =>
  startProcess(site, env).then(
    (one: Started) => `started: ${one.output()}`,
    (e: unknown) => (e as Error).message,
  );

/** The program as it is installed here, made of links, with one package, or one folder of it, left out. */
function withoutPart(copy: string, left: string): void {
  const root = path.join(__dirname, '..', '..');
  for (const name of ['views', 'public', 'migrations', 'seeds', 'docs']) fs.symlinkSync(path.join(root, name), path.join(copy, name));
  fs.copyFileSync(path.join(root, 'package.json'), path.join(copy, 'package.json'));
  fs.cpSync(path.join(root, 'dist'), path.join(copy, 'dist'), { recursive: true });
  const link = (folder: string): void => {
    fs.mkdirSync(path.join(copy, folder), { recursive: true });
    for (const name of fs.readdirSync(path.join(root, folder))) {
      const inner = path.join(folder, name);
      const place = path.relative('node_modules', inner);
      if (place === left || name.startsWith('.')) continue;
      if (left.startsWith(`${place}${path.sep}`)) link(inner);
      // a link to a file leads back to the whole package
      else if (fs.statSync(path.join(root, inner)).isFile()) fs.copyFileSync(path.join(root, inner), path.join(copy, inner));
      else fs.symlinkSync(path.join(root, inner), path.join(copy, inner));
    }
  };
  link('node_modules');
}

describe('F24 what the site needs is missing when it starts', () => {
  test.each([
    ['the key of the certificates', { CERTIFICATE_KEY_FILE: '/nonexistent/key.pem' }, /设置有误：\nCERTIFICATE_KEY_FILE: .*no such file/],
    ['the secrets', { SECRETS_FILE: '/nonexistent/secrets.json' }, /设置有误：\nSECRETS_FILE: .*no such file/],
    [
      'what a file of secrets should hold',
      { SECRETS_FILE: path.join(__dirname, '..', '..', 'package.json') },
      /设置有误：\nSECRETS_FILE: .*does not hold/,
    ],
    ['the key of the backups', { BACKUP_KEY_FILE: '/nonexistent/key' }, /设置有误：\nBACKUP_KEY_FILE: .*no such file/],
    ['an address of the scanner that can be one', { CLAMD: ':' }, /设置有误：\nCLAMD: give host:port/],
    [
      'the browser that was named',
      { PUPPETEER_EXECUTABLE_PATH: '/nonexistent/chromium' },
      /设置有误：\nPUPPETEER_EXECUTABLE_PATH: .*cannot be executed/,
    ],
    ['the fonts that were named', { EXTRA_FONTS: '/nonexistent/fonts' }, /设置有误：\nEXTRA_FONTS: no font/],
    ['a database', { DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none' }, /设置有误：\nDATABASE_URL.*ECONNREFUSED/],
  ])('F24 %s: refused at once, with a line that names it', async (_what, env, line) => {
    const said = await refused(env);
    expect(said).toMatch(/^ended with [12]/);
    expect(said).toMatch(line);
  });

  test.each([
    ['a dictionary', 'pinyin-pro', /设置有误：\nnot installed: pinyin-pro\. Run "npm ci/],
    ['the printing browser', '@sparticuz/chromium', /设置有误：\nnot installed: @sparticuz\/chromium\. Run/],
    ['a font', '@expo-google-fonts/noto-serif-sc/700Bold', /设置有误：\nno font in .*700Bold/],
  ])('F24 %s: an installation without it is refused at once', async (_what, left, line) => {
    const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-installed-'));
    try {
      withoutPart(copy, left);
      const said = await startProcess(site, {}, 'main', path.join(copy, 'dist', 'src')).then(
        (one) => `started: ${one.output()}`,
        (e: unknown) => (e as Error).message,
      );
      expect(said).toMatch(/^ended with 1/);
      expect(said).toMatch(line);
    } finally {
      fs.rmSync(copy, { recursive: true, force: true });
    }
  });

  test('F24 a scanner that does not answer: the site serves and says it is ready (uploads wait as 「待扫描」, S51)', async () => {
    const one = await startProcess(site, { CLAMD: '127.0.0.1:1' });
    expect((await fetch(`${one.address}/sign-in`)).status).toBe(200);
    expect((await fetch(`${one.address}/readyz`)).status).toBe(200);
  });

  test('F24 a folder for files that cannot be written is said', async () => {
    const dataDir = fs.mkdtempSync(path.join(site.deps.config.dataDir, 'other-'));
    fs.copyFileSync(path.join(site.deps.config.dataDir, 'secrets.json'), path.join(dataDir, 'secrets.json'));
    fs.writeFileSync(path.join(dataDir, 'blobs'), 'no folder');
    const said = await startProcess(site, { DATA_DIR: dataDir }).then(
      async (one) => (await fetch(`${one.address}/readyz`)).text(),
      (e: unknown) => (e as Error).message,
    );
    expect(said).toMatch(/storage: away|blobs/);
  });
});
