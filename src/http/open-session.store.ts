import { askPrepared, type Db } from '../db/db';
import { DEVICES_PER_ACCOUNT } from './devices.store';

export interface OpenedSession {
  accountId: number;
  /** what the table calls the session that this one replaces, and the new one */
  ended: string;
  sid: string;
  /** the new session as JSON, and how many seconds it may lie unused */
  content: string;
  seconds: number;
  /** hash of its form token: pages with it are shown to this account from now on (A9) */
  form: Buffer;
  /** hash of the browser's cookie: from now on it is known to the account (S02) */
  device: Buffer;
  /** the claim of the form that was answered by this, and its answer */
  claim: string;
  answer: string;
}

/**
 * Part of a statement that signs somebody in, as WITH queries after one named `account`, which gives one row when the account may be signed in to (and holds that row, so that nobody
 * disables it meanwhile) or none. Values: those of `OpenedSession`. `alsoKnown`: what else is set of a browser that the account knows already.
 */
export const OPENING = (alsoKnown = ''): string => `
    ended AS (DELETE FROM sessions WHERE sid = :ended AND EXISTS (SELECT 1 FROM account)),
    opened AS (INSERT INTO sessions (sid, sess, expire)
      SELECT CAST(:sid AS text), CAST(:content AS json), now() + make_interval(secs => CAST(:seconds AS float8)) FROM account),
    shown AS (INSERT INTO session_forms (token_hash, account_id) SELECT CAST(:form AS bytea), id FROM account ON CONFLICT (token_hash) DO NOTHING),
    known AS (INSERT INTO device_cookies (token_hash, account_id) SELECT CAST(:device AS bytea), id FROM account
      ON CONFLICT (token_hash, account_id) DO UPDATE SET last_used_at = now()${alsoKnown}),
    forgotten AS (DELETE FROM device_cookies WHERE account_id = (SELECT id FROM account) AND token_hash IN
      (SELECT token_hash FROM device_cookies WHERE account_id = CAST(:accountId AS bigint) AND token_hash IN
        (SELECT token_hash FROM device_cookies WHERE account_id = CAST(:accountId AS bigint) AND token_hash <> CAST(:device AS bytea)
          ORDER BY last_used_at DESC OFFSET ${DEVICES_PER_ACCOUNT - 1})
        FOR UPDATE SKIP LOCKED)),
    answered AS (UPDATE one_time_tokens SET result = CAST(:answer AS jsonb) WHERE token = :claim AND EXISTS (SELECT 1 FROM account))`;

const OPEN = `WITH account AS (SELECT id FROM accounts WHERE id = CAST(:accountId AS bigint) AND disabled_at IS NULL FOR SHARE), ${OPENING()} SELECT 1 FROM account`;

/**
 * A1, S03, S16: somebody is signed in, by one statement that is its own transaction: the old session ends, the new one begins, its pages and this browser are the account's, and the form has
 * its answer. Of the browsers that an account knows the oldest are forgotten, but for those somebody signs in with at this moment.
 * @returns false when the account has been disabled or is gone; then nothing is written
 */
export async function openSession(db: Db, opened: OpenedSession): Promise<boolean> {
  const done = await askPrepared(db, 'session-open', OPEN, { ...opened });
  return done.length > 0;
}
