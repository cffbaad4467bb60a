/** The head that every kept JPEG gets: JFIF 1.01, no density, no thumbnail. It says that three colours are YCbCr. */
const HEAD = Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex');
const END = Buffer.from('ffd9', 'hex');

/** What a page, a program or another format begins with, should any of it stand in tables or picture data by chance or on purpose. */
const FOREIGN = /<(?:script|\?php|\?=|\?xml|!doctype|html|head|body|svg|iframe|img)|javascript:|%pdf-|rar!/i;
/** So much is turned into a text at once: one of the whole picture would be memory of its own each time. */
const WINDOW = 32 * 1024;
/** No word of those above is longer; windows overlap by it. */
const LONGEST_WORD = 16;
const ARCHIVE = Buffer.from('504b0304', 'hex');

/** Progressive pictures have about ten; many more only take time. */
const MAX_SCANS = 20;

const SOF = new Set([0xc0, 0xc1, 0xc2]);
const isMetadata = (marker: number): boolean => (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
const isText = (segment: Buffer, text: string): boolean => segment.toString('latin1', 0, text.length) === text;

/** Tables of quantisation of 8 bits, one after another, and nothing else. */
function areQuantTables(segment: Buffer): boolean {
  if (segment.length === 0 || segment.length % 65 !== 0) return false;
  for (let at = 0; at < segment.length; at += 65) {
    if ((segment[at] ?? 0xff) > 3 || segment.subarray(at + 1, at + 65).includes(0)) return false;
  }
  return true;
}

/** Tables of codes, one after another, and nothing else. */
function areCodeTables(segment: Buffer): boolean {
  let at = 0;
  while (at < segment.length) {
    const head = segment[at] ?? 0xff;
    if (head >> 4 > 1 || (head & 15) > 3 || at + 17 > segment.length) return false;
    let codes = 0;
    for (const count of segment.subarray(at + 1, at + 17)) codes += count;
    if (codes === 0 || codes > 256) return false;
    at += 17 + codes;
  }
  return at === segment.length && at > 0;
}

/** Eight bits, grey or three colours numbered as JFIF numbers them. */
function isPlainFrame(segment: Buffer): boolean {
  const colours = segment[5] ?? 0;
  if (segment[0] !== 8 || (colours !== 1 && colours !== 3) || segment.length !== 6 + 3 * colours) return false;
  if (segment.readUInt16BE(1) === 0 || segment.readUInt16BE(3) === 0) return false;
  for (let i = 0; i < colours; i++) {
    const [id = 0, sampling = 0, table = 0xff] = segment.subarray(6 + 3 * i);
    const [across, down] = [sampling >> 4, sampling & 15];
    if (id !== i + 1 || across < 1 || across > 4 || down < 1 || down > 4 || table > 3) return false;
  }
  return true;
}

function isScanHead(segment: Buffer): boolean {
  const colours = segment[0] ?? 0;
  if (colours < 1 || colours > 3 || segment.length !== 4 + 2 * colours) return false;
  for (let i = 0; i < colours; i++) {
    const [id = 0, tables = 0xff] = segment.subarray(1 + 2 * i);
    if (id < 1 || id > 3 || tables >> 4 > 3 || (tables & 15) > 3) return false;
  }
  return true;
}

/** Where the picture data that begin at `from` end: the next marker that is neither an escaped byte nor a restart; undefined where the file ends first. */
function endOfData(content: Buffer, from: number, hasRestarts: boolean): number | undefined {
  for (let at = content.indexOf(0xff, from); at >= 0; at = content.indexOf(0xff, at + 2)) {
    const next = content[at + 1];
    if (next === undefined) return undefined;
    const isRestart = next >= 0xd0 && next <= 0xd7;
    if (next !== 0 && !(isRestart && hasRestarts)) return at;
  }
  return undefined;
}

function saysForeign(content: Buffer): boolean {
  if (content.includes(ARCHIVE)) return true;
  for (let at = 0; at < content.length; at += WINDOW)
    if (FOREIGN.test(content.toString('latin1', at, at + WINDOW + LONGEST_WORD))) return true;
  return false;
}

/** Whether what a segment of metadata says about colour is what the head says too; then it can go. */
function saysNothingElse(marker: number, segment: Buffer): boolean {
  // a profile has to be reckoned into the colours
  if (marker === 0xe2 && isText(segment, 'ICC_PROFILE\0')) return false;
  // transform 1: YCbCr
  if (marker === 0xee && isText(segment, 'Adobe')) return segment[11] === 1;
  return true;
}

/**
 * Out of a JPEG what a decoder needs and nothing else: tables, frame, picture data, behind a head of ours. All metadata (EXIF, place, comments, thumbnails) and whatever follows the
 * picture are left out; the pixels stay the same to the bit. Undefined where anything about the file is unusual: then it is decoded and written anew. Its picture data are not
 * looked into here: whoever keeps the result has to decode all of it first. EXIF that turns the picture is the caller's to look for.
 */
export function jpegParts(content: Buffer): Buffer | undefined {
  if (content.length < 4 || content.readUInt16BE(0) !== 0xffd8) return undefined;
  const kept: Buffer[] = [HEAD];
  let [at, scans, frames, exifs, hasRestarts] = [2, 0, 0, 0, false];
  for (;;) {
    const marker = content[at + 1];
    if (content[at] !== 0xff || marker === undefined) return undefined;
    if (marker === 0xd9) break;
    if (at + 4 > content.length) return undefined;
    const end = at + 2 + content.readUInt16BE(at + 2);
    if (end < at + 4 || end > content.length) return undefined;
    const segment = content.subarray(at + 4, end);
    let next = end;
    if (isMetadata(marker)) {
      if (!saysNothingElse(marker, segment)) return undefined;
      if (marker === 0xe1 && isText(segment, 'Exif\0') && ++exifs > 1) return undefined;
    } else {
      if (marker === 0xda) {
        const after = frames === 1 && ++scans <= MAX_SCANS && isScanHead(segment) ? endOfData(content, end, hasRestarts) : undefined;
        if (after === undefined) return undefined;
        next = after;
      } else if (SOF.has(marker)) {
        if (++frames > 1 || !isPlainFrame(segment)) return undefined;
      } else if (marker === 0xdd) {
        if (segment.length !== 2) return undefined;
        hasRestarts = segment.readUInt16BE(0) > 0;
      } else if (!(marker === 0xdb && areQuantTables(segment)) && !(marker === 0xc4 && areCodeTables(segment))) return undefined;
      kept.push(content.subarray(at, next));
    }
    at = next;
  }
  if (scans === 0) return undefined;
  const whole = Buffer.concat([...kept, END]);
  return saysForeign(whole) ? undefined : whole;
}
