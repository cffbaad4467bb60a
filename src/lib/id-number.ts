import { isCalendarDate, type PlainDate } from './dates';
import { compactCode } from './text';

/** 居民身份证, 港澳台居民居住证, and passports or other documents without a checksum. */
export type IdType = 'resident' | 'hmt-residence' | 'passport';

export type IdNumberReading = { ok: true; value: string; bornOn?: PlainDate; sex?: 'male' | 'female' } | { ok: false; problem: string };

// Two-digit province codes of GB/T 2260. Counties merge and vanish, so nothing finer is checked.
const provinces = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82'.split(' '),
);
const residencePermitAreas = new Set(['810000', '820000', '830000']);
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

function checkCharacter(first17: string): string {
  const sum = weights.reduce((total, weight, index) => total + weight * Number(first17[index]), 0);
  return '10X98765432'.charAt(sum % 11);
}

/**
 * Reads an identity document number as typed: full-width, blanks and a lower-case x are accepted, a 15-digit legacy number becomes its
 * 18-digit form. Resident numbers follow GB 11643 (province, birth date before `today`, checksum); residence permits of Hong Kong, Macao
 * and Taiwan residents use the same scheme with the areas 810000, 820000, 830000. `problem` is a message for beside the field.
 */
export function readIdNumber(type: IdType, raw: string, today: PlainDate): IdNumberReading {
  const typed = compactCode(raw);
  if (typed === '') return { ok: false, problem: '请填写证件号码' };
  if (type === 'passport') {
    return /^[A-Z0-9]{5,20}$/.test(typed)
      ? { ok: true, value: typed }
      : { ok: false, problem: '请填写 5 至 20 位由字母和数字组成的证件号码' };
  }
  const isResident = type === 'resident';
  const body = isResident && /^\d{15}$/.test(typed) ? `${typed.slice(0, 6)}19${typed.slice(6)}` : typed.slice(0, 17);
  const value = typed.length === 15 ? body + checkCharacter(body) : typed;
  if (!/^\d{17}[\dX]$/.test(value)) {
    return { ok: false, problem: isResident ? '请填写 18 位居民身份证号码' : '请填写 18 位港澳台居民居住证号码' };
  }
  if (isResident && residencePermitAreas.has(value.slice(0, 6))) {
    return { ok: false, problem: '这是港澳台居民居住证号码，请改选证件类型' };
  }
  if (isResident && !provinces.has(value.slice(0, 2))) {
    return { ok: false, problem: '证件号码的前两位不是省级行政区划代码，请核对' };
  }
  if (!isResident && !residencePermitAreas.has(value.slice(0, 6))) {
    return { ok: false, problem: '港澳台居民居住证号码应以 810000、820000 或者 830000 开头，请核对' };
  }
  const bornOn = `${value.slice(6, 10)}-${value.slice(10, 12)}-${value.slice(12, 14)}`;
  if (!isCalendarDate(bornOn)) return { ok: false, problem: '证件号码中的出生日期不存在，请核对第 7 至 14 位' };
  if (bornOn >= today) return { ok: false, problem: '证件号码中的出生日期晚于今天，请核对第 7 至 14 位' };
  if (checkCharacter(body) !== value.charAt(17)) return { ok: false, problem: '证件号码的校验码不符，请逐位核对' };
  return { ok: true, value, bornOn, sex: Number(value.charAt(16)) % 2 === 1 ? 'male' : 'female' };
}
