import connectPgSimple from 'connect-pg-simple';
import type { Request } from 'express';
import session, { type Session, type SessionData } from 'express-session';
import type { Pool } from 'pg';
import { SessionsAwayError } from './errors';

type Callback = (e?: unknown) => void;

/** S19: however busy, a session ends this long after signing in. */
export const ABSOLUTE_HOURS = 12;

const PgStore = connectPgSimple(session);

/**
 * connect-pg-simple with three changes (docs/decisions). Sessions are found by the hash of their id: who reads the table cannot make a cookie of it (S17). Limits go by the database's clock (F12).
 * Only a session made by this request is inserted; one that was read is updated or, when it has been ended meanwhile, left ended (S21).
 */
export class SessionStore extends PgStore {
  readonly #known = new WeakSet<object>();

  constructor(
    private readonly pg: Pool,
    /** what stands in the table for a session id */
    private readonly keyOf: (sid: string) => string,
  ) {
    super({ pool: pg, tableName: 'sessions', pruneSessionInterval: false, disableTouch: true });
  }

  override get(sid: string, done: (e: unknown, session?: SessionData | null) => void): void {
    this.pg
      .query<{ sess: SessionData }>(
        `SELECT sess FROM sessions WHERE sid = $1 AND expire > now() AND began_at > now() - make_interval(hours => ${ABSOLUTE_HOURS})`,
        [this.keyOf(sid)],
      )
      .then(
        ({ rows }) => done(null, rows[0]?.sess ?? null),
        (e: unknown) => done(new SessionsAwayError(e)),
      );
  }

  override createSession(req: Request, data: SessionData): Session & SessionData {
    const made = super.createSession(req, data);
    this.#known.add(made);
    return made;
  }

  override set(sid: string, data: SessionData, done: Callback = () => undefined): void {
    const sql = this.#known.has(data)
      ? 'UPDATE sessions SET sess = $2, expire = now() + make_interval(secs => $3) WHERE sid = $1'
      : 'INSERT INTO sessions (sid, sess, expire) VALUES ($1, $2, now() + make_interval(secs => $3))';
    this.#known.add(data);
    this.pg.query(sql, [this.keyOf(sid), JSON.stringify(data), (data.cookie.originalMaxAge ?? 0) / 1000]).then(
      () => done(),
      (e: unknown) => {
        if (sql.startsWith('INSERT')) this.#known.delete(data);
        done(new SessionsAwayError(e));
      },
    );
  }

  override destroy(sid: string, done: Callback = () => undefined): void {
    super.destroy(this.keyOf(sid), (e) => done(e === undefined || e === null ? undefined : new SessionsAwayError(e)));
  }
}
