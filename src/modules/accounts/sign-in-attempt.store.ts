import { APPEND_NAMED_FROM, auditFields, type AuditEntry } from '../../audit/audit.store';
import { askPrepared, type Handle } from '../../db/db';
import { TAKE_CLAIM, type ActClaim } from '../../http/one-time-token.store';
import { OPENING, type OpenedSession } from '../../http/open-session.store';
import { isUuid } from '../../lib/ids';
import type { Role } from '../../policy/actor';
import type { CaptchaVerdict } from './captcha.store';

export const MAX_TRIES = 5;

/** The account behind a name that somebody signs in with. */
export interface SignInAccount {
  id: number;
  role: Role;
  displayName: string;
  passwordHash: string;
  isDisabled: boolean;
}

type AccountCounter = { account: number } | { account: number; device: Buffer };

/** Whose tries are counted: an account's second factor (S10); an account, under whichever of its names; the same from a browser known to it, apart (S02); or a name that belongs to nobody. */
export type Counter = { factorOf: number } | AccountCounter | { unknownName: Buffer };

/** allowed: the try may be compared, it is number `n` · locked: it may not; `until` is when the lock opens (database clock) */
export type Attempt = { kind: 'allowed'; n: number; lockedUntil: Date | null } | { kind: 'locked'; until: Date };

// One statement counts the try before anything is compared, so whatever the interleaving at most five of a burst are compared (S01).
// A lock that has run out starts the count anew; a lock that runs is not touched, so tries during it neither count nor prolong it.
const countUp = (table: string): string => `
  failed_count = CASE WHEN ${table}.locked_until IS NULL THEN ${table}.failed_count + 1 ELSE 1 END,
  locked_until = CASE WHEN ${table}.locked_until IS NULL AND ${table}.failed_count + 1 >= ${MAX_TRIES} THEN app_now() + interval '15 minutes' END`;

interface CountRow {
  failed_count: number;
  locked_until: Date | null;
}

const OPEN = '(locked_until IS NULL OR locked_until <= app_now())';

const keyOf = (c: Counter): { table: string; where: Record<string, number | Buffer> } =>
  'unknownName' in c
    ? { table: 'sign_in_failures', where: { name_index: c.unknownName } }
    : 'factorOf' in c
      ? { table: 'second_factors', where: { account_id: c.factorOf } }
      : 'device' in c
        ? { table: 'device_cookies', where: { token_hash: c.device, account_id: c.account } }
        : { table: 'accounts', where: { id: c.account } };

function count(h: Handle, c: Counter): Promise<{ rows: CountRow[] }> {
  if ('unknownName' in c) {
    return h.raw<{ rows: CountRow[] }>(
      `INSERT INTO sign_in_failures AS f (name_index, failed_count) VALUES (?, 1)
       ON CONFLICT (name_index) DO UPDATE SET ${countUp('f')}, updated_at = app_now() WHERE f.locked_until IS NULL OR f.locked_until <= app_now()
       RETURNING failed_count, locked_until`,
      [c.unknownName],
    );
  }
  if ('factorOf' in c)
    return h.raw<{ rows: CountRow[] }>(
      `UPDATE second_factors SET ${countUp('second_factors')} WHERE account_id = ? AND ${OPEN} RETURNING failed_count, locked_until`,
      [c.factorOf],
    );
  return 'device' in c
    ? h.raw<{ rows: CountRow[] }>(
        `UPDATE device_cookies SET ${countUp('device_cookies')} WHERE token_hash = ? AND account_id = ? AND ${OPEN} RETURNING failed_count, locked_until`,
        [c.device, c.account],
      )
    : h.raw<{ rows: CountRow[] }>(
        `UPDATE accounts SET ${countUp('accounts')} WHERE id = ? AND ${OPEN} RETURNING failed_count, locked_until`,
        [c.account],
      );
}

/** What a sign-in begins with. */
export interface BeginInput {
  captchaId: string;
  /** the browser session that the captcha was drawn for */
  owner: string;
  /** what `useCaptcha` compares */
  answerHash: Buffer;
  nameIndex: Buffer;
  /** hash of the cookie of a browser that somebody has signed in with */
  device: Buffer | undefined;
  /** how this statement claims the form's token; undefined when it is claimed already */
  claim: ActClaim | undefined;
}
/** repeated: the form's token was claimed before, and nothing is done · `counter`: undefined when the name belongs to nobody */
export type Begun =
  | 'repeated'
  | { captcha: Exclude<CaptchaVerdict, 'right'> }
  | { captcha: 'right'; account: SignInAccount | undefined; counter: AccountCounter | undefined; attempt: Attempt };

interface BeginRow {
  since: string | null;
  is_fresh: boolean | null;
  is_right: boolean | null;
  id: number | null;
  role: Role;
  display_name: string;
  password_hash: string;
  is_disabled: boolean;
  knows_device: boolean;
  failed_count: number | null;
  locked_until: Date | null;
  held_until: Date | null;
}

