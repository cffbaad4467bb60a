import { compactCode } from './text';

export type MobileReading = { ok: true; value: string } | { ok: false; problem: string };

/**
 * Reads a mainland mobile number as typed: full-width, blanks, hyphens and the country code +86 are accepted; gives the 11 digits.
 * Number ranges after 13 to 19 keep being added, so only the first two digits are checked.
 */
export function readMobile(raw: string): MobileReading {
  const value = compactCode(raw)
    .replace(/[-\u2010-\u2015\u2212]/g, '')
    .replace(/^(?:\+|00)86/, '');
  if (value === '') return { ok: false, problem: '请填写手机号码' };
  return /^1[3-9]\d{9}$/.test(value) ? { ok: true, value } : { ok: false, problem: '请填写以 13 至 19 开头的 11 位手机号码' };
}
