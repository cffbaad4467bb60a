/** Bodies and people for tests, made with the functions that the use-cases use; and signing in through the real page. */
import { createHash } from 'node:crypto';
import { hashPassword } from '../../src/adapters/passwords';
import { makeScan } from '../../seeds/demo/scans';
import { createPersonAccount, createStaffAccount, createUnitAccount } from '../../src/modules/accounts';
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
    | { role: 'office'; committeeId: number; name?: string }
    | { role: 'support' | 'admin'; name?: string },
): Promise<TestStaff> {
  const loginName = `staff${next()}`;
  const common = { loginName, passwordHash: await passwordHash(), displayName: s.name ?? '宋建国' };
  const accountId = await site.db.transaction((trx) =>
    createStaffAccount(
      trx,
      site.deps,
      s.role === 'bureau'
        ? { ...common, role: s.role, divisionCode: s.divisionCode }
        : s.role === 'office'
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

/** Fills and sends the sign-in page of this visitor. The captcha's answer is overwritten first: what stands in the picture, only people can read. */
export async function signInVia(site: Site, visitor: Visitor, loginName: string, password = PASSWORD): Promise<Page> {
  const form = await visitor.get('/sign-in');
  const id = form.find('input[name="captcha.id"]')?.getAttribute('value') ?? '';
  await site
    .db('captchas')
    .where({ id })
    .update({ answer_hash: createHash('sha256').update('test').digest() });
  return visitor.submit(form, { account: loginName, password, 'captcha.answer': 'test' });
}

/** A browser in which this account has signed in. */
export async function signInAs(site: Site, account: { loginName: string }): Promise<Visitor> {
  const visitor = site.visitor();
  const answer = await signInVia(site, visitor, account.loginName);
  if (answer.status !== 303) throw new Error(`sign-in of ${account.loginName} gave ${answer.status}: ${answer.errors().join('; ')}`);
  return visitor;
}

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

/** A registered person, with a photograph unless told otherwise. */
export async function makePerson(site: Site, p: { name?: string; photo?: boolean } = {}): Promise<TestPerson> {
  const n = next();
  const person = { loginName: `person${n}`, name: p.name ?? `于𬀩${n}`.slice(0, 2), idNumber: residentId(2 * n) };
  const photo =
    p.photo === false
      ? undefined
      : await site.deps.storage.put((await makeScan('photo', { name: person.name, lines: [], date: '' }, 'jpg')).content);
  const hashed = await passwordHash();
  const accountId = await site.db.transaction((trx) =>
    createPersonAccount(trx, site.deps, {
      loginName: person.loginName,
      passwordHash: hashed,
      name: person.name,
      idType: 'resident',
      idNumber: person.idNumber,
      sex: 'female',
      bornOn: '1995-03-12',
      ethnicity: '01',
      mobile: `139${String(63_500_000 + n)}`,
      ...(photo ? { photoSha256: photo.sha256 } : {}),
    }),
  );
  return { ...person, accountId };
}

/** A batch open now for a committee; the guide of 2022 (rank by the applicant) unless told otherwise. */
export async function makeBatch(
  site: Site,
  b: { committeeId: number; seriesId?: number; level?: string; rankBy?: 'applicant' | 'unit'; year?: number; closed?: boolean },
): Promise<{ id: number; year: number }> {
  const year = b.year ?? 2026;
  const [row] = (await site
    .db('batches')
    .insert({
      year,
      committee_id: b.committeeId,
      series_id: b.seriesId ?? 91,
      level: b.level ?? 'junior',
      applicant_opens_at: site.db.raw("app_now() - interval '40 days'"),
      applicant_closes_at: site.db.raw(b.closed ? "app_now() - interval '1 day'" : "app_now() + interval '20 days'"),
      unit_closes_at: site.db.raw("app_now() + interval '30 days'"),
      rank_by: b.rankBy ?? 'applicant',
      entrusted_evidence_by: 'applicant',
      commitment: '本人承诺所填内容和所附材料真实、准确。',
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('no batch');
  return { id: row.id, year };
}

/** An approved path from a unit to a superior unit or to a committee. */
export async function makePath(
  site: Site,
  p: {
    unitId: number;
    upstreamUnitId?: number;
    committeeId?: number;
    by: number;
    year?: number;
    seriesId?: number;
    level?: string;
    state?: 'requested' | 'approved';
  },
): Promise<number> {
  const [row] = (await site
    .db('reporting_paths')
    .insert({
      unit_id: p.unitId,
      series_id: p.seriesId ?? 91,
      level: p.level ?? 'junior',
      year: p.year ?? 2026,
      upstream_unit_id: p.upstreamUnitId ?? null,
      committee_id: p.committeeId ?? null,
      state: p.state ?? 'approved',
      requested_by: p.by,
    })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('no path');
  return row.id;
}
