import { appendAudit } from '../../audit/audit.store';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';

/** Records that somebody signed out; the session itself ends with the reply. */
export async function signOut({ db }: Deps, actor: Actor, requestId: string): Promise<void> {
  await appendAudit(db, {
    actorId: actor.accountId,
    actorName: actor.name,
    action: 'account.sign-out',
    subjectKind: 'account',
    subjectId: String(actor.accountId),
    requestId,
  });
}
