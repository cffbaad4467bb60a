import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Logger } from 'pino';
import { asError } from '../lib/as-error';
import type { Lane, Refuse } from './admission';
import type { Renderer } from './render';
import { typedText } from './resend';
import type { WaitingLine } from './waiting-line';

export interface TurnAwayInput {
  renderer: Renderer;
  /** what every answer of the site says (S25) */
  headers: OutgoingHttpHeaders;
  /** stands on every page; when it changes the pages are made anew */
  supportPhone: () => string;
  isDraining: () => boolean;
  line: WaitingLine;
  /** pages that are let in within a second */
  pagesPerSecond: () => number;
  log: Logger;
}

/** Made while others wait: 0.5 ms instead of 10 for one page. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
/** Bodies of forms that were turned away and are still read, for the text in them or until their sender can read the answer. Beyond, the connection is closed. */
const MOST_READING = 64;
/** A body of so many bytes has mostly arrived when its answer is written. */
const SMALL_BODY = 64 * 1024;
/** How often it is logged that somebody was turned away, in ms. */
const LOG_EVERY_MS = 1000;

type Mode = 'page' | 'form' | 'resend' | 'part' | 'text';
type Coding = 'br' | 'gzip' | 'identity';

/** What lies ready to be sent. */
interface Ready {
  head: string[];
  body: Buffer;
}

const PAGE_MARK = '<!--typed-->';
const wantsHtml = (accept: string | undefined): boolean => accept === undefined || /html|\*\/\*/.test(accept);
const isLarge = (cookie: string | undefined): boolean => cookie !== undefined && /(?:^|;\s*)(?:__Host-)?type=large/.test(cookie);
/** A coding that a reader refuses by `q=0` is seldom enough to send it plain. */
const codingOf = (accepted: string | undefined): Coding =>
  accepted === undefined || accepted.includes('q=0')
    ? 'identity'
    : /\bbr\b/.test(accepted)
      ? 'br'
      : accepted.includes('gzip')
        ? 'gzip'
        : 'identity';

/**
 * F20: the answer to who is turned away, made once: a page for each size of type, time to wait and number of people ahead, compressed. It costs what a server costs that does nothing
 * else (`npm run bench -- F20`). Only a form without a script's help is read, so that its text comes back to be sent again.
 */
export function createTurnAway({ renderer, headers, supportPhone, isDraining, line, pagesPerSecond, log }: TurnAwayInput): Refuse {
  const ready = new Map<string, Ready>();
  let phone: string | undefined;
  let reading = 0;

  const html = (mode: Mode, large: boolean, wait: number, ahead?: number): string => {
    if (mode === 'text') return `访问人数较多，请在 ${wait} 秒以后再试\n`;
    if (mode === 'part') return renderer.document('errors/busy-part', { wait });
    const data = { wait, mode, mark: PAGE_MARK, ahead };
    return renderer.page('errors/busy', {
      page: { title: '访问人数较多' },
      data,
      visitor: undefined,
      csrf: '',
      nav: [],
      address: '/',
      isLarge: large,
    });
  };
  const headOf = (mode: Mode, wait: number, coding: Coding, length: number): string[] =>
    Object.entries({
      ...headers,
      'X-UA-Compatible': 'IE=edge',
      'Cache-Control': 'no-store',
      'Content-Type': mode === 'text' ? 'text/plain; charset=utf-8' : 'text/html; charset=utf-8',
      ...(coding === 'identity' ? {} : { 'Content-Encoding': coding }),
      Vary: 'Accept-Encoding',
      'Retry-After': String(wait),
      // an own page asks again by itself
      ...(mode === 'page' ? { Refresh: String(wait) } : {}),
      'Content-Length': String(length),
    }).flatMap(([name, value]) => [name, String(value)]);
  const readyFor = (mode: Mode, large: boolean, wait: number, coding: Coding, ahead?: number): Ready => {
    const now = supportPhone();
    if (now !== phone) {
      ready.clear();
      phone = now;
    }
    const key = `${mode} ${large} ${wait} ${coding} ${ahead}`;
    const known = ready.get(key);
    if (known) return known;
    const plain = Buffer.from(html(mode, large, wait, ahead));
    const body = coding === 'br' ? brotliCompressSync(plain, BROTLI) : coding === 'gzip' ? gzipSync(plain) : plain;
    const made = { body, head: headOf(mode, wait, coding, body.length) };
    ready.set(key, made);
    return made;
  };

  const away: Record<Lane, number> = { page: 0, save: 0, upload: 0 };
  let telling: NodeJS.Timeout | undefined;
  const note = (lane: Lane): void => {
    away[lane]++;
    telling ??= setTimeout(() => {
      log.warn({ turnedAway: { ...away } }, 'turned away: too many requests at once');
      for (const l of ['page', 'save', 'upload'] as const) away[l] = 0;
      telling = undefined;
    }, LOG_EVERY_MS).unref();
  };

  const answer = (req: IncomingMessage, res: ServerResponse, { head, body }: Ready): void => {
    if (res.closed || res.headersSent) return;
    const isUnread = !req.complete && (Number(req.headers['content-length'] ?? Infinity) > SMALL_BODY || reading >= MOST_READING);
    const mayStay = !isUnread || reading < MOST_READING;
    if (isUnread && mayStay) {
      // a browser reads the answer only after it could send everything; what comes is thrown away
      reading++;
      req.once('close', () => void reading--);
    }
    if (!mayStay || isDraining()) res.setHeader('Connection', 'close');
    res.writeHead(503, head);
    res.end(req.method === 'HEAD' ? undefined : body);
  };

  const withText = async (req: IncomingMessage, res: ServerResponse, large: boolean, wait: number): Promise<void> => {
    reading++;
    try {
      const resend = await typedText(req, res);
      if (!resend) return answer(req, res, readyFor('form', large, wait, 'identity'));
      const page = readyFor('resend', large, wait, 'identity').body.toString();
      const body = Buffer.from(page.replace(PAGE_MARK, () => renderer.document('errors/resend', { resend })));
      answer(req, res, { body, head: headOf('resend', wait, 'identity', body.length) });
    } catch (e) {
      log.info({ fault: asError(e).message.slice(0, 200) }, 'the form of somebody turned away cannot be read');
      answer(req, res, readyFor('form', large, wait, 'identity'));
    } finally {
      reading--;
    }
  };

  return (req, res, lane) => {
    note(lane);
    const { accept, cookie } = req.headers;
    const wait = line.waitFor(0);
    const coding = codingOf(req.headers['accept-encoding'] as string | undefined);
    if (req.headers['hx-request'] === 'true') return answer(req, res, readyFor('part', false, wait, 'identity'));
    if (!wantsHtml(accept)) return answer(req, res, readyFor('text', false, wait, 'identity'));
    if (req.method !== 'POST') {
      const place = line.turnAway(req, pagesPerSecond());
      const { head, body } = readyFor('page', isLarge(cookie), place.wait, coding, place.ahead);
      return answer(req, res, { body, head: place.ticket ? [...head, 'Set-Cookie', place.ticket] : head });
    }
    if (reading >= MOST_READING) return answer(req, res, readyFor('form', isLarge(cookie), wait, coding));
    void withText(req, res, isLarge(cookie), wait);
  };
}
