import type { Handle, Trx } from '../../db/db';
import type { Cipher } from '../../lib/cipher';
import { liftLocks } from './sign-in-attempt.store';

/** A new password for an account, whose locks open and whose sessions end (S20). */
export async function writePassword(trx: Trx, accountId: number, p: { passwordHash: string; mustChange: boolean }): Promise<void> {
  await trx('accounts').where({ id: accountId }).update({ password_hash: p.passwordHash, must_change_password: p.mustChange });
  await liftLocks(trx, accountId);
  await endSessions(trx, accountId);
}

/** S07: the same password under another hash; left alone when it has been changed meanwhile. */
export async function replaceHash(trx: Trx, accountId: number, from: string, to: string): Promise<void> {
  await trx('accounts').where({ id: accountId, password_hash: from }).update({ password_hash: to });
}

/** Ends the sessions of an account, all or all but the one of this name (`Visit.owner`); gives how many. */
export async function endSessions(h: Handle, accountId: number, keep?: string): Promise<number> {
  // those whose second factor is still asked for too (S10)
  const query = h('sessions').whereRaw("(sess->>'accountId' = ? OR sess->>'halfAccountId' = ?)", [String(accountId), String(accountId)]);
  if (keep !== undefined) void query.whereNot({ sid: keep });
  return query.delete();
}

export interface OwnSession {
  /** as `Visit.owner` */
  name: string;
  signedInAt: Date;
  /** the last use, to the minute */
  seenAt: Date;
}

/** The sign-ins of an account that still hold, the last used first. */
export async function listSessions(h: Handle, accountId: number): Promise<OwnSession[]> {
  const { rows } = await h.raw<{ rows: OwnSession[] }>(
    `SELECT sid AS name, to_timestamp((sess->>'signedInAt')::float8 / 1000) AS "signedInAt", to_timestamp((sess->>'seenAt')::float8 / 1000) AS "seenAt"
     FROM sessions WHERE sess->>'accountId' = ? AND expire > now() ORDER BY 3 DESC LIMIT 50`,
    [String(accountId)],
  );
  return rows;
}

/** What a password of this account may not contain. */
export async function findOwnWords(h: Handle, cipher: Cipher, accountId: number): Promise<{ text: string; what: string }[]> {
  const r = (await h('accounts as a')
    .leftJoin('persons as p', 'p.account_id', 'a.id')
    .leftJoin('units as u', 'u.id', 'a.unit_id')
    .where('a.id', accountId)
    .first(
      'a.login_name',
      'p.id_number',
      'p.mobile as person_mobile',
      'a.display_name',
      'a.mobile as account_mobile',
      'u.name as unit_name',
      'u.credit_code',
      'u.mobile as unit_mobile',
    )) as OwnWordsRow | undefined;
  if (!r) return [];
  return [
    { text: r.login_name, what: '登录名' },
    { text: r.display_name, what: '姓名' },
    { text: r.unit_name ?? '', what: '单位名称' },
    ...(r.id_number ? [{ text: cipher.decrypt(r.id_number, 'person.id-number'), what: '证件号码' }] : []),
    ...(r.person_mobile ? [{ text: cipher.decrypt(r.person_mobile, 'person.mobile'), what: '手机号码' }] : []),
    ...(r.credit_code ? [{ text: r.credit_code, what: '统一社会信用代码' }] : []),
    ...(r.account_mobile ? [{ text: cipher.decrypt(r.account_mobile, 'account.mobile'), what: '手机号码' }] : []),
    ...(r.unit_mobile ? [{ text: cipher.decrypt(r.unit_mobile, 'unit.mobile'), what: '手机号码' }] : []),
  ];
}
interface OwnWordsRow {
  login_name: string;
  id_number: Buffer | null;
  person_mobile: Buffer | null;
  display_name: string;
  account_mobile: Buffer | null;
  unit_name: string | null;
  credit_code: string | null;
  unit_mobile: Buffer | null;
}

export async function findPasswordHash(h: Handle, accountId: number): Promise<string | undefined> {
  const r = (await h('accounts').where({ id: accountId }).first('password_hash')) as { password_hash: string } | undefined;
  return r?.password_hash;
}

/** S06: the passwords of a member of staff before the present one, as hashes; the database keeps five. */
export async function listFormerPasswords(h: Handle, accountId: number): Promise<string[]> {
  return (await h('former_passwords').where({ account_id: accountId }).orderBy('id', 'desc').pluck('password_hash')) as string[];
}
