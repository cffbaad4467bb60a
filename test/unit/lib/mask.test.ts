import fc from 'fast-check';
import { maskIdNumber, maskMobile, maskName } from '../../../src/lib/mask';

describe('X3 masking', () => {
  it.each([
    ['11010519491231002X', '110***********002X'],
    ['E12345678', 'E12**5678'],
    ['E1234', 'E***4'],
    ['E123456', 'E*****6'],
    ['', ''],
  ])('ID number %s', (value, masked) => {
    expect(maskIdNumber(value)).toBe(masked);
  });

  it.each([
    ['13800138000', '138****8000'],
    ['12', '1*'],
  ])('mobile %s', (value, masked) => {
    expect(maskMobile(value)).toBe(masked);
  });

  it.each([
    ['张三', '张*'],
    ['王小明', '王**'],
    ['欧阳明月', '欧阳**'],
    ['欧阳', '欧*'],
    ['买买提·艾力', '买**·**'],
    ['𬀩明', '𬀩*'],
    ['张𫖯', '张*'],
    ['王', '*'],
    ['', ''],
    ['John Smith', 'J*** *****'],
  ])('name %s', (name, masked) => {
    expect(maskName(name)).toBe(masked);
  });

  it('keeps the length and shows at most seven characters of a number', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789X'), minLength: 2, maxLength: 20 }), (value) => {
        const masked = maskIdNumber(value);
        return masked.length === value.length && masked.replaceAll('*', '').length <= 7 && masked.includes('*');
      }),
    );
  });
});
