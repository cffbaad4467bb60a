import fc from 'fast-check';
import { readIdNumber } from '../../../src/lib/id-number';

const today = '2026-06-01';
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const withCheck = (first17: string): string =>
  first17 + '10X98765432'.charAt([...first17].reduce((sum, digit, i) => sum + Number(digit) * (weights[i] ?? 0), 0) % 11);

describe('B1 resident ID number (GB 11643)', () => {
  it.each([
    ['11010519491231002X', '11010519491231002X', '1949-12-31', 'female'],
    ['440524188001010014', '440524188001010014', '1880-01-01', 'male'],
    ['371002190101010011', '371002190101010011', '1901-01-01', 'male'],
    ['37100219010101002X', '37100219010101002X', '1901-01-01', 'female'],
    ['110105491231002', '11010519491231002X', '1949-12-31', 'female'],
    [' 1101 0519 4912 3100 2x ', '11010519491231002X', '1949-12-31', 'female'],
    ['１１０１０５１９４９１２３１００２ｘ', '11010519491231002X', '1949-12-31', 'female'],
  ])('reads %s', (raw, value, bornOn, sex) => {
    expect(readIdNumber('resident', raw, today)).toEqual({ ok: true, value, bornOn, sex });
  });

  it.each([
    ['', '请填写证件号码'],
    [' \u200B', '请填写证件号码'],
    ['1101051949123100', '请填写 18 位居民身份证号码'],
    ['11010519491231002XX', '请填写 18 位居民身份证号码'],
    ['11010549123100X', '请填写 18 位居民身份证号码'],
    ['1101051949123X0020', '请填写 18 位居民身份证号码'],
    ['810000190101010015', '这是港澳台居民居住证号码，请改选证件类型'],
    [withCheck('99010519491231002'), '证件号码的前两位不是省级行政区划代码，请核对'],
    [withCheck('11010519490230002'), '证件号码中的出生日期不存在，请核对第 7 至 14 位'],
    [withCheck('11010517990101001'), '证件号码中的出生日期不存在，请核对第 7 至 14 位'],
    ['110105490230002', '证件号码中的出生日期不存在，请核对第 7 至 14 位'],
    [withCheck('11010520260601002'), '证件号码中的出生日期晚于今天，请核对第 7 至 14 位'],
    ['110105194912310021', '证件号码的校验码不符，请逐位核对'],
  ])('refuses %j: %s', (raw, problem) => {
    expect(readIdNumber('resident', raw, today)).toEqual({ ok: false, problem });
  });

  it('accepts someone born yesterday and abolished county codes', () => {
    expect(readIdNumber('resident', withCheck('37109920260531001'), today)).toMatchObject({ ok: true, bornOn: '2026-05-31', sex: 'male' });
  });

  const first17 = fc
    .tuple(fc.date({ min: new Date('1901-01-01'), max: new Date('2026-05-31'), noInvalidDate: true }), fc.integer({ min: 0, max: 999 }))
    .map(([born, serial]) => `371002${born.toISOString().slice(0, 10).replaceAll('-', '')}${String(serial).padStart(3, '0')}`);

  it('accepts every number with the right check character and refuses every single wrong digit', () => {
    fc.assert(
      fc.property(first17, fc.integer({ min: 0, max: 16 }), fc.integer({ min: 1, max: 9 }), (start, at, by) => {
        const value = withCheck(start);
        const wrong = `${value.slice(0, at)}${(Number(value[at]) + by) % 10}${value.slice(at + 1)}`;
        expect(readIdNumber('resident', value, today)).toMatchObject({ ok: true, value });
        expect(readIdNumber('resident', wrong, today).ok).toBe(false);
      }),
    );
  });
});

describe('B1 residence permit of Hong Kong, Macao and Taiwan residents', () => {
  it.each([
    ['810000190101010015', 'male'],
    ['820000190101010025', 'female'],
    ['830000190101010035', 'male'],
  ])('reads %s', (value, sex) => {
    expect(readIdNumber('hmt-residence', value, today)).toEqual({ ok: true, value, bornOn: '1901-01-01', sex });
  });

  it.each([
    ['11010519491231002X', '港澳台居民居住证号码应以 810000、820000 或者 830000 开头，请核对'],
    [withCheck('81000119010101001'), '港澳台居民居住证号码应以 810000、820000 或者 830000 开头，请核对'],
    ['810000190101010016', '证件号码的校验码不符，请逐位核对'],
    ['810000010101001', '请填写 18 位港澳台居民居住证号码'],
  ])('refuses %s: %s', (raw, problem) => {
    expect(readIdNumber('hmt-residence', raw, today)).toEqual({ ok: false, problem });
  });
});

describe('B1 passport and other documents', () => {
  it.each([
    ['e1234 5678', 'E12345678'],
    ['Ｅ１２３４', 'E1234'],
    ['12345678901234567890', '12345678901234567890'],
  ])('reads %s', (raw, value) => {
    expect(readIdNumber('passport', raw, today)).toEqual({ ok: true, value });
  });

  it.each(['E123', 'E12345678-', '123456789012345678901', '护照12345'])('refuses %s', (raw) => {
    expect(readIdNumber('passport', raw, today)).toEqual({ ok: false, problem: '请填写 5 至 20 位由字母和数字组成的证件号码' });
  });
});
