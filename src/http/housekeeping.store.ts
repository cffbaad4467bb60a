import type { Db } from '../db/db';
import { pruneDevices } from './devices.store';
import { pruneKeptPosts } from './kept-posts.store';
import { pruneDrafts } from './form-drafts.store';
import { pruneTurns } from './rate-limit.store';

/** Removes sessions, captchas, counts of wrong passwords for unknown names, kept forms, known browsers and form drafts that are past their time, and gives how many of each. `browserDays`: how long a known browser may lie unused. */
export async function pruneExpired(db: Db, browserDays: number): Promise<Record<string, number>> {
  return {
    sessions: await db('sessions').whereRaw('expire < now()').delete(),
    captchas: await db('captchas').whereRaw('expires_at < now()').delete(),
    signInFailures: await db('sign_in_failures').whereRaw("updated_at < app_now() - interval '1 day'").delete(),
    formDrafts: await pruneDrafts(db),
    rateCounters: await pruneTurns(db),
    keptPosts: await pruneKeptPosts(db),
    devices: await pruneDevices(db, browserDays),
  };
}
