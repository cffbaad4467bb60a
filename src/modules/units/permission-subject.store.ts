import type { Handle } from '../../db/db';
import type { PermissionSubject } from '../../policy/policy';

/** What the policy needs to know of a permission request. */
export async function findPermissionSubject(h: Handle, id: number): Promise<PermissionSubject | undefined> {
  const r = (await h('permission_requests').where({ id }).first('id', 'division_code', 'state')) as
    { id: number; division_code: string; state: PermissionSubject['state'] } | undefined;
  return r && { kind: 'permission', id: r.id, divisionCode: r.division_code, state: r.state };
}
