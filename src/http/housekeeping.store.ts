import type { Db } from '../db/db';

/** Removes sessions, captchas, counts of wrong passwords for unknown names, and form drafts that are past their time. */
export async function pruneExpired(db: Db): Promise<void> {
  await db('sessions').whereRaw('expire < now()').delete();
  await db('captchas').whereRaw('expires_at < now()').delete();
  await db('sign_in_failures').whereRaw("updated_at < app_now() - interval '1 day'").delete();
  await db('form_drafts').whereRaw('expires_at < now()').delete();
}
