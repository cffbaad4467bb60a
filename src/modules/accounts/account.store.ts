import { askPrepared, type Handle, type Trx } from '../../db/db';
import type { Cipher } from '../../lib/cipher';
import { codeText, ethnicities, idTypes, politicalStatuses, sexes, unitNatures, type Code } from '../../lib/codes';
import type { PlainDate } from '../../lib/dates';
import { readIdNumber, type IdType } from '../../lib/id-number';
import { pinyinInitials } from '../../lib/pinyin';
import { compactCode } from '../../lib/text';
import type { Role } from '../../policy/actor';
import { mobileIndex } from './mobile-index.store';

/** What the creation functions need; Deps fits. */
export interface AccountDeps {
  cipher: Cipher;
}

export type SignInNameKind = 'login-name' | 'id-number' | 'credit-code';

/**
 * The keyed index of a name that somebody signs in with, for look-ups in sign_in_names. Login names, ID numbers and credit codes share one form (half-width,
 * upper case, no blanks; a 15-digit ID number in its 18-digit form), so that what is typed can only ever mean one account.
 */
export function signInNameIndex(cipher: Cipher, typed: string): Buffer {
  const compact = compactCode(typed);
  const legacy = /^\d{15}$/.test(compact) ? readIdNumber('resident', compact, '2100-01-01') : undefined;
  return cipher.blindIndex(legacy?.ok ? legacy.value : compact, 'sign-in-name');
}

/** How many accounts have this name: 0 or 1. */
export async function countNames(h: Handle, nameIndex: Buffer): Promise<number> {
  const row = (await h('sign_in_names').where({ name_index: nameIndex }).count<{ n: number }[]>('* as n'))[0];
  return Number(row?.n ?? 0);
}

function demandCode(set: readonly Code[], code: string, what: string): string {
  if (codeText(set, code) === undefined) throw new RangeError(`${what}: no such code in src/lib/codes.ts`);
  return code;
}

async function addSignInName(trx: Trx, cipher: Cipher, accountId: number, kind: SignInNameKind, name: string): Promise<void> {
  await trx('sign_in_names').insert({ name_index: signInNameIndex(cipher, name), account_id: accountId, kind });
}

interface AccountRow {
  role: Role;
  login_name: string;
  password_hash: string;
  display_name: string;
  unit_id?: number;
  division_code?: string;
  committee_id?: number;
  must_change_password?: boolean;
  is_owner?: boolean;
  mobile?: Buffer;
  mobile_index?: Buffer;
}

async function insertAccount(trx: Trx, cipher: Cipher, row: AccountRow): Promise<number> {
  const [made] = (await trx('accounts').insert(row).returning('id')) as { id: number }[];
  if (!made) throw new Error('accounts: insert gave no id');
  await addSignInName(trx, cipher, made.id, 'login-name', row.login_name);
  return made.id;
}

export interface NewPerson {
  loginName: string;
  /** argon2 hash of src/adapters/passwords.ts */
  passwordHash: string;
  name: string;
  idType: IdType;
  /** checked and in the form of `readIdNumber` */
  idNumber: string;
  sex: 'male' | 'female';
  bornOn: PlainDate;
  /** code of `ethnicities`, GB/T 3304: '01' is 汉族 */
  ethnicity: string;
  /** checked, 11 digits */
  mobile: string;
  /** code of `politicalStatuses`, or '' */
  politicalStatus?: string;
  nativePlace?: string;
  photoSha256?: string;
}

/**
 * Creates account, person and both sign-in names; gives the account's id, which is the person's. The database refuses a second account of an ID number
 * (constraint `sign_in_names_pkey`) and of a login name (`accounts_login_name`, `sign_in_names_pkey`): the violation is thrown, see `takenName`.
 */
export async function createPersonAccount(trx: Trx, { cipher }: AccountDeps, p: NewPerson): Promise<number> {
  const accountId = await insertAccount(trx, cipher, {
    role: 'person',
    login_name: p.loginName,
    password_hash: p.passwordHash,
    display_name: p.name,
  });
  await addSignInName(trx, cipher, accountId, 'id-number', p.idNumber);
  await trx('persons').insert({
    account_id: accountId,
    name: p.name,
    id_type: p.idType,
    id_number: cipher.encrypt(p.idNumber, 'person.id-number'),
    sex: p.sex,
    born_on: p.bornOn,
    ethnicity: demandCode(ethnicities, p.ethnicity, 'ethnicity'),
    mobile: cipher.encrypt(p.mobile, 'person.mobile'),
    mobile_index: mobileIndex(cipher, p.mobile),
    political_status: p.politicalStatus ? demandCode(politicalStatuses, p.politicalStatus, 'political status') : '',
    native_place: p.nativePlace ?? '',
    photo_sha256: p.photoSha256 ?? null,
  });
  return accountId;
}

export interface NewUnit {
  loginName: string;
  passwordHash: string;
  unitName: string;
  /** checked, upper case */
  creditCode: string;
  /** code of `unitNatures` */
  nature: string;
  divisionCode: string;
  superiorName?: string;
  contactName: string;
  mobile: string;
}

/** Creates unit, its account and both sign-in names. Throws as `createPersonAccount`; a known credit code violates `units_credit_code_key`. */
export async function createUnitAccount(trx: Trx, { cipher }: AccountDeps, u: NewUnit): Promise<{ accountId: number; unitId: number }> {
  const [unit] = (await trx('units')
    .insert({
      name: u.unitName,
      pinyin: pinyinInitials(u.unitName),
      credit_code: u.creditCode,
      nature: demandCode(unitNatures, u.nature, 'nature'),
      division_code: u.divisionCode,
      superior_name: u.superiorName ?? '',
      contact_name: u.contactName,
      mobile: cipher.encrypt(u.mobile, 'unit.mobile'),
      mobile_index: mobileIndex(cipher, u.mobile),
    })
    .returning('id')) as { id: number }[];
  if (!unit) throw new Error('units: insert gave no id');
  const accountId = await insertAccount(trx, cipher, {
    role: 'unit',
    login_name: u.loginName,
    password_hash: u.passwordHash,
    display_name: u.contactName,
    unit_id: unit.id,
    is_owner: true,
  });
  await addSignInName(trx, cipher, accountId, 'credit-code', u.creditCode);
  return { accountId, unitId: unit.id };
}

