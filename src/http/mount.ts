import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import express, { type Request, type Response, type Router } from 'express';
import { duringRequest, steadyNow } from '../lib/arrival';
import { Semaphore } from '../lib/semaphore';
import { roleTexts, type Actor } from '../policy/actor';
import { can, subjectOf, type Subject, type SubjectKind } from '../policy/policy';
import type { Devices } from './devices.store';
import { FairShare } from './fair-share';
import { besideSubject, type AskSubject } from './first-question';
import { FormInput } from './form-input';
import { KEPT_BYTES, KEPT_MINUTES, type KeptPosts, type KeptPost } from './kept-posts.store';
import { matchRoute } from './match-route';
import type { OpenedSession } from './open-session.store';
import { isOneTimeToken, type OneTimeTokens } from './one-time-token.store';
import { paths } from './paths';
import { readForm } from './read-form';
import { flatEntries, readMultipart } from './read-multipart';
import { lateText } from './resend';
import { notFound, refusal, type Opening, type Reply, type Route, type UploadedFile, type Visit } from './route';
import { requestIdOf, send, type SendDeps } from './send';
import {
  comesFromHere,
  pageBefore,
  csrfTokenOf,
  endSession,
  firstAnswerOf,
  isOwnForm,
  isProven,
  joinSession,
  ownerOf,
  ownerOfCookie,
  renewHalfSession,
  openSessionFor,
  saveSession,
  sessionOf,
  unmasked,
  visitorOf,
} from './session';
import { hashOfToken, type SignedCookies } from './signed-cookie';

export interface MountDeps extends SendDeps {
  tokens: OneTimeTokens;
  cookies: SignedCookies;
  devices: Devices;
  /** signs somebody in: everything that stands in the database of it, at once; false when the account is disabled, and nothing is written */
  openSession: (opened: OpenedSession) => Promise<boolean>;
  kept: KeptPosts;
  loadActor: (accountId: number) => Promise<Actor | undefined>;
  askSubject: AskSubject;
  /** whatever its kind. `beside`: see `besideSubject` */
  loadSubject: (kind: SubjectKind, id: string, beside: Readonly<Record<string, string>>) => Promise<Subject | undefined>;
  /** the database's clock */
  now: () => Promise<Date>;
  /** what was kept for a session goes on in the one that replaces it */
  moveDrafts: (fromOwner: string, toOwner: string) => Promise<void>;
}

/** Where a reader goes on who may not do something now. */
const mends = {
  none: { text: '返回首页', href: paths.home() },
  permission: { text: '权限申请', href: paths.unitPermission() },
} as const;

/** One request on its way through the steps. */
interface Passage {
  route: Route;
  routes: readonly Route[];
  req: Request;
  res: Response;
  visitor: Actor | undefined;
  deps: MountDeps;
  /** where the act itself said it leads to, in its own transaction */
  settledTo?: string;
}
interface Posted {
  body: FormInput;
  files: UploadedFile[];
  digest: string;
}

/** Puts the routes of the table on an express router, each behind the same steps: sign-in, subject, policy, body, form token, one-time token, handler. */
export function mountRoutes(router: Router, routes: readonly Route[], deps: MountDeps): void {
  // by the first word of the path, which no route leaves open: a router of express tries one path after the other
  const words = new Map<string, Router>();
  const wordOf = (path: string): string => (path.split('/', 2)[1] ?? '').toLowerCase();
  router.use((req, res, next) => {
    const found = words.get(wordOf(req.path));
    if (found) found(req, res, next);
    else next();
  });
  for (const route of routes) {
    const word = wordOf(route.path);
    if (word.startsWith(':')) throw new Error(`${route.path} begins with a parameter`);
    const under = words.get(word) ?? express.Router();
    words.set(word, under);
    under[route.method](route.path, async (req, res) => {
      await duringRequest(Number(res.locals.arrivedAt ?? steadyNow()), async () => {
        const visitor = visitorOf(req);
        res.locals.needsNoToken = route.onlyShows === true && visitor === undefined;
        await send(req, res, visitor, await answer({ route, routes, req, res, visitor, deps }), deps);
      });
    });
  }
}

