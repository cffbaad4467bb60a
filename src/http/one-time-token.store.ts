import { askPrepared, type Db, type Handle } from '../db/db';
import type { Cipher } from '../lib/cipher';

export interface StoredAnswer {
  to: string;
  /** the session that the first answer opened, so that a repeated sign-in lands in the same one */
  session?: string;
}
export type Claim = { kind: 'first' } | { kind: 'repeat'; answer: StoredAnswer } | { kind: 'running' };

/** How a form's token is claimed by the statement of the act itself, which is the answer too: see `CLAIM_FROM`. */
export interface ActClaim {
  /** the values of `CLAIM_FROM` for an act that leads to `to` */
  values(to: string): [token: string, owner: string, path: string, result: string];
  /** the values of `TAKE_CLAIM`, for an act whose answer is not known when it begins */
  taking: { claim: string; claimPath: string };
  /** what `TAKE_CLAIM` gave */
  taken(since: string): void;
}

/**
 * Part of an act's own statement, as a WITH query: claims the token and keeps the answer for each row of `source` (one or none); gives a row where nobody had claimed it.
 * Values: those of `ActClaim`.
 */
export const CLAIM_FROM = (source: string): string =>
  `INSERT INTO one_time_tokens (token, owner, path, result)
   SELECT CAST(? AS text), CAST(? AS text), CAST(? AS text), CAST(? AS jsonb) FROM ${source} ON CONFLICT (token) DO NOTHING RETURNING token`;

/**
 * Part of the first statement of an act whose answer comes later, as a WITH query: claims the token unless `claim` is null; gives a row where nobody had claimed it. Values: `owner`, and those of
 * `ActClaim.taking`.
 */
export const TAKE_CLAIM = `INSERT INTO one_time_tokens (token, owner, path)
   SELECT CAST(:claim AS text), CAST(:owner AS text), CAST(:claimPath AS text) WHERE CAST(:claim AS text) IS NOT NULL ON CONFLICT (token) DO NOTHING
   RETURNING created_at::text AS since`;

/** How a one-time token looks; anything else never was one, and the database is not asked about it. */
export const isOneTimeToken = (token: string): boolean => /^[A-Za-z0-9_-]{16,40}$/.test(token);

/**
 * A2, F04: a form is answered once. The token is claimed together with a digest of what was posted: the same form sent again gets the first answer,
 * a changed form sent from the same page (Back button) is a new act. A claim without an answer for a minute belongs to a process that died: it may be taken over.
 */
