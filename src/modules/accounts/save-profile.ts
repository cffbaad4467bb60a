import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { findPerson, type Person } from './account.store';
import type { ProfileChange } from './profile-section';
import { updateProfile } from './profile.store';

/** stale: the data were saved by another tab in the meantime; `saved` is what holds now */
export type SaveProfileOutcome = { kind: 'done' } | { kind: 'stale'; saved: Person };

/** B3: saves what a person may change. The record names the fields that changed, never their contents. */
export function saveProfile(
  deps: Deps,
  actor: Actor,
  version: number,
  change: ProfileChange,
  requestId: string,
): Promise<SaveProfileOutcome> {
  return inTransaction(deps.db, async (trx) => {
    const before = await findPerson(trx, deps.cipher, actor.accountId);
    if (!before) throw new Error('profile: the signed-in person has no record');
    const fields = (Object.keys(change) as (keyof ProfileChange)[]).filter((k) => change[k] !== before[k]);
    if (fields.length === 0) return { kind: 'done' };
    if (!(await updateProfile(trx, actor.accountId, version, change))) {
      const saved = await findPerson(trx, deps.cipher, actor.accountId);
      return { kind: 'stale', saved: saved ?? before };
    }
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'profile.save',
      subjectKind: 'account',
      subjectId: String(actor.accountId),
      detail: { fields },
      requestId,
    });
    return { kind: 'done' };
  });
}
