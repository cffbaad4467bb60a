import type { Handle, Trx } from '../../db/db';
import type { Cipher } from '../../lib/cipher';
import { pinyinInitials } from '../../lib/pinyin';
import { mobileIndex, signInNameIndex } from '../accounts';

/** What a bureau may correct of a unit (C4). */
export interface UnitFacts {
  name: string;
  creditCode: string;
  nature: string;
  divisionCode: string;
  superiorName: string;
  contactName: string;
  mobile: string;
}
export const factNames = ['name', 'creditCode', 'nature', 'divisionCode', 'superiorName', 'contactName', 'mobile'] as const;

/** Everything but the telephone number stands in the record as it is; the number stands beside it, encrypted. */
export type RecordedFacts = Partial<Omit<UnitFacts, 'mobile'>>;

/** Writes what was corrected, for the unit, its search and its sign-in. Violates `units_credit_code_key`, `sign_in_names_pkey` or `units_one_permitted_name`. */
export async function writeFacts(trx: Trx, cipher: Cipher, unitId: number, before: UnitFacts, after: UnitFacts): Promise<void> {
  await trx('units')
    .where({ id: unitId })
    .update({
      name: after.name,
      pinyin: pinyinInitials(after.name),
      credit_code: after.creditCode,
      nature: after.nature,
      division_code: after.divisionCode,
      superior_name: after.superiorName,
      contact_name: after.contactName,
      ...(after.mobile === before.mobile
        ? {}
        : { mobile: cipher.encrypt(after.mobile, 'unit.mobile'), mobile_index: mobileIndex(cipher, after.mobile) }),
    });
  if (after.contactName !== before.contactName)
    await trx('accounts').where({ unit_id: unitId, is_owner: true }).update({ display_name: after.contactName });
  if (after.creditCode !== before.creditCode)
    await trx('sign_in_names')
      .where({ kind: 'credit-code' })
      .whereIn('account_id', trx('accounts').where({ unit_id: unitId }).select('id'))
      .update({ name_index: signInNameIndex(cipher, after.creditCode) });
}

export async function insertUnitCorrection(
  trx: Trx,
  cipher: Cipher,
  c: { unitId: number; before: UnitFacts; after: UnitFacts; reason: string; correctedBy: number },
): Promise<void> {
  const changed = factNames.filter((f) => f !== 'mobile' && c.before[f] !== c.after[f]);
  const only = (facts: UnitFacts): RecordedFacts => Object.fromEntries(changed.map((f) => [f, facts[f]]));
  await trx('unit_corrections').insert({
    unit_id: c.unitId,
    before: JSON.stringify(only(c.before)),
    after: JSON.stringify(only(c.after)),
    ...(c.before.mobile === c.after.mobile
      ? {}
      : { mobile_before: cipher.encrypt(c.before.mobile, 'unit.mobile'), mobile_after: cipher.encrypt(c.after.mobile, 'unit.mobile') }),
    reason: c.reason,
    corrected_by: c.correctedBy,
  });
}

export interface UnitCorrection {
  before: RecordedFacts;
  after: RecordedFacts;
  hasMobile: boolean;
  reason: string;
  byName: string;
  at: Date;
}

export async function listUnitCorrections(h: Handle, unitId: number): Promise<UnitCorrection[]> {
  const { rows } = await h.raw<{ rows: UnitCorrection[] }>(
    `SELECT c.before, c.after, c.mobile_after IS NOT NULL AS "hasMobile", c.reason, a.display_name AS "byName", c.corrected_at AS at
     FROM unit_corrections c JOIN accounts a ON a.id = c.corrected_by WHERE c.unit_id = ? ORDER BY c.id DESC LIMIT 50`,
    [unitId],
  );
  return rows;
}

/** The account of the unit's owner: it signs in with the credit code too, and the unit's telephone is theirs (C6). */
export async function findUnitAccount(h: Handle, unitId: number): Promise<{ id: number; loginName: string } | undefined> {
  const r = (await h('accounts').where({ unit_id: unitId, is_owner: true }).first('id', 'login_name')) as
    { id: number; login_name: string } | undefined;
  return r && { id: r.id, loginName: r.login_name };
}
