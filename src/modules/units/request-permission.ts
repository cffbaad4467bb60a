import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { checkAgainstRegister } from './check-register';
import { findWithdrawal, insertRequest } from './permission.store';
import { findPermittedNamesake, findRegisterEntry, lockUnit, setPermissionState, type SameName } from './unit.store';

const ONCE_WITHDRAWN = '「职称评审」权限曾被收回，须由人社局审核';

export type PermissionOutcome =
  | { kind: 'granted' }
  /** it waits for the bureau of the declared division */
  | { kind: 'requested' }
  | { kind: 'already'; state: 'requested' | 'granted' }
  | { kind: 'wrong-code' }
  /** 「已经存在有权限的同名单位」 */
  | { kind: 'duplicate'; other: SameName };

/** C2 「保存申请」: granted at once when the automatic check confirms everything, otherwise handed to the bureau of the declared division. */
export async function requestPermission(
  deps: Deps,
  actor: Actor & { unitId: number },
  input: { creditCode: string; divisionCode: string; requestId: string },
): Promise<PermissionOutcome> {
  let name = '';
  try {
    return await inTransaction(deps.db, async (trx): Promise<PermissionOutcome> => {
      const unit = await lockUnit(trx, actor.unitId);
      name = unit.name;
      if (unit.permissionState === 'granted' || unit.permissionState === 'requested')
        return { kind: 'already', state: unit.permissionState };
      if (input.creditCode !== unit.creditCode) return { kind: 'wrong-code' };
      const other = await findPermittedNamesake(trx, unit.name, unit.id);
      if (other) return { kind: 'duplicate', other };
      const doubts = checkAgainstRegister(
        { name: unit.name, divisionCode: input.divisionCode },
        await findRegisterEntry(trx, unit.creditCode),
      );
      // what an officer has taken back is not given again by the register alone
      if (await findWithdrawal(trx, unit.id)) doubts.push(ONCE_WITHDRAWN);
      const granted = doubts.length === 0;
      const id = await insertRequest(trx, {
        unitId: unit.id,
        creditCode: input.creditCode,
        divisionCode: input.divisionCode,
        accountId: actor.accountId,
        checkNote: doubts.join('；'),
        grantedAutomatically: granted,
      });
      await setPermissionState(trx, unit.id, granted ? 'granted' : 'requested', granted ? input.divisionCode : undefined);
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'permission.request',
        subjectKind: 'permission',
        subjectId: String(id),
        detail: { unitId: unit.id, divisionCode: input.divisionCode, automatic: granted, doubts },
        requestId: input.requestId,
      });
      return { kind: granted ? 'granted' : 'requested' };
    });
  } catch (e) {
    // the other unit of this name was granted between our look and our write
    if (!isViolationOf(e, 'units_one_permitted_name')) throw e;
    const other = await findPermittedNamesake(deps.db, name, actor.unitId);
    if (!other) throw e;
    return { kind: 'duplicate', other };
  }
}
