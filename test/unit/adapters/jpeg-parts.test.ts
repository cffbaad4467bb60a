/** D14, S48: a JPEG that needs nothing done to it keeps its picture to the bit, and nothing else of the file. */
import { createCipheriv } from 'node:crypto';
import sharp from 'sharp';
import { inspectImage } from '../../../src/adapters/files/images';
import { jpegParts } from '../../../src/adapters/files/jpeg-parts';

const MAX = 5 * 1024 * 1024;
const noise = (width: number, height: number): sharp.Sharp => {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  return sharp(cipher.update(Buffer.alloc(width * height * 3)), { raw: { width, height, channels: 3 } }).blur(2);
};
const pixelsOf = (content: Buffer, failOn: 'error' | 'warning' = 'warning'): Promise<Buffer> => sharp(content, { failOn }).raw().toBuffer();
const segment = (marker: number, body: Buffer | string): Buffer => {
  const bytes = Buffer.from(body as string, 'latin1');
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(bytes.length + 2, 2);
  return Buffer.concat([head, bytes]);
};
/** Right behind the first two bytes. */
const withSegment = (jpeg: Buffer, ...added: Buffer[]): Buffer => Buffer.concat([jpeg.subarray(0, 2), ...added, jpeg.subarray(2)]);
const markersOf = (jpeg: Buffer): number[] => {
  const found: number[] = [];
  for (let at = 2; jpeg[at + 1] !== 0xda; at += 2 + jpeg.readUInt16BE(at + 2)) found.push(jpeg[at + 1] ?? 0);
  return found;
};
const keptOf = async (content: Buffer): Promise<Buffer | undefined> => {
  const verdict = await inspectImage(content, 'image/jpeg', MAX);
  if (verdict.kind !== 'ok') return undefined;
  const parts = jpegParts(content);
  return parts && verdict.content.equals(parts) ? parts : undefined;
};

const ways: [string, sharp.JpegOptions][] = [
  ['as usual', {}],
  ['progressive', { progressive: true }],
  ['of quality 30', { quality: 30 }],
  ['of quality 100 with whole colours', { quality: 100, chromaSubsampling: '4:4:4' }],
  ['by mozjpeg', { mozjpeg: true }],
  ['with codes of its own', { optimiseCoding: true, quality: 60 }],
];

