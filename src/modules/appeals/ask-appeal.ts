import { appendAudit } from '../../audit/audit.store';
import { inTransaction, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { showDate } from '../../lib/dates';
import type { Actor } from '../../policy/actor';
import { findAppealChance, lockDeclaration, type AppealChance } from '../declarations';
import { findBatch } from '../batches';
import { insertAppeal, withdrawRow } from './appeals.store';

export type AskOutcome = { kind: 'asked' } | { kind: 'not-now'; reason: string };

/** Why a recheck can't be asked for now; undefined when it can. */
export function whyNot(chance: AppealChance | undefined): string | undefined {
  if (!chance) return '只有评审未通过的申报可以申请复查';
  if (chance.appeal) return '对这次评审结果已经申请过复查，同一结果只能申请一次';
  return chance.isOver ? `申请复查的期限已于${showDate(chance.until ?? '')}届满` : undefined;
}

/** The declaration held by this transaction, and whether a recheck of its result can be asked for. */
export async function lockChance(trx: Trx, declarationId: string): Promise<{ chance?: AppealChance; reason?: string; batchId?: number }> {
  const d = await lockDeclaration(trx, declarationId);
  const chance = d && (await findAppealChance(trx, d));
  const reason = whyNot(chance);
  return { ...(chance ? { chance } : {}), ...(reason === undefined ? {} : { reason }), ...(d ? { batchId: d.batch_id } : {}) };
}

/** J4: the applicant asks for a recheck of a result that is not passed, once and in time. `attach` adds the evidence in the same transaction. */
export async function askAppeal(
  deps: Pick<Deps, 'db'>,
  actor: Actor,
  declarationId: string,
  a: { reason: string; attach: (trx: Trx) => Promise<void>; requestId: string },
): Promise<AskOutcome> {
  return inTransaction(deps.db, async (trx): Promise<AskOutcome> => {
    const { chance, reason, batchId } = await lockChance(trx, declarationId);
    if (!chance || reason !== undefined || batchId === undefined) return { kind: 'not-now', reason: reason ?? '没有找到该申报' };
    const batch = await findBatch(trx, batchId);
    if (!batch) throw new Error(`declaration ${declarationId}: its batch is gone`);
    await a.attach(trx);
    const id = await insertAppeal(trx, {
      declarationId,
      committeeId: batch.committeeId,
      resultEventId: chance.eventId,
      reason: a.reason,
      askedBy: actor.accountId,
    });
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'appeal.ask',
      subjectKind: 'declaration',
      subjectId: declarationId,
      detail: { appealId: id },
      requestId: a.requestId,
    });
    return { kind: 'asked' };
  });
}

/** The applicant takes the request back as long as nobody has answered it. False when it was answered, or there is none. */
export async function withdrawAppeal(deps: Pick<Deps, 'db'>, actor: Actor, declarationId: string, requestId: string): Promise<boolean> {
  return inTransaction(deps.db, async (trx) => {
    const { chance } = await lockChance(trx, declarationId);
    if (!chance?.appeal || !(await withdrawRow(trx, chance.appeal.id))) return false;
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'appeal.withdraw',
      subjectKind: 'declaration',
      subjectId: declarationId,
      detail: { appealId: chance.appeal.id },
      requestId,
    });
    return true;
  });
}
