import { randomInt } from 'node:crypto';
import type SvgCaptcha from 'svg-captcha';
import { inkPng } from './ink-png';
import { sharp } from './sharp';

/** Letters and digits that cannot be taken for one another, even when bent: no 0 O Q D, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V W. */
const ALPHABET = 'ACEFHJKMNPRTXY3479';
const LENGTH = 4;
const WIDTH = 180;
const HEIGHT = 56;
/** of the greys that the package draws letters in */
const DARKEST = 0x11;

/** The package is a function that draws a given text; its declarations only tell of the variants that draw texts from Math.random. */
type Draw = (text: string, options: SvgCaptcha.ConfigObject) => string;

// eslint-disable-next-line @typescript-eslint/no-require-imports -- with its font and the reader of fonts: loaded by the first one that is drawn (M14)
const library = (): Draw => require('svg-captcha') as Draw;

/**
 * A picture of four characters, 180 × 56 pixels.
 * `text` is upper case; compare without regard to case.
 */
export async function makeCaptcha(): Promise<{ text: string; png: Buffer }> {
  const text = Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  // A PNG, not the SVG itself: the outlines of an SVG can be read off without any picture recognition.
  const svg = library()(text, { width: WIDTH, height: HEIGHT, fontSize: HEIGHT, noise: 2, color: false });
  const rgba = await sharp()(Buffer.from(svg)).toFormat('raw').toBuffer();
  // what is drawn is grey: letters darker than the lines that cross them
  const inked = new Uint8Array(WIDTH * HEIGHT);
  for (let pixel = 0, at = 0; pixel < inked.length; pixel++, at += 4)
    inked[pixel] = ((255 - (rgba[at] ?? 0)) * (rgba[at + 3] ?? 0)) / (255 - DARKEST);
  // eight greys: 1 KB instead of 4 on the first page that anybody sees (M9); written here, since the image library takes twice the time of all the rest for it
  const png = inkPng(inked, WIDTH, { tones: 8, paper: [0xf6, 0xf7, 0xf9], ink: [DARKEST, DARKEST, DARKEST] });
  return { text, png };
}

const DIGITS = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'] as const;

/** Chinese numerals of 0–99. */
function numeral(value: number): string {
  const tens = Math.floor(value / 10);
  const ones = value % 10;
  if (tens === 0) return DIGITS[ones] ?? '';
  return `${tens === 1 ? '' : (DIGITS[tens] ?? '')}十${ones === 0 ? '' : (DIGITS[ones] ?? '')}`;
}

/**
 * A sum in words for people who cannot see the picture; a screen reader speaks it.
 * `answer` is the number in digits, never negative.
 */
export function makeArithmetic(): { question: string; answer: string } {
  const first = randomInt(2, 20);
  const second = randomInt(1, 10);
  const plus = randomInt(2) === 0 || second > first;
  const answer = plus ? first + second : first - second;
  return { question: `${numeral(first)}${plus ? '加' : '减'}${numeral(second)}等于几`, answer: String(answer) };
}
