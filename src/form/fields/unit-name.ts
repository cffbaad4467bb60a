import type { Field } from '../field';
import { text } from './text';

/** The full name of a unit, the same at registration and correction: blanks between Han characters are dropped, angle brackets refused. */
export const unitName = (id: string): Field =>
  text({
    id,
    label: '单位名称',
    required: true,
    max: 100,
    width: 'l',
    autocomplete: 'organization',
    hint: '填写全称，与单位证照一致',
    tidy: (line) => line.replace(/(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu, ''),
    check: (name) => {
      if (/[<>]/.test(name)) return '「单位名称」不能包含「<」「>」';
      return /\p{L}/u.test(name) ? undefined : '「单位名称」请填写单位全称';
    },
  });
