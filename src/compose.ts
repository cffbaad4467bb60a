import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import pg from 'pg';
import type { Logger } from 'pino';
import { httpPlatform } from './adapters/continuing-education';
import { createFileInspector } from './adapters/files/inspect-file';
import { createPdfPages } from './adapters/files/pdf-pages';
import { createBallotKeys } from './adapters/ballot-keys';
import { createPrinter } from './adapters/printing';
import { clamdScanner } from './adapters/scanning';
import { pdfSigner, selfMadeKey, type PdfSigner } from './adapters/signing';
import { httpGateway, outboxSender } from './adapters/sms';
import { openStorage } from './adapters/storage';
import { createApp } from './app';
import type { Config } from './config';
import { askQuestion, databaseNow, makeDb, type Db, type Handle } from './db/db';
import { listen } from './db/listen';
import type { Deps } from './deps';
import { Admission } from './http/admission';
import type { MountDeps } from './http/mount';
import { createDevices } from './http/devices.store';
import { moveDrafts } from './http/form-drafts.store';
import { createKeptPosts } from './http/kept-posts.store';
import { createSignedCookies } from './http/signed-cookie';
import { WaitingLine } from './http/waiting-line';
import { openSession } from './http/open-session.store';
import { createOneTimeTokens } from './http/one-time-token.store';
import { createRenderer, type NavItem } from './http/render';
import { SESSION_PATIENCE } from './http/session.store';
import type { Route } from './http/route';
import { createJobs, type JobHandlers } from './jobs/jobs';
import { createCipher } from './lib/cipher';
import { wholeNumber } from './lib/ids';
import { jobHandlers } from './job-handlers';
import { createMetrics, type Metrics } from './metrics';
import { createReadiness, type ReadinessProbe } from './readiness';
import { helpFor } from './help';
import { navigation, placesOf } from './navigation';
import { ACTOR_QUERY, findAccountSubject, findOperatorSubject, findStaffSubject, loadVisitor, visitorOfRow } from './modules/accounts';
import { findBatchSubject } from './modules/batches';
import { createCatalogueCache } from './modules/catalogue';
import { findCommitteeSubject, findPlanSubject } from './modules/committee';
import { createSettingsCache } from './modules/settings';
import { declarationQuestion } from './modules/declarations';
import { findJudgeSubject, findMeetingSubject } from './modules/meetings';
import { findPathSubject } from './modules/paths';
import { findCorrectionSubject } from './modules/support';
import { findTaskSubject } from './modules/tasks';
import { findPermissionSubject, findUnitSubject } from './modules/units';
import type { Subject, SubjectKind } from './policy/policy';
import { allRoutes } from './routes';

export interface Composition {
  deps: Deps;
  app: RequestListener;
  /** the same application over another table of routes */
  appOf: (routes: readonly Route[]) => RequestListener;
  jobs: JobHandlers;
  metrics: Metrics;
  readiness: ReadinessProbe;
  /** Opens what the first request would have to wait for. */
  warm: () => Promise<void>;
  stop: () => Promise<void>;
}

const subjectLoaders: Record<Exclude<SubjectKind, 'declaration'>, (h: Handle, id: number) => Promise<Subject | undefined>> = {
  path: findPathSubject,
  permission: findPermissionSubject,
  unit: findUnitSubject,
  account: findAccountSubject,
  staff: findStaffSubject,
  operator: findOperatorSubject,
  correction: findCorrectionSubject,
  batch: findBatchSubject,
  task: findTaskSubject,
  committee: findCommitteeSubject,
  plan: findPlanSubject,
  judge: findJudgeSubject,
  meeting: findMeetingSubject,
};

export const SITE_NAME = '职称申报系统';

