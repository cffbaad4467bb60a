import path from 'node:path';
import pg from 'pg';
import { startEmbedded } from './embedded-pg';

const DATABASE = 'title_declaration';

/** The part of the settings that says where the database is; Config fits. */
export interface DatabaseSettings {
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
}

export interface OpenDatabase {
  url: string;
  kind: 'embedded' | 'external';
  /** the embedded server was running before: somebody else may be using it */
  wasRunning: boolean;
  /** ends the embedded server unless another process of this installation still uses it; nothing for an external one. Own connections must be closed before */
  stop: () => Promise<void>;
}

/**
 * The database of this installation: the one that DATABASE_URL names, else the embedded server, which is started, or taken over where it runs already.
 * A command leaves a server alone that was running before it came (`wasRunning`).
 */
export async function openDatabase({ databaseUrl, dataDir }: DatabaseSettings): Promise<OpenDatabase> {
  if (databaseUrl !== undefined) return { url: databaseUrl, kind: 'external', wasRunning: true, stop: () => Promise.resolve() };
  const server = await startEmbedded({ dataDir: path.join(dataDir, 'postgres'), preferredPort: 54329 });
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
  return {
    url: server.url(DATABASE),
    kind: 'embedded',
    wasRunning: server.adopted,
    stop: async () => {
      if (!(await isUsed(server.url()))) await server.stop();
    },
  };
}

/** Whether anybody is connected to our database: a second `npm start` in the same folder shares the embedded server with the first. */
async function isUsed(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_stat_activity WHERE datname = $1 LIMIT 1', [DATABASE]);
    return (rowCount ?? 0) > 0;
  } finally {
    await client.end();
  }
}
