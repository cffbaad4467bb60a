import { Pool, type PoolClient } from 'pg';
import { SessionStore } from '../../src/http/session.store';
import { freshDatabase } from '../support/database';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: Pool;
let store: SessionStore;

beforeAll(async () => {
  database = await freshDatabase();
  // one connection, held by the test: everybody else waits in line for it
  pool = new Pool({ connectionString: database.url, max: 1, connectionTimeoutMillis: 1000, lock_timeout: 100 });
  const actors = { query: 'SELECT 1 AS id WHERE 0 =', read: () => Promise.reject(new Error('nobody is signed in')) };
  store = new SessionStore(pool, (sid) => sid, actors, { answering: 60_000, away: 1000 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** 「nobody」: answered, there is no such session; otherwise what kept it from being answered */
const ask = (): Promise<string> =>
  new Promise((resolve) => store.get('x', (e, found) => resolve(e ? (e as Error).name : found ? 'somebody' : 'nobody')));
const beside = (work: Promise<string>): Promise<string> =>
  Promise.race([work, new Promise<string>((resolve) => setTimeout(() => resolve('still waiting'), 1500))]);

describe('F13 how long a request waits for its session', () => {
  it('waits its turn while sessions are answered, is told soon once they are not, and waits again when they are', async () => {
    let held: PoolClient = await pool.connect();
    // not known yet whether they are answered
    expect(await ask()).toBe('SessionsAwayError');
    held.release();
    expect(await ask()).toBe('nobody');

    held = await pool.connect();
    const waiting = ask();
    expect(await beside(waiting)).toBe('still waiting');
    held.release();
    expect(await waiting).toBe('nobody');

    const lock = new Pool({ connectionString: database.url, max: 1 });
    const locking = await lock.connect();
    await locking.query('BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE');
    expect(await ask()).toBe('SessionsAwayError');
    await locking.query('ROLLBACK');
    locking.release();
    await lock.end();
    held = await pool.connect();
    expect(await ask()).toBe('SessionsAwayError');
    held.release();
    expect(await ask()).toBe('nobody');
  });
});
