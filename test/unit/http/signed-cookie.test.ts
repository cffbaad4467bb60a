import type { Request, Response } from 'express';
import { createSignedCookies, type CookieName } from '../../../src/http/signed-cookie';

const cookies = createSignedCookies('a secret of the tests, long enough', false);
const written = (name: CookieName, value: string, by = cookies): string => {
  let text = '';
  const res = { cookie: (n: string, v: string) => void (text = `${n}=${v}`) } as unknown as Response;
  by.write(res, name, value, 1000);
  return text;
};
const read = (name: CookieName, cookie: string): string | undefined => cookies.read({ headers: { cookie } } as Request, name);

describe('S02, S18 signed cookies', () => {
  const own = written('device', 'abc');
  const [, value = '', signature = ''] = /=(.*)\.(.*)$/.exec(own) ?? [];

  test('what this site has written is read', () => {
    expect(read('device', own)).toBe('abc');
    expect(read('device', `other=1; ${own}; more=2`)).toBe('abc');
  });

  test.each([
    ['another value', `device=abd.${signature}`],
    ['a changed signature', `device=${value}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`],
    ['a short signature', `device=${value}.${signature.slice(0, -4)}`],
    ['no signature', `device=${value}`],
    ['an empty signature', `device=${value}.`],
    ['an empty value', `device=.${signature}`],
    ['the value of another cookie', written('kept', 'abc').replace('kept=', 'device=')],
    ['the signature of another secret', written('device', 'abc', createSignedCookies('another secret of the tests', false))],
    ['nothing', ''],
  ])('%s is not', (_what, cookie) => {
    expect(read('device', cookie)).toBeUndefined();
  });
});
