import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';

export type CookieName = 'device' | 'kept';

/** Cookies beside the session's: opaque values, signed, out of reach of scripts, for our own pages only (S18). */
export interface SignedCookies {
  /** undefined when there is none or its signature is not ours */
  read(req: Request, name: CookieName): string | undefined;
  write(res: Response, name: CookieName, value: string, maxAgeMs: number): void;
  clear(res: Response, name: CookieName): void;
}

/** SHA-256 of a cookie's value: what the database holds of it. */
export const hashOfToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** `secure`: only over TLS, and with the prefix that binds a cookie to this host. */
export function createSignedCookies(secret: string, secure: boolean): SignedCookies {
  const fullName = (name: CookieName): string => (secure ? `__Host-${name}` : name);
  const sign = (name: CookieName, value: string): Buffer => createHmac('sha256', secret).update(`cookie ${name}\0${value}`).digest();
  const options = { httpOnly: true, secure, sameSite: 'lax', path: '/' } as const;
  return {
    read(req, name) {
      const prefix = `${fullName(name)}=`;
      const found = (req.headers.cookie ?? '').split(/;\s*/).find((c) => c.startsWith(prefix));
      const [value = '', signature = ''] = found?.slice(prefix.length).split('.') ?? [];
      const given = Buffer.from(signature, 'base64url');
      const right = sign(name, value);
      return value !== '' && given.length === right.length && timingSafeEqual(given, right) ? value : undefined;
    },
    write(res, name, value, maxAgeMs) {
      res.cookie(fullName(name), `${value}.${sign(name, value).toString('base64url')}`, { ...options, maxAge: maxAgeMs });
    },
    clear(res, name) {
      res.clearCookie(fullName(name), options);
    },
  };
}
