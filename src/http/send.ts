import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { Actor } from '../policy/actor';
import { refusalTitles } from './errors';
import { sheetInside } from './first-visit';
import { hasLargeType, keepType } from './large-type';
import type { NavItem, Renderer } from './render';
import type { PageMeta, Reply } from './route';
import { formTokenOf, saveSession, sessionOf } from './session';

export interface SendDeps {
  renderer: Renderer;
  navigation: (actor: Actor | undefined) => NavItem[];
  /** pages that a text for this visitor may lead to by their name */
  places: (actor: Actor | undefined) => NavItem[];
  /** where the page at an address is explained to this visitor */
  help: (actor: Actor | undefined, address: string) => string;
}

/** Made by the log's middleware in src/app.ts. */
export const requestIdOf = (req: Request): string => (typeof req.id === 'string' ? req.id : '');

/** RFC 8187 §3.2.1: what may stand unescaped in `filename*` is less than what `encodeURIComponent` leaves. */
const extValue = (text: string): string =>
  encodeURIComponent(text).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** RFC 9110 §14: the bytes that are asked for. `whole`: no range, several, or one of an older content (If-Range). */
function rangeOf(req: Request, size: number, etag: string): { start: number; end: number } | 'whole' | 'outside' {
  if (req.get('if-range') !== undefined && req.get('if-range') !== `"${etag}"`) return 'whole';
  const ranges = req.range(size);
  if (ranges === -1) return 'outside';
  const [range] = Array.isArray(ranges) ? ranges : [];
  return Array.isArray(ranges) && ranges.type === 'bytes' && ranges.length === 1 && range ? range : 'whole';
}

function refuseRange(res: Response, size: number): void {
  res.status(416).set('Content-Range', `bytes */${size}`).end();
}

function fileHeaders(contentType: string, fileName: string, inline: boolean): Record<string, string> {
  const ascii = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  return {
    'Content-Type': contentType,
    'Content-Disposition': `${inline ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${extValue(fileName)}`,
    'Content-Security-Policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:",
    'Cross-Origin-Resource-Policy': 'same-origin',
  };
}

/** Where the rows of a page that is sent as it comes stand in its view; no text of ours can hold it, since texts are escaped. */
const ROWS_HERE = '<!--rows-->';

/** The top of the page leaves at once, then each piece when it is there; no piece is asked for before the last one was taken. A fault in between breaks the connection off, so that half a page never looks whole. */
async function showAsItComes(req: Request, res: Response, status: number, html: string, rows: AsyncIterable<string>): Promise<void> {
  const at = html.indexOf(ROWS_HERE);
  if (at < 0) throw new Error(`the view of ${req.path} has no place for its rows`);
  const pieces = async function* (): AsyncGenerator<string> {
    if (req.method !== 'HEAD') yield* rows;
    yield html.slice(at + ROWS_HERE.length);
  };
  res.status(status).type('html');
  res.write(html.slice(0, at));
  // M4: not kept back by the compression until there is more
  res.flush();
  await pipeline(Readable.from(pieces()), res).catch((e: unknown) => broken(req, e));
}

/** A stored file, or the part of it that was asked for (RFC 9110, 14): a broken download goes on where it stopped. */
async function download(req: Request, res: Response, file: Extract<Reply, { kind: 'download' }>): Promise<void> {
  res.set({
    ...fileHeaders(file.contentType, file.fileName, false),
    'Cache-Control': 'no-store',
    'Accept-Ranges': 'bytes',
    ETag: `"${file.tag}"`,
  });
  const range = rangeOf(req, file.size, file.tag);
  if (range === 'outside') return refuseRange(res, file.size);
  const { start, end } = range === 'whole' ? { start: 0, end: file.size - 1 } : range;
  if (range !== 'whole') res.status(206).set('Content-Range', `bytes ${start}-${end}/${file.size}`);
  res.set('Content-Length', String(end - start + 1));
  if (req.method === 'HEAD' || file.size === 0) {
    res.end();
    return;
  }
  const content = await file.read({ from: start, to: end });
  (res.locals.stepAside as (() => void) | undefined)?.();
  await pipeline(content, res).catch((e: unknown) => broken(req, e));
}

