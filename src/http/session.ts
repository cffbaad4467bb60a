import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { csrfSync } from 'csrf-sync';
import type { Request, RequestHandler } from 'express';
import session from 'express-session';
import type { Pool } from 'pg';
import { asError } from '../lib/as-error';
import type { Actor, Role } from '../policy/actor';
import type { FirstQuestion } from './first-question';
import type { FormInput } from './form-input';
import { SessionStore, type SessionActors } from './session.store';

declare module 'express-session' {
  interface SessionData {
    accountId: number;
    /** S10: the password was right, the second factor is still asked for */
    halfAccountId: number;
    /** S14: when the password was last given once more, ms of the database's clock */
    provenAt: number;
    signedInAt: number;
    seenAt: number;
  }
}

/** S19: a session ends this long after its last use; the accounts of units and authorities, which see other people's data, sooner than a person's. */
export const IDLE_MS = { person: 30 * 60_000, others: 15 * 60_000 } as const;
const idleOf = (role: Role): number => (role === 'person' ? IDLE_MS.person : IDLE_MS.others);
const SEEN_EVERY_MS = 60_000;

/** Nothing but the sign-in lives in a session; expired rows are removed by a job. `questionOf`: what a request asks first, answered by the statement that reads its session. */
export function createSessions(
  pool: Pool,
  secret: string,
  secureCookies: boolean,
  actors: SessionActors,
  questionOf: (req: Request) => FirstQuestion | undefined,
): RequestHandler {
  const store = new SessionStore(pool, ownerName, actors);
  const read = session({
    name: secureCookies ? '__Host-sid' : 'sid',
    secret,
    store,
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, secure: secureCookies, sameSite: 'lax', path: '/', maxAge: IDLE_MS.person },
  });
  return (req, res, next) =>
    store.withQuestion(
      () => questionOf(req),
      () => void read(req, res, next),
    );
}

/** S10: how long the second page of a sign-in may take. */
const HALF_OPEN_MS = 10 * 60_000;

/** Whoever is signed in, with the rights of the moment when this request came (S34); undefined where no session was read, too. */
export const visitorOf = (req: Request): Actor | undefined => (req.sessionStore as unknown as SessionStore | undefined)?.actorOf(req);

/** What this request asked first, and the answer; undefined for nobody signed in and where it was not asked with the session. */
export const firstAnswerOf = (req: Request): ReturnType<SessionStore['answerOf']> =>
  (req.sessionStore as unknown as SessionStore).answerOf(req);

/** What a session says, apart from its cookie. */
const wordingOf = (req: Request): string => JSON.stringify({ ...req.session, cookie: undefined, id: req.sessionID });
const asRead = new WeakMap<Request, string>();

/** Moves the idle limit at most once a minute. `now` in ms by this machine: it only says how often, the limit itself goes by the database's clock. */
export function keepSession(req: Request, now: number): void {
  const s = sessionOf(req);
  if (s === undefined) return;
  asRead.set(req, wordingOf(req));
  // a session that nobody has signed in to is worth keeping once a form was shown in it
  if (s.accountId === undefined && s.csrfToken === undefined) return;
  if (s.seenAt === undefined || Math.abs(now - s.seenAt) > SEEN_EVERY_MS) s.seenAt = now;
}

/** S16, at sign-out: the session ends, and one with another id and nothing in it takes its place. */
export function endSession(req: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    req.session.regenerate((e: unknown) => (e ? reject(asError(e)) : resolve()));
  });
}

/**
 * S16: the session of somebody who has just signed in, under a new id. `write` stores it in place of the old one, named `ended`; when it fails, nobody is signed in.
 * @returns what `write` gives; after false, which says that nothing was stored, the request goes on in the session that it came with
 */
export async function openSessionFor(
  req: Request,
  account: { accountId: number; role: Role; provenAt?: number },
  now: number,
  write: (row: { ended: string; sid: string; content: string; seconds: number }) => Promise<boolean>,
): Promise<boolean> {
  const store = req.sessionStore as unknown as SessionStore;
  const ended = ownerOf(req);
  const before = { session: req.session, sessionID: req.sessionID };
  store.renew(req);
  const { accountId, provenAt } = account;
  Object.assign(req.session, { accountId, signedInAt: now, seenAt: now, ...(provenAt === undefined ? {} : { provenAt }) });
  req.session.cookie.maxAge = idleOf(account.role);
  csrfTokenOf(req);
  try {
    if (!(await write({ ended, ...store.rowOf(req) }))) {
      Object.assign(req, before);
      return false;
    }
  } catch (e) {
    store.renew(req);
    throw e;
  }
  store.written(req);
  asRead.set(req, wordingOf(req));
  return true;
}

