import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { decideRequest, findPermissionRequest, findWithdrawal, type PermissionRequest } from './permission.store';
import { tellLowerUnits, tellPermission } from './tell-permission';
import { findPermittedNamesake, findUnit, lockUnit, setPermissionState, type SameName } from './unit.store';

export type DecisionOutcome =
  | { kind: 'done' }
  /** somebody was quicker: what was decided, by whom and when */
  | { kind: 'already-decided'; request: PermissionRequest }
  | { kind: 'duplicate'; other: SameName };

/**
 * C2: the bureau grants, or refuses with a reason. A grant also settles the unit's division as it was declared. The second of two officers is told who was first.
 * The caller has asked the policy.
 */
export async function decidePermission(
  deps: Deps,
  actor: Actor,
  input: { permissionId: number; decision: 'grant' | 'refuse'; reason: string; requestId: string },
): Promise<DecisionOutcome> {
  const seen = await findPermissionRequest(deps.db, input.permissionId);
  if (!seen) throw new Error(`no permission request ${input.permissionId}`);
  const state = input.decision === 'grant' ? 'granted' : 'refused';
  try {
    return await inTransaction(deps.db, async (trx): Promise<DecisionOutcome> => {
      const unit = await lockUnit(trx, seen.unitId);
      if (!(await decideRequest(trx, seen.id, { state, reason: input.reason, accountId: actor.accountId }))) {
        const request = await findPermissionRequest(trx, seen.id);
        if (!request) throw new Error(`no permission request ${seen.id}`);
        return { kind: 'already-decided', request };
      }
      const isRestored = state === 'granted' && (await findWithdrawal(trx, unit.id)) !== undefined;
      await setPermissionState(trx, unit.id, state, state === 'granted' ? seen.divisionCode : undefined);
      await tellPermission(deps, trx, unit, state);
      if (isRestored) await tellLowerUnits(deps, trx, unit, 'granted');
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: `permission.${input.decision}`,
        subjectKind: 'permission',
        subjectId: String(seen.id),
        detail: { unitId: unit.id, divisionCode: seen.divisionCode, ...(input.reason ? { reason: input.reason } : {}) },
        requestId: input.requestId,
      });
      return { kind: 'done' };
    });
  } catch (e) {
    if (!isViolationOf(e, 'units_one_permitted_name')) throw e;
    const unit = await findUnit(deps.db, seen.unitId);
    const other = unit && (await findPermittedNamesake(deps.db, unit.name, unit.id));
    if (!other) throw e;
    return { kind: 'duplicate', other };
  }
}
