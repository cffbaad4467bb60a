import { hashPassword } from '../../adapters/passwords';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { writePassword } from './password.store';

/** S20: a new password of one's own choice; every session of the account ends, the caller opens a new one. The password has been checked. */
export async function changePassword(deps: Deps, actor: Actor, password: string, requestId: string): Promise<void> {
  const passwordHash = await hashPassword(password);
  await inTransaction(deps.db, async (trx) => {
    await writePassword(trx, actor.accountId, { passwordHash, mustChange: false });
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'account.password',
      subjectKind: 'account',
      subjectId: String(actor.accountId),
      requestId,
    });
  });
}
