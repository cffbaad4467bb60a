import type { Readable } from 'node:stream';
import type { Handle } from '../db/db';
import type { Actor, Role } from '../policy/actor';
import type { Action, Subject } from '../policy/policy';
import type { FormInput } from './form-input';
import type { KeptPost } from './kept-posts.store';
import type { ActClaim } from './one-time-token.store';
import type { OpenedSession } from './open-session.store';

export interface UploadedFile {
  /** input name */
  field: string;
  /** as the browser sent it: metadata only, never a path */
  name: string;
  content: Buffer;
  /** of the content, where it was reckoned while the file arrived */
  sha256?: string;
}

/** One request, as a handler sees it. */
export interface Visit {
  method: 'GET' | 'POST';
  path: string;
  query: FormInput;
  body: FormInput;
  files: UploadedFile[];
  param(name: string): string;
  /** undefined on public pages without sign-in */
  visitor: Actor | undefined;
  /** the signed-in actor; throws on public routes without one */
  actor: Actor;
  subject: Subject | undefined;
  /** the account whose password was right in this session and whose second factor is still asked for (S10) */
  halfSignedIn: number | undefined;
  /** keyed name of this browser session, for drafts and captchas that belong to it */
  owner: string;
  requestId: string;
  isHtmx: boolean;
  /**
   * Keeps where this POST will lead in the transaction `h` of the act itself: whoever sends the form again after a crash between commit and answer gets the
   * same answer. Acts that can't be told from never having happened, when they are tried twice, need it.
   */
  settle(h: Handle, to: string): Promise<void>;
  /** hash of the cookie of a browser that somebody has signed in with (S02) */
  device: Buffer | undefined;
  /** hash of the cookie of a browser that has sent a form too late (A9) */
  browser: Buffer | undefined;
  /** what the page at an own address is called, as this visitor would see it; undefined when there is none for them */
  titleAt(address: string): Promise<string | undefined>;
}

export interface Crumb {
  text: string;
  href?: string;
}
export interface PageError {
  text: string;
  href: string;
}
export interface PageMeta {
  title: string;
  heading?: string;
  breadcrumbs?: Crumb[];
  errors?: PageError[];
  /** what was typed is kept: the summary says so first, and `errors` are what is left to do, not a refusal */
  saved?: string;
  /** lines: below the text, one fact each */
  notice?: { kind: 'success' | 'info' | 'warning'; text: string; lines?: readonly string[]; href?: string; linkText?: string };
}

/** M7: an act whose last statement opens the session of the account itself; the role says how long it may lie unused */
export interface Opening {
  role: Role;
  /** false: the account has been disabled in this very moment, and nothing is written */
  write: (opened: OpenedSession) => Promise<boolean>;
  /** what is answered then: as to anybody who signs in to a disabled account */
  refused: () => Promise<Reply>;
}

export type Reply =
  /** rows: what stands where the view says `<!--rows-->`, sent as it comes */
  | { kind: 'page'; view: string; page: PageMeta; data: object; status: number; rows?: AsyncIterable<string> }
  /**
   * signIn: renew the session for this account; with `proven` the password was given just now (S14), with `opening` the act writes it · halfSignIn: renew it for an account whose second factor
   * is still asked for: it has no right at all (S10) · signOut: end it · largeType: this browser reads large or normal type from now on
   */
  | {
      kind: 'see-other';
      to: string;
      signIn?: number;
      opening?: Opening;
      proven?: true;
      halfSignIn?: number;
      signOut?: true;
      largeType?: boolean;
    }
  /** etag: names the bytes; a browser that has them gets 304, and parts of them can be asked for. maxAge: seconds the person's own browser may keep them */
  | { kind: 'file'; body: Buffer; contentType: string; fileName: string; inline: boolean; maxAge?: number; etag?: string }
  /** a stored file that may be fetched in parts; `tag` changes with the content */
  | {
      kind: 'download';
      size: number;
      tag: string;
      read: (range: { from: number; to: number }) => Promise<Readable>;
      contentType: string;
      fileName: string;
    }
  /** a kept form (A9) is sent once more, by this session */
  | { kind: 'repost'; post: KeptPost; id: string }
  | {
      kind: 'refusal';
      status: 400 | 403 | 404 | 409 | 410 | 413 | 422 | 429 | 503;
      message: string;
      next?: { text: string; href: string };
      resend?: Resend;
    };

