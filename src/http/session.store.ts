import connectPgSimple from 'connect-pg-simple';
import type { Request } from 'express';
import session, { type Session, type SessionData } from 'express-session';
import { DatabaseError, type Pool } from 'pg';
import { numberPlaces } from '../db/db';
import type { Actor } from '../policy/actor';
import { SessionsAwayError } from './errors';
import type { FirstQuestion } from './first-question';

type Callback = (e?: unknown) => void;

/** How the account of a session is read together with it. */
export interface SessionActors {
  /** SQL that ends where the account's id is to stand */
  query: string;
  read: (row: unknown) => Promise<Actor>;
}

/** What is read with a session that somebody is signed in to. */
interface Brought {
  actor?: Actor;
  /** row: as `Question.read` takes it */
  answer?: { question: FirstQuestion; row: object | undefined };
}

/** found: undefined when nothing was asked besides, null when nothing answers the question */
interface Row {
  sess: SessionData;
  actor: unknown;
  found?: true | null;
}

/** S19: however busy, a session ends this long after signing in. */
export const ABSOLUTE_HOURS = 12;

const UPDATE = {
  name: 'session-update',
  text: 'UPDATE sessions SET sess = $2, expire = now() + make_interval(secs => $3) WHERE sid = $1',
};
const INSERT = {
  name: 'session-insert',
  text: 'INSERT INTO sessions (sid, sess, expire) VALUES ($1, $2, now() + make_interval(secs => $3))',
};

const secondsOf = (data: Pick<SessionData, 'cookie'>): number => (data.cookie.originalMaxAge ?? 0) / 1000;
/** What a session says, without the moment when its cookie ends, which moves on by itself. */
const wordingOf = (data: Pick<SessionData, 'cookie'>): string => JSON.stringify({ ...data, cookie: data.cookie.originalMaxAge });

/**
 * For how long a request waits for one of the pool's connections, in ms. While sessions are answered, waiting means that many come at once, and everybody waits as long as a
 * reader of a page does (compose.ts, patience); once one was not answered, they are away, and whoever comes is told soon (F13).
 */
export const SESSION_PATIENCE = { answering: 5000, away: 2000 };

const PgStore = connectPgSimple(session);

/**
 * connect-pg-simple with six changes (docs/decisions). A session and the account that is signed in to it are read by one query (`actorOf`), and by the same one what the request asks first
 * (`withQuestion`). Sessions are found by the hash of their id: who reads the table cannot make a cookie of it (S17). Limits go by the database's clock (F12). How long one waits depends on whether sessions are answered (`SESSION_PATIENCE`).
 * Only a session made by this request is inserted; one that was read is updated or, when it has been ended meanwhile, left ended (S21).
 */
export class SessionStore extends PgStore {
  readonly #known = new WeakSet<object>();
  /** what this request has written of a session */
  readonly #written = new WeakMap<object, string>();
  readonly #read = new WeakMap<object, Brought>();
  readonly #visitors = new WeakMap<Request, Brought & { accountId: number }>();
  #question: (() => FirstQuestion | undefined) | undefined;

  constructor(
    private readonly pg: Pool,
    /** what stands in the table for a session id */
    private readonly keyOf: (sid: string) => string,
    private readonly actors: SessionActors,
    private readonly patience = SESSION_PATIENCE,
  ) {
    super({ pool: pg, tableName: 'sessions', pruneSessionInterval: false, disableTouch: true });
  }

