import type { Handle } from '../../db/db';
import type { AccountSubject, OperatorSubject, StaffSubject } from '../../policy/policy';

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

/** What the policy needs to know of an operator of a unit; undefined for other accounts. */
export async function findOperatorSubject(h: Handle, id: number): Promise<OperatorSubject | undefined> {
  const r = (await h('accounts').where({ id, role: 'unit' }).first('id', 'unit_id', 'is_owner', 'disabled_at', 'removed_at')) as
    { id: number; unit_id: number; is_owner: boolean; disabled_at: Date | null; removed_at: Date | null } | undefined;
  return (
    r && {
      kind: 'operator',
      id: r.id,
      unitId: r.unit_id,
      isOwner: r.is_owner,
      state: r.removed_at ? 'removed' : r.disabled_at ? 'suspended' : 'active',
    }
  );
}
