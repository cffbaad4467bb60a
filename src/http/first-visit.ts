import type { Request, Response } from 'express';
import { keepPreference, readPreference } from './preference-cookie';
import type { StyleSheet } from './render';

const NAME = 'sheet';

/**
 * M10: the first page that a browser opens brings the style sheet inside it, which spares the answer to a second question on a slow line; from the second page on the sheet is a file that
 * the browser keeps. Whether it was here before, a cookie says that holds nothing but the sheet's version. Only browsers that say that they open a page
 * (Sec-Fetch-Dest) get it this way: older ones always take the file.
 */
export function sheetInside(req: Request, res: Response, sheet: StyleSheet): StyleSheet | undefined {
  if (req.headers['sec-fetch-dest'] !== 'document') return undefined;
  if (readPreference(req, NAME) === sheet.version) return undefined;
  keepPreference(req, res, NAME, sheet.version);
  res.locals.hasSheetInside = true;
  const policy = String(res.getHeader('Content-Security-Policy') ?? '');
  res.set('Content-Security-Policy', policy.replace("style-src 'self'", `style-src 'self' '${sheet.integrity}'`));
  return sheet;
}