  /** Sessions have been answered, or have not been. @returns what it is given */
  #heard<T>(what: 'answering' | 'away', result: T): T {
    this.pg.options.connectionTimeoutMillis = this.patience[what];
    return result;
  }

  /** M1: `work` begins to read the session of one request; for somebody signed in the statement that does answers this question too (`answerOf`). */
  withQuestion(question: () => FirstQuestion | undefined, work: () => void): void {
    this.#question = question;
    try {
      work();
    } finally {
      this.#question = undefined;
    }
  }

  override get(sid: string, done: (e: unknown, session?: SessionData | null) => void): void {
    const question = this.#question?.();
    this.#question = undefined;
    this.#ask(sid, question)
      .then(
        (found) => this.#heard('answering', found),
        (e: unknown) => {
          throw this.#heard('away', new SessionsAwayError(e));
        },
      )
      .then(async (row) => {
        if (!row) return null;
        const { sess, actor, found, ...columns } = row;
        if (actor !== null)
          this.#read.set(sess, {
            actor: await this.actors.read(actor),
            ...(question && found !== undefined ? { answer: { question, row: found ? columns : undefined } } : {}),
          });
        return sess;
      })
      .then(
        (sess) => done(null, sess),
        (e: unknown) => done(e instanceof SessionsAwayError ? e : new SessionsAwayError(e)),
      );
  }

  /** A question that the server cannot answer (its tables are held, say) is no fault of the sessions: they are then asked alone, and whoever needs the answer asks for it. */
  async #ask(sid: string, question: FirstQuestion | undefined): Promise<Row | undefined> {
    const key = this.keyOf(sid);
    if (question) {
      try {
        return (await this.pg.query<Row>({ ...this.#statement(question), values: [key, ...question.about.values] })).rows[0];
      } catch (e) {
        if (!(e instanceof DatabaseError)) throw e;
      }
    }
    return (await this.pg.query<Row>({ ...this.#statement(), values: [key] })).rows[0];
  }

  readonly #statements = new Map<string, { name: string; text: string }>();
  #statement(question?: FirstQuestion): { name: string; text: string } {
    const name = question ? `session+${question.about.name}` : 'session';
    let statement = this.#statements.get(name);
    if (!statement) {
      // OFFSET 0 keeps the planner from asking first and looking afterwards for whom: nothing is looked up for nobody
      const [columns, join] = question
        ? [
            ', q.*',
            `LEFT JOIN LATERAL (SELECT true AS found, f.* FROM (${numberPlaces(question.about.text, 2)}) f WHERE x.id IS NOT NULL OFFSET 0) q ON true`,
          ]
        : ['', ''];
      const text = `SELECT s.sess, row_to_json(x) AS actor${columns} FROM sessions s LEFT JOIN LATERAL (${this.actors.query} (s.sess ->> 'accountId')::bigint) x ON true ${join}
         WHERE s.sid = $1 AND s.expire > now() AND s.began_at > now() - make_interval(hours => ${ABSOLUTE_HOURS})`;
      this.#statements.set(name, (statement = { name, text }));
    }
    return statement;
  }

  override createSession(req: Request, data: SessionData): Session & SessionData {
    const { accountId } = data;
    if (accountId !== undefined) this.#visitors.set(req, { accountId, ...this.#read.get(data) });
    const made = super.createSession(req, data);
    this.#known.add(made);
    return made;
  }

  #broughtFor(req: Request): Brought | undefined {
    const found = this.#visitors.get(req);
    return found && found.accountId === (req.session as SessionData | undefined)?.accountId ? found : undefined;
  }

  /** The signed-in account as it was when this request's session was read: with the rights of that moment; undefined when it was disabled or is gone. */
  actorOf(req: Request): Actor | undefined {
    return this.#broughtFor(req)?.actor;
  }

  /** What `withQuestion` brought for the signed-in account of this request; undefined when nothing was asked for it. */
  answerOf(req: Request): Brought['answer'] {
    return this.#broughtFor(req)?.answer;
  }

  /** A session without anything in it takes the place of this request's; `written` says when the table has it, and no longer the old one. */
  renew(req: Request): void {
    (this as unknown as { generate: (req: Request) => void }).generate(req);
  }

  /** What the table holds of a session. */
  rowOf(req: Request): { sid: string; content: string; seconds: number } {
    const { session: data } = req;
    return { sid: this.keyOf(req.sessionID), content: JSON.stringify(data), seconds: secondsOf(data) };
  }

  /** The table has this request's session as it is now. */
  written(req: Request): void {
    this.#known.add(req.session);
    this.#written.set(req.session, wordingOf(req.session));
  }

  override set(sid: string, data: SessionData, done: Callback = () => undefined): void {
    // express-session writes a session whose id has changed once more at the end of the request
    const wording = wordingOf(data);
    if (this.#written.get(data) === wording) return done();
    const isKnown = this.#known.has(data);
    this.#known.add(data);
    const values = [this.keyOf(sid), JSON.stringify(data), secondsOf(data)];
    this.pg.query({ ...(isKnown ? UPDATE : INSERT), values }).then(
      () => {
        this.#written.set(data, wording);
        done();
      },
      (e: unknown) => {
        if (!isKnown) this.#known.delete(data);
        done(new SessionsAwayError(e));
      },
    );
  }

  override destroy(sid: string, done: Callback = () => undefined): void {
    super.destroy(this.keyOf(sid), (e) => done(e === undefined || e === null ? undefined : new SessionsAwayError(e)));
  }
}
