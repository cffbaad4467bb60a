/** Where a name stands in a text: code-unit positions `[start, end)` and the words around it. */
export interface NamePlace {
  start: number;
  end: number;
  excerpt: string;
}

const lineEnds = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
// Controls but for line feed and tab; format marks (zero width, direction, soft hyphen, BOM); fillers that show nothing; lone surrogates.
const invisible = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\u115F\u1160\u3164\uFFA0]|\u034F/gu;

/**
 * Text as it is stored: NFC, line feeds only, without controls, zero-width and direction marks, trimmed.
 * Variation selectors stay: they tell rare characters apart.
 */
export function normaliseText(s: string): string {
  return s.replace(lineEnds, '\n').replace(invisible, '').normalize('NFC').trim();
}

/** `normaliseText` for a field of one line: line breaks, tabs and runs of blanks become one space. */
export function normaliseLine(s: string): string {
  return normaliseText(s).replace(/\s+/g, ' ');
}

/** Full-width ASCII (！ to ～) and the ideographic space as their half-width forms; all else unchanged. */
export function toHalfWidth(s: string): string {
  if (!/[\uFF01-\uFF5E\u3000]/.test(s)) return s;
  const units = Buffer.from(s, 'utf16le');
  for (let i = 0; i < units.length; i += 2) {
    const unit = units.readUInt16LE(i);
    if (unit >= 0xff01 && unit <= 0xff5e) units.writeUInt16LE(unit - 0xfee0, i);
    else if (unit === 0x3000) units.writeUInt16LE(0x20, i);
  }
  return units.toString('utf16le');
}

/** A typed code as it is checked: half-width, upper case, without blanks and invisible marks. */
export function compactCode(raw: string): string {
  return toHalfWidth(normaliseText(raw)).replace(/\s/g, '').toUpperCase();
}

let segmenter: Intl.Segmenter | undefined;
/** Made when it is first needed: it reads tables for 12 ms, and most texts go without (M14). */
const graphemes = (): Intl.Segmenter => (segmenter ??= new Intl.Segmenter('zh', { granularity: 'grapheme' }));
// Only with one of these do several code points make one character: marks and variation selectors, joiners, skin tones, flags, old Korean letters.
const joining = /[\p{M}\p{Emoji_Modifier}\u200D\u{1F1E6}-\u{1F1FF}\u1160-\u11FF]/u;

/** Characters as a person counts them: a rare Han character outside the basic plane, also with a variation selector, a letter with its marks and an emoji are 1 each. */
export function countCharacters(s: string): number {
  if (!joining.test(s)) return [...s].length;
  let n = 0;
  for (const _ of graphemes().segment(s)) n++;
  return n;
}

// The dots keyboards and scans produce for the 「·」 inside names of ethnic minorities.
const dots = '\\u00B7\\u0387\\u2022\\u2027\\u2219\\u22C5\\u30FB\\uFF65\\u2E33\\u2024\\uFF0E.';
const between = `[\\s\\p{Cf}${dots}]*`;
const separators = new RegExp(`[\\s\\p{Cf}${dots}]+`, 'gu');
const around = 10;
const MOST_PLACES = 100;

/**
 * The places (the first hundred) where `name` occurs in `text`, also with blanks, line breaks or middle dots between its characters.
 * Names of one character never match, since single characters are ordinary words. Letters match in either case and only as whole words.
 */
export function findNameIn(text: string, name: string): NamePlace[] {
  const characters = [...name.normalize('NFC').replace(separators, '')];
  const first = characters[0];
  const last = characters.at(-1);
  if (first === undefined || last === undefined || characters.length < 2) return [];
  const isLatin = (c: string): boolean => /\p{Script=Latin}/u.test(c);
  const pattern =
    (isLatin(first) ? '(?<!\\p{Script=Latin})' : '') +
    characters.map((c) => c.replace(/[\\^$*+?()[\]{}|/-]/g, '\\$&')).join(between) +
    (isLatin(last) ? '(?!\\p{Script=Latin})' : '');
  const places: NamePlace[] = [];
  for (const match of text.matchAll(new RegExp(pattern, 'giu'))) {
    const start = match.index;
    const end = start + match[0].length;
    places.push({ start, end, excerpt: excerptOf(text, start, end) });
    if (places.length === MOST_PLACES) break;
  }
  return places;
}

function excerptOf(text: string, start: number, end: number): string {
  // only the neighbourhood is looked at: a name may occur thousands of times in a long text (S44)
  const before = [...text.slice(Math.max(0, start - 4 * around), start)];
  const after = [...text.slice(end, end + 4 * around)];
  const head = before.slice(-around).join('');
  const tail = after.slice(0, around).join('');
  const words = (head + text.slice(start, end) + tail).replace(/\s+/g, ' ').trim();
  return `${before.length > around ? '…' : ''}${words}${after.length > around ? '…' : ''}`;
}
