import { randomInt } from 'node:crypto';

// without letters and digits that are taken for one another when read aloud or from a telephone
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A password to be used once and then replaced: 15 random characters in groups (S12), about 74 bits. */
export function oneTimePassword(): string {
  const group = (): string => Array.from({ length: 5 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  return [group(), group(), group()].join('-');
}
