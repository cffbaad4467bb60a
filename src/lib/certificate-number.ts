/** What a certificate number can say. `level`: 1 正高级, 2 副高级, 3 中级, 4 初级. */
export interface CertificateNumberParts {
  year: number;
  /** Two digits, the series code of the catalogue. */
  seriesCode: string;
  level: 1 | 2 | 3 | 4;
  /** Six digits, the division of the issuing bureau. */
  division: string;
  /** From 1 on, counted for each combination of the other parts that the scheme names. */
  serial: number;
}

export type NumberPart = 'year' | 'series' | 'level' | 'division';
/** How certificates are numbered: prefix, parts in their order, serial, check digit. */
export interface NumberScheme {
  prefix: string;
  parts: readonly NumberPart[];
  /** digits of the serial */
  width: number;
}

/** What every installation begins with: 「鲁」 and 19 digits. */
export const firstScheme: NumberScheme = { prefix: '鲁', parts: ['year', 'series', 'level', 'division'], width: 5 };

const patterns: Record<NumberPart, { digits: number; source: string }> = {
  year: { digits: 4, source: '(?:19|20)\\d{2}' },
  series: { digits: 2, source: '\\d{2}' },
  level: { digits: 1, source: '[1-4]' },
  division: { digits: 6, source: '\\d{6}' },
};

/** How many digits follow the prefix, check digit included. */
export const digitsOf = (s: NumberScheme): number => s.parts.reduce((sum, p) => sum + patterns[p].digits, s.width + 1);

const formOf = (s: NumberScheme): RegExp =>
  new RegExp(`^(${s.parts.map((p) => patterns[p].source).join('')}(?!0{${s.width}})\\d{${s.width}})(\\d)$`);

/** Check digit of ISO 7064 MOD 11,10: finds every single wrong digit and almost every swap of neighbours. */
function checkDigit(digits: string): string {
  let product = 10;
  for (const digit of digits) {
    const sum = (product + Number(digit)) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return String((11 - product) % 10);
}

const written = (parts: Omit<CertificateNumberParts, 'serial'>, part: NumberPart): string => {
  const text = { year: String(parts.year), series: parts.seriesCode, level: String(parts.level), division: parts.division }[part];
  if (!new RegExp(`^${patterns[part].source}$`).test(text)) throw new RangeError(`no ${part} of a certificate number: ${text}`);
  return text;
};

/** What the serial is counted for: the parts that the scheme names. */
export const scopeOf = (parts: Omit<CertificateNumberParts, 'serial'>, scheme: NumberScheme): string =>
  scheme.parts.map((p) => written(parts, p)).join('-');

/** The number of these parts. Throws RangeError when a part does not fit its place. */
export function makeCertificateNumber(parts: CertificateNumberParts, scheme: NumberScheme = firstScheme): string {
  const digits = scheme.parts.map((p) => written(parts, p)).join('') + String(parts.serial).padStart(scheme.width, '0');
  const number = digits + checkDigit(digits);
  if (!formOf(scheme).test(number)) throw new RangeError(`no certificate number for ${JSON.stringify(parts)}`);
  return scheme.prefix + number;
}

/** Whether `s` has the form of a number of this scheme and its check digit is right. */
export function fitsScheme(s: string, scheme: NumberScheme): boolean {
  if (!s.startsWith(scheme.prefix)) return false;
  const [, digits, check] = formOf(scheme).exec(s.slice(scheme.prefix.length)) ?? [];
  return digits !== undefined && checkDigit(digits) === check;
}

/** Whether `s` is written as numbers of this scheme are, prefix and so many digits, wherever a digit may be wrong. */
export const isWrittenLike = (s: string, scheme: NumberScheme): boolean =>
  s.startsWith(scheme.prefix) && new RegExp(`^\\d{${digitsOf(scheme)}}$`).test(s.slice(scheme.prefix.length));

/** Whether `s` is a number of the first scheme. */
export const isCertificateNumber = (s: string): boolean => fitsScheme(s, firstScheme);
