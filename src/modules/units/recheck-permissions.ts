import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import { checkAgainstRegister } from './check-register';
import { findPermissionRequest, findWithdrawal, grantAutomatically, listWaitingInRegister } from './permission.store';
import { tellPermission } from './tell-permission';
import { findRegisterEntry, lockUnit, setPermissionState } from './unit.store';

const PAGE = 200;

/**
 * C2: asks the register once more about the requests that wait for a bureau; those that it now confirms in full are granted, and their units told. Run after an import
 * of the register; run twice, or while an officer decides, each request is decided once. Gives how many were granted.
 */
export async function recheckPermissions(deps: Deps): Promise<number> {
  let granted = 0;
  for (let after = 0; ;) {
    const waiting = await listWaitingInRegister(deps.db, after, PAGE);
    for (const id of waiting) {
      after = id;
      if (await recheck(deps, id)) granted += 1;
    }
    if (waiting.length < PAGE) return granted;
  }
}

async function recheck(deps: Deps, id: number): Promise<boolean> {
  try {
    return await inTransaction(deps.db, async (trx): Promise<boolean> => {
      const request = await findPermissionRequest(trx, id);
      if (!request) throw new Error(`no permission request ${id}`);
      const unit = await lockUnit(trx, request.unitId);
      const entry = await findRegisterEntry(trx, unit.creditCode);
      if (checkAgainstRegister({ name: unit.name, divisionCode: request.divisionCode }, entry).length > 0) return false;
      // an officer has taken it back once: an officer decides
      if (await findWithdrawal(trx, unit.id)) return false;
      if (request.creditCode !== unit.creditCode || !(await grantAutomatically(trx, id))) return false;
      await setPermissionState(trx, unit.id, 'granted', request.divisionCode);
      await tellPermission(deps, trx, unit, 'granted');
      await appendAudit(trx, {
        actorId: null,
        actorName: '系统',
        action: 'permission.grant',
        subjectKind: 'permission',
        subjectId: String(id),
        detail: { unitId: unit.id, divisionCode: request.divisionCode, automatic: true },
      });
      return true;
    });
  } catch (e) {
    // another unit of this name holds the permission: the bureau decides
    if (isViolationOf(e, 'units_one_permitted_name')) return false;
    throw e;
  }
}
