import pg from 'pg';
import type { Logger } from 'pino';

export interface LookOut {
  /** how often a worker looks for others that are gone, in ms */
  every: number;
  /** somebody is gone whose lock was free for so long without a pause, in ms: long enough to connect again after the database was restarted */
  gone: number;
}
const USUAL: LookOut = { every: 5000, gone: 15_000 };
/** A worker that has lost its connection takes its lock back after so long, in ms. */
const AGAIN_MS = 1000;

const KEY = (name: string): string => `hashtextextended('job worker ' || ${name}, 0)`;

/** Who is registered, holds jobs and no lock. The lock's 64 bits stand in two columns. */
const WITHOUT_LOCK = `
  SELECT w.pool FROM job_workers w
  WHERE NOT EXISTS (
    SELECT 1 FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (l.classid::bigint << 32) | l.objid::bigint = ${KEY('w.pool')})`;

export interface LivingWorkers {
  /** Says that the pool of this name lives in this process: before it takes its first job, since nobody gives back jobs of a pool that never was registered. Once. */
  begin: (pool: string) => Promise<void>;
  stop: () => Promise<void>;
}

/**
 * F01: jobs of a process that was killed. The queue holds a job back for hours after its worker is gone, since it cannot know; here each process holds an advisory lock on a connection of its
 * own, which the database gives free when the process dies, and all look for pools without one and give their jobs back (`force_unlock_workers`, the queue's own function). Whoever
 * has just lost its connection itself looks on for a while before it believes anything of others.
 */
export function createLivingWorkers(connectionString: string, log: Logger, { every, gone } = USUAL): LivingWorkers {
  let client: pg.Client | undefined;
  let mine: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** the look that is under way: it may be about to register this worker anew */
  let looking: Promise<void> = Promise.resolve();
  let isOver = false;
  /** pools without a lock, since when: this machine's steady clock */
  let missed = new Map<string, number>();

  const address: pg.ClientConfig = {
    connectionString,
    application_name: 'title-declaration worker',
    keepAlive: true,
    connectionTimeoutMillis: 5000,
    query_timeout: 10_000,
  };

  const connect = async (pool: string): Promise<pg.Client> => {
    const made = new pg.Client(address);
    // its end is found by the next look
    made.on('error', (e) => log.warn({ err: e }, 'the connection that holds this worker’s lock is lost'));
    await made.connect();
    try {
      // a machine that lost its power says nothing: the database asks for it after ten seconds
      await made.query('SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3');
      await made.query(`SELECT pg_advisory_lock(${KEY('$1')})`, [pool]);
      await made.query('INSERT INTO job_workers (pool) VALUES ($1) ON CONFLICT DO NOTHING', [pool]);
    } catch (e) {
      await made.end().catch(() => undefined);
      throw e;
    }
    return made;
  };

  /** On the connection that holds the lock, or on a new one: it may just have been lost, and not been missed yet. */
  const signOff = async (pool: string): Promise<void> => {
    const forget = 'DELETE FROM job_workers WHERE pool = $1';
    try {
      if (client) return void (await client.query(forget, [pool]));
    } catch (e) {
      log.debug({ err: e }, 'the connection of this worker is lost: signing off on another one');
    }
    const other = new pg.Client(address);
    other.on('error', () => undefined); // what fails is told by the call that fails
    try {
      await other.connect();
      await other.query(forget, [pool]);
    } finally {
      await other.end().catch(() => undefined);
    }
  };

  const look = async (at: pg.Client): Promise<void> => {
    const { rows } = await at.query<{ pool: string }>(WITHOUT_LOCK);
    const now = performance.now();
    missed = new Map(rows.map(({ pool }) => [pool, missed.get(pool) ?? now]));
    const dead = [...missed].filter(([, since]) => now - since >= gone).map(([pool]) => pool);
    if (dead.length === 0) return;
    await at.query('BEGIN');
    const { rows: freed } = await at.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM graphile_worker.jobs WHERE locked_by = ANY ($1)',
      [dead],
    );
    await at.query('SELECT graphile_worker.force_unlock_workers($1)', [dead]);
    await at.query('DELETE FROM job_workers WHERE pool = ANY ($1)', [dead]);
    await at.query('COMMIT');
    log.warn({ workers: dead.length, jobs: freed[0]?.n }, 'workers are gone without a word: their jobs are given back');
  };

  const turn = async (pool: string): Promise<void> => {
    try {
      if (!client) {
        missed.clear();
        client = await connect(pool);
      }
      await look(client);
    } catch (e) {
      log.warn({ err: e }, 'other workers cannot be looked for; trying again');
      await client?.end().catch(() => undefined);
      client = undefined;
    }
    if (!isOver) wait(pool, client ? every : AGAIN_MS);
  };
  const wait = (pool: string, ms: number): void => {
    timer = setTimeout(() => {
      looking = turn(pool);
    }, ms).unref();
  };

  return {
    async begin(pool) {
      mine = pool;
      const first = connect(pool).then((made) => void (client = made));
      looking = first.catch(() => undefined); // told to who begins
      await first;
      if (!isOver) wait(pool, every);
    },
    async stop() {
      isOver = true;
      clearTimeout(timer);
      await looking;
      if (mine === undefined) return;
      try {
        await signOff(mine);
      } catch (e) {
        log.warn({ err: e }, 'this worker could not sign off: others will miss it');
      }
      await client?.end().catch(() => undefined);
      client = undefined;
    },
  };
}
