import type { Trx } from '../../db/db';
import type { Actor } from '../../policy/actor';
import { findBatch } from '../batches';
import { openPublicity } from '../declarations';
import type { QueueRow, Reason } from '../review';

/** Opens the one publicity for all declarations published together; where their batches ask for different periods, the longest holds (J4). */
export async function openCommonPublicity(
  trx: Trx,
  actor: Actor,
  rows: readonly QueueRow[],
): Promise<{ publicityId: number } | { complaint: Reason }> {
  if (actor.committeeId === undefined) throw new Error('an office account without a committee');
  let longest: { id: number; days: number } | undefined;
  for (const id of new Set(rows.map((r) => r.batchId))) {
    const batch = await findBatch(trx, id);
    if (batch && (!longest || batch.publicityDays > longest.days)) longest = { id, days: batch.publicityDays };
  }
  if (!longest) return { complaint: { text: '没有找到这些申报，请回到列表重新勾选' } };
  const publicity = await openPublicity(trx, actor.committeeId, longest.id, actor);
  return 'complaint' in publicity ? publicity : { publicityId: publicity.id };
}
