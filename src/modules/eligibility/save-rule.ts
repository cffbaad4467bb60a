import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { insertVersion, type NewVersion } from './rules.store';

export type SaveOutcome = { kind: 'saved'; key: string } | { kind: 'conflict' };

/** Adds a rule, or to the rule of `of` a version after the one that was shown. Of two who change one rule at once the second is told. */
export async function saveRule(
  deps: Deps,
  actor: Actor,
  of: { key: string; version: number } | undefined,
  rule: NewVersion,
  requestId: string,
): Promise<SaveOutcome> {
  const version = (of?.version ?? 0) + 1;
  try {
    return await inTransaction(deps.db, async (trx): Promise<SaveOutcome> => {
      const key = await insertVersion(trx, of?.key, version, rule, actor.accountId);
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: of ? 'eligibility.edit' : 'eligibility.create',
        subjectKind: 'eligibility-rule',
        subjectId: key,
        detail: { version, rule },
        requestId,
      });
      return { kind: 'saved', key };
    });
  } catch (e) {
    if (!isViolationOf(e, 'eligibility_rules_rule_key_version_key')) throw e;
    return { kind: 'conflict' };
  }
}
