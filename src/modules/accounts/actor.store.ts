import type { Withdrawal } from '../../lib/withdrawal';
import { askPrepared, type Handle } from '../../db/db';
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
  withdrawal: Withdrawal | null;
  division_name: string | null;
  committee_name: string | null;
  must_change_password: boolean;
  is_owner: boolean;
  password_is_old: boolean;
}

/** 等保 8.1.4.1 a): after so many days a password is old. */
export const PASSWORD_DAYS = 90;

/** The account `a`, as `readActor` reads it; for those who know it by its session too. */
export const ACTOR_QUERY = `SELECT a.id, a.role, a.display_name, a.unit_id, a.division_code, a.committee_id, u.name AS unit_name, u.permission_state, CASE u.permission_state WHEN 'withdrawn' THEN unit_withdrawal(u.id) END AS withdrawal, d.name AS division_name,
  c.name AS committee_name, a.must_change_password, a.is_owner, a.password_set_at < app_now() - make_interval(days => ${PASSWORD_DAYS}) AS password_is_old
  FROM accounts a LEFT JOIN units u ON u.id = a.unit_id LEFT JOIN divisions d ON d.code = a.division_code LEFT JOIN committees c ON c.id = a.committee_id
  WHERE a.disabled_at IS NULL AND a.id = `;

/** The signed-in account with the rights it has at this moment; undefined when it was disabled or is gone. One query. */
export async function findActor(h: Handle, accountId: number): Promise<Actor | undefined> {
  const [row] = await askPrepared<unknown>(h, 'actor', `${ACTOR_QUERY} ?`, [accountId]);
  return row === undefined ? undefined : readActor(row);
}

/** Out of a row that `ACTOR_QUERY` gives. */
export function readActor(row: unknown): Actor {
  const r = row as Row;
  const behalf = r.unit_name ?? (r.division_name === null ? r.committee_name : `${r.division_name}人力资源和社会保障局`) ?? r.display_name;
  return {
    accountId: r.id,
    role: r.role,
    name: r.display_name,
    behalf,
    ...(r.unit_id === null ? {} : { unitId: r.unit_id, unitPermitted: r.permission_state === 'granted' }),
    ...(r.withdrawal === null ? {} : { unitWithdrawal: r.withdrawal }),
    ...(r.division_code === null ? {} : { divisionCode: r.division_code }),
    ...(r.committee_id === null ? {} : { committeeId: r.committee_id }),
    ...(r.is_owner ? { isOwner: true as const } : {}),
    ...(r.must_change_password ? { mustChangePassword: true as const } : {}),
    ...(r.password_is_old ? { passwordIsOld: true as const } : {}),
  };
}
