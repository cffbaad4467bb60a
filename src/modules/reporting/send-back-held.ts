import { inTransaction, type Handle } from '../../db/db';
import type { Deps } from '../../deps';
import { siteFor, type Actor } from '../../policy/actor';
import { can } from '../../policy/policy';
import { moveDeclarations, noInput } from '../declarations';
import { BULK_LIMIT } from '../review';
import { findUnitSubject, findWithdrawal } from '../units';
import { holdUnit, listHeld, type HeldDeclaration } from './held.read';

export interface SendBackOutcome {
  /** how many went back to their applicants, and how many to a lower unit */
  toApplicants: number;
  toUnits: number;
}

const UNIT_GONE = '申报单位没有「职称评审」权限，请重新选择「申报单位」';

/** One comment for an applicant, who chooses another unit; nothing for a lower unit, which reports by another path. */
const inputFor = (d: HeldDeclaration, reason: string) => ({
  ...noInput,
  opinion:
    reason === '' ? '该单位没有「职称评审」权限，由人社局退回。' : `该单位的「职称评审」权限已被收回，由人社局退回。收回原因：${reason}`,
  comments: d.isFirst ? [{ section: 'application', text: UNIT_GONE }] : [],
});

/**
 * C3: declarations that stand with a unit without the permission go back, `BULK_LIMIT` at once: to their applicants, who are told and choose another unit, or to the
 * unit that reported them. The bureau reads none of them. Undefined when the unit is not (any more) one that this bureau may do it for.
 */
export async function sendBackHeld(
  deps: Deps,
  actor: Actor,
  input: { unitId: number; requestId: string },
  conclude?: (h: Handle) => Promise<void>,
): Promise<SendBackOutcome | undefined> {
  return inTransaction(deps.db, async (trx) => {
    await holdUnit(trx, input.unitId);
    const subject = await findUnitSubject(trx, input.unitId);
    if (!subject || !can(actor, 'unit.send-back', subject).ok) return undefined;
    const reason = (await findWithdrawal(trx, input.unitId))?.reason ?? '';
    const found = await listHeld(trx, input.unitId, BULK_LIMIT);
    const outcomes = await moveDeclarations(
      deps,
      trx,
      found.map((d) => ({ id: d.id, input: inputFor(d, reason) })),
      'send-back',
      siteFor(actor),
      input.requestId,
    );
    const to = [...outcomes.values()].flatMap((o) => (o.kind === 'moved' ? [o.to] : []));
    await conclude?.(trx);
    return {
      toApplicants: to.filter((s) => s === 'returned_to_applicant').length,
      toUnits: to.filter((s) => s === 'returned_to_unit').length,
    };
  });
}
