import fs from 'node:fs';
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

describe('F24 what the site needs is missing when it starts', () => {
  test.each([
    ['the key of the certificates', { CERTIFICATE_KEY_FILE: '/nonexistent/key.pem' }, /设置有误：\nCERTIFICATE_KEY_FILE: .*no such file/],
    ['the secrets', { SECRETS_FILE: '/nonexistent/secrets.json' }, /SECRETS_FILE|secrets\.json/],
    ['an address of the scanner that can be one', { CLAMD: ':' }, /设置有误：\nCLAMD: give host:port/],
    ['a database', { DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none' }, /ECONNREFUSED|DATABASE_URL/],
  ])('F24 %s: refused at once, with a line that names it', async (_what, env, line) => {
    const said = await refused(env);
    expect(said).toMatch(/^ended with [12]/);
    expect(said).toMatch(line);
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
