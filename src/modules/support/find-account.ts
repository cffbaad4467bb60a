import { appendAudit } from '../../audit/audit.store';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { findAccountsExactly } from './account-lookup.read';

/** B4: looks an account up by exactly one of its names or numbers. Every look-up is recorded, with what was found but not with what was typed. */
export async function findAccount(deps: Deps, actor: Actor, typed: string, requestId: string): Promise<number[]> {
  const ids = (await findAccountsExactly(deps.db, deps.cipher, typed)).map((a) => a.id);
  await appendAudit(deps.db, {
    actorId: actor.accountId,
    actorName: actor.name,
    action: 'account.find',
    ...(ids.length === 1 ? { subjectKind: 'account', subjectId: String(ids[0]) } : {}),
    detail: { found: ids.length, ...(ids.length > 1 ? { accounts: ids } : {}) },
    requestId,
  });
  return ids;
}
