import path from 'node:path';
import type { Express } from 'express';
import pg from 'pg';
import { pino, type Logger } from 'pino';
import { createPrinter } from './adapters/printing';
import { FsStorage } from './adapters/storage';
import { createApp } from './app';
import type { Config } from './config';
import { answers, makeDb, type Db } from './db/db';
import type { Deps } from './deps';
import type { MountDeps } from './http/mount';
import { createOneTimeTokens } from './http/one-time-token.store';
import { createRenderer } from './http/render';
import { createJobs, type JobHandlers } from './jobs/jobs';
import { createCipher } from './lib/cipher';
import { jobHandlers } from './job-handlers';
import { navigation } from './navigation';
import { findActor } from './modules/accounts';
import { createCatalogueCache } from './modules/catalogue';
import { findDeclarationSubject } from './modules/declarations';
import { findPathSubject } from './modules/paths';
import { findPermissionSubject } from './modules/units';
import { allRoutes } from './routes';

export interface Composition {
  deps: Deps;
  app: Express;
  jobs: JobHandlers;
  stop: () => Promise<void>;
}

export const SITE_NAME = '职称申报系统';

/** A number out of an address, or undefined. */
const idOf = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined);

/** Builds everything from the settings; the only place that wires. */
export function compose(config: Config, databaseUrl: string, log: Logger): Composition {
  const db: Db = makeDb(databaseUrl, config.databasePool);
  const sessionPool = new pg.Pool({ connectionString: databaseUrl, max: 4, application_name: 'title-declaration sessions' });
  sessionPool.on('error', (e) => log.warn({ err: e }, 'idle session connection lost'));
  const storage = new FsStorage(path.join(config.dataDir, 'blobs'));
  const printer = createPrinter({
    cacheDir: path.join(config.dataDir, 'browser'),
    ...(config.browserPath ? { executablePath: config.browserPath } : {}),
    log: (line) => log.info({ printer: true }, line),
  });
  const site = { name: SITE_NAME, supportPhone: config.supportPhone, demo: config.demo };
  const renderer = createRenderer(config.rootDir, site, config.production || config.demo);
  const deps: Deps = {
    config,
    db,
    cipher: createCipher({ ...config.secrets.cipher, indexKey: config.secrets.index }),
    catalogue: createCatalogueCache(db),
    storage,
    printer,
    renderer,
    jobs: createJobs(databaseUrl, log),
    log,
  };
  const tokens = createOneTimeTokens(db);
  const mount: MountDeps = {
    renderer,
    tokens,
    loadActor: (id) => findActor(db, id),
    loadSubject: async (kind, id) => {
      if (kind === 'declaration') return findDeclarationSubject(db, id);
      const number = idOf(id);
      if (number === undefined) return undefined;
      return kind === 'path' ? findPathSubject(db, number) : findPermissionSubject(db, number);
    },
    navigation: (actor) => navigation(actor).filter((n) => config.demo || n.text !== '演示时钟'),
  };
  let stopping = false;
  const app = createApp({
    deps,
    routes: allRoutes(deps),
    mount,
    sessionPool,
    isReady: async () => !stopping && (await answers(db)),
  });
  return {
    deps,
    app,
    jobs: jobHandlers(deps, tokens),
    async stop() {
      stopping = true;
      await deps.jobs.stop();
      await printer.close();
      await sessionPool.end();
      await db.destroy();
    },
  };
}

/** Structured log lines; names of fields that could hold personal data are never written. */
export function makeLogger(level: string): Logger {
  return pino({ level, redact: { paths: ['req.headers', 'res.headers', '*.password', '*.idNumber', '*.mobile'], remove: true } });
}
