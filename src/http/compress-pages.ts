import { constants } from 'node:zlib';
import compression from 'compression';
import type { RequestHandler, Response } from 'express';

const compressing = (quality: number, isMeant: (res: Response) => boolean): RequestHandler =>
  compression({
    threshold: 1024,
    brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: quality } },
    filter: (_req, res) => String(res.getHeader('Content-Type')).startsWith('text/html') && isMeant(res as Response),
  });
const hasSheetInside = (res: Response): boolean => res.locals.hasSheetInside === true;

/**
 * M9: pages only. Their form tokens are masked anew each time (BREACH); files go out as they are, so that parts of them can be asked for. A page with the style sheet inside, which each
 * browser gets once (first-visit.ts), is worth another third of a millisecond.
 */
export const compressPages = (): RequestHandler[] => [compressing(6, hasSheetInside), compressing(4, (res) => !hasSheetInside(res))];
