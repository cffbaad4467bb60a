import fc from 'fast-check';
import { readCreditCode } from '../../../src/lib/credit-code';

const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const withCheck = (first17: string): string => {
  let weight = 1;
  let sum = 0;
  for (const c of first17) {
    sum += alphabet.indexOf(c) * weight;
    weight = (weight * 3) % 31;
  }
  return first17 + alphabet.charAt((31 - (sum % 31)) % 31);
};

describe('C1 unified social credit code (GB 32100-2015)', () => {
  it.each([
    '91350100M000100Y43',
    '12371002MB0X000190',
    '11371000MB0X000271',
    '91371002MAX000031T',
    '52371002MJX000042G',
    '92371082MAX000058B',
    '51370000MJX0000692',
    '31370000MDX000075E',
    '913710020000002460',
  ])('accepts %s', (value) => {
    expect(readCreditCode(value)).toEqual({ ok: true, value });
  });

  it('accepts full-width, lower case and blanks', () => {
    expect(readCreditCode(' ９１35 0100 m000 100y 43')).toEqual({ ok: true, value: '91350100M000100Y43' });
  });

  it.each([
    ['', '请填写统一社会信用代码'],
    ['91350100M000100Y4', '统一社会信用代码应为 18 位数字和大写字母，请核对'],
    ['91350100M000100Y4-3', '统一社会信用代码应为 18 位数字和大写字母，请核对'],
    ['91350100M000100Y4Z', '统一社会信用代码不含字母 I、O、S、V、Z，请核对'],
    ['9I350100M000100Y43', '统一社会信用代码不含字母 I、O、S、V、Z，请核对'],
    ['9135A100M000100Y43', '统一社会信用代码的第 3 至 8 位应为行政区划的数字代码，请核对'],
    ['91350100M000100Y44', '统一社会信用代码的校验码不符，请逐位核对'],
  ])('refuses %j: %s', (raw, problem) => {
    expect(readCreditCode(raw)).toEqual({ ok: false, problem });
  });

  it('accepts the right check character only', () => {
    const characters = fc.constantFrom(...alphabet);
    const first17 = fc
      .tuple(fc.string({ unit: characters, minLength: 2, maxLength: 2 }), fc.string({ unit: characters, minLength: 9, maxLength: 9 }))
      .map(([head, organisation]) => `${head}371002${organisation}`);
    fc.assert(
      fc.property(first17, (start) => {
        const accepted = [...alphabet].filter((check) => readCreditCode(start + check).ok);
        expect(accepted).toEqual([withCheck(start).charAt(17)]);
      }),
    );
  });
});
