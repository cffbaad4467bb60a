import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError, loadConfig, settingNames } from '../../src/config';

const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-config-'));
afterAll(() => fs.rmSync(dataDir, { recursive: true, force: true }));

describe('X6, S12 settings', () => {
  test('X6 production names everything that is missing', () => {
    expect(() => loadConfig({ NODE_ENV: 'production' })).toThrow(/DATABASE_URL, BASE_URL, SECRETS_FILE, DATA_DIR/);
  });

  test('X6 production refuses demonstration data', () => {
    const secrets = path.join(dataDir, 'given.json');
    fs.writeFileSync(
      secrets,
      JSON.stringify({ session: 's'.repeat(40), cipher: { current: 'a', ring: { a: 'x' } }, index: 'i'.repeat(40) }),
    );
    const env = {
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://x/y',
      BASE_URL: 'https://example.org',
      SECRETS_FILE: secrets,
      DATA_DIR: dataDir,
      SMS_GATEWAY_URL: 'https://sms.example.org',
      SMS_GATEWAY_KEY: 'k'.repeat(40),
      SMS_GATEWAY_ACCOUNT: 'a',
    };
    expect(loadConfig(env)).toMatchObject({ production: true, demo: false, secureCookies: true });
    expect(() => loadConfig({ ...env, DEMO: '1' })).toThrow(/DEMO=1 is refused/);
  });

  test('X6 a wrong value is named with its variable', () => {
    expect(() => loadConfig({ PORT: 'acht', DATA_DIR: dataDir })).toThrow(ConfigError);
    expect(() => loadConfig({ PORT: 'acht', DATA_DIR: dataDir })).toThrow(/^PORT:/);
  });

  test('S12 the keys of a development run are random, made once and readable by their owner only', () => {
    const first = loadConfig({ DATA_DIR: dataDir });
    expect(loadConfig({ DATA_DIR: dataDir }).secrets).toEqual(first.secrets);
    expect(fs.statSync(path.join(dataDir, 'secrets.json')).mode & 0o077).toBe(0);
    expect(first.demo).toBe(true);
    expect(loadConfig({ DATA_DIR: dataDir, DATABASE_URL: 'postgres://x/y' }).demo).toBe(false);
  });

  test('X6 docs/operations.md has a line for every setting, and for no other', () => {
    const text = fs.readFileSync(path.join(__dirname, '..', '..', 'docs', 'operations.md'), 'utf8');
    const table = /^## Settings\n([\s\S]*?)\n## /m.exec(text)?.[1] ?? '';
    const told = [...table.matchAll(/^\| (`[^|]*?) \|/gm)].flatMap((row) =>
      [...(row[1] ?? '').matchAll(/`(\w+)`/g)].map((m) => m[1] ?? ''),
    );
    expect(told.sort()).toEqual([...settingNames].sort());
  });

  test('F20, F19 how much a process takes, when it ends, where its numbers are told', () => {
    expect(loadConfig({ DATA_DIR: dataDir })).toMatchObject({ webProcesses: 1, metrics: undefined, drainMs: 0, maxActive: 48 });
    expect(loadConfig({ DATA_DIR: dataDir, METRICS_PORT: '9100' }).metrics).toEqual({ host: '127.0.0.1', port: 9100 });
    expect(() => loadConfig({ DATA_DIR: dataDir, WEB_PROCESSES: '0' })).toThrow(/WEB_PROCESSES/);
  });

  test('F08 an S3 store comes with its key or not at all', () => {
    const file = path.join(dataDir, 's3.key');
    fs.writeFileSync(file, 'secret\n');
    const env = { DATA_DIR: dataDir, S3_BUCKET: 'contents', S3_ACCESS_KEY: 'k', S3_SECRET_KEY_FILE: file };
    expect(loadConfig(env).s3).toEqual({
      bucket: 'contents',
      accessKey: 'k',
      secretKey: 'secret',
      region: 'us-east-1',
      prefix: '',
      endpoint: undefined,
    });
    expect(loadConfig({ DATA_DIR: dataDir }).s3).toBeUndefined();
    expect(() => loadConfig({ DATA_DIR: dataDir, S3_BUCKET: 'contents' })).toThrow(/S3_ACCESS_KEY/);
    expect(() => loadConfig({ ...env, S3_PREFIX: 'site' })).toThrow(/S3_PREFIX/);
  });
});
