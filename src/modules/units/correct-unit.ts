import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import type { Cipher } from '../../lib/cipher';
import type { Actor } from '../../policy/actor';
import { can } from '../../policy/policy';
import { factNames, insertUnitCorrection, writeFacts, type UnitFacts } from './unit-correction.store';
import { tellUnitMobile } from './tell-mobile';
import { lockUnit, subjectOfUnit, type Unit } from './unit.store';

export type CorrectUnitOutcome =
  | { kind: 'done' }
  /** somebody has corrected the unit since the form was opened, or it belongs to another division now */
  | { kind: 'stale' }
  /** another unit has this credit code */
  | { kind: 'code-taken' }
  /** another unit of this name holds the permission */
  | { kind: 'name-taken' };

export const factsOf = (cipher: Cipher, u: Unit): UnitFacts => ({
  name: u.name,
  creditCode: u.creditCode,
  nature: u.nature,
  divisionCode: u.divisionCode,
  superiorName: u.superiorName,
  contactName: u.contactName,
  mobile: cipher.decrypt(u.mobile, 'unit.mobile'),
});
export const changedFacts = (before: UnitFacts, after: UnitFacts): (keyof UnitFacts)[] => factNames.filter((f) => before[f] !== after[f]);

/** C4: the bureau of the division corrects a unit's basic data. The record holds what was before and after, the reason and who; the unit signs in with a new credit code, and a new telephone is told, and the old one. */
export async function correctUnit(
  deps: Deps,
  actor: Actor,
  input: { unitId: number; before: UnitFacts; after: UnitFacts; reason: string; requestId: string },
): Promise<CorrectUnitOutcome> {
  const { unitId, before, after } = input;
  try {
    return await inTransaction(deps.db, async (trx): Promise<CorrectUnitOutcome> => {
      const unit = await lockUnit(trx, unitId);
      const now = factsOf(deps.cipher, unit);
      const isTheirs = can(actor, 'unit.correct', subjectOfUnit(unit)).ok;
      if (!isTheirs || changedFacts(before, now).length > 0) return { kind: 'stale' };
      await writeFacts(trx, deps.cipher, unitId, before, after);
      await insertUnitCorrection(trx, deps.cipher, { unitId, before, after, reason: input.reason, correctedBy: actor.accountId });
      if (after.mobile !== before.mobile)
        await tellUnitMobile(deps, trx, { unitName: after.name, before: before.mobile, after: after.mobile, by: actor.behalf });
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'unit.correct',
        subjectKind: 'unit',
        subjectId: String(unitId),
        detail: { fields: changedFacts(before, after), reason: input.reason },
        requestId: input.requestId,
      });
      return { kind: 'done' };
    });
  } catch (e) {
    if (isViolationOf(e, 'units_credit_code_key') || isViolationOf(e, 'sign_in_names_pkey')) return { kind: 'code-taken' };
    if (isViolationOf(e, 'units_one_permitted_name')) return { kind: 'name-taken' };
    throw e;
  }
}
