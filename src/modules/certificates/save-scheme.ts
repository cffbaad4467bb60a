import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import type { NumberScheme } from '../../lib/certificate-number';
import type { Actor } from '../../policy/actor';
import { insertScheme, lockCurrentScheme, replaceScheme } from './schemes.store';

/** `same`: it is the present one · `taken`: an earlier one has the prefix and length, so that numbers could come twice */
export type SaveSchemeOutcome = { kind: 'done' } | { kind: 'refused'; why: 'same' | 'taken' };

/** J5: how certificates are numbered from now on. A scheme by which nothing was numbered yet is changed; any other is followed by a new one. */
export async function saveScheme(deps: Pick<Deps, 'db'>, actor: Actor, s: NumberScheme, requestId: string): Promise<SaveSchemeOutcome> {
  try {
    return await inTransaction(deps.db, async (trx): Promise<SaveSchemeOutcome> => {
      const now = await lockCurrentScheme(trx, 'UPDATE');
      if (now.prefix === s.prefix && now.width === s.width && now.parts.join() === s.parts.join()) return { kind: 'refused', why: 'same' };
      if (now.isUsed) await insertScheme(trx, s, actor);
      else await replaceScheme(trx, now.id, s, actor);
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'certificate-scheme.save',
        subjectKind: 'certificate-scheme',
        subjectId: String(now.id),
        detail: { before: { prefix: now.prefix, parts: now.parts, width: now.width }, after: s },
        requestId,
      });
      return { kind: 'done' };
    });
  } catch (e) {
    if (isViolationOf(e, 'certificate_schemes_tell_apart')) return { kind: 'refused', why: 'taken' };
    throw e;
  }
}
