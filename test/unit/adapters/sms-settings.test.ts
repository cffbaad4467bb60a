import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError, loadConfig } from '../../../src/config';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'title-declaration-settings-'));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const key = Buffer.alloc(32, 7).toString('base64');
const secrets = path.join(dir, 'secrets.json');
fs.writeFileSync(secrets, JSON.stringify({ session: key, cipher: { current: 'k1', ring: { k1: key } }, index: key }));

const gateway = { SMS_GATEWAY_URL: 'https://sms.example.cn/messages', SMS_GATEWAY_KEY: 'at least sixteen', SMS_GATEWAY_ACCOUNT: 'zcsb' };
const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://localhost/x',
  BASE_URL: 'https://zc.example.cn',
  DATA_DIR: dir,
  SECRETS_FILE: secrets,
};
const development = { NODE_ENV: 'test', DATA_DIR: dir };

describe('S08, A3 the settings of the gateway for short messages', () => {
  it('A3 are all there or none; without them messages stay in the outbox', () => {
    expect(loadConfig(development).smsGateway).toBeUndefined();
    expect(loadConfig({ ...development, ...gateway }).smsGateway).toEqual({
      url: gateway.SMS_GATEWAY_URL,
      key: gateway.SMS_GATEWAY_KEY,
      account: 'zcsb',
    });
    for (const name of Object.keys(gateway)) expect(() => loadConfig({ ...development, ...gateway, [name]: '' })).toThrow(name);
  });

  it('A3 production does not start without a gateway or with one that can be listened to', () => {
    expect(() => loadConfig(production)).toThrow(ConfigError);
    expect(() => loadConfig({ ...production, ...gateway, SMS_GATEWAY_URL: 'http://sms.example.cn/' })).toThrow('https');
    expect(loadConfig({ ...production, ...gateway }).smsGateway?.account).toBe('zcsb');
  });

  it('S08 the budget of a minute is a positive whole number, 300 unless set', () => {
    expect(loadConfig(development).smsPerMinute).toBe(300);
    for (const SMS_PER_MINUTE of ['0', '-1', '1.5', 'many'])
      expect(() => loadConfig({ ...development, SMS_PER_MINUTE })).toThrow('SMS_PER_MINUTE');
  });

  it('refuses a key that is too short and an account that would break a header', () => {
    expect(() => loadConfig({ ...development, ...gateway, SMS_GATEWAY_KEY: 'short' })).toThrow('SMS_GATEWAY_KEY');
    expect(() => loadConfig({ ...development, ...gateway, SMS_GATEWAY_ACCOUNT: 'a\r\nX: y' })).toThrow('SMS_GATEWAY_ACCOUNT');
    expect(() => loadConfig({ ...development, ...gateway, SMS_GATEWAY_URL: 'ftp://sms.example.cn/' })).toThrow('SMS_GATEWAY_URL');
  });
});
