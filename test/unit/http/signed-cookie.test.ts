import type { IncomingMessage } from 'node:http';
import { createSignedCookies, type CookieName } from '../../../src/http/signed-cookie';

const cookies = createSignedCookies('a secret of the tests, long enough', false);
const written = (name: CookieName, value: string, by = cookies): string => by.header(name, by.signed(name, value)).split(';')[0] ?? '';
const read = (name: CookieName, cookie: string): string | undefined => cookies.read({ headers: { cookie } } as IncomingMessage, name);

describe('S02, S18 signed cookies', () => {
  const own = written('device', 'abc');
  const [, value = '', signature = ''] = /=(.*)\.(.*)$/.exec(own) ?? [];

  test('out of reach of scripts, for our own pages, over TLS bound to this host', () => {
    const flags = '; Path=/; Max-Age=1; Expires=[^;]+ GMT; HttpOnly; SameSite=Lax';
    expect(cookies.header('line', 'abc')).toBe('line=abc; Path=/; HttpOnly; SameSite=Lax');
    expect(cookies.header('kept', cookies.signed('kept', 'abc'), 1000)).toMatch(new RegExp(`^kept=abc[.][\\w-]{43}${flags}$`));
    const safe = createSignedCookies('a secret of the tests, long enough', true);
    expect(safe.header('kept', safe.signed('kept', 'abc'), 1000)).toMatch(new RegExp(`^__Host-kept=abc[.][\\w-]{43}${flags}; Secure$`));
  });

  test('what this site has written is read', () => {
    expect(read('device', own)).toBe('abc');
    expect(read('device', `other=1; ${own}; more=2`)).toBe('abc');
    expect(read('device', `${own}.not-signed`)).toBe('abc');
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
