import { hashPassword } from '../../adapters/passwords';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { erasePerson, lockHasSubmitted } from './close-account.store';
import { oneTimePassword } from './one-time-password';

export type CloseAccountOutcome = { kind: 'done' } | { kind: 'has-submitted' };

/**
 * B6, S63: closes the account of a person who never submitted a declaration: what was submitted is part of the authorities' records and stays. The log stays
 * too; stored files that nothing refers to any more are collected within days.
 */
export async function closeAccount(deps: Deps, actor: Actor, requestId: string): Promise<CloseAccountOutcome> {
  const unusableHash = await hashPassword(oneTimePassword());
  return inTransaction(deps.db, async (trx): Promise<CloseAccountOutcome> => {
    if (await lockHasSubmitted(trx, actor.accountId)) return { kind: 'has-submitted' };
    await erasePerson(trx, actor.accountId, unusableHash);
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: '已注销',
      action: 'account.close',
      subjectKind: 'account',
      subjectId: String(actor.accountId),
      requestId,
    });
    return { kind: 'done' };
  });
}
