import { promisify } from 'node:util';
import { inflate, constants as zlibConstants } from 'node:zlib';

/**
 * A reader of the object structure of PDF files (ISO 32000-1 §7.2, §7.3, §7.5) for files that nobody vouches for.
 * It looks at every object that the file holds, also at those which a later revision replaced, in time proportional to the size,
 * and gives up at the limits below. Page contents, fonts and pictures are not decoded.
 */

export class PdfName {
  constructor(readonly value: string) {}
}
export class PdfRef {
  constructor(readonly number: number) {}
}
export type PdfDict = Map<string, PdfValue>;
export type PdfValue = PdfName | PdfRef | PdfDict | PdfValue[] | number | 'string' | 'other';

export interface PdfStructure {
  /** Object number -> the last value the file gives it. */
  objects: Map<number, PdfValue>;
  /** Trailer dictionaries and dictionaries of cross-reference streams, in file order. */
  trailers: PdfDict[];
  encrypted: boolean;
}

export type PdfFault = 'damaged' | 'too-complex';

export class PdfError extends Error {
  constructor(
    readonly fault: PdfFault,
    message: string,
  ) {
    super(message);
    this.name = 'PdfError';
  }
}

export const MAX_OBJECTS = 20_000;
const MAX_TOKENS = 1_500_000;
const MAX_DEPTH = 100;
/** Bytes of all object streams together, inflated. */
const MAX_INFLATED = 16 * 1024 * 1024;
/** Characters of a number or keyword; the longest real ones have about twenty. */
const MAX_WORD = 1000;
/** Stray words between objects, as some old generators leave them. */
const MAX_STRAY = 64;
const OBJECTS_PER_TURN = 500;

const inflateAsync = promisify(inflate);
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** ISO 32000-1 §7.2.2: every byte is regular, white space or a delimiter. */
const SPACE = 1;
const DELIMITER = 2;
const CLASS = new Uint8Array(256);
for (const c of [0, 9, 10, 12, 13, 32]) CLASS[c] = SPACE;
for (const c of Buffer.from('()<>[]{}/%', 'latin1')) CLASS[c] = DELIMITER;

const isSpace = (c: number | undefined): boolean => c !== undefined && CLASS[c] === SPACE;
const isRegular = (c: number | undefined): boolean => c !== undefined && CLASS[c] === 0;
const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 48 && c <= 57;

/** Reads tokens and values from one buffer; `budget` is shared by all readers of a file. */
class PdfReader {
  at = 0;

  constructor(
    readonly bytes: Buffer,
    private readonly budget: { tokens: number },
  ) {}

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  skipSpace(): void {
    for (;;) {
      const c = this.bytes[this.at];
      if (isSpace(c)) this.at++;
      else if (c === 37) this.#skipLine();
      else return;
    }
  }

