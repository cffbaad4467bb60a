import { constants } from 'node:zlib';
import compression from 'compression';
import type { RequestHandler } from 'express';

/** M9: pages only. Their form tokens are masked anew each time (BREACH); files go out as they are, so that parts of them can be asked for. */
export const compressPages = (): RequestHandler =>
  compression({
    threshold: 1024,
    brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    filter: (_req, res) => String(res.getHeader('Content-Type')).startsWith('text/html'),
  });
