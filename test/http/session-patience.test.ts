import { Pool } from 'pg';
import { SESSION_PATIENCE, SessionStore } from '../../src/http/session.store';
import { freshDatabase } from '../support/database';

/** both long enough for a busy machine: which of them holds is what the test looks at */
const PATIENCE = { answering: 60_000, away: 30_000 };
let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: Pool;
let store: SessionStore;

beforeAll(async () => {
  database = await freshDatabase();
  // one connection, held by the test: everybody else waits in line for it
  pool = new Pool({ connectionString: database.url, max: 1, connectionTimeoutMillis: PATIENCE.away, lock_timeout: 100 });
  const actors = { query: 'SELECT 1 AS id WHERE 0 =', read: () => Promise.reject(new Error('nobody is signed in')) };
  store = new SessionStore(pool, (sid) => sid, actors, PATIENCE);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** 「nobody」: answered, there is no such session; otherwise what kept it from being answered */
const ask = (): Promise<string> =>
  new Promise((resolve) => store.get('x', (e, found) => resolve(e ? (e as Error).name : found ? 'somebody' : 'nobody')));
const beside = (work: Promise<string>): Promise<string> =>
  Promise.race([work, new Promise<string>((resolve) => setTimeout(() => resolve('still waiting'), 200))]);

describe('F13 how long a request waits for its session', () => {
  it('waits its turn while sessions are answered; whoever comes once they are not waits shortly, until they are again', async () => {
    expect(await ask()).toBe('nobody');
    expect(pool.options.connectionTimeoutMillis).toBe(PATIENCE.answering);
    const held = await pool.connect();
    const waiting = ask();
    expect(await beside(waiting)).toBe('still waiting');
    held.release();
    expect(await waiting).toBe('nobody');

    const lock = new Pool({ connectionString: database.url, max: 1 });
    const locking = await lock.connect();
    await locking.query('BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE');
    expect(await ask()).toBe('SessionsAwayError');
    expect(pool.options.connectionTimeoutMillis).toBe(PATIENCE.away);
    await locking.query('ROLLBACK');
    locking.release();
    await lock.end();
    expect(await ask()).toBe('nobody');
    expect(pool.options.connectionTimeoutMillis).toBe(PATIENCE.answering);
  });

  it('as long as for a page, and shorter when they are away', () => {
    expect(SESSION_PATIENCE).toEqual({ answering: 5000, away: 2000 });
  });
});
