import sharp from 'sharp';
import { makeArithmetic, makeCaptcha } from '../../../src/adapters/captcha';
import { qrPng, qrSvg } from '../../../src/adapters/qr';

const NUMERALS = '零一二三四五六七八九';

/** 十一 -> 11; written apart from the product's code. */
function valueOf(words: string): number {
  const [tens, ones] = words.includes('十') ? words.split('十') : [undefined, words];
  const ten = tens === undefined ? 0 : tens === '' ? 1 : NUMERALS.indexOf(tens);
  return ten * 10 + (ones ? NUMERALS.indexOf(ones) : 0);
}

describe('captcha', () => {
  it('is a small PNG of four characters that cannot be confused', async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const { text, png } = await makeCaptcha();
      seen.add(text);
      expect(text).toMatch(/^[A-Z0-9]{4}$/);
      expect(text).not.toMatch(/[01258BDGILOQSUVWZ]/);
      expect(png.length).toBeLessThan(12_000);
      const { width, height, format } = await sharp(png).metadata();
      expect([width, height, format]).toEqual([180, 56, 'png']);
    }
    expect(seen.size).toBeGreaterThan(35);
  });

  it('draws dark characters on a light ground', async () => {
    const { png } = await makeCaptcha();
    const { data } = await sharp(png).greyscale().raw().toBuffer({ resolveWithObject: true });
    const dark = data.filter((value) => value < 120).length;
    expect(dark / data.length).toBeGreaterThan(0.02);
    expect(dark / data.length).toBeLessThan(0.4);
  });

  it('offers a sum in words whose answer is right and not negative', () => {
    for (let i = 0; i < 500; i++) {
      const { question, answer } = makeArithmetic();
      const parts = /^([零一二三四五六七八九十]+)([加减])([零一二三四五六七八九十]+)等于几$/.exec(question);
      expect(parts).not.toBeNull();
      const [first, second] = [valueOf(parts?.[1] ?? ''), valueOf(parts?.[3] ?? '')];
      expect(answer).toBe(String(parts?.[2] === '加' ? first + second : first - second));
      expect(Number(answer)).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('QR code', () => {
  it('comes as PNG and as SVG', async () => {
    const png = await sharp(await qrPng('https://example.com/check/2024-000001')).metadata();
    expect(png.format).toBe('png');
    expect(png.width).toBe(png.height);
    expect(await qrSvg('https://example.com/check/2024-000001')).toMatch(/^<svg[^>]+viewBox/);
  });
});