async function answer(at: Passage): Promise<Reply> {
  const { route, req, visitor, deps } = at;
  const params = Object.fromEntries(Object.entries(req.params).map(([k, v]) => [k, String(v)]));
  // no text of the database holds it, and nothing can be asked for by it
  if (Object.values(params).some((v) => v.includes('\0'))) return notFound;
  if (route.access !== 'public' && !visitor) {
    if (req.method === 'GET') return { kind: 'see-other', to: `${paths.signIn()}?next=${encodeURIComponent(req.originalUrl)}` };
    return { kind: 'see-other', to: (await keepLatePost(at)) ? `${paths.signIn()}?kept=1` : whereLostIsTold(at) };
  }
  const admission = await admit(route, visitor, params, deps, req);
  if ('kind' in admission) return (route.method === 'post' && (await answerOfEarlierCopy(at))) || admission;
  const { subject } = admission;
  const query = new FormInput(flatEntries(req.query));
  if (route.method === 'get' && (await mustProve(at, query)))
    return { kind: 'see-other', to: paths.confirmPassword(req.originalUrl, pageBefore(req)) };
  if (route.method === 'get') {
    const visit = visitOf(at, { route, params, path: req.originalUrl, query, subject, body: new FormInput([]), files: [], digest: '' });
    if (!route.heavy || !visitor) return route.handle(visit);
    const reply = await shares.run(visitor.accountId, () => route.handle(visit));
    return reply === 'too-many' ? refusal(429, '您同时打开的文件较多，请等前面的文件打开以后再试') : reply;
  }
  const posted = await readPost(route, req, at.res);
  if ('kind' in posted) return posted;
  if (!isOwnForm(req, posted.body)) {
    const first = await answerOfFirstCopy(route, req, posted.body, posted.digest, deps);
    if (first) return first;
    if (visitor && (await keepPost(at, posted, visitor.accountId))) return { kind: 'see-other', to: paths.kept() };
    const resend = visitor || isEmptyHanded(route) ? undefined : lateText(req, posted.body, posted.files);
    if (resend) return { kind: 'refusal', status: 403, message: '您在本页停留的时间较长，页面已过期', resend };
    return refusal(403, '页面已过期，请返回上一页，刷新后重新操作', { text: '返回首页', href: visitor ? paths.home() : paths.signIn() });
  }
  if (await mustProve(at, posted.body))
    return {
      kind: 'see-other',
      to: paths.confirmPassword(
        (await keepPost(at, posted, visitor?.accountId)) ? paths.kept() : paths.home(),
        pageBefore(req) ?? req.originalUrl,
      ),
    };
  return once(at, visitOf(at, { route, params, path: req.originalUrl, query, subject, ...posted }), posted.digest);
}

/** S14: whether the password has to be given once more before this. */
async function mustProve({ route, req, deps }: Passage, asked: FormInput): Promise<boolean> {
  if (route.reauth === undefined || (route.reauth !== true && !route.reauth(asked))) return false;
  return !isProven(req, await deps.now());
}

/** M1: the subject where it came with the session of this very request; undefined when it was not asked for there, `found` undefined when there is none. */
function broughtSubject(req: Request, route: Route, params: Record<string, string>): { found: Subject | undefined } | undefined {
  const answer = firstAnswerOf(req);
  if (answer?.question.route !== route) return undefined;
  const { about, params: asked } = answer.question;
  if (Object.entries(params).some(([name, value]) => asked[name] !== value)) return undefined;
  return { found: answer.row && about.read(answer.row) };
}

