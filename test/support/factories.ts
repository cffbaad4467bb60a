/** Bodies and people for tests, made with the functions that the use-cases use; and signing in through the real page. */
import { createHash } from 'node:crypto';
import { hashPassword } from '../../src/adapters/passwords';
import { makeScan } from '../../seeds/demo/scans';
import { createPersonAccount, createStaffAccount, createUnitAccount, type NewPerson } from '../../src/modules/accounts';
import type { PermissionState } from '../../src/modules/units';
import type { Page, Site, Visitor } from './site';

export const PASSWORD = 'Dengta-2026-Haian';
let hash: Promise<string> | undefined;
export const passwordHash = (): Promise<string> => (hash ??= hashPassword(PASSWORD));

let serial = 0;
const next = (): number => ++serial;

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
/** A valid unified social credit code (GB 32100) of this division; `n` up to 8 digits. */
export function creditCode(n: number, division = '371002'): string {
  const body = `91${division}${String(n).padStart(9, '0')}`;
  let sum = 0;
  let weight = 1;
  for (const c of body) {
    sum += ALPHABET.indexOf(c) * weight;
    weight = (weight * 3) % 31;
  }
  return body + (ALPHABET[(31 - (sum % 31)) % 31] ?? '');
}

export interface UnitInput {
  name?: string;
  creditCode?: string;
  divisionCode?: string;
  state?: PermissionState;
  contactName?: string;
  mobile?: string;
}
export interface TestUnit {
  unitId: number;
  accountId: number;
  loginName: string;
  name: string;
  creditCode: string;
}

/** A registered unit with its account; with the permission unless told otherwise. */
export async function makeUnit(site: Site, u: UnitInput = {}): Promise<TestUnit> {
  const n = next();
  const unit = {
    loginName: `unit${n}`,
    name: u.name ?? `威海市环翠区第${n}文化馆`,
    creditCode: u.creditCode ?? creditCode(n, u.divisionCode),
  };
  const password = await passwordHash();
  const made = await site.db.transaction(async (trx) => {
    const ids = await createUnitAccount(trx, site.deps, {
      loginName: unit.loginName,
      passwordHash: password,
      unitName: unit.name,
      creditCode: unit.creditCode,
      nature: 'public-institution',
      divisionCode: u.divisionCode ?? '371002',
      contactName: u.contactName ?? '于海燕',
      mobile: u.mobile ?? `139${String(63_100_000 + n)}`,
    });
    await trx('units')
      .where({ id: ids.unitId })
      .update({ permission_state: u.state ?? 'granted' });
    return ids;
  });
  return { ...unit, ...made };
}

export interface TestStaff {
  accountId: number;
  loginName: string;
}

export async function makeStaff(
  site: Site,
  s:
    | { role: 'bureau'; divisionCode: string; name?: string }
    | { role: 'office' | 'judge'; committeeId: number; name?: string }
    | { role: 'support' | 'admin' | 'auditor'; name?: string },
): Promise<TestStaff> {
  const loginName = `staff${next()}`;
  const common = { loginName, passwordHash: await passwordHash(), displayName: s.name ?? '宋建国' };
  const accountId = await site.db.transaction((trx) =>
    createStaffAccount(
      trx,
      site.deps,
      s.role === 'bureau'
        ? { ...common, role: s.role, divisionCode: s.divisionCode }
        : s.role === 'office' || s.role === 'judge'
          ? { ...common, role: s.role, committeeId: s.committeeId }
          : { ...common, role: s.role },
    ),
  );
  return { accountId, loginName };
}

