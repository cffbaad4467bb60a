import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { systemActor } from '../../policy/actor';
import { deleteOldDrafts, type DraftTerms } from './old-drafts.store';

const AT_ONCE = 200;

/** S63: forgets drafts that were never submitted when their time is over, a few at a time, each time with its line in the log. Gives how many. */
export async function purgeDrafts(deps: Pick<Deps, 'db'>, terms: DraftTerms): Promise<number> {
  let all = 0;
  for (let n = AT_ONCE; n === AT_ONCE; all += n)
    n = await inTransaction(deps.db, async (trx) => {
      const removed = await deleteOldDrafts(trx, terms, AT_ONCE);
      if (removed > 0)
        await appendAudit(trx, {
          actorId: null,
          actorName: systemActor.name,
          action: 'retention.drafts',
          subjectKind: 'declaration',
          detail: { removed, ...terms },
          requestId: 'housekeeping:prune',
        });
      return removed;
    });
  return all;
}
