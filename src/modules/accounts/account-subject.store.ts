import type { Handle } from '../../db/db';
import type { AccountSubject, StaffSubject } from '../../policy/policy';

/** What the policy needs to know of an account of a person or a unit; undefined for staff. */
export async function findAccountSubject(h: Handle, id: number): Promise<AccountSubject | undefined> {
  const r = (await h('accounts').where({ id }).whereIn('role', ['person', 'unit']).first('id', 'role')) as
    { id: number; role: AccountSubject['role'] } | undefined;
  return r && { kind: 'account', id: r.id, role: r.role };
}

/** What the policy needs to know of an account of the staff; undefined for persons and units. */
export async function findStaffSubject(h: Handle, id: number): Promise<StaffSubject | undefined> {
  const r = (await h('accounts').where({ id }).whereNotIn('role', ['person', 'unit']).first('id')) as { id: number } | undefined;
  return r && { kind: 'staff', id: r.id };
}
