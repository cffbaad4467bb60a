import sharp from 'sharp';
import { inkPng } from '../../../src/adapters/ink-png';

const LOOK = { tones: 8, paper: [0xf6, 0xf7, 0xf9], ink: [0x11, 0x22, 0x33] } as const;

describe('inkPng', () => {
  it('is read by the image library as it was written: rows in their order, paper where there is no ink, few tones between', async () => {
    const coverage = Uint8Array.from([0, 255, 128, 0, 255, 255, 0, 64]);
    const { data, info } = await sharp(inkPng(coverage, 4, LOOK))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([4, 2, 3]);
    const tone = (n: number): number[] =>
      [0, 1, 2].map((i) => Math.round((LOOK.paper[i] ?? 0) + (((LOOK.ink[i] ?? 0) - (LOOK.paper[i] ?? 0)) * n) / 7));
    expect([...data]).toEqual([0, 7, 4, 0, 7, 7, 0, 2].flatMap(tone));
  });
  it('takes whole rows of an even width', () => {
    expect(() => inkPng(new Uint8Array(5), 4, LOOK)).toThrow(RangeError);
    expect(() => inkPng(new Uint8Array(9), 3, LOOK)).toThrow(RangeError);
  });
});
