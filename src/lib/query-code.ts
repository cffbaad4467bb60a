import { randomInt } from 'node:crypto';
import { compactCode } from './text';

/** Without 0, 1, I, L and O, which are taken for each other on paper. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const LENGTH = 12;
const FORM = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/** A new 「查询码」: 12 random characters, 59 bits, so that certificates cannot be found by trying. */
export function makeQueryCode(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** A typed or scanned code in the form it is stored in; undefined when it cannot be one. */
export function readQueryCode(typed: string): string | undefined {
  const code = compactCode(typed).replace(/-/g, '');
  return FORM.test(code) ? code : undefined;
}
