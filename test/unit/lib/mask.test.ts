import fc from 'fast-check';
import { maskIdNumber, maskMobile, maskName, maskNumbersIn } from '../../../src/lib/mask';

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

describe('S53 numbers in free text', () => {
  it.each([
    ['本人来电，证件号码 371002198605120014，手机 13906310001。', '本人来电，证件号码 371***********0014，手机 139****0001。'],
    ['37100219860512001x', '371***********001x'],
    ['371002860512001', '371********2001'],
    ['文号 鲁人社字〔2026〕13号，共 12345678901234567890 元', '文号 鲁人社字〔2026〕13号，共 12345678901234567890 元'],
    ['', ''],
  ])('%s', (text, masked) => {
    expect(maskNumbersIn(text)).toBe(masked);
  });
});
