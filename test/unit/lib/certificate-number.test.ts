import fc from 'fast-check';
import { isCertificateNumber, makeCertificateNumber } from '../../../src/lib/certificate-number';

const parts = { year: 2022, seriesCode: '91', level: 4, division: '371002', serial: 7 } as const;
const anyParts = fc.record({
  year: fc.integer({ min: 2000, max: 2099 }),
  seriesCode: fc.integer({ min: 1, max: 99 }).map((n) => String(n).padStart(2, '0')),
  level: fc.constantFrom(1, 2, 3, 4),
  division: fc.integer({ min: 110000, max: 659999 }).map(String),
  serial: fc.integer({ min: 1, max: 99999 }),
});

describe('J5 certificate number', () => {
  it('is 鲁, year, series, level, division, serial and check digit', () => {
    const number = makeCertificateNumber(parts);
    expect(number).toMatch(/^鲁202291437100200007\d$/);
    expect(isCertificateNumber(number)).toBe(true);
  });

  it('accepts what it makes and refuses every single wrong digit', () => {
    fc.assert(
      fc.property(anyParts, fc.integer({ min: 1, max: 19 }), fc.integer({ min: 1, max: 9 }), (given, at, by) => {
        const number = makeCertificateNumber(given);
        const wrong = `${number.slice(0, at)}${(Number(number[at]) + by) % 10}${number.slice(at + 1)}`;
        expect(isCertificateNumber(number)).toBe(true);
        expect(isCertificateNumber(wrong)).toBe(false);
      }),
    );
  });

  it('follows ISO 7064 MOD 11,10', () => {
    // The recurrence of the standard, stated the other way round: the product over all digits, check digit included, ends in 1.
    fc.assert(
      fc.property(anyParts, (given) => {
        const digits = [...makeCertificateNumber(given).slice(1)].map(Number);
        const check = digits.pop() ?? 0;
        const product = digits.reduce((p, digit) => (((p + digit) % 10 || 10) * 2) % 11, 10);
        return (product + check) % 10 === 1;
      }),
    );
  });

  it.each(['', '鲁', '鲁2022914371002000070000', '晋2022914371002000071', '鲁2022915371002000071', '鲁2022914371002000000', 'abc'])(
    'refuses %j',
    (s) => {
      expect(isCertificateNumber(s)).toBe(false);
    },
  );

  it.each([
    ['year', { ...parts, year: 22 }],
    ['series', { ...parts, seriesCode: '9' }],
    ['division', { ...parts, division: '3710' }],
    ['digits moved between series and division', { ...parts, seriesCode: '914', division: '37100' }],
    ['serial 0', { ...parts, serial: 0 }],
    ['serial of six digits', { ...parts, serial: 100000 }],
    ['serial with a fraction', { ...parts, serial: 1.5 }],
  ])('throws for a wrong %s', (_, given) => {
    expect(() => makeCertificateNumber(given)).toThrow(RangeError);
  });
});
