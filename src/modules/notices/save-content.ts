import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import type { CheckedSection } from '../../form/section';
import type { Actor } from '../../policy/actor';
import type { ContentKind } from './content-kind';

/** stale: somebody else has saved the entry since the form was opened */
export type SaveContentOutcome = { kind: 'done' } | { kind: 'duplicate' } | { kind: 'gone' } | { kind: 'stale' };

/** A4, A5: publishes an entry (`id` undefined) or changes one. Expects a form without problems. */
export async function saveContent(
  deps: Deps,
  actor: Actor,
  content: ContentKind,
  input: { id: number | undefined; version: number | undefined; checked: CheckedSection; title: string; requestId: string },
): Promise<SaveContentOutcome> {
  try {
    return await inTransaction(deps.db, async (trx): Promise<SaveContentOutcome> => {
      if (input.id !== undefined) {
        const held = await content.lock(trx, input.id);
        if (held !== undefined && held !== input.version) return { kind: 'stale' };
      }
      if (input.id !== undefined && !(await content.update(trx, input.id, input.checked))) return { kind: 'gone' };
      const id = input.id ?? (await content.insert(trx, input.checked));
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: `${content.name}.${input.id === undefined ? 'create' : 'edit'}`,
        subjectKind: content.name,
        subjectId: String(id),
        detail: { title: input.title },
        requestId: input.requestId,
      });
      return { kind: 'done' };
    });
  } catch (e) {
    if (content.duplicate && isViolationOf(e, content.duplicate.constraint)) return { kind: 'duplicate' };
    throw e;
  }
}

/** Takes an entry away; false when it is gone already. The record keeps its title. */
export function removeContent(
  deps: Deps,
  actor: Actor,
  content: ContentKind,
  input: { id: number; title: string; requestId: string },
): Promise<boolean> {
  return inTransaction(deps.db, async (trx) => {
    if (!(await content.delete(trx, input.id))) return false;
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: `${content.name}.remove`,
      subjectKind: content.name,
      subjectId: String(input.id),
      detail: { title: input.title },
      requestId: input.requestId,
    });
    return true;
  });
}
