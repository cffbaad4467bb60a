import { createHash, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Response } from 'express';

export type CookieName = 'device' | 'kept' | 'line';

/** Cookies beside the session's: opaque values, signed, out of reach of scripts, for our own pages only (S18). */
export interface SignedCookies {
  /** undefined when there is none or its signature is not ours */
  read(req: IncomingMessage, name: CookieName): string | undefined;
  /** the value with its signature; what is added behind a further dot is not signed */
  signed(name: CookieName, value: string): string;
  /** the header that sets it to what is signed; without a time until the browser is closed */
  header(name: CookieName, signed: string, maxAgeMs?: number): string;
  write(res: Response, name: CookieName, value: string, maxAgeMs: number): void;
  clear(res: Response, name: CookieName): void;
}

/** SHA-256 of a cookie's value: what the database holds of it. */
export const hashOfToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** `secure`: only over TLS, and with the prefix that binds a cookie to this host. */
export function createSignedCookies(secret: string, secure: boolean): SignedCookies {
  const fullName = (name: CookieName): string => (secure ? `__Host-${name}` : name);
  const key = createSecretKey(Buffer.from(secret));
  const sign = (name: CookieName, value: string): Buffer => createHmac('sha256', key).update(`cookie ${name}\0${value}`).digest();
  const options = { httpOnly: true, secure, sameSite: 'lax', path: '/' } as const;
  const signed = (name: CookieName, value: string): string => `${value}.${sign(name, value).toString('base64url')}`;
  // IE before 9 knows no Max-Age
  const until = (ms: number): string => ` Max-Age=${Math.floor(ms / 1000)}; Expires=${new Date(Date.now() + ms).toUTCString()};`;
  const header = (name: CookieName, text: string, maxAgeMs?: number): string =>
    `${fullName(name)}=${text}; Path=/;${maxAgeMs === undefined ? '' : until(maxAgeMs)} HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return {
    read(req, name) {
      const prefix = `${fullName(name)}=`;
      const cookies = req.headers.cookie ?? '';
      // asked of everybody, had by few
      if (!cookies.includes(prefix)) return undefined;
      const found = cookies.split(/;\s*/).find((c) => c.startsWith(prefix));
      const [value = '', signature = ''] = found?.slice(prefix.length).split('.') ?? [];
      const given = Buffer.from(signature, 'base64url');
      const right = sign(name, value);
      return value !== '' && given.length === right.length && timingSafeEqual(given, right) ? value : undefined;
    },
    signed,
    header,
    write(res, name, value, maxAgeMs) {
      res.append('Set-Cookie', header(name, signed(name, value), maxAgeMs));
    },
    clear(res, name) {
      res.clearCookie(fullName(name), options);
    },
  };
}
