import { countCharacters } from '../../lib/text';

const DOTS = /[．•‧・･∙⋅]/gu;

/**
 * A name as it is kept: every middle dot that keyboards produce becomes 「·」 (a full stop too, between Han characters), blanks inside a Han name go.
 * For a line that `normaliseLine` has tidied.
 */
export function tidyPersonName(line: string): string {
  return line
    .replace(DOTS, '·')
    .replace(/(?<=\p{Script=Han})[.](?=\p{Script=Han})/gu, '·')
    .replace(/(?<=[\p{Script=Han}·])\s+(?=[\p{Script=Han}·])/gu, '');
}

/** B5: letters of any script, rare Han characters included, with 「·」, blanks, hyphens, apostrophes and full stops between them; at most 50 characters. */
export function personNameProblem(name: string): string | undefined {
  if (countCharacters(name) > 50) return '「姓名」最多 50 个字';
  if (/\p{Co}/u.test(name)) return '「姓名」中有系统无法识别的自造字，请改用标准汉字输入；无法输入的，请拨打页面底部的技术支持电话';
  if (!/^[\p{L}\p{M}· '’.-]+$/u.test(name)) return '「姓名」只能填写文字和间隔号「·」，请按证件填写';
  if (!/^\p{L}/u.test(name) || /[· '’-]$/u.test(name)) return '「姓名」不能以符号开头或者结尾，请按证件填写';
  return undefined;
}