  #skipLine(): void {
    while (!this.done && this.bytes[this.at] !== 10 && this.bytes[this.at] !== 13) this.at++;
  }

  /** A run of regular characters (keyword or number); empty before a delimiter. */
  word(): string {
    this.#spend();
    const start = this.at;
    while (isRegular(this.bytes[this.at])) this.at++;
    if (this.at - start > MAX_WORD) throw new PdfError('damaged', 'endless word');
    return this.bytes.toString('latin1', start, this.at);
  }

  value(depth = 0): PdfValue {
    if (depth > MAX_DEPTH) throw new PdfError('too-complex', 'nesting too deep');
    this.#spend();
    this.skipSpace();
    const c = this.bytes[this.at];
    if (c === undefined) throw new PdfError('damaged', 'unexpected end');
    if (c === 47) return this.#name();
    if (c === 40) return this.#literalString();
    if (c === 91) return this.#array(depth);
    if (c === 60) return this.bytes[this.at + 1] === 60 ? this.#dict(depth) : this.#hexString();
    if (isDigit(c) || c === 43 || c === 45 || c === 46) return this.#numberOrRef();
    const word = this.word();
    if (word === 'true' || word === 'false' || word === 'null') return 'other';
    throw new PdfError('damaged', `unexpected ${word === '' ? `byte ${c}` : 'word'} at ${this.at}`);
  }

  #spend(): void {
    if (--this.budget.tokens < 0) throw new PdfError('too-complex', 'too many tokens');
  }

  #name(): PdfName {
    this.at++;
    const start = this.at;
    while (isRegular(this.bytes[this.at])) this.at++;
    const raw = this.bytes.toString('latin1', start, this.at);
    return new PdfName(raw.replace(/#([0-9a-fA-F]{2})/g, (_escape: string, hex: string) => String.fromCharCode(parseInt(hex, 16))));
  }

  #literalString(): 'string' {
    let open = 0;
    for (; !this.done; this.at++) {
      const c = this.bytes[this.at];
      if (c === 92) this.at++;
      else if (c === 40) open++;
      else if (c === 41 && --open === 0) {
        this.at++;
        return 'string';
      }
    }
    throw new PdfError('damaged', 'string without end');
  }

  #hexString(): 'string' {
    const end = this.bytes.indexOf('>', this.at);
    if (end < 0) throw new PdfError('damaged', 'hexadecimal string without end');
    this.at = end + 1;
    return 'string';
  }

  #array(depth: number): PdfValue[] {
    this.at++;
    const items: PdfValue[] = [];
    for (;;) {
      this.skipSpace();
      if (this.bytes[this.at] === 93) {
        this.at++;
        return items;
      }
      items.push(this.value(depth + 1));
    }
  }

  #dict(depth: number): PdfDict {
    this.at += 2;
    const dict: PdfDict = new Map();
    for (;;) {
      this.skipSpace();
      if (this.bytes[this.at] === 62 && this.bytes[this.at + 1] === 62) {
        this.at += 2;
        return dict;
      }
      if (this.bytes[this.at] !== 47) throw new PdfError('damaged', `dictionary key expected at ${this.at}`);
      const key = this.#name().value;
      dict.set(key, this.value(depth + 1));
    }
  }

  #numberOrRef(): number | PdfRef {
    const first = Number(this.word());
    if (Number.isNaN(first)) return 0; // such as "--1" or "1.2.3", which readers let pass
    const back = this.at;
    if (Number.isInteger(first) && first >= 0) {
      this.skipSpace();
      if (isDigit(this.bytes[this.at])) {
        const generation = this.word();
        this.skipSpace();
        if (/^\d{1,5}$/.test(generation) && this.bytes[this.at] === 82 && !isRegular(this.bytes[this.at + 1])) {
          this.at++;
          return new PdfRef(first);
        }
      }
    }
    this.at = back;
    return first;
  }

  /** After a dictionary: when `stream` follows, its bytes; the position is then behind `endstream`. */
  streamData(dict: PdfDict): Buffer | undefined {
    const back = this.at;
    this.skipSpace();
    if (this.bytes.toString('latin1', this.at, this.at + 6) !== 'stream') {
      this.at = back;
      return undefined;
    }
    this.at += 6;
    if (this.bytes[this.at] === 13) this.at++;
    if (this.bytes[this.at] === 10) this.at++;
    const start = this.at;
    const length = dict.get('Length');
    if (typeof length === 'number' && Number.isInteger(length) && length >= 0 && this.#endsAt(start + length)) {
      return this.bytes.subarray(start, start + length);
    }
    // The length stands elsewhere in the file, or is wrong.
    const end = this.bytes.indexOf('endstream', start, 'latin1');
    if (end < 0) throw new PdfError('damaged', 'stream without end');
    this.at = end + 9;
    return this.bytes.subarray(start, end);
  }

  #endsAt(position: number): boolean {
    let at = position;
    while (at < position + 4 && isSpace(this.bytes[at])) at++;
    if (this.bytes.toString('latin1', at, at + 9) !== 'endstream') return false;
    this.at = at + 9;
    return true;
  }
}

export const nameOf = (value: PdfValue | undefined): string | undefined => (value instanceof PdfName ? value.value : undefined);

/** Bytes of an object stream. Only the one filter that programs really use for them is decoded. */
async function objectStreamBytes(dict: PdfDict, data: Buffer, left: number): Promise<Buffer> {
  const filter = dict.get('Filter');
  const filters = Array.isArray(filter) ? filter.map(nameOf) : filter === undefined ? [] : [nameOf(filter)];
  if (filters.length === 0) return data;
  if (filters.length > 1 || filters[0] !== 'FlateDecode') throw new PdfError('too-complex', 'object stream with unusual filters');
  try {
    // Some writers cut off the checksum, so the end of the input does not have to be the end of the compressed data.
    return await inflateAsync(data, { finishFlush: zlibConstants.Z_SYNC_FLUSH, maxOutputLength: Math.max(left, 1) });
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new PdfError('too-complex', 'object streams too large');
    throw new PdfError('damaged', 'object stream cannot be inflated');
  }
}

