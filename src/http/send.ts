import type { Request, Response } from 'express';
import type { Actor } from '../policy/actor';
import { refusalTitles } from './errors';
import type { NavItem, Renderer } from './render';
import type { PageMeta, Reply } from './route';
import { csrfTokenOf, saveSession } from './session';

export interface SendDeps {
  renderer: Renderer;
  navigation: (actor: Actor | undefined) => NavItem[];
}

/** Made by the log's middleware in src/app.ts. */
export const requestIdOf = (req: Request): string => (typeof req.id === 'string' ? req.id : '');

/** RFC 8187 §3.2.1: what may stand unescaped in `filename*` is less than what `encodeURIComponent` leaves. */
const extValue = (text: string): string =>
  encodeURIComponent(text).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** RFC 9110 §14: one range of bytes. False when the whole is to be sent: no range, several, or of an older content (If-Range). */
function sendRange(req: Request, res: Response, body: Buffer, etag: string): boolean {
  if (req.get('if-range') !== undefined && req.get('if-range') !== `"${etag}"`) return false;
  const ranges = req.range(body.length);
  if (ranges === -1) {
    res.status(416).set('Content-Range', `bytes */${body.length}`).end();
    return true;
  }
  const [range] = Array.isArray(ranges) ? ranges : [];
  if (!Array.isArray(ranges) || ranges.type !== 'bytes' || ranges.length !== 1 || !range) return false;
  res.status(206).set('Content-Range', `bytes ${range.start}-${range.end}/${body.length}`);
  res.send(body.subarray(range.start, range.end + 1));
  return true;
}

/** Turns a reply into the HTTP answer. */
export async function send(req: Request, res: Response, visitor: Actor | undefined, reply: Reply, deps: SendDeps): Promise<void> {
  const render = (view: string, meta: PageMeta, data: object) =>
    deps.renderer.page(view, { page: meta, data, visitor, csrf: csrfTokenOf(req), nav: deps.navigation(visitor), address: req.path });
  // a browser asks for the pictures of a page while it still arrives: the session they belong to must stand before the first byte leaves
  const show = async (status: number, view: string, meta: PageMeta, data: object): Promise<void> => {
    const isNew = req.session.csrfToken === undefined;
    const html = render(view, meta, data);
    if (isNew) await saveSession(req);
    res.status(status).type('html').send(html);
  };
  switch (reply.kind) {
    case 'page':
      return show(reply.status, reply.view, reply.page, reply.data);
    case 'see-other':
      // S20: what the browser has kept of these pages goes with the session
      if (reply.signOut) res.set('Clear-Site-Data', '"cache", "storage"');
      await saveSession(req);
      res.redirect(303, reply.to);
      return;
    case 'file': {
      const ascii = reply.fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_');
      res.set({
        'Content-Type': reply.contentType,
        'Content-Disposition': `${reply.inline ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${extValue(reply.fileName)}`,
        'Content-Security-Policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:",
        'Cross-Origin-Resource-Policy': 'same-origin',
        'Cache-Control': reply.maxAge === undefined ? 'no-store' : `private, max-age=${reply.maxAge}`,
      });
      if (reply.etag !== undefined) {
        res.set({ ETag: `"${reply.etag}"`, 'Accept-Ranges': 'bytes' });
        if (sendRange(req, res, reply.body, reply.etag)) return;
      }
      res.send(reply.body);
      return;
    }
    case 'repost':
      throw new Error('a kept form is run in once()');
    case 'refusal':
      return show(
        reply.status,
        `errors/${reply.status}`,
        { title: refusalTitles[reply.status] ?? '操作未完成' },
        { message: reply.message, backHref: reply.next?.href, backText: reply.next?.text, requestId: requestIdOf(req) },
      );
  }
}
