import type { Handle } from '../../db/db';
import type { StaffRole } from '../../policy/actor';

export interface StaffAccount {
  id: number;
  role: StaffRole;
  loginName: string;
  name: string;
  /** the division or the committee it speaks for */
  body: string | null;
  disabledAt: Date | null;
  mustChangePassword: boolean;
  /** encrypted with purpose 'account.mobile' */
  mobile: Buffer | null;
  createdAt: Date;
}

export interface StaffFilter {
  /** '' for all */
  role: '' | StaffRole;
  /** part of the person's name or of the login name */
  name: string;
}

const SELECT = `SELECT a.id, a.role, a.login_name AS "loginName", a.display_name AS name, coalesce(d.full_name, c.name) AS body, a.disabled_at AS "disabledAt",
    a.must_change_password AS "mustChangePassword", a.created_at AS "createdAt", a.mobile
  FROM accounts a LEFT JOIN divisions d ON d.code = a.division_code LEFT JOIN committees c ON c.id = a.committee_id WHERE a.role NOT IN ('person', 'unit')`;

const CONDITION = ` AND (:role = '' OR a.role = :role) AND (:name = '' OR strpos(lower(a.display_name || chr(1) || a.login_name), lower(:name)) > 0)`;

export async function countStaff(h: Handle, f: StaffFilter): Promise<number> {
  const { rows } = await h.raw<{ rows: { n: number }[] }>(
    `SELECT count(*)::int AS n FROM accounts a WHERE a.role NOT IN ('person', 'unit')${CONDITION}`,
    { ...f },
  );
  return rows[0]?.n ?? 0;
}

export async function listStaff(h: Handle, f: StaffFilter, limit: number, offset: number): Promise<StaffAccount[]> {
  const { rows } = await h.raw<{ rows: StaffAccount[] }>(`${SELECT}${CONDITION} ORDER BY a.id DESC LIMIT :limit OFFSET :offset`, {
    ...f,
    limit,
    offset,
  });
  return rows;
}

export async function findStaff(h: Handle, id: number): Promise<StaffAccount | undefined> {
  const { rows } = await h.raw<{ rows: StaffAccount[] }>(`${SELECT} AND a.id = ?`, [id]);
  return rows[0];
}

export async function listCommitteeNames(h: Handle): Promise<{ id: number; name: string }[]> {
  return (await h('committees').orderBy('name').select('id', 'name')) as { id: number; name: string }[];
}