/** S10: a new session of somebody whose password was right and who has no right yet; it ends after ten minutes. */
export function renewHalfSession(req: Request, accountId: number): Promise<void> {
  return new Promise((resolve, reject) => {
    req.session.regenerate((e: unknown) => {
      if (e) return reject(asError(e));
      req.session.halfAccountId = accountId;
      req.session.cookie.maxAge = HALF_OPEN_MS;
      resolve();
    });
  });
}

/** S14: for how long a password that was given once more opens what asks for it. */
const PROOF_MS = 5 * 60_000;

/** S14: whether the password was given within the last five minutes. */
export const isProven = (req: Request, now: Date): boolean => {
  const age = now.getTime() - (req.session.provenAt ?? -Infinity);
  return age >= 0 && age < PROOF_MS;
};

/** A repeated sign-in lands in the session that the first copy opened (S03). False when that session is gone. */
export function joinSession(req: Request, sid: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const store = req.sessionStore;
    store.get(sid, (e: unknown, found) => {
      if (e) return reject(asError(e));
      if (!found) return resolve(false);
      req.sessionID = sid;
      store.createSession(req, found);
      req.session.seenAt = (found.seenAt ?? 0) + 1;
      resolve(true);
    });
  });
}

/** Writes the session, where this request has changed it, before the answer leaves: a redirect must never overtake it. */
export function saveSession(req: Request): Promise<void> {
  const wording = wordingOf(req);
  if (asRead.get(req) === wording) return Promise.resolve();
  return new Promise((resolve, reject) => {
    req.session.save((e: unknown) => {
      if (e) return reject(asError(e));
      asRead.set(req, wording);
      resolve();
    });
  });
}

/** undefined: the request carries a session, and it could not be read (F13) */
export const sessionOf = (req: Request): Request['session'] | undefined => req.session;

/** A name for this session that is safe to store beside its drafts and captchas; `sessions.sid` holds it too (S17). */
export const ownerOf = (req: Request): string => ownerName(req.sessionID);
const ownerName = (sid: string): string => createHash('sha256').update(`owner:${sid}`).digest('base64url').slice(0, 32);

/** The owner name of the session that the cookie speaks of, also when that session has ended since the page was shown. */
export function ownerOfCookie(req: Request): string | undefined {
  const sid = /(?:^|;\s*)(?:__Host-)?sid=s(?::|%3A)([A-Za-z0-9_-]+)\./.exec(req.headers.cookie ?? '')?.[1];
  return sid === undefined ? undefined : ownerName(sid);
}

interface WithForm extends Request {
  form?: FormInput;
}
const csrf = csrfSync({
  size: 32,
  getTokenFromRequest: (req) => {
    const form = (req as WithForm).form;
    return form && form.all('_csrf').length === 1 ? unmasked(form.one('_csrf')) : undefined;
  },
});

/** The secret behind the forms of this session (S22); made once a session. It stands in no page as it is: see `formTokenOf`. */
export const csrfTokenOf = (req: Request): string => csrf.generateToken(req);

/**
 * What a page's forms carry: the session's secret under a mask that is new on every page, mask first. Pages are compressed, and what never repeats cannot be
 * guessed from their length (BREACH).
 */
export const formTokenOf = (req: Request): string => {
  const secret = Buffer.from(csrfTokenOf(req), 'utf8');
  const mask = randomBytes(secret.length);
  return Buffer.concat([mask, xor(secret, mask)]).toString('base64url');
};
const xor = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, i) => byte ^ (b[i] ?? 0)));

/** The secret under the mask; for anything that never was a form's token some text that is no secret either. */
export function unmasked(token: string): string {
  const bytes = Buffer.from(token, 'base64url');
  const half = bytes.length / 2;
  return Number.isInteger(half) ? xor(bytes.subarray(0, half), bytes.subarray(half)).toString('utf8') : '';
}

/** True when the form carries this session's token and, where the browser says so, comes from our own pages. */
export function isOwnForm(req: Request, form: FormInput): boolean {
  (req as WithForm).form = form;
  return csrf.isRequestValid(req) && comesFromHere(req);
}

/** Where the browser says where a form comes from: from our own pages. */
export function comesFromHere({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin } = headers;
  return origin === undefined || origin === 'null' || hostOf(origin) === headers.host;
}
/** The own page that the browser was on, with its query; undefined where the browser does not say. What it names is checked where it is used. */
export function pageBefore({ headers }: IncomingMessage): string | undefined {
  const { referer } = headers;
  if (referer === undefined || hostOf(referer) !== headers.host) return undefined;
  const { pathname, search } = new URL(referer);
  // two strokes at the beginning would name another host
  return pathname.startsWith('//') ? undefined : pathname + search;
}
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
