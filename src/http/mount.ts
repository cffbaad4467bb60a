import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import express, { type Request, type Response, type Router } from 'express';
import type { Actor } from '../policy/actor';
import { asError } from '../lib/as-error';
import { roleTexts } from '../policy/actor';
import { can, subjectOf, type Subject, type SubjectKind } from '../policy/policy';
import { FormInput } from './form-input';
import type { OneTimeTokens } from './one-time-token.store';
import { paths } from './paths';
import { flatEntries, readMultipart } from './read-multipart';
import type { Renderer, NavItem } from './render';
import { notFound, refusal, type PageMeta, type Reply, type Route, type UploadedFile, type Visit } from './route';
import { refusalTitles } from './errors';
import { comesFromHere, csrfTokenOf, isOwnForm, joinSession, ownerOf, ownerOfCookie, renewSession, saveSession } from './session';

export interface MountDeps {
  renderer: Renderer;
  tokens: OneTimeTokens;
  loadActor: (accountId: number) => Promise<Actor | undefined>;
  loadSubject: (kind: SubjectKind, id: string) => Promise<Subject | undefined>;
  navigation: (actor: Actor | undefined) => NavItem[];
}

/** Made by the log's middleware in src/app.ts. */
const requestIdOf = (req: Request): string => (typeof req.id === 'string' ? req.id : '');

const urlencoded = express.urlencoded({ extended: false, limit: '256kb', parameterLimit: 1000 });

interface Prepared {
  visit: Visit;
  digest: string;
}

/** Puts the routes of the table on an express router, each behind the same steps: sign-in, subject, policy, body, form token, one-time token, handler. */
export function mountRoutes(router: Router, routes: readonly Route[], deps: MountDeps): void {
  for (const route of routes) {
    router[route.method](route.path, async (req, res) => {
      const visitor = req.session.accountId === undefined ? undefined : await deps.loadActor(req.session.accountId);
      res.locals.actor = visitor;
      await send(req, res, visitor, await answer(route, req, res, visitor, deps), deps);
    });
  }
}

async function answer(route: Route, req: Request, res: Response, visitor: Actor | undefined, deps: MountDeps): Promise<Reply> {
  let subject: Subject | undefined;
  if (route.access !== 'public') {
    if (!visitor)
      return {
        kind: 'see-other',
        to: req.method === 'GET' ? `${paths.signIn()}?next=${encodeURIComponent(req.originalUrl)}` : paths.signIn(),
      };
    const kind = subjectOf(route.access);
    if (kind) {
      subject = await deps.loadSubject(kind, String(req.params[kind] ?? ''));
      if (!subject) return notFound;
    }
    const decision = can(visitor, route.access, subject);
    if (!decision.ok) {
      if (decision.why === 'hidden') return notFound;
      if (decision.why === 'not-now') return refusal(403, decision.reason, { text: '返回首页', href: paths.home() });
      return refusal(403, `本页面仅供${decision.roles.map((r) => roleTexts[r]).join('、')}使用`, { text: '返回首页', href: paths.home() });
    }
  }
  const prepared = await prepare(route, req, res, visitor, subject, deps);
  if (!('visit' in prepared)) return prepared;
  if (route.method === 'get') return route.handle(prepared.visit);
  return once(route, req, prepared, deps);
}

async function prepare(
  route: Route,
  req: Request,
  res: Response,
  visitor: Actor | undefined,
  subject: Subject | undefined,
  deps: MountDeps,
): Promise<Prepared | Reply> {
  const query = new FormInput(flatEntries(req.query));
  let body = new FormInput([]);
  let files: UploadedFile[] = [];
  let digest = '';
  if (route.method === 'post') {
    if (req.is('multipart/form-data')) {
      if (route.files === undefined) return refusal(400, '此页面不接受上传文件，请返回上一页重新操作');
      ({ body, files } = await readMultipart(req, res, route.files));
    } else {
      await new Promise<void>((resolve, reject) => urlencoded(req, res, (e: unknown) => (e ? reject(asError(e)) : resolve())));
      body = new FormInput(flatEntries(req.body));
    }
    const hash = createHash('sha256').update(JSON.stringify(body.entries().filter(([k]) => k !== '_csrf')));
    for (const f of files) hash.update(f.field).update('\0').update(f.name).update('\0').update(f.content);
    digest = hash.digest('hex');
    if (!isOwnForm(req, body)) {
      const first = await answerOfFirstCopy(route, req, body, digest, deps);
      if (first) return first;
      return refusal(403, '页面已过期，请返回上一页，刷新后重新操作', { text: '返回首页', href: visitor ? paths.home() : paths.signIn() });
    }
  }
  const visit: Visit = {
    method: route.method === 'get' ? 'GET' : 'POST',
    path: req.originalUrl,
    query,
    body,
    files,
    oversized: [],
    param: (name) => {
      const value = req.params[name];
      if (typeof value !== 'string') throw new Error(`route ${route.path} has no parameter ${name}`);
      return value;
    },
    visitor,
    get actor(): Actor {
      if (!visitor) throw new Error(`route ${route.path} is public: there may be nobody signed in`);
      return visitor;
    },
    subject,
    owner: ownerOf(req),
    requestId: requestIdOf(req),
    isHtmx: req.get('hx-request') === 'true',
  };
  return { visit, digest };
}

