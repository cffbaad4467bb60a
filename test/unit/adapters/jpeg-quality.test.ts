/** D14: how well a JPEG was written, told from its header. */
import sharp from 'sharp';
import { inspectImage } from '../../../src/adapters/files/images';
import { jpegQualityOf } from '../../../src/adapters/files/jpeg-quality';

const picture = (quality: number, width = 640): Promise<Buffer> =>
  sharp({ create: { width, height: 480, channels: 3, background: '#fff', noise: { type: 'gaussian', mean: 200, sigma: 20 } } })
    .jpeg({ quality })
    .toBuffer();

describe('D14 the quality of a JPEG', () => {
  test.each([30, 50, 60, 75, 76, 82, 88, 92, 97, 100])('D14 %i is told from its table', async (quality) => {
    const found = jpegQualityOf(await picture(quality, 16)) ?? NaN;
    expect(Math.abs(found - quality)).toBeLessThanOrEqual(1);
  });
  test('S46 nothing that is no JPEG, or only the beginning of one, is taken for one or holds the reader up', async () => {
    const whole = await picture(80, 16);
    for (let length = 0; length < 200; length++) jpegQualityOf(whole.subarray(0, length));
    expect(jpegQualityOf(Buffer.alloc(0))).toBeUndefined();
    expect(jpegQualityOf(Buffer.alloc(500, 0xff))).toBeUndefined();
    expect(jpegQualityOf(Buffer.from('ffd8ffe00000', 'hex'))).toBeUndefined();
    expect(jpegQualityOf(Buffer.from('ffd8ffdb0004', 'hex'))).toBeUndefined();
    expect(jpegQualityOf(Buffer.from('%PDF-1.7 not a picture'))).toBeUndefined();
  });
  test('D14, M12 a scan written anew is as good as it came and hardly larger', async () => {
    for (const [came, kept] of [
      [40, 75],
      [76, 76],
      [95, 88],
    ] as const) {
      // turned, so that it has to be written anew
      const content = await sharp(await picture(came))
        .withMetadata({ orientation: 3 })
        .jpeg({ quality: came })
        .toBuffer();
      const verdict = await inspectImage(content, 'image/jpeg', 5_000_000);
      if (verdict.kind !== 'ok') throw new Error(verdict.problem);
      expect(Math.abs((jpegQualityOf(verdict.content) ?? NaN) - kept)).toBeLessThanOrEqual(1);
      if (came >= kept) expect(verdict.content.length).toBeLessThan(1.25 * content.length);
    }
  });
});