/** The objects of one object stream (ISO 32000-1 §7.5.7): each has to end before the next one begins. */
function objectsOfStream(dict: PdfDict, bytes: Buffer, budget: { tokens: number }, left: number): [number, PdfValue][] {
  const count = dict.get('N');
  const first = dict.get('First');
  if (typeof count !== 'number' || typeof first !== 'number') throw new PdfError('damaged', 'object stream without N or First');
  if (count > left) throw new PdfError('too-complex', 'too many objects');
  if (!(count >= 0 && first >= 0 && first <= bytes.length)) throw new PdfError('damaged', 'object stream with impossible numbers');
  const numbers = bytes.toString('latin1', 0, first).trim().split(/\s+/).map(Number);
  const objects: [number, PdfValue][] = [];
  for (let i = 0; i < count; i++) {
    const number = numbers[2 * i];
    const offset = numbers[2 * i + 1];
    const next = i + 1 < count ? numbers[2 * i + 3] : bytes.length - first;
    if (
      number === undefined ||
      offset === undefined ||
      next === undefined ||
      !(offset >= 0 && next > offset && first + next <= bytes.length)
    ) {
      throw new PdfError('damaged', 'object stream with impossible offsets');
    }
    objects.push([number, new PdfReader(bytes.subarray(first + offset, first + next), budget).value()]);
  }
  return objects;
}

/**
 * Reads the whole file and shows every value to `onValue`, nested ones included in it.
 * @throws PdfError
 */
export async function readPdfStructure(content: Buffer, onValue: (value: PdfValue) => void): Promise<PdfStructure> {
  const budget = { tokens: MAX_TOKENS };
  const reader = new PdfReader(content, budget);
  const objects = new Map<number, PdfValue>();
  const trailers: PdfDict[] = [];
  const compressed: { dict: PdfDict; data: Buffer }[] = [];
  let seen = 0;
  let stray = 0;

  const keep = (number: number, value: PdfValue): void => {
    if (++seen > MAX_OBJECTS) throw new PdfError('too-complex', 'too many objects');
    onValue(value);
    objects.set(number, value);
  };

  /** `12 0 obj` at the present position: its number; otherwise the position stays. */
  const objectHeader = (): number | undefined => {
    const back = reader.at;
    const number = reader.word();
    reader.skipSpace();
    const generation = reader.word();
    reader.skipSpace();
    if (/^\d{1,10}$/.test(number) && /^\d{1,5}$/.test(generation) && content.toString('latin1', reader.at, reader.at + 3) === 'obj') {
      reader.at += 3;
      return Number(number);
    }
    reader.at = back;
    return undefined;
  };

  for (;;) {
    reader.skipSpace();
    if (reader.done) break;
    const number = isDigit(content[reader.at]) ? objectHeader() : undefined;
    if (number !== undefined) {
      const value = reader.value();
      if (value instanceof Map) {
        const data = reader.streamData(value);
        if (data !== undefined && nameOf(value.get('Type')) === 'ObjStm') compressed.push({ dict: value, data });
        if (data !== undefined && nameOf(value.get('Type')) === 'XRef') trailers.push(value);
      }
      keep(number, value);
      reader.skipSpace();
      if (content.toString('latin1', reader.at, reader.at + 6) === 'endobj') reader.at += 6;
      if (seen % OBJECTS_PER_TURN === 0) await nextTurn();
      continue;
    }
    const word = reader.word();
    if (word === 'trailer') {
      const trailer = reader.value();
      if (!(trailer instanceof Map)) throw new PdfError('damaged', 'trailer is no dictionary');
      onValue(trailer);
      trailers.push(trailer);
    } else if (word !== 'xref' && word !== 'startxref' && !/^(\d+|[nf])$/.test(word)) {
      if (word === '') reader.at++;
      if (++stray > MAX_STRAY) throw new PdfError('damaged', 'unreadable bytes between objects');
    }
  }

  const encrypted = trailers.some((trailer) => trailer.has('Encrypt'));
  if (!encrypted) {
    let left = MAX_INFLATED;
    for (const { dict, data } of compressed) {
      const bytes = await objectStreamBytes(dict, data, left);
      left -= bytes.length;
      for (const [number, value] of objectsOfStream(dict, bytes, budget, MAX_OBJECTS - seen)) {
        // In a file with revisions a plain object may be newer; which one wins does not matter to the checks, the plain one is kept.
        if (objects.has(number)) {
          seen++;
          onValue(value);
        } else keep(number, value);
      }
      await nextTurn();
    }
  }
  return { objects, trailers, encrypted };
}