/** Who may come in: the subject of the route's action, or the answer that refuses. `req`: where this is the route that the request came for. */
async function admit(
  route: Route,
  visitor: Actor | undefined,
  params: Record<string, string>,
  deps: MountDeps,
  req?: Request,
): Promise<{ subject: Subject | undefined } | Reply> {
  if (route.access === 'public' || !visitor) return { subject: undefined };
  // S12: a password that somebody else has handed over opens nothing but the page that replaces it
  if (visitor.mustChangePassword && ![paths.password(), paths.signOut()].includes(route.path))
    return { kind: 'see-other', to: paths.password() };
  let subject: Subject | undefined;
  const kind = subjectOf(route.access);
  if (kind) {
    const brought = req && broughtSubject(req, route, params);
    subject = brought ? brought.found : await deps.loadSubject(kind, params[kind] ?? '', besideSubject(route, params));
    if (!subject) return notFound;
  }
  const decision = can(visitor, route.access, subject);
  if (!decision.ok) {
    if (decision.why === 'hidden') return notFound;
    if (decision.why === 'not-now') {
      const { declaration } = params;
      // back to where it stands now, for whoever may see it: the button 「返回」 of a browser leads here after every act
      const isSeen = kind === 'declaration' && declaration !== undefined && can(visitor, 'declaration.read', subject).ok;
      const back = isSeen ? { text: '查看最新内容', href: paths.declaration(declaration) } : mends.none;
      return refusal(403, decision.reason, decision.mend === undefined ? back : mends[decision.mend]);
    }
    return refusal(403, `本页面仅供${decision.roles.map((r) => roleTexts[r]).join('、')}使用`, { text: '返回首页', href: paths.home() });
  }
  return { subject };
}

interface VisitParts {
  route: Route;
  params: Record<string, string>;
  path: string;
  query: FormInput;
  body: FormInput;
  files: UploadedFile[];
  /** of what was posted; '' without a form */
  digest: string;
  subject: Subject | undefined;
}

function visitOf(at: Passage, { route, params, path, query, body, files, digest, subject }: VisitParts): Visit {
  const { req, visitor, deps } = at;
  return {
    method: route.method === 'get' ? 'GET' : 'POST',
    path,
    query,
    body,
    files,
    param: (name) => {
      const value = params[name];
      if (value === undefined) throw new Error(`route ${route.path} has no parameter ${name}`);
      return value;
    },
    visitor,
    get actor(): Actor {
      if (!visitor) throw new Error(`route ${route.path} is public: there may be nobody signed in`);
      return visitor;
    },
    subject,
    halfSignedIn: sessionOf(req)?.halfAccountId,
    owner: ownerOf(req),
    get device() {
      return deps.devices.of(req);
    },
    get browser() {
      const kept = deps.cookies.read(req, 'kept');
      return kept === undefined ? undefined : hashOfToken(kept);
    },
    titleAt: (address) => titleAt(at, address),
    requestId: requestIdOf(req),
    isHtmx: req.get('hx-request') === 'true',
    async settle(h, to) {
      await deps.tokens.answer(body.one('_token'), digest, { to }, h);
      at.settledTo = to;
    },
  };
}

/** The body of a POST, whole and in memory: nothing of it is stored before it was looked at. */
async function readPost(route: Route, req: Request, res: Response): Promise<Posted | Reply> {
  let body: FormInput;
  let files: UploadedFile[] = [];
  if (req.is('multipart/form-data')) {
    if (route.files === undefined) return refusal(400, '此页面不接受上传文件，请返回上一页重新操作');
    ({ body, files } = await readMultipart(req, res, route.files));
  } else {
    await readForm(req, res);
    body = new FormInput(flatEntries(req.body));
  }
  return { body, files, digest: digestOf(route.secret ? new FormInput(body.entries().filter(([k]) => k === '_token')) : body, files) };
}

function digestOf(body: FormInput, files: readonly UploadedFile[]): string {
  const hash = createHash('sha256').update(JSON.stringify(body.entries().filter(([k]) => k !== '_csrf')));
  for (const f of files) hash.update([f.field, f.name, f.sha256 ?? createHash('sha256').update(f.content).digest('hex')].join('\0'));
  return hash.digest('hex');
}

