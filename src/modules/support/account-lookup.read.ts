import type { Handle } from '../../db/db';
import type { Cipher } from '../../lib/cipher';
import { codeText, idTypes } from '../../lib/codes';
import { maskIdNumber, maskMobile } from '../../lib/mask';
import { readMobile } from '../../lib/mobile';
import { mobileIndex, signInNameIndex } from '../accounts';
import type { AuditLine } from './audit-log.read';

/** An account as support staff see it: what identifies it, masked, and how its sign-in stands. Nothing of any declaration (X2). */
export interface SupportAccount {
  id: number;
  role: 'person' | 'unit';
  loginName: string;
  displayName: string;
  /** of a unit's account: the unit */
  unitName: string | null;
  divisionName: string | null;
  creditCode: string | null;
  /** of a unit's account: it looks after the unit's other operators */
  isOwner: boolean;
  /** of a person: what kind of document, and its number masked */
  idTypeText: string;
  idNumberMasked: string;
  mobileMasked: string;
  failedCount: number;
  /** while it is locked */
  lockedUntil: Date | null;
  disabledAt: Date | null;
  createdAt: Date;
}

interface Row {
  id: number;
  role: 'person' | 'unit';
  login_name: string;
  display_name: string;
  unit_name: string | null;
  division_name: string | null;
  credit_code: string | null;
  id_type: string | null;
  id_number: Buffer | null;
  person_mobile: Buffer | null;
  unit_mobile: Buffer | null;
  account_mobile: Buffer | null;
  is_owner: boolean;
  failed_count: number;
  locked_until: Date | null;
  disabled_at: Date | null;
  created_at: Date;
}

const SELECT = `SELECT a.id, a.role, a.login_name, a.display_name, u.name AS unit_name, d.full_name AS division_name, u.credit_code, p.id_type, p.id_number,
    p.mobile AS person_mobile, CASE WHEN a.is_owner THEN u.mobile END AS unit_mobile, a.mobile AS account_mobile, a.is_owner, a.failed_count, greatest(CASE WHEN a.locked_until > app_now() THEN a.locked_until END,
      (SELECT max(v.locked_until) FROM device_cookies v WHERE v.account_id = a.id AND v.locked_until > app_now())) AS locked_until,
    a.disabled_at, a.created_at
  FROM accounts a LEFT JOIN persons p ON p.account_id = a.id LEFT JOIN units u ON u.id = a.unit_id LEFT JOIN divisions d ON d.code = u.division_code
  WHERE a.role IN ('person', 'unit')`;

function mobileOf(cipher: Cipher, r: Row): string {
  if (r.person_mobile) return maskMobile(cipher.decrypt(r.person_mobile, 'person.mobile'));
  if (r.account_mobile) return maskMobile(cipher.decrypt(r.account_mobile, 'account.mobile'));
  return r.unit_mobile ? maskMobile(cipher.decrypt(r.unit_mobile, 'unit.mobile')) : '';
}

const accountOf =
  (cipher: Cipher) =>
  (r: Row): SupportAccount => ({
    id: r.id,
    role: r.role,
    loginName: r.login_name,
    displayName: r.display_name,
    unitName: r.unit_name,
    divisionName: r.division_name,
    creditCode: r.credit_code,
    isOwner: r.is_owner,
    idTypeText: r.id_type === null ? '' : (codeText(idTypes, r.id_type) ?? ''),
    idNumberMasked: r.id_number ? maskIdNumber(cipher.decrypt(r.id_number, 'person.id-number')) : '',
    mobileMasked: mobileOf(cipher, r),
    failedCount: r.failed_count,
    lockedUntil: r.locked_until,
    disabledAt: r.disabled_at,
    createdAt: r.created_at,
  });

export async function findSupportAccount(h: Handle, cipher: Cipher, id: number): Promise<SupportAccount | undefined> {
  const { rows } = await h.raw<{ rows: Row[] }>(`${SELECT} AND a.id = ?`, [id]);
  return rows[0] && accountOf(cipher)(rows[0]);
}

/** Accounts whose ID number, credit code, login name or mobile number is exactly what was typed; of a mobile number there may be several. */
export async function findAccountsExactly(h: Handle, cipher: Cipher, typed: string): Promise<SupportAccount[]> {
  const mobile = readMobile(typed);
  const { rows } = await h.raw<{ rows: Row[] }>(
    `${SELECT} AND a.id IN (SELECT account_id FROM sign_in_names WHERE name_index = :name
       UNION ALL SELECT account_id FROM persons WHERE mobile_index = :mobile UNION ALL SELECT id FROM accounts WHERE mobile_index = :mobile
       UNION ALL SELECT o.id FROM units m JOIN accounts o ON o.unit_id = m.id AND o.is_owner WHERE m.mobile_index = :mobile) ORDER BY a.id LIMIT 50`,
    { name: signInNameIndex(cipher, typed), mobile: mobile.ok ? mobileIndex(cipher, mobile.value) : null },
  );
  return rows.map(accountOf(cipher));
}

/** The accounts of a search that was kept, in its order. */
export async function listSupportAccounts(h: Handle, cipher: Cipher, ids: readonly number[]): Promise<SupportAccount[]> {
  const { rows } = await h.raw<{ rows: Row[] }>(`${SELECT} AND a.id = ANY(?::bigint[]) ORDER BY a.id`, [[...ids]]);
  return rows.map(accountOf(cipher));
}

const LINE = `id, at, actor_name AS "actorName", action, subject_kind AS "subjectKind", subject_id AS "subjectId", detail`;

/** The last sign-ins to an account and failed tries, the newest first. */
export async function listSignIns(h: Handle, accountId: number): Promise<AuditLine[]> {
  const { rows } = await h.raw<{ rows: AuditLine[] }>(
    `SELECT ${LINE} FROM audit_log WHERE subject_kind = 'account' AND subject_id = ? AND action IN ('account.sign-in', 'account.sign-in-failed', 'account.sign-out')
     ORDER BY id DESC LIMIT 10`,
    [String(accountId)],
  );
  return rows;
}

/** What was done by an account and to it, without its sign-ins, the newest first. */
export async function listTrail(h: Handle, accountId: number): Promise<AuditLine[]> {
  const { rows } = await h.raw<{ rows: AuditLine[] }>(
    `SELECT ${LINE} FROM audit_log WHERE (actor_id = ? OR (subject_kind = 'account' AND subject_id = ?)) AND action NOT LIKE 'account.sign-%' ORDER BY id DESC LIMIT 50`,
    [accountId, String(accountId)],
  );
  return rows;
}
