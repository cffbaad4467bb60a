import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { decidePlanRow, findStanding, insertPlan, type NewPlan } from './plan.store';

export type PlanOutcome =
  { kind: 'done'; planId: number } | { kind: 'one-waits' } | { kind: 'committee-not-valid' } | { kind: 'too-few-seats'; atLeast: number };

/** J0 「评审计划」: the office asks the bureau for a meeting. */
export async function submitPlan(deps: Deps, actor: Actor, plan: NewPlan, requestId: string): Promise<PlanOutcome> {
  try {
    return await inTransaction(deps.db, async (trx): Promise<PlanOutcome> => {
      const standing = await findStanding(trx, plan.committeeId);
      if (!standing.isValid) return { kind: 'committee-not-valid' };
      if (plan.seats < standing.seatsMin) return { kind: 'too-few-seats', atLeast: standing.seatsMin };
      const planId = await insertPlan(trx, plan, actor.accountId);
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'plan.submit',
        subjectKind: 'plan',
        subjectId: String(planId),
        detail: { year: plan.year, meetsOn: plan.meetsOn, seats: plan.seats },
        requestId,
      });
      return { kind: 'done', planId };
    });
  } catch (e) {
    if (isViolationOf(e, 'review_plans_one_open')) return { kind: 'one-waits' };
    throw e;
  }
}

/** 「评审计划审核」; false when somebody was quicker. The caller has asked the policy. */
export function decidePlan(
  deps: Deps,
  actor: Actor,
  input: { planId: number; decision: 'grant' | 'refuse'; reason: string; requestId: string },
): Promise<boolean> {
  const approve = input.decision === 'grant';
  return inTransaction(deps.db, async (trx) => {
    if (!(await decidePlanRow(trx, input.planId, { approve, reason: input.reason, accountId: actor.accountId }))) return false;
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: approve ? 'plan.approve' : 'plan.refuse',
      subjectKind: 'plan',
      subjectId: String(input.planId),
      detail: input.reason ? { reason: input.reason } : {},
      requestId: input.requestId,
    });
    return true;
  });
}
