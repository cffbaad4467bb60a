import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const BITS = 4;
const PALETTE_KIND = 3;

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/**
 * A PNG (W3C PNG, colour type 3) of few tones: how much ink lies on each pixel, rounded to one of `tones` (2 to 16) between paper and ink.
 * @param coverage 0 to 255 for each pixel, row by row; `width` even
 * @param paper, ink red, green, blue
 */
export function inkPng(
  coverage: Uint8Array,
  width: number,
  { tones, paper, ink }: { tones: number; paper: readonly [number, number, number]; ink: readonly [number, number, number] },
): Buffer {
  const height = coverage.length / width;
  if (!Number.isInteger(height) || width % 2 === 1) throw new RangeError(`${coverage.length} pixels are no rows of ${width}`);
  const most = tones - 1;
  const palette = Buffer.from(
    Array.from({ length: tones }, (_, tone) => paper.map((from, i) => Math.round(from + (((ink[i] ?? 0) - from) * tone) / most))).flat(),
  );
  const toneOf = Uint8Array.from({ length: 256 }, (_, covered) => Math.round((covered * most) / 255));
  // each row: no filter, then two pixels a byte
  const row = 1 + width / 2;
  const rows = Buffer.alloc(row * height);
  for (let at = 0, pixel = 0; at < rows.length; at += row)
    for (let x = 1; x < row; x++, pixel += 2)
      rows[at + x] = ((toneOf[coverage[pixel] ?? 0] ?? 0) << BITS) | (toneOf[coverage[pixel + 1] ?? 0] ?? 0);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = BITS;
  head[9] = PALETTE_KIND;
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', palette),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
