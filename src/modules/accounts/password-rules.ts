import { countCharacters } from '../../lib/text';
import { fullPinyin, pinyinInitials } from '../../lib/pinyin';
import { isCommonPassword, plainForm } from './common-passwords';

/** Long enough for a sentence; the hash takes whatever length. */
const MAX = 128;

export interface PasswordRules {
  /** at least so many characters: 10 for persons, 12 for units */
  min: number;
  /** what belongs to the account and may not occur in it: names, also in pinyin, login name, numbers, also their telling parts; blank ones are ignored */
  forbidden: readonly { text: string; what: string }[];
}

/** S06: what is wrong with a new password, or undefined. Length counts characters as a person counts; no rule asks for special characters. */
export function passwordProblem(password: string, rules: PasswordRules): string | undefined {
  const length = countCharacters(password.normalize('NFKC'));
  if (length < rules.min) return `密码至少 ${rules.min} 个字符，现有 ${length} 个`;
  if (length > MAX) return `密码最多 ${MAX} 个字符，现有 ${length} 个`;
  const lower = password.normalize('NFKC').toLowerCase();
  const forms = [lower, plainForm(lower)];
  const found = rules.forbidden.find(({ text }) => forbiddenForms(text).some((word) => forms.some((form) => form.includes(word))));
  if (found) return `密码不能包含${found.what}，请换一个密码`;
  if (isCommonPassword(lower)) return '这个密码太常见，容易被猜到，请换一个密码';
  return undefined;
}

/** What gives a text away: itself; of a Chinese name its pinyin; of an ID number the date of birth and the end; of a telephone number its end. */
function forbiddenForms(text: string): string[] {
  const lower = text.normalize('NFKC').toLowerCase().trim();
  const forms = [lower];
  if (/[^ -~]/.test(lower)) forms.push(fullPinyin(lower), ...[pinyinInitials(lower)].filter((initials) => initials.length >= 5));
  if (/^\d{17}[\dx]$/.test(lower)) forms.push(lower.slice(6, 14), lower.slice(-6), lower.slice(-8));
  if (/^1\d{10}$/.test(lower)) forms.push(lower.slice(-8));
  // two Chinese characters are a word, three letters or digits are not
  return forms.filter((f) => f.length >= (/[^ -~]/.test(f) ? 2 : 4));
}
