/** The table of ITU-T T.81, annex K.1, that the usual quality of 1 to 100 stretches: the sum of its 64 numbers. */
const SUM_AT_50 = 3672;

const MARKERS_WITHOUT_LENGTH = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/**
 * The quality, 1 to 100, that a JPEG was written with, told from how coarse its table for brightness is (as the usual programs reckon it); undefined where it has none before its
 * picture, or ends too early. Reads the header only.
 */
export function jpegQualityOf(content: Buffer): number | undefined {
  for (let at = 2; at + 4 <= content.length;) {
    if (content[at] !== 0xff) return undefined;
    const marker = content[at + 1] ?? 0;
    // any number of these may stand before a marker
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (MARKERS_WITHOUT_LENGTH(marker)) {
      at += 2;
      continue;
    }
    // the picture itself begins
    if (marker === 0xda) return undefined;
    const length = content.readUInt16BE(at + 2);
    if (length < 2) return undefined;
    const sum = marker === 0xdb ? sumOfTable(content.subarray(at + 4, at + 2 + length)) : undefined;
    if (sum !== undefined) return qualityOf(sum);
    at += 2 + length;
  }
  return undefined;
}

/** Out of a segment with tables: the sum of the one with number 0. Each: a byte with precision and number, then 64 numbers of one or two bytes. */
function sumOfTable(segment: Buffer): number | undefined {
  for (let at = 0; at < segment.length;) {
    const head = segment[at] ?? 0;
    const size = head >> 4 === 0 ? 1 : 2;
    const numbers = segment.subarray(at + 1, at + 1 + 64 * size);
    if (numbers.length < 64 * size) return undefined;
    if ((head & 15) === 0) {
      let sum = 0;
      for (let i = 0; i < 64; i++) sum += size === 1 ? (numbers[i] ?? 0) : numbers.readUInt16BE(2 * i);
      return sum;
    }
    at += 1 + 64 * size;
  }
  return undefined;
}

function qualityOf(sum: number): number {
  const percent = (100 * sum) / SUM_AT_50;
  const quality = percent <= 100 ? (200 - percent) / 2 : 5000 / percent;
  return Math.min(Math.max(Math.round(quality), 1), 100);
}