/** An approved committee within its term; for 群众文化 (series 91) at the junior level unless told otherwise. */
export async function makeCommittee(
  site: Site,
  c: {
    name?: string;
    divisionCode?: string;
    scopes?: [seriesId: number, level: string][];
    phone?: string;
    approved?: boolean;
    expired?: boolean;
  } = {},
): Promise<{ id: number; name: string }> {
  const name = c.name ?? `威海市环翠区群众文化专业职务资格第${next()}评审委员会`;
  const [row] = (await site
    .db('committees')
    .insert({
      name,
      division_code: c.divisionCode ?? '371002',
      founded_by: '威海市环翠区文化和旅游局',
      phone: c.phone ?? '0631-5201234',
      valid_from: site.db.raw(c.expired ? "app_today() - interval '2 years'" : "app_today() - interval '1 month'"),
      valid_until: site.db.raw(c.expired ? "app_today() - interval '1 day'" : "app_today() + interval '2 years'"),
      approved_at: c.approved === false ? null : site.db.raw('app_now()'),
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('no committee');
  for (const [series_id, level] of c.scopes ?? [[91, 'junior']])
    await site.db('committee_scopes').insert({ committee_id: row.id, series_id, level });
  return { id: row.id, name };
}

/** Makes the captcha of a page answer to 「test」: what stands in the picture, only people can read. */
export async function knowCaptcha(site: Site, page: Page): Promise<void> {
  const id = page.find('input[name="captcha.id"]')?.getAttribute('value') ?? '';
  const changed = await site
    .db('captchas')
    .where({ id })
    .update({ answer_hash: createHash('sha256').update('test').digest() });
  if (changed !== 1) throw new Error(`no captcha on ${page.address}: ${page.text('body').slice(0, 300)}`);
}

/** Fills and sends the sign-in page of this visitor. */
export async function signInVia(site: Site, visitor: Visitor, loginName: string, password = PASSWORD): Promise<Page> {
  const form = await visitor.get('/sign-in');
  await knowCaptcha(site, form);
  return visitor.submit(form, { account: loginName, password, 'captcha.answer': 'test' });
}

/** A browser in which this account has signed in. */
export async function signInAs(site: Site, account: { loginName: string }): Promise<Visitor> {
  const visitor = site.visitor();
  const answer = await signInVia(site, visitor, account.loginName);
  if (answer.status !== 303) throw new Error(`sign-in of ${account.loginName} gave ${answer.status}: ${answer.errors().join('; ')}`);
  return visitor;
}

/** S14: gives the password once more where a page asks for it; ends at the page that was wanted. */
export async function confirmPassword(visitor: Visitor, answer: Page): Promise<Page> {
  if (!answer.location.startsWith('/confirm-password')) throw new Error(`no password asked for: ${answer.status} ${answer.location}`);
  return visitor.send(await visitor.get(answer.location), { password: PASSWORD });
}

/** S14: the page that was wanted, where the password is asked for before it. */
export const pastPassword = (visitor: Visitor, page: Page): Promise<Page> =>
  page.address.startsWith('/confirm-password') ? visitor.send(page, { password: PASSWORD }) : Promise.resolve(page);

/** A valid resident ID number (GB 11643) of 环翠区; `n` up to 3 digits, odd for men. */
export function residentId(n: number, born = '19950312', area = '371002'): string {
  const body = `${area}${born}${String(n).padStart(3, '0')}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((s, w, i) => s + w * Number(body[i]), 0);
  return body + '10X98765432'.charAt(sum % 11);
}

export interface TestPerson {
  accountId: number;
  loginName: string;
  name: string;
  idNumber: string;
}

/** A registered person with this photograph: a scan unless told otherwise, none with `false`. */
export async function makePerson(
  site: Site,
  { photo, ...p }: Partial<Omit<NewPerson, 'passwordHash' | 'photoSha256'>> & { photo?: Buffer | boolean } = {},
): Promise<TestPerson> {
  const n = next();
  const person = { loginName: `person${n}`, name: '于𬀩', idNumber: residentId(2 * n), ...p };
  const content = Buffer.isBuffer(photo)
    ? photo
    : photo === false
      ? undefined
      : (await makeScan('photo', { name: person.name, lines: [], date: '' }, 'jpg')).content;
  const kept = content && (await site.deps.storage.put(content));
  const hashed = await passwordHash();
  const accountId = await site.db.transaction((trx) =>
    createPersonAccount(trx, site.deps, {
      passwordHash: hashed,
      idType: 'resident',
      sex: 'female',
      bornOn: person.idNumber.slice(6, 14).replace(/(....)(..)(..)/, '$1-$2-$3'),
      ethnicity: '01',
      mobile: `139${String(63_500_000 + n)}`,
      ...person,
      ...(kept ? { photoSha256: kept.sha256 } : {}),
    }),
  );
  return { accountId, loginName: person.loginName, name: person.name, idNumber: person.idNumber };
}

export interface TestBatch {
  id: number;
  committeeId: number;
  year: number;
  seriesId: number;
  level: string;
  rankBy: 'applicant' | 'unit';
}

/** A batch open now for applicants and units; 群众文化 (91) at the junior level, the guide of 2022 (rank by the applicant) unless told otherwise. */
export async function makeBatch(
  site: Site,
  {
    closed = false,
    publicityDays = 5,
    ...b
  }: Partial<Omit<TestBatch, 'id'>> & {
    committeeId: number;
    publicityDays?: number;
    /** both windows are over */
    closed?: boolean;
  },
): Promise<TestBatch> {
  const batch = { year: 2026, seriesId: 91, level: 'junior', rankBy: 'applicant' as const, ...b };
  const [row] = (await site
    .db('batches')
    .insert({
      year: batch.year,
      committee_id: batch.committeeId,
      series_id: batch.seriesId,
      level: batch.level,
      applicant_opens_at: site.db.raw("app_now() - interval '40 days'"),
      applicant_closes_at: site.db.raw(closed ? "app_now() - interval '10 days'" : "app_now() + interval '20 days'"),
      unit_closes_at: site.db.raw(closed ? "app_now() - interval '1 day'" : "app_now() + interval '30 days'"),
      rank_by: batch.rankBy,
      entrusted_evidence_by: batch.rankBy,
      publicity_days: publicityDays,
      commitment: '本人承诺所填内容和所附材料真实、准确。',
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('no batch');
  return { ...batch, id: row.id };
}

/** An approved path of the unit, for the batch's series, level and year, to a superior unit or to a committee. */
export async function makePath(
  site: Site,
  batch: { seriesId: number; level: string; year: number },
  unit: { unitId: number; accountId: number },
  to: { unitId: number } | { committeeId: number },
  state: 'requested' | 'approved' = 'approved',
): Promise<number> {
  const [row] = (await site
    .db('reporting_paths')
    .insert({
      unit_id: unit.unitId,
      series_id: batch.seriesId,
      level: batch.level,
      year: batch.year,
      upstream_unit_id: 'unitId' in to ? to.unitId : null,
      committee_id: 'committeeId' in to ? to.committeeId : null,
      state,
      requested_by: unit.accountId,
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('no path');
  return row.id;
}
