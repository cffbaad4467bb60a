import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError, loadConfig } from '../../src/config';

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
});