/** The reader went away, or the rest could not be made: the answer was begun, so all that is left is the log. */
function broken(req: Request, e: unknown): void {
  if ((e as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') req.log.info('the reader left before the end');
  else req.log.error({ err: e }, 'an answer broke off in the middle');
}

/** F13: what stands on a public page whose reader may be signed in. */
const UNKNOWN_READER = { kind: 'warning', text: '系统繁忙，暂时无法读取您的登录状态。您没有退出登录，请过几分钟刷新本页' } as const;

/** Turns a reply into the HTTP answer. */
export async function send(req: Request, res: Response, visitor: Actor | undefined, reply: Reply, deps: SendDeps): Promise<void> {
  const session = sessionOf(req);
  const needsNoToken = session === undefined || res.locals.needsNoToken === true;
  const isLarge = hasLargeType(req);
  const render = (view: string, meta: PageMeta, data: object) =>
    deps.renderer.page(view, {
      page: session === undefined ? { notice: UNKNOWN_READER, ...meta } : meta,
      data,
      visitor,
      csrf: needsNoToken ? '' : formTokenOf(req),
      nav: deps.navigation(visitor),
      places: () => deps.places(visitor),
      help: deps.help(visitor, req.path),
      address: req.path,
      here: req.method === 'GET' ? req.originalUrl : '',
      isLarge,
      sheet: sheetInside(req, res, deps.renderer.sheets[isLarge ? 'large' : 'normal']),
    });
  // a browser asks for the pictures of a page while it still arrives: the session they belong to must stand before the first byte leaves
  const show = async (status: number, view: string, meta: PageMeta, data: object): Promise<void> => {
    const isNew = !needsNoToken && session.csrfToken === undefined;
    const html = render(view, meta, data);
    if (isNew) await saveSession(req);
    res.status(status).type('html').send(html);
  };
  switch (reply.kind) {
    case 'page':
      return reply.rows
        ? showAsItComes(req, res, reply.status, render(reply.view, reply.page, reply.data), reply.rows)
        : show(reply.status, reply.view, reply.page, reply.data);
    case 'see-other':
      // S20: what the browser has kept of these pages goes with the session
      if (reply.signOut) res.set('Clear-Site-Data', '"cache", "storage"');
      if (reply.largeType !== undefined) keepType(req, res, reply.largeType);
      if (!needsNoToken) await saveSession(req);
      res.status(303).location(reply.to).end();
      return;
    case 'download':
      return download(req, res, reply);
    case 'file':
      res.set({
        ...fileHeaders(reply.contentType, reply.fileName, reply.inline),
        'Cache-Control': reply.maxAge === undefined ? 'no-store' : `private, max-age=${reply.maxAge}`,
      });
      if (reply.etag !== undefined) {
        res.set({ ETag: `"${reply.etag}"`, 'Accept-Ranges': 'bytes' });
        const range = rangeOf(req, reply.body.length, reply.etag);
        if (range === 'outside') return refuseRange(res, reply.body.length);
        if (range !== 'whole') {
          res.status(206).set('Content-Range', `bytes ${range.start}-${range.end}/${reply.body.length}`);
          res.send(reply.body.subarray(range.start, range.end + 1));
          return;
        }
      }
      res.send(reply.body);
      return;
    case 'repost':
      throw new Error('a kept form is run in once()');
    case 'refusal':
      return show(
        reply.status,
        `errors/${reply.status}`,
        { title: refusalTitles[reply.status] ?? '操作未完成' },
        {
          message: reply.message,
          backHref: reply.next?.href,
          backText: reply.next?.text,
          resend: reply.resend,
          requestId: requestIdOf(req),
        },
      );
  }
}
