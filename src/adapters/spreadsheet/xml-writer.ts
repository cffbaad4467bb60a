const AMP = Buffer.from('&amp;');
const LT = Buffer.from('&lt;');
const GT = Buffer.from('&gt;');
const QUOT = Buffer.from('&quot;');
const UNDERSCORE = Buffer.from('_x005F_');
/** read by spreadsheets as an escaped character */
const LIKE_AN_ESCAPE = /_x[0-9A-Fa-f]{4}_/y;
/** Bytes that one UTF-16 unit becomes at most. */
const WIDEST = UNDERSCORE.length;
const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/**
 * Writes XML as UTF-8 straight into a buffer: escaping and encoding are one pass over the characters, so that a cell leaves nothing behind to be collected (M5). What XML 1.0
 * cannot hold (control characters, halves of surrogate pairs, U+FFFE and U+FFFF) is left out; a line ends with \n.
 */
export class XmlWriter {
  private buffer: Buffer;
  private at = 0;

  /** `room`: bytes that are made ready at once; more are made when a text needs them */
  constructor(private readonly room: number) {
    this.buffer = Buffer.allocUnsafeSlow(room);
  }

  get length(): number {
    return this.at;
  }

  /** What was written since the last time; the writer goes on in another buffer. */
  take(): Buffer {
    const taken = this.buffer.subarray(0, this.at);
    this.buffer = Buffer.allocUnsafeSlow(this.room);
    this.at = 0;
    return taken;
  }

  private makeRoom(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.buffer.length, this.at + bytes));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }

  /** As it is. */
  bytes(bytes: Uint8Array): this {
    this.makeRoom(bytes.length);
    const { buffer } = this;
    let { at } = this;
    // a loop, because these are a few dozen bytes: a call out of JavaScript costs more
    for (let i = 0; i < bytes.length; i++) buffer[at++] = bytes[i] ?? 0;
    this.at = at;
    return this;
  }

  /** Markup as it is. */
  markup(text: string): this {
    return this.bytes(Buffer.from(text));
  }

  /** A whole number from 0 on. */
  count(n: number): this {
    this.makeRoom(16);
    let size = 1;
    for (let rest = n; rest >= 10; rest = Math.floor(rest / 10)) size++;
    for (let i = size - 1, rest = n; i >= 0; i--, rest = Math.floor(rest / 10)) this.buffer[this.at + i] = 48 + (rest % 10);
    this.at += size;
    return this;
  }

  /** Text, escaped for content and attributes; `_x0041_` would be read as an escaped A, so its underscore is escaped itself. */
  text(text: string): this {
    this.makeRoom(text.length * WIDEST);
    const { buffer } = this;
    let { at } = this;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80) {
        const escaped = this.escapeOf(text, i, unit);
        if (escaped === undefined) buffer[at++] = unit;
        else for (let k = 0; k < escaped.length; k++) buffer[at++] = escaped[k] ?? 0;
        if (unit === 13 && text.charCodeAt(i + 1) === 10) i++;
      } else if (unit < 0x800) {
        buffer[at++] = 0xc0 | (unit >> 6);
        buffer[at++] = 0x80 | (unit & 0x3f);
      } else if (isHigh(unit) || isLow(unit)) {
        const low = text.charCodeAt(i + 1);
        if (isLow(unit) || !isLow(low)) continue;
        const point = text.codePointAt(i) ?? 0;
        buffer[at++] = 0xf0 | (point >> 18);
        buffer[at++] = 0x80 | ((point >> 12) & 0x3f);
        buffer[at++] = 0x80 | ((point >> 6) & 0x3f);
        buffer[at++] = 0x80 | (point & 0x3f);
        i++;
      } else if (unit < 0xfffe) {
        buffer[at++] = 0xe0 | (unit >> 12);
        buffer[at++] = 0x80 | ((unit >> 6) & 0x3f);
        buffer[at++] = 0x80 | (unit & 0x3f);
      }
    }
    this.at = at;
    return this;
  }

  /** What stands for this ASCII character; undefined: itself. */
  private escapeOf(text: string, i: number, unit: number): Uint8Array | undefined {
    if (unit > 62 && unit !== 95) return undefined;
    switch (unit) {
      case 38:
        return AMP;
      case 60:
        return LT;
      case 62:
        return GT;
      case 34:
        return QUOT;
      case 95:
        LIKE_AN_ESCAPE.lastIndex = i;
        return LIKE_AN_ESCAPE.test(text) ? UNDERSCORE : undefined;
      case 13:
        return NEW_LINE;
      case 9:
      case 10:
        return undefined;
      default:
        return unit < 0x20 ? NOTHING : undefined;
    }
  }
}

const NEW_LINE = Uint8Array.of(10);
const NOTHING = new Uint8Array(0);

/** A short text as XML. */
export const xmlText = (text: string): string => new XmlWriter(Math.max(16, text.length * WIDEST)).text(text).take().toString();
