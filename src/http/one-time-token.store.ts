import type { Db } from '../db/db';
import type { Cipher } from '../lib/cipher';

export interface StoredAnswer {
  to: string;
  /** the session that the first answer opened, so that a repeated sign-in lands in the same one */
  session?: string;
}
export type Claim = { kind: 'first' } | { kind: 'repeat'; answer: StoredAnswer } | { kind: 'running' };

/**
 * A2, F04: a form is answered once. The token is claimed together with a digest of what was posted: the same form sent again gets the first answer,
 * a changed form sent from the same page (Back button) is a new act. A claim without an answer for a minute belongs to a process that died: it may be taken over.
 */
export function createOneTimeTokens(db: Db, cipher: Cipher) {
  const read = (stored: StoredAnswer): StoredAnswer =>
    stored.session === undefined ? stored : { ...stored, session: cipher.decrypt(Buffer.from(stored.session, 'base64'), 'session-id') };

  async function claim(token: string, owner: string, path: string, digest: string): Promise<Claim> {
    const key = `${token}.${digest.slice(0, 16)}`;
    const { rows } = await db.raw<{ rows: unknown[] }>(
      `INSERT INTO one_time_tokens (token, owner, path) VALUES (?, ?, ?)
       ON CONFLICT (token) DO UPDATE SET created_at = now() WHERE one_time_tokens.result IS NULL AND one_time_tokens.created_at < now() - interval '1 minute'
       RETURNING 1`,
      [key, owner, path],
    );
    if (rows.length > 0) return { kind: 'first' };
    const found = await db<{ token: string; owner: string; path: string; result: StoredAnswer | null }>('one_time_tokens')
      .where({ token: key })
      .first();
    if (!found || found.owner !== owner || found.path !== path) return { kind: 'first' };
    return found.result ? { kind: 'repeat', answer: read(found.result) } : { kind: 'running' };
  }
  /** What became of this form within the last minute; undefined when it was not sent before. Claims nothing. */
  async function peek(token: string, owner: string, path: string, digest: string): Promise<Exclude<Claim, { kind: 'first' }> | undefined> {
    const found = await db<{ token: string; owner: string; path: string; result: StoredAnswer | null }>('one_time_tokens')
      .where({ token: `${token}.${digest.slice(0, 16)}`, owner, path })
      .whereRaw("created_at > now() - interval '1 minute'")
      .first('result');
    if (!found) return undefined;
    return found.result ? { kind: 'repeat', answer: read(found.result) } : { kind: 'running' };
  }
  async function answer(token: string, digest: string, result: StoredAnswer): Promise<void> {
    await db('one_time_tokens')
      .where({ token: `${token}.${digest.slice(0, 16)}` })
      .update({
        // S17: an id of a session never lies readable in the database
        result: JSON.stringify(
          result.session === undefined ? result : { ...result, session: cipher.encrypt(result.session, 'session-id').toString('base64') },
        ),
      });
  }
  /** After a refusal or an error the same form may be sent again. */
  async function release(token: string, digest: string): Promise<void> {
    await db('one_time_tokens')
      .where({ token: `${token}.${digest.slice(0, 16)}` })
      .whereNull('result')
      .delete();
  }
  async function prune(): Promise<number> {
    return db('one_time_tokens').whereRaw("created_at < now() - interval '1 day'").delete();
  }
  return { claim, peek, answer, release, prune };
}
export type OneTimeTokens = ReturnType<typeof createOneTimeTokens>;