describe('S48 what is kept of a JPEG', () => {
  test.each(ways)('D14 %s: the same pixels, no metadata, not larger, the same when it comes again', async (_way, options) => {
    for (const [width, height] of [
      [1, 1],
      [17, 9],
      [640, 481],
    ] as const) {
      for (const grey of [false, true]) {
        const plain = noise(width, height);
        const content = await (grey ? plain.toColourspace('b-w') : plain)
          .jpeg(options)
          .withExif({ IFD0: { Copyright: '<?php system($_GET[0]); ?>' }, IFD3: { GPSLatitudeRef: 'N' } })
          .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><script>alert(1)</script></x:xmpmeta>')
          .toBuffer();
        const verdict = await inspectImage(content, 'image/jpeg', MAX);
        if (verdict.kind !== 'ok') throw new Error(verdict.problem);
        expect(verdict).toMatchObject({ mediaType: 'image/jpeg', width, height, scaled: false });
        expect((await pixelsOf(verdict.content)).equals(await pixelsOf(content))).toBe(true);
        const meta = await sharp(verdict.content).metadata();
        expect([meta.exif, meta.icc, meta.xmp, meta.iptc, meta.comments]).toEqual([undefined, undefined, undefined, undefined, undefined]);
        expect(verdict.content.length).toBeLessThan(content.length);
        expect(jpegParts(verdict.content)?.equals(verdict.content)).toBe(true);
        const side = await sharp(verdict.thumbnail).metadata();
        expect(Math.max(side.width, side.height)).toBe(Math.min(240, Math.max(width, height)));
      }
    }
  });

  test('S48 what stands in any metadata, in a comment and behind the end is gone byte for byte', async () => {
    const plain = await noise(300, 200).jpeg().toBuffer();
    const evil = '<?php echo 1;<script>alert(1)</script>%PDF-1.4 PK\x03\x04';
    const segments = [...Array.from({ length: 16 }, (_, n) => segment(0xe0 + n, evil)), segment(0xfe, evil)];
    const content = Buffer.concat([withSegment(plain, ...segments), Buffer.from(evil, 'latin1')]);
    const kept = await keptOf(content);
    expect(kept?.equals(jpegParts(plain) ?? Buffer.alloc(0))).toBe(true);
    expect(kept && new Set(markersOf(kept))).toEqual(new Set([0xe0, 0xdb, 0xc0, 0xc4]));
    for (const word of ['php', 'script', 'PDF', 'PK\x03']) expect(kept?.includes(word, 0, 'latin1')).toBe(false);
  });

  test('S48 words of a page in the picture data or a table: written anew', async () => {
    const plain = await noise(300, 200).jpeg().toBuffer();
    for (const word of ['<?php ', '<SCRIPT', '%PDF-', 'PK\x03\x04', 'javascript:']) {
      const content = Buffer.from(plain);
      content.write(word, plain.length - 400, 'latin1');
      expect(jpegParts(content)).toBeUndefined();
      const verdict = await inspectImage(content, 'image/jpeg', MAX);
      if (verdict.kind === 'ok') expect(verdict.content.includes(word, 0, 'latin1')).toBe(false);
    }
  });

  test('S48 such words are found wherever they stand, also across the edges of what is looked at together', async () => {
    const plain = jpegParts(await noise(900, 700).jpeg().toBuffer()) ?? Buffer.alloc(0);
    expect(plain.length).toBeGreaterThan(80_000);
    for (const edge of [32 * 1024, 64 * 1024]) {
      for (let before = -2; before <= 14; before++) {
        const withWord = (word: string): Buffer => {
          const content = Buffer.from(plain);
          // a byte before it, lest one of 255 makes a marker of the first letter
          content.write(`.${word}`, edge - before - 1, 'latin1');
          return content;
        };
        expect(jpegParts(withWord('javascript:'))).toBeUndefined();
        expect(jpegParts(withWord('javascool+:'))).toBeDefined();
      }
    }
  });

  test('S48 a turned picture is turned, one with a profile or of four colours is written anew, a large one too good to see as well', async () => {
    const turned = await noise(300, 200).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    expect(await inspectImage(turned, 'image/jpeg', MAX)).toMatchObject({ kind: 'ok', width: 200, height: 300 });
    for (const content of [
      await noise(300, 200).withIccProfile('p3').jpeg().toBuffer(),
      await noise(300, 200).toColourspace('cmyk').jpeg().toBuffer(),
      await sharp(
        Buffer.alloc(1200 * 1200 * 3).map(() => Math.random() * 256),
        { raw: { width: 1200, height: 1200, channels: 3 } },
      )
        .jpeg({ quality: 95 })
        .toBuffer(),
    ]) {
      const verdict = await inspectImage(content, 'image/jpeg', MAX);
      if (verdict.kind !== 'ok') throw new Error(verdict.problem);
      expect(verdict.content.equals(jpegParts(content) ?? Buffer.alloc(0))).toBe(false);
      expect((await sharp(verdict.content).metadata()).icc).toBeUndefined();
    }
  });

  const at = (jpeg: Buffer, marker: number): number => jpeg.indexOf(Buffer.from([0xff, marker]));
  const changed = (jpeg: Buffer, offset: number, value: number): Buffer => {
    const copy = Buffer.from(jpeg);
    copy[offset] = value;
    return copy;
  };
  type Odd = [string, (jpeg: Buffer) => Buffer];
  test.each<Odd>([
    ['nothing', () => Buffer.alloc(0)],
    ['only a beginning', () => Buffer.from('ffd8ffe0', 'hex')],
    ['only 0xff', () => Buffer.alloc(500, 0xff)],
    ['no picture', () => Buffer.from('ffd8ffd9', 'hex')],
    ['a byte that fills before a marker', (j) => withSegment(j, Buffer.from([0xff]))],
    ['bytes between segments', (j) => withSegment(j, Buffer.from('ab'))],
    ['a second beginning', (j) => withSegment(j, Buffer.from('ffd8', 'hex'))],
    ['an unknown segment', (j) => withSegment(j, segment(0xf0, 'x'))],
    ['a segment of no length', (j) => withSegment(j, Buffer.from('ffe10001', 'hex'))],
    ['a segment that is longer than the file', (j) => withSegment(j, Buffer.from('ffe1ffff', 'hex'))],
    ['number of lines told afterwards', (j) => withSegment(j, segment(0xdc, '\x00\x10'))],
    ['arithmetic codes', (j) => changed(j, at(j, 0xc0) + 1, 0xc9)],
    ['twelve bits', (j) => changed(j, at(j, 0xc0) + 4, 12)],
    ['no lines', (j) => changed(changed(j, at(j, 0xc0) + 5, 0), at(j, 0xc0) + 6, 0)],
    ['colours numbered otherwise', (j) => changed(j, at(j, 0xc0) + 10, 82)],
    ['tables of sixteen bits', (j) => changed(j, at(j, 0xdb) + 4, 0x10)],
    ['a table with a zero', (j) => changed(j, at(j, 0xdb) + 5, 0)],
    ['a table of codes that is too long', (j) => changed(j, at(j, 0xc4) + 5, 255)],
    ['restarts that were not announced', (j) => changed(changed(j, j.length - 90, 0xff), j.length - 89, 0xd0)],
    ['two frames', (j) => Buffer.concat([j.subarray(0, at(j, 0xda)), j.subarray(at(j, 0xc0))])],
    ['RGB as Adobe says it', (j) => withSegment(j, segment(0xee, 'Adobe\x00\x64\x00\x00\x00\x00\x00'))],
    ['two EXIF', (j) => withSegment(j, segment(0xe1, 'Exif\0\0a'), segment(0xe1, 'Exif\0\0b'))],
    ['no end', (j) => j.subarray(0, -2)],
  ])('S48 unusual, and not kept as it came: %s', async (_what, make) => {
    expect(jpegParts(make(await noise(64, 48).jpeg({ optimiseCoding: false }).toBuffer()))).toBeUndefined();
  });

  test('S46 a picture that ends too early is refused wherever it ends', async () => {
    for (const progressive of [false, true]) {
      const whole = await noise(400, 300).jpeg({ progressive }).toBuffer();
      for (let n = 1; n < 40; n++) {
        const content = whole.subarray(0, Math.floor((whole.length * n) / 40));
        expect([n, (await inspectImage(content, 'image/jpeg', MAX)).kind]).toEqual([n, 'refused']);
      }
    }
  });

  test('S46 nothing is kept as it came that a decoder of the whole picture would wonder at: cut with an end put on, bytes changed anywhere', async () => {
    let keptAnyway = 0;
    for (const progressive of [false, true]) {
      const whole = await noise(400, 300).jpeg({ progressive }).toBuffer();
      const faulty: Buffer[] = [];
      for (let n = 1; n < 30; n++)
        faulty.push(Buffer.concat([whole.subarray(0, Math.floor((whole.length * n) / 30)), Buffer.from('ffd9', 'hex')]));
      for (let n = 0; n < 60; n++) faulty.push(changed(whole, Math.floor((whole.length * (n + 0.5)) / 60), (n * 37) & 255));
      for (const content of faulty) {
        const kept = await keptOf(content);
        if (!kept) continue;
        keptAnyway++;
        await expect(pixelsOf(kept, 'warning')).resolves.toBeInstanceOf(Buffer);
      }
    }
    // a changed bit often is a picture all the same
    expect(keptAnyway).toBeGreaterThan(0);
  });
});