/** Builds everything from the settings; the only place that wires. */
export function compose(config: Config, databaseUrl: string, log: Logger): Composition {
  const db: Db = makeDb(databaseUrl, config.databasePool);
  const sessionPool = new pg.Pool({
    connectionString: databaseUrl,
    max: 4,
    // everything asked here is found by keys, so that one plan fits all; planned for each value, the long statements cost 5 to 11 ms five times on each connection
    options: '-c plan_cache_mode=force_generic_plan',
    min: 1,
    idleTimeoutMillis: 60_000,
    application_name: 'title-declaration sessions',
    // F13: asked first on every request, and answered in a millisecond or not at all: whoever cannot be recognised within seconds is told so
    connectionTimeoutMillis: SESSION_PATIENCE.away,
    lock_timeout: 1000,
    statement_timeout: 2000,
    query_timeout: 3000,
  });
  sessionPool.on('error', (e) => log.warn({ err: e }, 'idle session connection lost'));
  const storage = openStorage(config);
  const printer = createPrinter({
    cacheDir: path.join(config.dataDir, 'browser'),
    ...(config.browserPath ? { executablePath: config.browserPath } : {}),
    ...(config.extraFonts ? { extraFonts: config.extraFonts } : {}),
    log: (line) => log.info({ printer: true }, line),
  });
  const settings = createSettingsCache(db, config, (e) => log.warn({ err: e }, 'the settings cannot be loaded; the last known ones hold'));
  const site = {
    name: SITE_NAME,
    get supportPhone() {
      return settings.known().supportPhone;
    },
    demo: config.demo,
    secondFactor: config.secondFactor !== 'off',
  };
  const inspector = createFileInspector((line) => log.warn(line));
  const pdfPages = createPdfPages((line) => log.warn(line));
  const renderer = createRenderer(config.rootDir, site, !config.reloadViews);
  const cipher = createCipher({ ...config.secrets.cipher, indexKey: config.secrets.index });
  const metrics = createMetrics();
  const deps: Deps = {
    config,
    db,
    cipher,
    ballotKeys: createBallotKeys(path.join(config.dataDir, 'ballot-keys'), cipher),
    catalogue: createCatalogueCache(db),
    settings,
    storage,
    scanner: config.clamd ? clamdScanner(config.clamd) : undefined,
    inspector,
    pdfPages,
    printer,
    signer: signerOf(config),
    sms: config.smsGateway ? httpGateway(config.smsGateway) : outboxSender,
    learning: config.learningPlatform && httpPlatform(config.learningPlatform),
    renderer,
    jobs: createJobs(databaseUrl, log),
    meter: metrics.meter,
    log,
  };
  // what this process holds in memory is loaded anew when any process, or anybody at the database, has changed it
  const listener = listen(
    databaseUrl,
    'reference_changed',
    (what) => {
      if (what === undefined || what === 'catalogue') deps.catalogue.refresh();
      if (what === undefined || what === 'settings') settings.refresh();
    },
    (e) => log.warn({ err: e }, 'changes of catalogue and settings are not heard; connecting again'),
  );
  const isShown = (n: NavItem): boolean => (config.demo || n.text !== '演示时钟') && (!config.production || n.text !== '短信记录');
  const tokens = createOneTimeTokens(db, deps.cipher);
  const cookies = createSignedCookies(config.secrets.session, config.secureCookies);
  const mount: MountDeps = {
    renderer,
    tokens,
    cookies,
    devices: createDevices(cookies),
    openSession: (opened) => openSession(db, opened),
    kept: createKeptPosts(db, deps.cipher),
    loadActor: (id) => loadVisitor({ settings }, db, id),
    askSubject: (kind, id, { section }) => (kind === 'declaration' ? declarationQuestion(id, section) : undefined),
    loadSubject: async (kind, id, { section }) => {
      if (kind === 'declaration') {
        const question = declarationQuestion(id, section);
        return question && askQuestion(db, question);
      }
      const number = wholeNumber(id);
      if (number === undefined) return undefined;
      return subjectLoaders[kind](db, number);
    },
    now: async () => (await databaseNow(db)).now,
    moveDrafts: (from, to) => moveDrafts(db, from, to),
    navigation: (actor) => navigation(actor).filter(isShown),
    places: (actor) => placesOf(actor).filter(isShown),
    help: helpFor,
  };
  const readiness = createReadiness({ db, storage, ballotKeys: deps.ballotKeys, log });
  const admission = new Admission({
    active: config.maxActive,
    waiting: config.maxWaiting,
    uploads: config.maxUploads,
    patience: { page: 5000, save: 20_000 },
  });
  const line = new WaitingLine(cookies, config.webProcesses);
  metrics.watch({ db, sessionPool, printer, admission, log });
  const actors = { query: ACTOR_QUERY, read: (row: unknown) => visitorOfRow({ settings }, row) };
  const appOf = (routes: readonly Route[]): RequestListener =>
    createApp({ deps, routes, mount, sessionPool, actors, readiness, admission, line, metrics });
  return {
    deps,
    app: appOf(allRoutes(deps)),
    appOf,
    jobs: jobHandlers(deps, tokens),
    metrics,
    readiness,
    // the first connection, with its password checked, takes longer than a page
    warm: async () => void (await sessionPool.query('SELECT 1')),
    async stop() {
      readiness.drain();
      await listener.stop();
      await deps.jobs.stop();
      await inspector.close();
      await pdfPages.close();
      await printer.close();
      await sessionPool.end();
      await db.destroy();
    },
  };
}

/** The key of the settings; outside of production one of its own, which proves nothing to anybody else. */
function signerOf({ certificateKeyFile: file, production, dataDir }: Config): PdfSigner | undefined {
  if (file !== undefined) return pdfSigner(() => readFile(file, 'utf8'));
  return production ? undefined : pdfSigner(() => selfMadeKey(dataDir));
}
