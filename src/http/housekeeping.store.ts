import type { Db } from '../db/db';

/** Removes sessions, captchas and form drafts that are past their time. */
export async function pruneExpired(db: Db): Promise<void> {
  await db('sessions').whereRaw('expire < now()').delete();
  await db('captchas').whereRaw('expires_at < now()').delete();
  await db('form_drafts').whereRaw('expires_at < now()').delete();
}