const BEGIN = `WITH claimed AS (${TAKE_CLAIM}),
    used AS (DELETE FROM captchas WHERE id = CAST(:captchaId AS uuid) AND owner = :owner AND (CAST(:claim AS text) IS NULL OR EXISTS (SELECT 1 FROM claimed))
      RETURNING answer_hash = CAST(:answerHash AS bytea) AS is_right, expires_at > now() AS is_fresh),
    allowed AS (SELECT 1 FROM used WHERE is_fresh AND is_right),
    found AS (SELECT a.id, a.role, a.display_name, a.password_hash, a.disabled_at, a.locked_until
      FROM sign_in_names n JOIN accounts a ON a.id = n.account_id WHERE n.name_index = CAST(:nameIndex AS bytea)),
    device AS (SELECT d.locked_until FROM device_cookies d WHERE d.token_hash = CAST(:device AS bytea) AND d.account_id = (SELECT id FROM found)),
    by_account AS (UPDATE accounts SET ${countUp('accounts')}
      WHERE id = (SELECT id FROM found) AND EXISTS (SELECT 1 FROM allowed) AND NOT EXISTS (SELECT 1 FROM device) AND ${OPEN} RETURNING failed_count, locked_until),
    by_device AS (UPDATE device_cookies SET ${countUp('device_cookies')}
      WHERE token_hash = CAST(:device AS bytea) AND account_id = (SELECT id FROM found) AND EXISTS (SELECT 1 FROM allowed) AND ${OPEN} RETURNING failed_count, locked_until),
    by_name AS (INSERT INTO sign_in_failures AS f (name_index, failed_count) SELECT CAST(:nameIndex AS bytea), 1 FROM allowed WHERE NOT EXISTS (SELECT 1 FROM found)
      ON CONFLICT (name_index) DO UPDATE SET ${countUp('f')}, updated_at = app_now() WHERE f.locked_until IS NULL OR f.locked_until <= app_now() RETURNING failed_count, locked_until),
    counted AS (SELECT failed_count, locked_until FROM by_account UNION ALL SELECT failed_count, locked_until FROM by_device
      UNION ALL SELECT failed_count, locked_until FROM by_name),
    held AS (SELECT CASE WHEN EXISTS (SELECT 1 FROM device) THEN (SELECT locked_until FROM device) WHEN EXISTS (SELECT 1 FROM found) THEN (SELECT locked_until FROM found)
      ELSE (SELECT locked_until FROM sign_in_failures WHERE name_index = CAST(:nameIndex AS bytea)) END AS until)
  SELECT (SELECT since FROM claimed) AS since, u.is_fresh, u.is_right, f.id, f.role, f.display_name, f.password_hash, f.disabled_at IS NOT NULL AS is_disabled, EXISTS (SELECT 1 FROM device) AS knows_device,
    c.failed_count, c.locked_until, CASE WHEN h.until > app_now() THEN h.until END AS held_until
  FROM held h LEFT JOIN used u ON true LEFT JOIN found f ON true LEFT JOIN counted c ON true`;

/**
 * A2, S01, S02, S04, S09: the form is claimed, its captcha used up and, if it was right, a try taken, by one statement that is its own transaction and the same whoever is meant: an account, the same from a
 * browser that somebody has signed in to it with before (whose tries count by themselves, so that strangers who lock the account do not keep its owner out), or nobody.
 */
export async function beginSignIn(h: Handle, input: BeginInput): Promise<Begun> {
  const { captchaId, owner, answerHash, nameIndex, device = null, claim } = input;
  // without a statement nothing is claimed: the longer way says it
  if (!isUuid(captchaId)) return claim ? 'repeated' : { captcha: 'gone' };
  const taking = claim?.taking ?? { claim: null, claimPath: null };
  const [row] = await askPrepared<BeginRow>(h, 'sign-in-begin', BEGIN, { captchaId, owner, answerHash, nameIndex, device, ...taking });
  if (claim) {
    if (typeof row?.since !== 'string') return 'repeated';
    claim.taken(row.since);
  }
  if (!row?.is_fresh) return { captcha: 'gone' };
  if (row.is_right !== true) return { captcha: 'wrong' };
  const { id, held_until: heldUntil } = row;
  const account =
    id === null
      ? undefined
      : { id, role: row.role, displayName: row.display_name, passwordHash: row.password_hash, isDisabled: row.is_disabled };
  const counter: AccountCounter | undefined =
    account && (row.knows_device && input.device ? { account: account.id, device: input.device } : { account: account.id });
  if (row.failed_count !== null)
    return { captcha: 'right', account, counter, attempt: { kind: 'allowed', n: row.failed_count, lockedUntil: row.locked_until } };
  if (heldUntil) return { captcha: 'right', account, counter, attempt: { kind: 'locked', until: heldUntil } };
  // while this one waited somebody else's try has locked it, or the browser was forgotten for a newer one and is a stranger's now
  const still = counter && 'device' in counter && !(await isKnown(h, counter)) ? { account: counter.account } : counter;
  return { captcha: 'right', account, counter: still, attempt: await takeTry(h, still ?? { unknownName: input.nameIndex }) };
}

