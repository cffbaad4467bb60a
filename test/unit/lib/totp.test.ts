import { base32, fromBase32, matchingStep, newTotpSecret, totpAddress, totpCode, totpStep } from '../../../src/lib/totp';

const SECRET = base32(Buffer.from('12345678901234567890'));

describe('S10 one-time codes by time', () => {
  // RFC 6238, appendix B, SHA-1
  it.each([
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ])('RFC 6238: at %i s the code is %s', (seconds, code) => {
    expect(totpCode(SECRET, totpStep(new Date(seconds * 1000)), 8)).toBe(code);
  });
  // RFC 4226, appendix D
  it.each(
    ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'].map((c, i) => [i, c] as const),
  )('RFC 4226: count %i gives %s', (count, code) => {
    expect(totpCode(SECRET, count)).toBe(code);
  });
  // RFC 4648, section 10
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('RFC 4648: %p is %p', (text, code) => {
    expect(base32(Buffer.from(text))).toBe(code);
    expect(fromBase32(code).toString()).toBe(text);
  });

  it('takes the code of the interval before and after, and no other', () => {
    const now = new Date(1_700_000_010_000);
    const step = totpStep(now);
    for (const [d, is] of [
      [-2, false],
      [-1, true],
      [0, true],
      [1, true],
      [2, false],
    ] as const)
      expect([d, matchingStep(SECRET, totpCode(SECRET, step + d), now)]).toEqual([d, is ? step + d : undefined]);
    for (const typed of ['', '12345', '1234567', 'abcdef', '１２３４５６']) expect(matchingStep(SECRET, typed, now)).toBeUndefined();
  });

  it('makes secrets of 160 bits, and an address that names site and account', () => {
    expect(newTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpSecret()).not.toBe(newTotpSecret());
    expect(totpAddress('ABC', '职称 系统', 'zhang')).toBe(
      'otpauth://totp/%E8%81%8C%E7%A7%B0%20%E7%B3%BB%E7%BB%9F:zhang?secret=ABC&issuer=%E8%81%8C%E7%A7%B0%20%E7%B3%BB%E7%BB%9F',
    );
    expect(() => fromBase32('a1')).toThrow(RangeError);
  });
});