export function createOneTimeTokens(db: Db, cipher: Cipher) {
  /** since when this process holds a claim */
  const held = new Map<string, string>();
  /** claims that could not be given back, because the database was away: given back before the next one is made */
  const stranded = new Map<string, string>();
  const keyOf = (token: string, digest: string): string => `${token}.${digest.slice(0, 16)}`;
  // S17: an id of a session never lies readable in the database
  const stored = (answer: StoredAnswer): StoredAnswer =>
    answer.session === undefined ? answer : { ...answer, session: cipher.encrypt(answer.session, 'session-id').toString('base64') };
  const read = (stored: StoredAnswer): StoredAnswer =>
    stored.session === undefined ? stored : { ...stored, session: cipher.decrypt(Buffer.from(stored.session, 'base64'), 'session-id') };

  async function claim(token: string, owner: string, path: string, digest: string): Promise<Claim> {
    const key = keyOf(token, digest);
    await giveBack();
    // not waited for on the disk: the act that follows is, and the log is written in order, so that no act outlives its claim
    const [claimed] = await askPrepared<{ since: string }>(
      db,
      'token-claim',
      `INSERT INTO one_time_tokens (token, owner, path)
       SELECT CAST(? AS text), CAST(? AS text), CAST(? AS text) FROM set_config('synchronous_commit', 'off', true)
       ON CONFLICT (token) DO UPDATE SET created_at = now() WHERE one_time_tokens.result IS NULL AND one_time_tokens.created_at < now() - interval '1 minute'
       RETURNING created_at::text AS since`,
      [key, owner, path],
    );
    if (claimed) {
      held.set(key, claimed.since);
      return { kind: 'first' };
    }
    const found = await db<{ token: string; owner: string; path: string; result: StoredAnswer | null }>('one_time_tokens')
      .where({ token: key })
      .first();
    if (!found || found.owner !== owner || found.path !== path) return { kind: 'first' };
    return found.result ? { kind: 'repeat', answer: read(found.result) } : { kind: 'running' };
  }
  /**
   * What became of this form; undefined when it was not sent before. Claims nothing. What still runs after a minute belongs to a process that died.
   * `answeredWithin`: how long ago the answer may have been given; answers are kept for a day.
   */
  async function peek(
    token: string,
    owner: string,
    path: string,
    digest: string,
    answeredWithin: 'minute' | 'day',
  ): Promise<Exclude<Claim, { kind: 'first' }> | undefined> {
    if (!isOneTimeToken(token)) return undefined;
    const found = await db<{ token: string; owner: string; path: string; result: StoredAnswer | null }>('one_time_tokens')
      .where({ token: keyOf(token, digest), owner, path })
      .whereRaw("created_at > now() - CASE WHEN result IS NULL THEN interval '1 minute' ELSE CAST(? AS interval) END", [
        `1 ${answeredWithin}`,
      ])
      .first('result');
    if (!found) return undefined;
    return found.result ? { kind: 'repeat', answer: read(found.result) } : { kind: 'running' };
  }
  /** For an act that claims its token itself, in the statement that does it. */
  const claimBy = (token: string, owner: string, path: string, digest: string): ActClaim => ({
    values: (to) => [keyOf(token, digest), owner, path, JSON.stringify({ to } satisfies StoredAnswer)],
    taking: { claim: keyOf(token, digest), claimPath: path },
    taken: (since) => void held.set(keyOf(token, digest), since),
  });
  /** `h`: the transaction of the act itself, where the answer is known before it is committed: then no crash parts the two. */
  async function answer(token: string, digest: string, result: StoredAnswer, h: Handle = db): Promise<void> {
    await askPrepared(h, 'token-answer', 'UPDATE one_time_tokens SET result = ?::jsonb WHERE token = ?', [
      JSON.stringify(stored(result)),
      keyOf(token, digest),
    ]);
    // inside a transaction nothing is certain yet: see `done`
    if (h === db) done(token, digest);
  }
  /** For an act that keeps its answer itself, in the statement that does it: the claim's key and the answer as JSON. */
  const answerOf = (token: string, digest: string, result: StoredAnswer): { claim: string; answer: string } => ({
    claim: keyOf(token, digest),
    answer: JSON.stringify(stored(result)),
  });
  /** What was answered inside the act's own transaction is committed: this process has nothing to give back. */
  function done(token: string, digest: string): void {
    held.delete(keyOf(token, digest));
  }
  /** After a refusal or an error the same form may be sent again. An act that was committed with its answer keeps it. */
  async function release(token: string, digest: string): Promise<void> {
    const key = keyOf(token, digest);
    const since = held.get(key);
    held.delete(key);
    if (since !== undefined) stranded.set(key, since);
    await giveBack();
  }
  async function giveBack(): Promise<void> {
    // with the moment of the claim, so that nobody's later one is given back
    for (const [key, since] of [...stranded]) {
      await db('one_time_tokens').where({ token: key }).whereRaw('created_at = ?::timestamptz', [since]).whereNull('result').delete();
      stranded.delete(key);
    }
  }
  async function prune(): Promise<number> {
    return db('one_time_tokens').whereRaw("created_at < now() - interval '1 day'").delete();
  }
  return { claim, claimBy, peek, answer, answerOf, done, release, prune };
}
export type OneTimeTokens = ReturnType<typeof createOneTimeTokens>;
