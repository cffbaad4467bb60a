import type { Handle } from '../../db/db';
import type { Actor, Role } from '../../policy/actor';

interface Row {
  id: number;
  role: Role;
  display_name: string;
  unit_id: number | null;
  division_code: string | null;
  committee_id: number | null;
  unit_name: string | null;
  permission_state: string | null;
  division_name: string | null;
  committee_name: string | null;
  must_change_password: boolean;
  is_owner: boolean;
  password_is_old: boolean;
}

/** 等保 8.1.4.1 a): after so many days a password is old. */
export const PASSWORD_DAYS = 90;

/** The signed-in account with the rights it has at this moment; undefined when it was disabled or is gone. One query. */
export async function findActor(h: Handle, accountId: number): Promise<Actor | undefined> {
  const r = (await h('accounts as a')
    .leftJoin('units as u', 'u.id', 'a.unit_id')
    .leftJoin('divisions as d', 'd.code', 'a.division_code')
    .leftJoin('committees as c', 'c.id', 'a.committee_id')
    .where('a.id', accountId)
    .whereNull('a.disabled_at')
    .first(
      'a.id',
      'a.role',
      'a.display_name',
      'a.unit_id',
      'a.division_code',
      'a.committee_id',
      'u.name as unit_name',
      'u.permission_state',
      'd.name as division_name',
      'c.name as committee_name',
      'a.must_change_password',
      'a.is_owner',
      h.raw('a.password_set_at < app_now() - make_interval(days => ?) AS password_is_old', [PASSWORD_DAYS]),
    )) as Row | undefined;
  if (!r) return undefined;
  const behalf = r.unit_name ?? (r.division_name === null ? r.committee_name : `${r.division_name}人力资源和社会保障局`) ?? r.display_name;
  return {
    accountId: r.id,
    role: r.role,
    name: r.display_name,
    behalf,
    ...(r.unit_id === null ? {} : { unitId: r.unit_id, unitPermitted: r.permission_state === 'granted' }),
    ...(r.division_code === null ? {} : { divisionCode: r.division_code }),
    ...(r.committee_id === null ? {} : { committeeId: r.committee_id }),
    ...(r.is_owner ? { isOwner: true as const } : {}),
    ...(r.must_change_password ? { mustChangePassword: true as const } : {}),
    ...(r.password_is_old ? { passwordIsOld: true as const } : {}),
  };
}
