import path from 'node:path';
import express, { type NextFunction, type Request, type Response } from 'express';
import precompressed from 'express-static-gzip';
import type { Pool } from 'pg';
import { pinoHttp } from 'pino-http';
import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { Deps } from './deps';
import { admitting, type Admission } from './http/admission';
import { compressPages } from './http/compress-pages';
import { BusyError, isDatabaseAway, isTooManyWords, SessionsAwayError, statusOfFault } from './http/errors';
import { firstQuestion } from './http/first-question';
import { RepeatedFieldError } from './http/form-input';
import { matchRoute } from './http/match-route';
import { mountRoutes, type MountDeps } from './http/mount';
import { typedText } from './http/resend';
import { notFound, refusal, type Reply, type Route } from './http/route';
import { securityHeaders, valuesOf } from './http/security-headers';
import { send } from './http/send';
import { createSessions, keepSession, pageBefore, visitorOf } from './http/session';
import type { SessionActors } from './http/session.store';
import { createTurnAway } from './http/turn-away';
import type { WaitingLine } from './http/waiting-line';
import { asError } from './lib/as-error';
import type { Metrics } from './metrics';
import { isReady, type ReadinessProbe } from './readiness';

export interface AppInput {
  deps: Deps;
  routes: readonly Route[];
  mount: MountDeps;
  sessionPool: Pool;
  actors: SessionActors;
  readiness: ReadinessProbe;
  admission: Admission;
  line: WaitingLine;
  metrics: Metrics;
}

/** The door (F20) and behind it the middleware order of the site. Production and tests call this same function. */
export function createApp({ deps, routes, mount, sessionPool, actors, readiness, admission, line, metrics }: AppInput): RequestListener {
  const { config, log, renderer } = deps;
  const guarding = securityHeaders(config.secureCookies);
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustProxyHops);
  app.set('query parser', 'simple');

  app.use((_req, res, next) => {
    // a proxy opens its next connection to somebody who stays
    if (readiness.isDraining) res.set('Connection', 'close');
    next();
  });
  app.use(metrics.observe);
  app.use(
    pinoHttp({
      logger: log,
      genReqId: () => randomUUID(),
      autoLogging: { ignore: (req) => req.url === '/healthz' || req.url === '/readyz' || (req.url ?? '').startsWith('/assets/') },
      // addresses without their query: what people searched for is nobody's business here (S55)
      serializers: {
        req: (r: { id: unknown; method: string; url: string }) => ({ id: r.id, method: r.method, url: r.url.split('?')[0] }),
        res: (r: { statusCode: number }) => ({ status: r.statusCode }),
      },
    }),
  );
  app.use(guarding);
  app.use((req, res, next) => {
    // express.static keeps a Cache-Control that it finds: what has its hash in the address may be kept for ever
    res.set({ 'X-UA-Compatible': 'IE=edge', ...(req.path.startsWith('/assets/') ? {} : { 'Cache-Control': 'no-store' }) });
    next();
  });
  app.get('/healthz', (_req, res) => void res.type('text').send('ok'));
  app.get('/readyz', async (_req, res) => {
    const found = await readiness.look();
    const lines = Object.entries(found).map(([what, word]) => `${what}: ${word}`);
    res
      .status(isReady(found) ? 200 : 503)
      .type('text')
      .send([isReady(found) ? 'ready' : 'not ready', ...lines, ''].join('\n'));
  });
  app.use(
    '/assets/:hash',
    precompressed(renderer.assetsDir, {
      enableBrotli: true,
      orderPreference: ['br', 'gz'],
      index: false,
      serveStatic: { immutable: true, maxAge: '1y', redirect: false, fallthrough: true },
    }),
  );
  // no page: asked for by pages only, and not held up by the door
  app.get('/assets/{*rest}', (_req, res) => void res.status(404).type('text').send('没有这个文件\n'));
  app.get(
    '/favicon.ico',
    (_req, res) => void res.set('Cache-Control', 'public, max-age=86400').sendFile(path.join(renderer.assetsDir, 'favicon.ico')),
  );

  app.use(compressPages());
  const blank = { visitor: undefined, csrf: '', nav: [] };
  const questionOf = (req: Request) => firstQuestion(routes, req, mount.askSubject);
  app.use(createSessions(sessionPool, config.secrets.session, config.secureCookies, actors, questionOf));
  app.use((req, _res, next) => {
    keepSession(req, Date.now());
    next();
  });

  // F13: what only shows is shown to somebody unknown; everything else waits for the sessions
  app.use((e: unknown, req: Request, _res: Response, next: NextFunction) => {
    const isShown =
      e instanceof SessionsAwayError &&
      ['GET', 'HEAD'].includes(req.method) &&
      matchRoute(routes, 'get', req.path)?.route.onlyShows === true;
    if (!isShown) return next(e);
    req.log.warn({ err: e }, 'a public page without its session');
    next();
  });

  const router = express.Router();
  mountRoutes(router, routes, mount);
  app.use(router);

  // an address that no route answers is told to whoever is signed in with the menus they know
  const finish = (req: Request, res: Response, reply: Reply) => send(req, res, visitorOf(req), reply, mount);
  app.use(async (req, res) => finish(req, res, notFound));
  app.use(async (e: unknown, req: Request, res: Response, next: NextFunction) => {
    if (res.writableEnded) return req.log.warn({ err: e }, 'the answer is out; what was to be done after it failed');
    if (res.headersSent) return next(e);
    const refused = refusalOf(e, req, res);
    if (refused) {
      try {
        return await finish(req, res, refused);
      } catch (again) {
        // its page, too, needs the sessions
        return fail(again, req, res, next);
      }
    }
    return fail(e, req, res, next);
  });
  async function fail(cause: unknown, req: Request, res: Response, next: NextFunction): Promise<void> {
    if (res.headersSent) return next(cause);
    const away = isDatabaseAway(cause);
    req.log.error({ err: cause }, away ? 'database away' : 'request failed');
    const status = away ? 503 : 500;
    const resend = await typedText(req, res).catch((fault: unknown) => unread(req, fault));
    res.status(status).type('html');
    if (away) res.set('Retry-After', '10');
    // no session, no token: these pages must come out even when the database is gone
    res.send(
      renderer.page(`errors/${status}`, {
        page: { title: away ? '系统繁忙' : '系统出现错误' },
        data: { requestId: req.id, resend, sessionsAway: cause instanceof SessionsAwayError },
        ...blank,
        address: req.path,
      }),
    );
  }
  const turnAway = createTurnAway({
    renderer,
    headers: valuesOf(guarding),
    supportPhone: () => deps.settings.known().supportPhone,
    isDraining: () => readiness.isDraining,
    line,
    pagesPerSecond: () => admission.pagesPerSecond,
    log,
  });
  return admitting(admission, line, turnAway, app);
}