/** S62, of this process */
const shares = new FairShare();

/** Large late bodies are read a few at a time, since whoever sends them is not signed in; small ones never wait for them. */
const largeLateBodies = new Semaphore(4);
const LARGE_BODY = 256 * 1024;

/** A9: somebody sends a form whose session has ended. True when it now lies ready for the account that the form was shown to. */
function keepLatePost(at: Passage): Promise<boolean> {
  const { route, req, res } = at;
  const length = Number(req.headers['content-length'] ?? Infinity);
  if (length > KEPT_BYTES || isEmptyHanded(route) || !comesFromHere(req)) return Promise.resolve(false);
  const work = async (): Promise<boolean> => {
    const posted = await readPost(route, req, res);
    return !('kind' in posted) && keepPost(at, posted);
  };
  return length > LARGE_BODY ? largeLateBodies.run(work) : work();
}
/** A9: what came too late and could not be kept is told not to have been done: a judge must not go home believing that the vote was cast. The way leads back to its page. */
function whereLostIsTold({ route, req }: Passage): string {
  if (route.path === paths.signOut() || !comesFromHere(req)) return paths.signIn();
  return `${paths.signIn()}?lost=1${route.secret ? `&next=${encodeURIComponent(req.originalUrl)}` : ''}`;
}
/** Forms that carry nothing worth keeping, or nothing that may be kept. */
const isEmptyHanded = (route: Route): boolean => route.secret === true || [paths.signOut(), paths.kept()].includes(route.path);

/** Puts a form aside when its token says which account's page it stood on; with `only`, when that account is this one. */
async function keepPost(at: Passage, { body, files, digest }: Posted, only?: number): Promise<boolean> {
  const { route, req, res, deps } = at;
  if (isEmptyHanded(route) || !comesFromHere(req)) return false;
  if (files.reduce((sum, f) => sum + f.content.length, 0) > KEPT_BYTES) return false;
  const tokens = body.all('_csrf');
  const accountId = tokens.length === 1 ? await deps.kept.accountOf(unmasked(tokens[0] ?? '')) : undefined;
  if (accountId === undefined || (only !== undefined && accountId !== only)) return false;
  const browser = deps.cookies.read(req, 'kept') ?? randomBytes(32).toString('base64url');
  await deps.kept.keep(hashOfToken(browser), accountId, digest, {
    route: route.path,
    url: req.originalUrl,
    params: Object.fromEntries(Object.entries(req.params).map(([k, v]) => [k, String(v)])),
    fields: body.entries().filter(([name]) => name !== '_csrf'),
    files,
  });
  deps.cookies.write(res, 'kept', browser, KEPT_MINUTES * 60_000);
  return true;
}

/** A9: runs the route that a kept form was meant for, as if it came now: same policy, same one-time token, this session. */
async function repost(at: Passage, outer: Visit, post: KeptPost, id: string): Promise<Reply> {
  const { routes, visitor, deps } = at;
  const route = routes.find((r) => r.method === 'post' && r.path === post.route);
  if (!route) return refusal(410, '该页面已经调整，请从首页重新进入', { text: '返回首页', href: paths.home() });
  const admission = await admit(route, visitor, post.params, deps);
  if ('kind' in admission) return admission;
  const body = new FormInput(post.fields);
  if (await mustProve({ ...at, route }, body)) return { kind: 'see-other', to: paths.confirmPassword(paths.kept(), post.url) };
  const query = new FormInput(new URL(post.url, 'http://site').searchParams);
  const digest = digestOf(body, post.files);
  // a passage of its own: what the kept form settles is its answer, not that of the page which sends it on
  const inner: Passage = { ...at, route };
  const visit = visitOf(inner, {
    route,
    params: post.params,
    path: post.url,
    query,
    body,
    files: post.files,
    digest,
    subject: admission.subject,
  });
  const reply = await once(inner, visit, digest);
  if ((reply.kind === 'see-other' || reply.kind === 'page') && outer.browser)
    await deps.kept.remove(outer.browser, outer.actor.accountId, id);
  return reply;
}

