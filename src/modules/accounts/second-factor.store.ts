import type { Handle, Trx } from '../../db/db';
import type { Cipher } from '../../lib/cipher';
import type { Role } from '../../policy/actor';

export type FactorKind = 'totp' | 'sms';

/** The second factor of an account (S10). */
export interface SecondFactor {
  kind: FactorKind;
  /** base32 */
  secret: string | undefined;
  /** the password was recovered by a message: only a recovery code lets in */
  needsRecoveryCode: boolean;
  codesLeft: number;
  setAt: Date;
}

/** Whose second factor it is. */
export interface FactorAccount {
  id: number;
  role: Role;
  loginName: string;
  name: string;
  /** where a code can be sent */
  mobile: string | undefined;
}

export async function findFactor(h: Handle, cipher: Cipher, accountId: number): Promise<SecondFactor | undefined> {
  const r = (await h('second_factors as f')
    .where('f.account_id', accountId)
    .first('f.kind', 'f.totp_secret', 'f.needs_recovery_code', 'f.set_at', {
      codes_left: h('recovery_codes').where('account_id', accountId).whereNull('used_at').count('*'),
    })) as
    { kind: FactorKind; totp_secret: Buffer | null; needs_recovery_code: boolean; set_at: Date; codes_left: number | string } | undefined;
  return (
    r && {
      kind: r.kind,
      secret: r.totp_secret ? cipher.decrypt(r.totp_secret, 'second-factor') : undefined,
      needsRecoveryCode: r.needs_recovery_code,
      codesLeft: Number(r.codes_left),
      setAt: r.set_at,
    }
  );
}

export async function hasFactor(h: Handle, accountId: number): Promise<boolean> {
  return (await h('second_factors').where({ account_id: accountId }).first('account_id')) !== undefined;
}

/** The account while it can be signed in to; undefined when it was disabled or is gone. */
export async function findFactorAccount(h: Handle, cipher: Cipher, accountId: number): Promise<FactorAccount | undefined> {
  const r = (await h('accounts as a')
    .leftJoin('units as u', 'u.id', 'a.unit_id')
    .where('a.id', accountId)
    .whereNull('a.disabled_at')
    .first('a.id', 'a.role', 'a.login_name', 'a.display_name', 'a.mobile', 'a.is_owner', 'u.mobile as unit_mobile')) as
    | {
        id: number;
        role: Role;
        login_name: string;
        display_name: string;
        mobile: Buffer | null;
        is_owner: boolean;
        unit_mobile: Buffer | null;
      }
    | undefined;
  return (
    r && {
      id: r.id,
      role: r.role,
      loginName: r.login_name,
      name: r.display_name,
      mobile: r.mobile
        ? cipher.decrypt(r.mobile, 'account.mobile')
        : r.is_owner && r.unit_mobile
          ? cipher.decrypt(r.unit_mobile, 'unit.mobile')
          : undefined,
    }
  );
}

/** Sets the factor anew, with these recovery codes instead of all earlier ones. `step`: the interval of the code that proved it. */
export async function writeFactor(
  trx: Trx,
  cipher: Cipher,
  accountId: number,
  f: { kind: FactorKind; secret?: string | undefined; step?: number | undefined; codeHashes: readonly Buffer[] },
): Promise<void> {
  await trx('second_factors')
    .insert({
      account_id: accountId,
      kind: f.kind,
      totp_secret: f.secret === undefined ? null : cipher.encrypt(f.secret, 'second-factor'),
      last_step: f.step ?? 0,
      needs_recovery_code: false,
      failed_count: 0,
      locked_until: null,
      set_at: trx.raw('app_now()'),
    })
    .onConflict('account_id')
    .merge();
  await writeRecoveryCodes(trx, accountId, f.codeHashes);
}

export async function writeRecoveryCodes(trx: Trx, accountId: number, codeHashes: readonly Buffer[]): Promise<void> {
  await trx('recovery_codes').where({ account_id: accountId }).delete();
  await trx('recovery_codes').insert(codeHashes.map((code_hash) => ({ account_id: accountId, code_hash })));
}

/** Takes the code of an interval; false when it, or a later one, was taken already: of any number of copies one counts. */
export async function takeStep(h: Handle, accountId: number, step: number): Promise<boolean> {
  return (await h('second_factors').where({ account_id: accountId }).where('last_step', '<', step).update({ last_step: step })) === 1;
}

/** Takes a recovery code; false when there is none like it left. */
export async function takeRecoveryCode(h: Handle, accountId: number, codeHash: Buffer): Promise<boolean> {
  const taken = await h('recovery_codes')
    .where({ account_id: accountId, code_hash: codeHash })
    .whereNull('used_at')
    .update({ used_at: h.raw('app_now()') });
  if (taken === 1) await h('second_factors').where({ account_id: accountId }).update({ needs_recovery_code: false });
  return taken === 1;
}

/** 6.4.3: the password was recovered by a message, so a message is no second factor at the next sign-in. */
export async function demandRecoveryCode(h: Handle, accountId: number): Promise<void> {
  await h('second_factors').where({ account_id: accountId, kind: 'sms' }).update({ needs_recovery_code: true });
}

export async function deleteFactor(trx: Trx, accountId: number): Promise<void> {
  await trx('second_factors').where({ account_id: accountId }).delete();
}

/** Whoever sets the factor of this account waits here for the others until the transaction ends. */
export async function lockAccount(trx: Trx, accountId: number): Promise<void> {
  await trx('accounts').where({ id: accountId }).forUpdate().first('id');
}
