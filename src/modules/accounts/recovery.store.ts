import type { Handle } from '../../db/db';
import type { Cipher } from '../../lib/cipher';

/** An account that can be recovered by a mobile number. */
export interface RecoverableAccount {
  id: number;
  role: 'person' | 'unit';
  loginName: string;
  /** the person, or the unit */
  name: string;
  displayName: string;
  /** ID number or credit code */
  number: string;
}

interface Row {
  id: number;
  role: 'person' | 'unit';
  login_name: string;
  display_name: string;
  name: string;
  id_number: Buffer | null;
  credit_code: string | null;
}

const QUERY = `
  SELECT a.id, a.role, a.login_name, a.display_name, p.name, p.id_number, NULL::text AS credit_code
    FROM persons p JOIN accounts a ON a.id = p.account_id WHERE p.mobile_index = :index AND a.disabled_at IS NULL
  UNION ALL
  SELECT a.id, a.role, a.login_name, a.display_name, u.name, NULL, u.credit_code
    FROM units u JOIN accounts a ON a.unit_id = u.id WHERE u.mobile_index = :index AND a.is_owner
  UNION ALL
  SELECT a.id, a.role, a.login_name, a.display_name, u.name, NULL, u.credit_code
    FROM accounts a JOIN units u ON u.id = a.unit_id WHERE a.mobile_index = :index AND a.disabled_at IS NULL
  ORDER BY id`;

/** How many accounts of a number can be recovered. Costs the same for a number without any (S05). */
export async function countAccountsOfMobile(h: Handle, index: Buffer): Promise<number> {
  const { rows } = await h.raw<{ rows: { n: number }[] }>(`SELECT count(*)::int AS n FROM (${QUERY}) AS found`, { index });
  return rows[0]?.n ?? 0;
}

/** The accounts of a number, oldest first; disabled ones can't be recovered. */
export async function listAccountsOfMobile(h: Handle, cipher: Cipher, index: Buffer): Promise<RecoverableAccount[]> {
  const { rows } = await h.raw<{ rows: Row[] }>(QUERY, { index });
  return rows.map((r) => ({
    id: r.id,
    role: r.role,
    loginName: r.login_name,
    displayName: r.display_name,
    name: r.name,
    number: r.id_number ? cipher.decrypt(r.id_number, 'person.id-number') : (r.credit_code ?? ''),
  }));
}
