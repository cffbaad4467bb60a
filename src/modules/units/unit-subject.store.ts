import type { Handle } from '../../db/db';
import type { UnitSubject } from '../../policy/policy';

/** What the policy needs to know of a unit. */
export async function findUnitSubject(h: Handle, id: number): Promise<UnitSubject | undefined> {
  const r = (await h('units').where({ id }).first('id', 'division_code', 'permission_state')) as
    { id: number; division_code: string; permission_state: string } | undefined;
  return r && { kind: 'unit', id: r.id, divisionCode: r.division_code, isPermitted: r.permission_state === 'granted' };
}