/** What the page at one of our own addresses is called, as this visitor would see it. */
async function titleAt(at: Passage, address: string): Promise<string | undefined> {
  const url = new URL(address, 'http://site');
  const found = matchRoute(at.routes, 'get', url.pathname);
  if (!found) return undefined;
  const admission = await admit(found.route, at.visitor, found.params, at.deps);
  if ('kind' in admission) return undefined;
  const query = new FormInput(url.searchParams);
  const visit = visitOf(at, { ...found, path: address, query, body: new FormInput([]), files: [], digest: '', subject: admission.subject });
  const reply = await found.route.handle(visit);
  if (reply.kind !== 'page') return undefined;
  const crumbs = (reply.page.breadcrumbs ?? []).slice(1).map((c) => c.text);
  return crumbs.length > 0 ? crumbs.slice(-2).join(' › ') : reply.page.title;
}

/**
 * S03: the second click of an impatient person that arrives when the first one has already opened the session: its cookie names a session that has ended, but the
 * form is the same to the last character, password and one-time token included. It lands where the first one did.
 */
async function answerOfFirstCopy(route: Route, req: Request, body: FormInput, digest: string, deps: MountDeps): Promise<Reply | undefined> {
  const owner = ownerOfCookie(req);
  if (owner === undefined || !comesFromHere(req)) return undefined;
  for (let waited = 0; waited <= 2000; waited += 50) {
    const sent = await deps.tokens.peek(body.one('_token'), owner, route.path, digest, 'minute');
    if (sent?.kind !== 'running') {
      const session = sent?.answer.session;
      return sent && session !== undefined && (await joinSession(req, session)) ? { kind: 'see-other', to: sent.answer.to } : undefined;
    }
    await wait(50);
  }
  return undefined;
}

/**
 * F04: a copy that arrives when the first one has already changed what may be done (a submitted declaration can't be submitted, a deleted draft is gone) gets
 * the first one's answer, not a refusal. Nothing is claimed and nothing is run.
 */
async function answerOfEarlierCopy({ route, req, res, deps }: Passage): Promise<Reply | undefined> {
  const posted = await readPost(route, req, res);
  if ('kind' in posted || !isOwnForm(req, posted.body)) return undefined;
  for (let waited = 0; waited <= 15_000; waited += 50) {
    const sent = await deps.tokens.peek(posted.body.one('_token'), ownerOf(req), route.path, posted.digest, 'day');
    if (sent?.kind !== 'running') return sent && { kind: 'see-other', to: sent.answer.to };
    await wait(50);
  }
  return undefined;
}

/** For an act that has written what it had to before: the session by a statement of its own. Undefined: the account has been disabled meanwhile. */
async function openingOf(accountId: number, deps: MountDeps): Promise<Opening | undefined> {
  const actor = await deps.loadActor(accountId);
  return actor && { role: actor.role, write: deps.openSession, refused: toSignIn };
}
const toSignIn = (): Promise<Reply> => Promise.resolve({ kind: 'see-other', to: paths.signIn() });

type SignInReply = Extract<Reply, { kind: 'see-other' }> & { signIn: number };
const signsIn = (reply: Reply): reply is SignInReply => reply.kind === 'see-other' && reply.signIn !== undefined;