/**
 * S03: the second click of an impatient person that arrives when the first one has already opened the session: its cookie names a session that has ended, but the
 * form is the same to the last character, password and one-time token included. It lands where the first one did.
 */
async function answerOfFirstCopy(route: Route, req: Request, body: FormInput, digest: string, deps: MountDeps): Promise<Reply | undefined> {
  const owner = ownerOfCookie(req);
  if (owner === undefined || !comesFromHere(req)) return undefined;
  for (let waited = 0; waited <= 2000; waited += 50) {
    const sent = await deps.tokens.peek(body.one('_token'), owner, route.path, digest);
    if (sent?.kind !== 'running') {
      const session = sent?.answer.session;
      return sent && session !== undefined && (await joinSession(req, session)) ? { kind: 'see-other', to: sent.answer.to } : undefined;
    }
    await wait(50);
  }
  return undefined;
}

/** A2, F04: the same form sent twice is one act; the second sender waits for and gets the first one's answer. */
async function once(route: Route, req: Request, { visit, digest }: Prepared, deps: MountDeps): Promise<Reply> {
  const token = visit.body.one('_token');
  if (!/^[A-Za-z0-9_-]{16,40}$/.test(token)) return refusal(400, '页面已过期，请返回上一页，刷新后重新操作');
  for (let waited = 0; ; waited += 50) {
    const claim = await deps.tokens.claim(token, visit.owner, route.path, digest);
    if (claim.kind === 'first') break;
    if (claim.kind === 'repeat') {
      if (claim.answer.session && !(await joinSession(req, claim.answer.session))) return { kind: 'see-other', to: paths.signIn() };
      return { kind: 'see-other', to: claim.answer.to };
    }
    if (waited >= 15_000) return refusal(409, '您的上一次提交正在处理，请稍后刷新页面查看结果');
    await wait(50);
  }
  let reply: Reply;
  try {
    reply = await route.handle(visit);
  } catch (e) {
    await deps.tokens.release(token, digest);
    throw e;
  }
  if (reply.kind !== 'see-other') {
    await deps.tokens.release(token, digest);
    return reply;
  }
  if (reply.signIn !== undefined || reply.signOut) {
    await renewSession(req, reply.signIn, Date.now());
    if (reply.signIn !== undefined) await saveSession(req);
  }
  await deps.tokens.answer(token, digest, reply.signIn === undefined ? { to: reply.to } : { to: reply.to, session: req.sessionID });
  return { kind: 'see-other', to: reply.to };
}

/** Turns a reply into the HTTP answer. */
export async function send(
  req: Request,
  res: Response,
  visitor: Actor | undefined,
  reply: Reply,
  deps: Pick<MountDeps, 'renderer' | 'navigation'>,
): Promise<void> {
  const render = (view: string, meta: PageMeta, data: object) =>
    deps.renderer.page(view, { page: meta, data, visitor, csrf: csrfTokenOf(req), nav: deps.navigation(visitor), address: req.path });
  switch (reply.kind) {
    case 'page': {
      res
        .status(reply.status)
        .type('html')
        .send(render(reply.view, reply.page, reply.data));
      return;
    }
    case 'fragment':
      res.type('html').send(deps.renderer.fragment(reply.view, reply.data));
      return;
    case 'see-other':
      await saveSession(req);
      res.redirect(303, reply.to);
      return;
    case 'file': {
      const ascii = reply.fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_');
      res.set({
        'Content-Type': reply.contentType,
        'Content-Disposition': `${reply.inline ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(reply.fileName)}`,
        'Content-Security-Policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:",
        'Cross-Origin-Resource-Policy': 'same-origin',
        'Cache-Control': reply.maxAge === undefined ? 'no-store' : `private, max-age=${reply.maxAge}`,
      });
      res.send(reply.body);
      return;
    }
    case 'refusal':
      res
        .status(reply.status)
        .type('html')
        .send(
          render(
            `errors/${reply.status}`,
            { title: refusalTitles[reply.status] ?? '操作未完成' },
            { message: reply.message, backHref: reply.next?.href, backText: reply.next?.text, requestId: requestIdOf(req) },
          ),
        );
      return;
  }
}