/** The columns of an account's own telephone: operators and staff have one; a person's and a unit's stand with their other data. */
export const ownMobile = (cipher: Cipher, mobile: string): { mobile: Buffer; mobile_index: Buffer } => ({
  mobile: cipher.encrypt(mobile, 'account.mobile'),
  mobile_index: mobileIndex(cipher, mobile),
});

export interface NewOperator {
  unitId: number;
  loginName: string;
  passwordHash: string;
  name: string;
  /** checked, 11 digits */
  mobile: string;
}

/** C6: one more account of a unit, with a password that must be changed; gives its id. Violates `accounts_operator_limit` when there are 30. */
export function createOperatorAccount(trx: Trx, { cipher }: AccountDeps, o: NewOperator): Promise<number> {
  return insertAccount(trx, cipher, {
    role: 'unit',
    login_name: o.loginName,
    password_hash: o.passwordHash,
    display_name: o.name,
    unit_id: o.unitId,
    must_change_password: true,
    ...ownMobile(cipher, o.mobile),
  });
}

export type NewStaff = { loginName: string; passwordHash: string; displayName: string; mobile?: string } & (
  { role: 'bureau'; divisionCode: string } | { role: 'office' | 'judge'; committeeId: number } | { role: 'support' | 'admin' | 'auditor' }
);

/** Creates an account of the authorities' own staff; gives its id. A bureau officer belongs to a division, an office and a judge to a committee. */
export function createStaffAccount(trx: Trx, { cipher }: AccountDeps, s: NewStaff): Promise<number> {
  return insertAccount(trx, cipher, {
    role: s.role,
    login_name: s.loginName,
    password_hash: s.passwordHash,
    display_name: s.displayName,
    ...(s.mobile === undefined ? {} : ownMobile(cipher, s.mobile)),
    ...(s.role === 'bureau' ? { division_code: s.divisionCode } : {}),
    ...(s.role === 'office' || s.role === 'judge' ? { committee_id: s.committeeId } : {}),
  });
}

export interface Person {
  accountId: number;
  name: string;
  idType: IdType;
  idTypeText: string;
  idNumber: string;
  sex: 'male' | 'female';
  sexText: string;
  bornOn: PlainDate;
  /** code, GB/T 3304 */
  ethnicity: string;
  ethnicityText: string;
  mobile: string;
  /** code, GB/T 4762, or '' */
  politicalStatus: string;
  politicalStatusText: string;
  nativePlace: string;
  photoSha256: string | null;
  /** grows with every change of the data (not of the photo): two tabs are told apart by it */
  version: number;
  updatedAt: Date;
}

interface PersonRow {
  account_id: number;
  name: string;
  id_type: IdType;
  id_number: Buffer;
  sex: 'male' | 'female';
  born_on: PlainDate;
  ethnicity: string;
  mobile: Buffer;
  political_status: string;
  native_place: string;
  photo_sha256: string | null;
  version: number;
  updated_at: Date;
}

/** The mobile numbers of these persons, by account; an account that is none has no entry. One query. */
export async function findMobiles(h: Handle, cipher: Cipher, accountIds: readonly number[]): Promise<Map<number, string>> {
  const rows = (await h('persons')
    .whereIn('account_id', [...new Set(accountIds)])
    .select('account_id', 'mobile')) as Pick<PersonRow, 'account_id' | 'mobile'>[];
  return new Map(rows.map((r) => [r.account_id, cipher.decrypt(r.mobile, 'person.mobile')]));
}

/** The person of the account `:person`, as `readPerson` reads it; a query also for statements that bring more with it. */
export const PERSON_QUERY = `SELECT account_id, name, id_type, id_number, sex, born_on, ethnicity, mobile, political_status, native_place, photo_sha256, version, updated_at
  FROM persons WHERE account_id = :person`;

/** Everything held about a person, decrypted, codes with their words; undefined when the account is not a person's. One query. */
export async function findPerson(h: Handle, cipher: Cipher, accountId: number): Promise<Person | undefined> {
  const [row] = await askPrepared<unknown>(h, 'person', PERSON_QUERY, { person: accountId });
  return row === undefined ? undefined : readPerson(cipher, row);
}

/** Out of a row of `PERSON_QUERY`. */
export function readPerson(cipher: Cipher, row: unknown): Person {
  const r = row as PersonRow;
  return {
    accountId: r.account_id,
    name: r.name,
    idType: r.id_type,
    idTypeText: codeText(idTypes, r.id_type) ?? '',
    idNumber: cipher.decrypt(r.id_number, 'person.id-number'),
    sex: r.sex,
    sexText: codeText(sexes, r.sex) ?? '',
    bornOn: r.born_on,
    ethnicity: r.ethnicity,
    ethnicityText: codeText(ethnicities, r.ethnicity) ?? '',
    mobile: cipher.decrypt(r.mobile, 'person.mobile'),
    politicalStatus: r.political_status,
    politicalStatusText: codeText(politicalStatuses, r.political_status) ?? '',
    nativePlace: r.native_place,
    photoSha256: r.photo_sha256,
    version: r.version,
    updatedAt: r.updated_at,
  };
}
