import type { Handle } from '../../db/db';

/** What one code is bound to: the purpose it was sent for, the number (keyed index) and the browser session that asked. */
export interface CodeKey {
  purpose: string;
  mobileIndex: Buffer;
  owner: string;
}

export const CODE_MINUTES = 5;
export const MAX_GUESSES = 5;

/** Whoever counts the codes of this number waits here for the others, until the transaction ends. */
export async function lockMobile(h: Handle, mobileIndex: Buffer): Promise<void> {
  await h.raw("SELECT pg_advisory_xact_lock(hashtextextended('sms:' || ?::text, 0))", [mobileIndex.toString('hex')]);
}

/** How many seconds ago codes were made for this number within the last day, the newest first. */
export async function codeAges(h: Handle, mobileIndex: Buffer): Promise<number[]> {
  // a transaction that began a little later may hold the lock first: its code lies in the future of this one
  const { rows } = await h.raw<{ rows: { age: number }[] }>(
    `SELECT greatest(extract(epoch FROM app_now() - made_at), 0)::float8 AS age FROM sms_codes
     WHERE mobile_index = ? AND made_at > app_now() - interval '1 day' AND made_at < app_now() + interval '1 minute' ORDER BY made_at DESC LIMIT 10`,
    [mobileIndex],
  );
  return rows.map((r) => r.age);
}

/** Takes one message out of the budget of this minute; false when it is used up. */
export async function takeFromBudget(h: Handle, perMinute: number): Promise<boolean> {
  const { rows } = await h.raw<{ rows: unknown[] }>(
    `INSERT INTO sms_minutes AS m (minute, used) VALUES (date_trunc('minute', app_now()), 1)
     ON CONFLICT (minute) DO UPDATE SET used = m.used + 1 WHERE m.used < ? RETURNING used`,
    [perMinute],
  );
  return rows.length > 0;
}

export async function insertCode(h: Handle, { purpose, mobileIndex, owner }: CodeKey, codeHash: Buffer): Promise<void> {
  await h('sms_codes').insert({
    mobile_index: mobileIndex,
    purpose,
    owner,
    code_hash: codeHash,
    expires_at: h.raw('app_now() + make_interval(mins => ?)', [CODE_MINUTES]),
  });
}

/** `guess`: which of the five this was · undefined: there is no code to compare with (expired, used, burned, or none was sent) */
export type Guess = { isRight: boolean; guess: number } | undefined;

/** One statement counts the guess and compares it with the newest code, so whatever the interleaving at most five of a code are compared (S08). */
export async function takeGuess(h: Handle, { purpose, mobileIndex, owner }: CodeKey, codeHash: Buffer): Promise<Guess> {
  const { rows } = await h.raw<{ rows: { is_right: boolean; tries: number }[] }>(
    `UPDATE sms_codes SET tries = tries + 1, used_at = CASE WHEN code_hash = ? THEN app_now() END
     WHERE id = (SELECT id FROM sms_codes WHERE mobile_index = ? AND purpose = ? AND owner = ? ORDER BY made_at DESC, id DESC LIMIT 1)
       AND used_at IS NULL AND tries < ? AND expires_at > app_now()
     RETURNING used_at IS NOT NULL AS is_right, tries`,
    [codeHash, mobileIndex, purpose, owner, MAX_GUESSES],
  );
  const row = rows[0];
  return row && { isRight: row.is_right, guess: row.tries };
}

/** Removes what no limit counts any more. */
export async function pruneSmsCodes(h: Handle): Promise<number> {
  const removed = await h('sms_codes').whereRaw("made_at < app_now() - interval '1 day'").delete();
  await h('sms_minutes').whereRaw("minute < app_now() - interval '1 day'").delete();
  return removed;
}