/** What a form held that could not be taken just now, for the page that sends it again. */
export interface Resend {
  action: string;
  multipart: boolean;
  fields: { name: string; value: string }[];
  /** files cannot be put into a page: they have to be chosen anew */
  hadFiles: boolean;
  /** the form stood on a page of a session that has ended: it goes on as a form of this one, with tokens of its own */
  isNewForm: boolean;
}

export const page = (view: string, meta: PageMeta, data: object = {}, status = 200): Reply => ({
  kind: 'page',
  view,
  page: meta,
  data,
  status,
});
export const seeOther = (to: string): Reply => ({ kind: 'see-other', to });
export const notFound: Reply = { kind: 'refusal', status: 404, message: '您要查看的内容不存在，或者已经删除。' };
export const refusal = (
  status: Extract<Reply, { kind: 'refusal' }>['status'],
  message: string,
  next?: { text: string; href: string },
): Reply => (next ? { kind: 'refusal', status, message, next } : { kind: 'refusal', status, message });

/**
 * Who may come in. `public`: anybody; otherwise an action of the policy. An action about a subject takes the subject from the path parameter of its kind
 * (`:declaration`, `:path`, `:permission`, `:unit`, `:account`, `:staff`, `:correction`, `:operator`, `:batch`, `:task`, `:committee`, `:plan`, `:judge`, `:meeting`).
 * There is no default: a route without access does not compile.
 */
export type Access = 'public' | Action;

export interface Route {
  method: 'get' | 'post';
  path: string;
  access: Access;
  /** name of the audit entry written by the handler's use-case; POST routes say it or say why there is none */
  audit: string | null;
  /**
   * S14: the password must have been given within the last five minutes; a form that comes without is kept and goes on afterwards. Where only some of the acts of
   * an address ask for it, `asked` tells which: what was posted, or the query of the address.
   */
  reauth?: true | ((asked: FormInput) => boolean);
  /** a secret ballot: what is posted leaves no trace, neither kept for after a sign-in (A9) nor as a digest that guesses could be tried on (J3) */
  secret?: true;
  /**
   * F13: a public page that only shows: it has no form that is posted, and says the same to everybody but for the head of the page. It comes out also while
   * the sessions cannot be read, and makes none for visitors who have none.
   */
  onlyShows?: true;
  /** S62: costs as much as a hundred pages (prints, exports): one account has two of these under way at a time */
  heavy?: true;
  /** accepts multipart uploads, at most this many files in one request */
  files?: number;
  /**
   * M1: the usual case of this POST by one statement that claims the form's token (`claim`), acts and keeps the answer, all or nothing. undefined: nothing was done, and `handle` does it the
   * usual way. What the address names beside the subject is read with it.
   */
  quick?: (visit: Visit, claim: ActClaim) => Promise<Reply | undefined>;
  /**
   * M7: `handle` by an act whose first statement claims the form's token besides (`claim.taking`). undefined: nothing was done, for the token was claimed before or the act does not begin with
   * that statement; then the token is asked about the usual way, and `handle` does it.
   */
  claiming?: (visit: Visit, claim: ActClaim) => Promise<Reply | undefined>;
  handle: (visit: Visit) => Promise<Reply>;
}

/** The subject that the guard loaded for the route's action; a route whose access is about something else is a fault of the program. */
const subjectGetter =
  <K extends Subject['kind']>(kind: K) =>
  (visit: Visit): Extract<Subject, { kind: K }> => {
    if (visit.subject?.kind !== kind) throw new Error(`${visit.path}: the route's access is not about a ${kind}`);
    return visit.subject as Extract<Subject, { kind: K }>;
  };
export const declarationOf = subjectGetter('declaration');
export const pathOf = subjectGetter('path');
export const permissionOf = subjectGetter('permission');
export const unitOf = subjectGetter('unit');
export const accountOf = subjectGetter('account');
export const staffOf = subjectGetter('staff');
export const correctionOf = subjectGetter('correction');
export const operatorOf = subjectGetter('operator');

/** The actor as the speaker of a unit. Throws when the policy let somebody else in. */
export function unitActor(visit: Visit): Actor & { unitId: number } {
  const { actor } = visit;
  if (actor.unitId === undefined) throw new Error(`${visit.path}: ${actor.role} speaks for no unit`);
  return { ...actor, unitId: actor.unitId };
}
export const batchOf = subjectGetter('batch');
export const taskOf = subjectGetter('task');
export const committeeOf = subjectGetter('committee');
export const planOf = subjectGetter('plan');
export const judgeOf = subjectGetter('judge');
export const meetingOf = subjectGetter('meeting');