/** The page that the form stood on, opened anew; the browser says where it was. */
function wayBack(req: Request): { text: string; href: string } | undefined {
  const href = pageBefore(req);
  return href === undefined ? undefined : { text: '重新打开填写页面', href };
}

/** What a fault of the request itself is answered with; undefined for failures of ours. */
function refusalOf(e: unknown, req: Request, res: Response): Reply | undefined {
  if (e instanceof BusyError) {
    req.log.warn('upload turned away: too many at once');
    req.resume(); // a browser reads the answer only after it could send everything
    res.set('Retry-After', '10');
    return refusal(503, '现在上传文件的人太多，这次没有上传成功。请稍候片刻，返回上一页重新上传');
  }
  const fault = e instanceof RepeatedFieldError ? 400 : statusOfFault(e);
  if (fault === undefined) return undefined;
  req.log.info({ fault: String((e as Error).message).slice(0, 200) }, 'bad request');
  return refusal(
    fault,
    isTooManyWords(e)
      ? '填写的文字过多，这次没有保存。请返回上一页，减少文字后重新提交'
      : fault === 413
        ? '上传的文件过大或者过多，这次没有保存。请分次上传：PDF 不超过 5 MB，图片不超过 30 MB，一次选择的文件合计不超过 60 MB。请返回上一页（浏览器的「后退」），填写的文字一般仍在，重新选择文件后再保存'
        : '提交的内容格式不正确，请返回上一页重新填写',
    fault === 413 && !isTooManyWords(e) ? wayBack(req) : undefined,
  );
}

function unread(req: Request, fault: unknown): undefined {
  req.log.info({ fault: asError(fault).message.slice(0, 200) }, 'the form of a failed request cannot be read');
}
