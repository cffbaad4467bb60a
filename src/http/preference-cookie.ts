import type { Request, Response } from 'express';

const A_YEAR_MS = 365 * 24 * 3_600_000;

/** Over TLS with the prefix that binds a cookie to this host (S18). */
const fullName = (req: Request, name: string): string => (req.secure ? `__Host-${name}` : name);
const optionsFor = (req: Request) => ({ httpOnly: true, secure: req.secure, sameSite: 'lax', path: '/' }) as const;

/** What this browser has kept under a name. No decision hangs on it, so it is not signed. */
export function readPreference(req: Request, name: string): string | undefined {
  const prefix = `${fullName(req, name)}=`;
  const found = (req.headers.cookie ?? '').split(/;\s*/).find((c) => c.startsWith(prefix));
  return found?.slice(prefix.length);
}

/** Keeps a value of letters and digits for a year; undefined takes it away. */
export function keepPreference(req: Request, res: Response, name: string, value: string | undefined): void {
  if (value === undefined) res.clearCookie(fullName(req, name), optionsFor(req));
  else res.cookie(fullName(req, name), value, { ...optionsFor(req), maxAge: A_YEAR_MS });
}
