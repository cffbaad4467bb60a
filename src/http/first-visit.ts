import type { Request, Response } from 'express';
import type { StyleSheet } from './render';

const NAME = 'sheet';
const A_YEAR_MS = 365 * 24 * 3_600_000;

/**
 * M10: the first page that a browser opens brings the style sheet inside it, which spares the answer to a second question on a slow line; from the second page on the sheet is a file that
 * the browser keeps. Whether it was here before, a cookie says that holds nothing but the sheet's hash; no decision hangs on it, so it is not signed. Only browsers that say that they open a page
 * (Sec-Fetch-Dest) get it this way: older ones always take the file.
 */
export function sheetInside(req: Request, res: Response, sheet: StyleSheet): StyleSheet | undefined {
  if (req.headers['sec-fetch-dest'] !== 'document') return undefined;
  if (new RegExp(`(?:^|;\\s*)${NAME}=${sheet.version}(?:;|$)`).test(req.headers.cookie ?? '')) return undefined;
  res.cookie(NAME, sheet.version, { httpOnly: true, secure: req.secure, sameSite: 'lax', path: '/', maxAge: A_YEAR_MS });
  res.locals.hasSheetInside = true;
  const policy = String(res.getHeader('Content-Security-Policy') ?? '');
  res.set('Content-Security-Policy', policy.replace("style-src 'self'", `style-src 'self' '${sheet.integrity}'`));
  return sheet;
}
