import type { Handle } from '../../db/db';
import type { Role } from '../../policy/actor';

export const MAX_TRIES = 5;

/** The account behind a name that somebody signs in with. */
export interface SignInAccount {
  id: number;
  role: Role;
  displayName: string;
  passwordHash: string;
  isDisabled: boolean;
}

interface Row {
  id: number;
  role: Role;
  display_name: string;
  password_hash: string;
  disabled_at: Date | null;
}

export async function findAccountByName(h: Handle, nameIndex: Buffer): Promise<SignInAccount | undefined> {
  const r = (await h('sign_in_names as n')
    .join('accounts as a', 'a.id', 'n.account_id')
    .where('n.name_index', nameIndex)
    .first('a.id', 'a.role', 'a.display_name', 'a.password_hash', 'a.disabled_at')) as Row | undefined;
  return r && { id: r.id, role: r.role, displayName: r.display_name, passwordHash: r.password_hash, isDisabled: r.disabled_at !== null };
}

/** Whose tries are counted: an account's second factor (S10); an account, under whichever of its names; the same from a browser known to it, apart (S02); or a name that belongs to nobody. */
export type Counter = { factorOf: number } | { account: number } | { account: number; device: Buffer } | { unknownName: Buffer };

/**
 * S02: tries from a browser in which somebody has signed in to this account before are counted by themselves, so that strangers who lock the account by wrong
 * passwords do not keep its owner out. All other browsers share the account's counter.
 */
export async function counterOf(h: Handle, accountId: number, device: Buffer | undefined): Promise<Counter> {
  if (!device) return { account: accountId };
  const known = (await h('device_cookies').where({ token_hash: device, account_id: accountId }).first('account_id')) as object | undefined;
  return known ? { account: accountId, device } : { account: accountId };
}

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

/** Opens every lock of an account, for all browsers: after a recovery by SMS and when technical support unlocks it. */
export async function liftLocks(h: Handle, accountId: number): Promise<void> {
  await h('accounts').where({ id: accountId }).update({ failed_count: 0, locked_until: null });
  await h('device_cookies').where({ account_id: accountId }).update({ failed_count: 0, locked_until: null });
}
