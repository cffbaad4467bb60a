/** What a certificate number says. `level`: 1 正高级, 2 副高级, 3 中级, 4 初级. */
export interface CertificateNumberParts {
  year: number;
  /** Two digits, the series code of the catalogue. */
  seriesCode: string;
  level: 1 | 2 | 3 | 4;
  /** Six digits, the division of the issuing bureau. */
  division: string;
  /** 1 to 99999, counted per year, series, level and division. */
  serial: number;
}

const form = /^鲁((?:19|20)\d{2}\d{2}[1-4]\d{6}(?!00000)\d{5})(\d)$/;

/** Check digit of ISO 7064 MOD 11,10: finds every single wrong digit and almost every swap of neighbours. */
function checkDigit(digits: string): string {
  let product = 10;
  for (const digit of digits) {
    const sum = (product + Number(digit)) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return String((11 - product) % 10);
}

/** 「鲁」, year, series, level, division, serial and check digit. Throws RangeError when a part does not fit its place. */
export function makeCertificateNumber(parts: CertificateNumberParts): string {
  const { year, seriesCode, level, division, serial } = parts;
  const digits = `${year}${seriesCode}${level}${division}${String(serial).padStart(5, '0')}`;
  const number = `鲁${digits}${checkDigit(digits)}`;
  if (!/^\d{2}$/.test(seriesCode) || !/^\d{6}$/.test(division) || !form.test(number)) {
    throw new RangeError(`no certificate number for ${JSON.stringify(parts)}`);
  }
  return number;
}

/** Whether `s` has the form of a certificate number and its check digit is right. */
export function isCertificateNumber(s: string): boolean {
  const [, digits, check] = form.exec(s) ?? [];
  return digits !== undefined && checkDigit(digits) === check;
}