/** Opens the session of the account that a reply signs in to. `opened`: with its answer kept; otherwise the account has been disabled meanwhile, and `reply` is what is answered instead. */
async function openFor(at: Passage, reply: SignInReply, token: string, digest: string): Promise<{ opened: boolean; reply: Reply }> {
  const { req, res, deps } = at;
  const accountId = reply.signIn;
  let { to } = reply;
  try {
    const opening = reply.opening ?? (await openingOf(accountId, deps));
    if (!opening) return { opened: false, reply: await toSignIn() };
    const before = ownerOf(req);
    const kept = deps.cookies.read(req, 'kept');
    const browser = kept === undefined ? undefined : hashOfToken(kept);
    if (browser && (await deps.kept.count(browser, accountId)) > 0) to = paths.kept();
    const provenAt = reply.proven ? { provenAt: (await deps.now()).getTime() } : {};
    const device = deps.devices.meet(req, res);
    const opened = await openSessionFor(req, { accountId, role: opening.role, ...provenAt }, Date.now(), (row) =>
      opening.write({
        ...row,
        accountId,
        form: hashOfToken(csrfTokenOf(req)),
        device: device.hash,
        ...deps.tokens.answerOf(token, digest, { to, session: req.sessionID }),
      }),
    );
    if (!opened) return { opened, reply: await opening.refused() };
    // only now: a sign-in that is refused drops nothing of anybody
    if (browser) await deps.kept.settle(browser, accountId);
    device.give();
    deps.tokens.done(token, digest);
    if (at.visitor?.accountId === accountId) await deps.moveDrafts(before, ownerOf(req));
    return { opened, reply: { ...reply, to } };
  } catch (e) {
    await deps.tokens.release(token, digest);
    throw e;
  }
}

/** Claims the form; for a copy of one that was sent before, the answer of that one. */
async function claimOrAnswer({ route, req, deps }: Passage, visit: Visit, token: string, digest: string): Promise<Reply | undefined> {
  for (let waited = 0; ; waited += 50) {
    const claim = await deps.tokens.claim(token, visit.owner, route.path, digest);
    if (claim.kind === 'first') return undefined;
    if (claim.kind === 'repeat') {
      if (claim.answer.session && !(await joinSession(req, claim.answer.session))) return { kind: 'see-other', to: paths.signIn() };
      return { kind: 'see-other', to: claim.answer.to };
    }
    if (waited >= 15_000) return refusal(409, '您的上一次提交正在处理，请稍后刷新页面查看结果');
    await wait(50);
  }
}

/** A2, F04: the same form sent twice is one act; the second sender waits for and gets the first one's answer. */
async function once(at: Passage, visit: Visit, digest: string): Promise<Reply> {
  const { route, req, deps } = at;
  const token = visit.body.one('_token');
  if (!isOneTimeToken(token)) return refusal(400, '页面已过期，请返回上一页，刷新后重新操作');
  const byAct = deps.tokens.claimBy(token, visit.owner, route.path, digest);
  const done = await route.quick?.(visit, byAct);
  if (done) return done;
  let reply: Reply | undefined;
  try {
    reply = await route.claiming?.(visit, byAct);
    if (!reply) {
      const earlier = await claimOrAnswer(at, visit, token, digest);
      if (earlier) return earlier;
      reply = await route.handle(visit);
    }
    if (reply.kind === 'repost') reply = await repost(at, visit, reply.post, reply.id);
  } catch (e) {
    await deps.tokens.release(token, digest);
    throw e;
  }
  if (signsIn(reply)) {
    const done = await openFor(at, reply, token, digest);
    if (done.opened) return done.reply;
    reply = done.reply;
  }
  if (reply.kind !== 'see-other') {
    await deps.tokens.release(token, digest);
    return reply;
  }
  const { to } = reply;
  if (reply.halfSignIn !== undefined) {
    await renewHalfSession(req, reply.halfSignIn);
    csrfTokenOf(req);
    await saveSession(req);
  } else if (reply.signOut) {
    await endSession(req);
  }
  // the act's own transaction has kept this very answer
  if (at.settledTo === to && reply.halfSignIn === undefined) deps.tokens.done(token, digest);
  else await deps.tokens.answer(token, digest, reply.halfSignIn === undefined ? { to } : { to, session: req.sessionID });
  return { ...reply, to };
}
