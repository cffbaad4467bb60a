import type { Request, Response } from 'express';

const NAME = 'type';
const A_YEAR_MS = 365 * 24 * 3_600_000;

/** Whether this browser has asked for large type (适老化). The cookie says nothing else and no decision hangs on it, so it is not signed. */
export const hasLargeType = (req: Request): boolean => /(?:^|;\s*)type=large(?:;|$)/.test(req.headers.cookie ?? '');

/** Remembers the choice in this browser, for a year. */
export function keepType(req: Request, res: Response, isLarge: boolean): void {
  const options = { httpOnly: true, secure: req.secure, sameSite: 'lax', path: '/' } as const;
  if (isLarge) res.cookie(NAME, 'large', { ...options, maxAge: A_YEAR_MS });
  else res.clearCookie(NAME, options);
}
