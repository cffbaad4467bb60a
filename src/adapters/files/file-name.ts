import path from 'node:path';

const MAX_CODE_POINTS = 120;
const MAX_EXTENSION = 10;

/** The extension without its dot, in lower case; empty when there is none. */
export function extensionOf(name: string): string {
  return path.posix.extname(name).slice(1).toLowerCase();
}

/**
 * A file name fit to be shown, stored and sent in a header: the base name only, without control, bidirectional and other invisible
 * characters, without characters that Windows forbids, at most 120 code points of which the extension is kept.
 */
export function cleanFileName(raw: string): string {
  const base = raw.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const plain = base
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\uFFFD<>:"|?*]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/^\.+|[. ]+$/gu, '');
  const extension = path.posix.extname(plain);
  const keep = Array.from(extension).length <= MAX_EXTENSION + 1 ? extension : '';
  const stem = Array.from(plain.slice(0, plain.length - keep.length)).slice(0, MAX_CODE_POINTS - keep.length);
  return stem.length === 0 ? `未命名${keep}` : `${stem.join('').trimEnd()}${keep}`;
}
