import type { Handle, Trx } from '../../db/db';
import type { UnitSubject } from '../../policy/policy';

export type PermissionState = 'none' | 'requested' | 'granted' | 'refused' | 'withdrawn';

export interface Unit {
  id: number;
  name: string;
  creditCode: string;
  nature: string;
  divisionCode: string;
  divisionName: string;
  superiorName: string;
  contactName: string;
  /** encrypted with purpose 'unit.mobile' */
  mobile: Buffer;
  permissionState: PermissionState;
}

const SELECT = `SELECT u.id, u.name, u.credit_code AS "creditCode", u.nature, u.division_code AS "divisionCode", d.full_name AS "divisionName",
    u.superior_name AS "superiorName", u.contact_name AS "contactName", u.mobile, u.permission_state AS "permissionState"
  FROM units u JOIN divisions d ON d.code = u.division_code`;

export async function findUnit(h: Handle, id: number): Promise<Unit | undefined> {
  const { rows } = await h.raw<{ rows: Unit[] }>(`${SELECT} WHERE u.id = ?`, [id]);
  return rows[0];
}

/**
 * The unit, held until the transaction is over. Everything that changes a unit's permission locks the unit before its request: one order, no deadlock.
 * Throws when it is gone.
 */
export async function lockUnit(trx: Trx, id: number): Promise<Unit> {
  const { rows } = await trx.raw<{ rows: Unit[] }>(`${SELECT} WHERE u.id = ? FOR UPDATE OF u`, [id]);
  const unit = rows[0];
  if (!unit) throw new Error(`no unit ${id}`);
  return unit;
}

/** What the policy asks about. */
export const subjectOfUnit = (u: Unit): UnitSubject => ({
  kind: 'unit',
  id: u.id,
  divisionCode: u.divisionCode,
  isPermitted: u.permissionState === 'granted',
});

/** Sets the state that search, policy and queues go by; `divisionCode` where the decision also settled the division. */
export async function setPermissionState(trx: Trx, id: number, state: PermissionState, divisionCode?: string): Promise<void> {
  await trx('units')
    .where({ id })
    .update({ permission_state: state, ...(divisionCode === undefined ? {} : { division_code: divisionCode }) });
}

export interface SameName {
  id: number;
  creditCode: string;
  divisionCode: string;
  divisionName: string;
}

/** The other unit of this name that holds the permission: there can be one at most (units_one_permitted_name). */
export async function findPermittedNamesake(h: Handle, name: string, exceptId: number): Promise<SameName | undefined> {
  const { rows } = await h.raw<{ rows: SameName[] }>(
    `SELECT u.id, u.credit_code AS "creditCode", u.division_code AS "divisionCode", d.full_name AS "divisionName" FROM units u JOIN divisions d ON d.code = u.division_code
     WHERE u.name = ? AND u.permission_state = 'granted' AND u.id <> ?`,
    [name, exceptId],
  );
  return rows[0];
}

export interface RegisterEntry {
  creditCode: string;
  name: string;
  divisionCode: string;
  divisionName: string;
}

/** The entry of the imported unit register under this code. */
export async function findRegisterEntry(h: Handle, creditCode: string): Promise<RegisterEntry | undefined> {
  const { rows } = await h.raw<{ rows: RegisterEntry[] }>(
    `SELECT r.credit_code AS "creditCode", r.name, r.division_code AS "divisionCode", d.full_name AS "divisionName"
     FROM unit_register r JOIN divisions d ON d.code = r.division_code WHERE r.credit_code = ?`,
    [creditCode],
  );
  return rows[0];
}

/** Whether this unit holds the permission, held against change until the transaction is over. */
export async function isPermitted(trx: Trx, unitId: number): Promise<boolean> {
  const row = (await trx('units').where({ id: unitId }).forShare().first('permission_state')) as { permission_state: string } | undefined;
  return row?.permission_state === 'granted';
}
