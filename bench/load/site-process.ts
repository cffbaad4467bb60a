import path from 'node:path';
import type { Site } from '../../test/support/site';
import { startProcess, type Running } from './process';

const STARTED = /已启动：(http:\/\/[^\s/]+)/;

/** The site as it is run, one process of it, on the database and the data folder of a bench's own. */
export const startSite = ({ deps: { config } }: Site, env: Record<string, string> = {}): Promise<Running> =>
  startProcess(
    [path.join(config.rootDir, 'dist', 'src', 'main.js')],
    { DATABASE_URL: config.databaseUrl ?? '', DATA_DIR: config.dataDir, PORT: '0', DEMO: '0', LOG_LEVEL: 'error', ...env },
    STARTED,
  );

/** The bare program beside it, one process too. */
export const startFloor = ({ deps: { config } }: Site, uploads: string): Promise<Running> =>
  startProcess(
    ['--import', 'tsx', path.join(__dirname, '..', 'floor', 'server.ts')],
    { DATABASE_URL: config.databaseUrl ?? '', UPLOAD_DIR: uploads, PROCESSES: '1' },
    /listening (\d+)/,
  );
