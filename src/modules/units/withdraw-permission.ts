import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { can } from '../../policy/policy';
import { insertWithdrawal, openUnitChoice } from './permission.store';
import { tellFreed, tellLowerUnits, tellPermission } from './tell-permission';
import { lockUnit, setPermissionState, subjectOfUnit } from './unit.store';

export type WithdrawOutcome =
  | { kind: 'done' }
  /** somebody was quicker, or the unit belongs to another division now */
  | { kind: 'not-now' };

/**
 * C3 「收回权限」: the bureau of the division takes back what was granted, with a reason that the unit reads. Nothing else changes: its paths rest, what it has reported stays
 * where it is, and what stands with it waits for the bureau to send it back (`sendBackHeld`) or for the permission to be granted anew.
 */
export async function withdrawPermission(
  deps: Deps,
  actor: Actor,
  input: { unitId: number; reason: string; requestId: string },
): Promise<WithdrawOutcome> {
  return inTransaction(deps.db, async (trx): Promise<WithdrawOutcome> => {
    const unit = await lockUnit(trx, input.unitId);
    if (!can(actor, 'permission.withdraw', subjectOfUnit(unit)).ok) return { kind: 'not-now' };
    await insertWithdrawal(trx, { unitId: unit.id, reason: input.reason, accountId: actor.accountId });
    await setPermissionState(trx, unit.id, 'withdrawn');
    const freed = await openUnitChoice(trx, unit.id);
    await tellPermission(deps, trx, unit, 'withdrawn');
    await tellLowerUnits(deps, trx, unit, 'withdrawn');
    await tellFreed(deps, trx, freed);
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'permission.withdraw',
      subjectKind: 'unit',
      subjectId: String(unit.id),
      detail: { divisionCode: unit.divisionCode, reason: input.reason, freed: freed.length },
      requestId: input.requestId,
    });
    return { kind: 'done' };
  });
}
