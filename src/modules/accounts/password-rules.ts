import { countCharacters } from '../../lib/text';
import { commonPasswords } from './common-passwords';

/** Long enough for a sentence; the hash takes whatever length. */
const MAX = 128;

export interface PasswordRules {
  /** at least so many characters: 10 for persons, 12 for units */
  min: number;
  /** words that may not occur in it: login name, ID number, mobile number; blank ones are ignored */
  forbidden: readonly { text: string; what: string }[];
}

/** S06: what is wrong with a new password, or undefined. Length counts characters as a person counts; no rule asks for special characters. */
export function passwordProblem(password: string, rules: PasswordRules): string | undefined {
  const length = countCharacters(password.normalize('NFKC'));
  if (length < rules.min) return `密码至少 ${rules.min} 个字符，现有 ${length} 个`;
  if (length > MAX) return `密码最多 ${MAX} 个字符，现有 ${length} 个`;
  const lower = password.normalize('NFKC').toLowerCase();
  const found = rules.forbidden.find(({ text }) => text.length >= 4 && lower.includes(text.toLowerCase()));
  if (found) return `密码不能包含${found.what}，请换一个密码`;
  if (isCommon(lower)) return '这个密码太常见，容易被猜到，请换一个密码';
  return undefined;
}

/** A common password, also with a few characters around it, doubled, or nothing but one or two characters repeated or counted up. */
function isCommon(lower: string): boolean {
  if (new Set(lower).size <= 3) return true;
  if (commonPasswords.has(lower)) return true;
  if ('01234567890123456789'.includes(lower) || '98765432109876543210'.includes(lower) || 'abcdefghijklmnopqrstuvwxyz'.includes(lower))
    return true;
  const half = lower.slice(0, lower.length / 2);
  if (half + half === lower && (commonPasswords.has(half) || half.length < 6)) return true;
  const core = lower.replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  return commonPasswords.has(core) || commonPasswords.has(core.replace(/\d{1,4}$/, ''));
}
