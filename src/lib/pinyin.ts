import type * as PinyinPro from 'pinyin-pro';
import { toHalfWidth } from './text';

/**
 * The lower-case pinyin initials of a name for searching, 「威海市环翠区文化馆」 as whshcqwhg; letters and digits stay (full-width ones
 * half-width), everything else is dropped. Characters with several readings take the one the word suggests.
 */
export function pinyinInitials(name: string): string {
  // The dictionary is large: only processes that ask for initials load it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() is asynchronous, this function is not
  const { pinyin } = require('pinyin-pro') as typeof PinyinPro;
  return pinyin(toHalfWidth(name), { pattern: 'first', toneType: 'none', type: 'all' })
    .map(({ origin, first, isZh }) => (isZh ? first : origin))
    .join('')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** The lower-case pinyin of a name without tones and blanks, 「王小明」 as wangxiaoming; surnames by their own reading. */
export function fullPinyin(name: string): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- as above
  const { pinyin } = require('pinyin-pro') as typeof PinyinPro;
  return pinyin(toHalfWidth(name), { toneType: 'none', type: 'array', surname: 'head', v: true })
    .join('')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}
