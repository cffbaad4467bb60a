import { gramsOf } from '../../lib/grams';
import { normaliseLine, toHalfWidth } from '../../lib/text';

/** What somebody typed into a unit search, made ready for the index on units.grams. */
export interface SearchTerms {
  /** as typed but tidied: for the beginning of a name */
  line: string;
  /** lower-case words; a unit must hold every one of them in its name or in its pinyin initials */
  words: string[];
  /** single characters and pairs that the gram index must hold */
  grams: string[];
}

const MAX_CHARACTERS = 60;
const MAX_WORDS = 5;

/** The text as a LIKE pattern's literal part: % _ and \ stand for themselves. */
export const escapeLike = (s: string): string => s.replace(/[\\%_]/g, '\\$&');

// Names have brackets of either width, as they were typed at the registration: what stands in them is looked for, they are not.
const between = /[\s()（）]+/u;

/** Undefined when nothing was typed that a name could be found by. */
export function readSearchTerms(query: string): SearchTerms | undefined {
  const line = [...normaliseLine(query)].slice(0, MAX_CHARACTERS).join('').trim();
  // A to Z only, as lower() does for the column's collation
  const words = line
    .replace(/[A-Z]+/g, (s) => s.toLowerCase())
    .split(between)
    .filter((w) => w !== '')
    .slice(0, MAX_WORDS);
  if (words.length === 0) return undefined;
  return { line, words, grams: [...new Set(words.flatMap(gramsOf))] };
}

/** The 18 characters of a credit code, when that is what was typed. */
export function readCodeQuery(query: string): string | undefined {
  const code = toHalfWidth(normaliseLine(query)).replace(/\s/g, '').toUpperCase();
  return /^[0-9A-HJ-NPQRTUWXY]{18}$/.test(code) ? code : undefined;
}