const isKnown = async (h: Handle, { account, device }: { account: number; device: Buffer }): Promise<boolean> =>
  (await h('device_cookies').where({ account_id: account, token_hash: device }).first(h.raw('1'))) !== undefined;

/** A2: takes one of the tries of this account or name. Runs outside of any transaction: the count must stand whatever follows. */
export async function takeTry(h: Handle, counter: Counter): Promise<Attempt> {
  for (let round = 0; round < 3; round++) {
    const key = keyOf(counter);
    const took = await count(h, counter);
    const row = took.rows[0];
    if (row) return { kind: 'allowed', n: row.failed_count, lockedUntil: row.locked_until };
    const held = (await h(key.table).where(key.where).first('locked_until')) as { locked_until: Date | null } | undefined;
    if (held?.locked_until) return { kind: 'locked', until: held.locked_until };
    // the lock was lifted between the two statements: try again
  }
  throw new Error('sign-in: the lock of an account keeps changing');
}

/** The password was right: the count starts anew. `n` is the number of this try, so that wrong ones that came after it stay counted. */
export async function forgetTries(h: Handle, counter: Exclude<Counter, { unknownName: Buffer }>, n: number): Promise<void> {
  const { table, where } = keyOf(counter);
  await h(table)
    .where(where)
    .update({ failed_count: h.raw('greatest(failed_count - ?, 0)', [n]), locked_until: null });
}

// each gives the account's row, and holds it, or none when it has been disabled meanwhile
const NOT_DISABLED = 'id = CAST(:accountId AS bigint) AND disabled_at IS NULL';
const FORGET = 'failed_count = greatest(failed_count - CAST(:n AS int), 0), locked_until = NULL';
const ACCOUNT = {
  account: `account AS (UPDATE accounts SET ${FORGET} WHERE ${NOT_DISABLED} RETURNING id)`,
  device: `account AS (SELECT id FROM accounts WHERE ${NOT_DISABLED} FOR SHARE)`,
};
const LOGGED = `logged AS (${APPEND_NAMED_FROM('account')}) SELECT 1 FROM account`;

const DONE = {
  account: `WITH ${ACCOUNT.account}, ${LOGGED}`,
  device: `WITH ${ACCOUNT.device},
    forgotten AS (UPDATE device_cookies SET ${FORGET} WHERE account_id = (SELECT id FROM account) AND token_hash = CAST(:device AS bytea)), ${LOGGED}`,
};

/** As `forgetTries`, and the row of the log, by one statement. False: the account has been disabled, and nothing is written. */
export async function completeSignIn(h: Handle, counter: AccountCounter, n: number, entry: AuditEntry): Promise<boolean> {
  const kind = 'device' in counter ? 'device' : 'account';
  const values = { n, accountId: counter.account, ...auditFields(entry) };
  const done = await askPrepared(
    h,
    `sign-in-done-${kind}`,
    DONE[kind],
    'device' in counter ? { ...values, device: counter.device } : values,
  );
  return done.length > 0;
}

const SIGNED_IN = {
  account: `WITH ${ACCOUNT.account}, ${OPENING()},
    ${LOGGED}`,
  device: `WITH ${ACCOUNT.device},
    ${OPENING(', failed_count = greatest(device_cookies.failed_count - CAST(:n AS int), 0), locked_until = NULL')},
    ${LOGGED}`,
};

/** As `completeSignIn` and `openSession` together, by one statement. `counter.device` is the browser that `opened` names. False: the account has been disabled, and nothing is written. */
export async function completeWithSession(
  h: Handle,
  counter: AccountCounter,
  n: number,
  entry: AuditEntry,
  opened: OpenedSession,
): Promise<boolean> {
  const kind = 'device' in counter ? 'device' : 'account';
  const done = await askPrepared(h, `signed-in-${kind}`, SIGNED_IN[kind], { ...opened, n, ...auditFields(entry) });
  return done.length > 0;
}

/** Opens every lock of an account, for all browsers: after a recovery by SMS and when technical support unlocks it. */
export async function liftLocks(h: Handle, accountId: number): Promise<void> {
  await h('accounts').where({ id: accountId }).update({ failed_count: 0, locked_until: null });
  await h('device_cookies').where({ account_id: accountId }).update({ failed_count: 0, locked_until: null });
}
