import type { Deps } from '../../deps';
import { purgePrints, purgeRemoved, referencedBlobs } from './attachments.store';

const DAY_MS = 24 * 3600_000;

/**
 * Forgets removed files that can't be taken back any more and old prints of review forms, then removes stored contents that nothing refers to and that are older than a day (an upload whose section
 * was never saved, what was just forgotten). Gives how many contents were removed.
 */
export async function collectOrphans(deps: Deps, now: () => number = Date.now): Promise<number> {
  await purgeRemoved(deps.db, (await deps.settings.get()).deletedDraftDays);
  await purgePrints(deps.db);
  const limit = new Date(now() - DAY_MS);
  let removed = 0;
  let batch: string[] = [];
  const sweep = async (): Promise<void> => {
    const kept = await referencedBlobs(deps.db, batch);
    for (const sha256 of batch.filter((s) => !kept.has(s))) if (await deps.storage.delete(sha256, limit)) removed += 1;
    batch = [];
  };
  for await (const blob of deps.storage.list()) {
    if (blob.modifiedAt >= limit) continue;
    batch.push(blob.sha256);
    if (batch.length >= 500) await sweep();
  }
  if (batch.length > 0) await sweep();
  return removed;
}
