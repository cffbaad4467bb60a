import { compactCode } from './text';

export type CreditCodeReading = { ok: true; value: string } | { ok: false; problem: string };

// GB 32100-2015, table 3: the digits and letters without I, O, S, V and Z; a character's value is its place here.
const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** 3^(i-1) mod 31 for the 17 characters before the check character. */
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/**
 * Reads a unified social credit code (统一社会信用代码, GB 32100-2015) as typed: full-width, lower case and blanks are accepted; the form
 * and the check character are verified. `problem` is a message for beside the field.
 */
export function readCreditCode(raw: string): CreditCodeReading {
  const value = compactCode(raw);
  if (value === '') return { ok: false, problem: '请填写统一社会信用代码' };
  if (!/^[0-9A-Z]{18}$/.test(value)) return { ok: false, problem: '统一社会信用代码应为 18 位数字和大写字母，请核对' };
  if (/[IOSVZ]/.test(value)) return { ok: false, problem: '统一社会信用代码不含字母 I、O、S、V、Z，请核对' };
  if (!/^..\d{6}/.test(value)) return { ok: false, problem: '统一社会信用代码的第 3 至 8 位应为行政区划的数字代码，请核对' };
  const sum = weights.reduce((total, weight, index) => total + weight * alphabet.indexOf(value.charAt(index)), 0);
  const check = alphabet.charAt((31 - (sum % 31)) % 31);
  return value.charAt(17) === check ? { ok: true, value } : { ok: false, problem: '统一社会信用代码的校验码不符，请逐位核对' };
}
