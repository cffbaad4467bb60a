/** Numbers for invented people and units: right in form and checksum, so that every page takes them. */

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** A resident ID number (GB 11643): division of six digits, birth date `YYYY-MM-DD`, serial of up to three digits, odd for men. */
export function idNumber(area: string, bornOn: string, serial: number): string {
  const body = `${area}${bornOn.replaceAll('-', '')}${String(serial).padStart(3, '0')}`;
  const sum = ID_WEIGHTS.reduce((total, weight, i) => total + weight * Number(body[i]), 0);
  return body + '10X98765432'.charAt(sum % 11);
}

const CREDIT_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];

/** The ninth character of an organisation code (GB 11714); letters count from A = 10. */
function organisationCheck(eight: string): string {
  const sum = ORGANISATION_WEIGHTS.reduce((total, weight, i) => total + weight * parseInt(eight.charAt(i), 36), 0);
  const check = 11 - (sum % 11);
  return check === 11 ? '0' : check === 10 ? 'X' : String(check);
}

/** A unified social credit code (GB 32100-2015): registry and kind such as `12`, division, and eight characters of an organisation code. */
export function creditCode(kind: string, division: string, eight: string): string {
  const body = `${kind}${division}${eight}${organisationCheck(eight)}`;
  let sum = 0;
  let weight = 1;
  for (const character of body) {
    sum += CREDIT_ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return body + CREDIT_ALPHABET.charAt((31 - (sum % 31)) % 31);
}

/** A mobile number out of a block kept for the demonstration: 1990000 and four digits. */
export const mobile = (n: number): string => `1990000${String(n).padStart(4, '0')}`;
