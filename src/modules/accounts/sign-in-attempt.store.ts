import type { Handle } from '../../db/db';

export const MAX_TRIES = 5;

/** The account behind a name that somebody signs in with. */
export interface SignInAccount {
  id: number;
  displayName: string;
  passwordHash: string;
  isDisabled: boolean;
}

interface Row {
  id: number;
  display_name: string;
  password_hash: string;
  disabled_at: Date | null;
}

export async function findAccountByName(h: Handle, nameIndex: Buffer): Promise<SignInAccount | undefined> {
  const r = (await h('sign_in_names as n')
    .join('accounts as a', 'a.id', 'n.account_id')
    .where('n.name_index', nameIndex)
    .first('a.id', 'a.display_name', 'a.password_hash', 'a.disabled_at')) as Row | undefined;
  return r && { id: r.id, displayName: r.display_name, passwordHash: r.password_hash, isDisabled: r.disabled_at !== null };
}

/** Whose tries are counted: an account, under whichever of its names, or a name that belongs to nobody. */
export type Counter = { account: number } | { unknownName: Buffer };

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

/** A2: takes one of the tries of this account or name. Runs outside of any transaction: the count must stand whatever follows. */
export async function takeTry(h: Handle, counter: Counter): Promise<Attempt> {
  for (let round = 0; round < 3; round++) {
    const [took, key] =
      'account' in counter
        ? [
            await h.raw<{ rows: CountRow[] }>(
              `UPDATE accounts SET ${countUp('accounts')} WHERE id = ? AND (locked_until IS NULL OR locked_until <= app_now()) RETURNING failed_count, locked_until`,
              [counter.account],
            ),
            { table: 'accounts', where: { id: counter.account } },
          ]
        : [
            await h.raw<{ rows: CountRow[] }>(
              `INSERT INTO sign_in_failures AS f (name_index, failed_count) VALUES (?, 1)
               ON CONFLICT (name_index) DO UPDATE SET ${countUp('f')}, updated_at = app_now() WHERE f.locked_until IS NULL OR f.locked_until <= app_now()
               RETURNING failed_count, locked_until`,
              [counter.unknownName],
            ),
            { table: 'sign_in_failures', where: { name_index: counter.unknownName } },
          ];
    const row = took.rows[0];
    if (row) return { kind: 'allowed', n: row.failed_count, lockedUntil: row.locked_until };
    const held = (await h(key.table).where(key.where).first('locked_until')) as { locked_until: Date | null } | undefined;
    if (held?.locked_until) return { kind: 'locked', until: held.locked_until };
    // the lock was lifted between the two statements: try again
  }
  throw new Error('sign-in: the lock of an account keeps changing');
}

/** The password was right: the count starts anew. `n` is the number of this try, so that wrong ones that came after it stay counted. */
export async function forgetTries(h: Handle, accountId: number, n: number): Promise<void> {
  await h.raw('UPDATE accounts SET failed_count = greatest(failed_count - ?, 0), locked_until = NULL WHERE id = ?', [n, accountId]);
}
