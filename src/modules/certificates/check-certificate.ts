import type { Handle } from '../../db/db';
import { digitsOf, fitsScheme, isWrittenLike, type NumberScheme } from '../../lib/certificate-number';
import { maskName } from '../../lib/mask';
import { showMoment } from '../../lib/moment';
import { compactCode, normaliseLine } from '../../lib/text';
import type { Certificate } from './certificate';
import { findCertificateByCode, findCertificateByNumber } from './certificates.store';
import { readQueryCode } from '../../lib/query-code';

/** What somebody typed. It names a person: it never stands in an address. */
export interface CheckInput {
  number: string;
  name: string;
}

/** What the public may see of a certificate (A7): nothing that the asker could not read off the paper, and the name masked. */
export interface CheckedCertificate {
  name: string;
  number: string;
  title: string;
  level: string;
  series: string;
  speciality: string;
  committee: string;
  issuer: string;
  issuedOn: string;
  isValid: boolean;
  /** day on which it was revoked */
  revokedOn: string;
  /** another one was issued in its place */
  isReplaced: boolean;
}
export type CheckOutcome =
  { kind: 'found'; certificate: CheckedCertificate } | { kind: 'not-found' } | { kind: 'problems'; number?: string; name?: string };

const shown = (c: Certificate): CheckedCertificate => ({
  name: maskName(c.holderName),
  number: c.number,
  title: c.content.title,
  level: c.content.level,
  series: c.content.series,
  speciality: c.content.speciality,
  committee: c.content.committee,
  issuer: c.content.issuer,
  issuedOn: c.issuedOn,
  isValid: c.revokedAt === null,
  revokedOn: c.revokedAt === null ? '' : (showMoment(c.revokedAt).split(' ')[0] ?? ''),
  isReplaced: c.replacedBy !== null,
});

/** A number as typed: full-width, blanks and dashes do no harm, and the prefix may be left out. */
export function readNumber(typed: string, schemes: readonly NumberScheme[]): string {
  const compact = compactCode(typed).replace(/-/g, '');
  if (!/^\d/.test(compact)) return compact;
  const whole = schemes.map((s) => s.prefix + compact);
  return whole.find((n, i) => fitsScheme(n, schemes[i] as NumberScheme)) ?? whole.at(-1) ?? compact;
}

/** 「鲁」加 19 位数字: what numbers look like, the present ones first. */
export const numberForm = (schemes: readonly NumberScheme[]): string =>
  schemes.map((s) => `「${s.prefix}」加 ${digitsOf(s)} 位数字`).join('，或者');

/** Names are the same when only blanks and the kind of dot between them differ. */
const nameKey = (name: string): string => normaliseLine(name).replace(/[\s.·•‧・･∙⋅．]/gu, '');

/** By number and name. A wrong name gets the same answer as a number that does not exist, so that numbers give no names away. */
export async function checkByNumber(h: Handle, typed: CheckInput, schemes: readonly NumberScheme[]): Promise<CheckOutcome> {
  const number = readNumber(typed.number, schemes);
  const problems = {
    ...(typed.number.trim() === ''
      ? { number: '请填写「证书编号」' }
      : schemes.some((s) => fitsScheme(number, s))
        ? {}
        : {
            // whoever typed as many digits as there should be is not told to type as many
            number: schemes.some((s) => isWrittenLike(number, s))
              ? '「证书编号」有数字填写错误，请按证书逐位核对'
              : `「证书编号」填写有误，应为${numberForm(schemes)}，请按证书核对`,
          }),
    ...(nameKey(typed.name) === '' ? { name: '请填写「姓名」' } : {}),
  };
  if (Object.keys(problems).length > 0) return { kind: 'problems', ...problems };
  const c = await findCertificateByNumber(h, number);
  return c && nameKey(c.holderName) === nameKey(typed.name) ? { kind: 'found', certificate: shown(c) } : { kind: 'not-found' };
}

/** By the query code, as the QR code of the certificate does. */
export async function checkByCode(h: Handle, typed: string): Promise<Exclude<CheckOutcome, { kind: 'problems' }>> {
  const code = readQueryCode(typed);
  const c = code === undefined ? undefined : await findCertificateByCode(h, code);
  return c ? { kind: 'found', certificate: shown(c) } : { kind: 'not-found' };
}
