import type { PlainDate } from '../../lib/dates';
import type { Verdict } from './evaluate';

export interface Age {
  sex: string;
  bornOn: PlainDate;
  /** of the database's clock */
  today: PlainDate;
}

/** Full years of age on a day; who was born on 29 February is a year older on 1 March where there is no such day. */
export function fullAge(bornOn: PlainDate, today: PlainDate): number {
  const years = Number(today.slice(0, 4)) - Number(bornOn.slice(0, 4));
  return today.slice(5) >= bornOn.slice(5) ? years : years - 1;
}

/**
 * Who has retired may not declare (domain rule: in service only). The program knows the age alone, and people retire at different ages by law, so it never refuses: it asks people to look.
 * `from`: the age from which it asks, by sex, set by the administrator.
 */
export function askAboutRetirement(verdict: Verdict, age: Age, from: { male: number; female: number }): Verdict {
  const limit = age.sex === 'female' ? from.female : from.male;
  const years = fullAge(age.bornOn, age.today);
  if (years < limit) return verdict;
  return {
    outcome: verdict.outcome === 'pass' ? 'human' : verdict.outcome,
    reasons: verdict.reasons,
    ask: `申报人已满 ${years} 周岁，请核对是否在职：已办理退休手续的不能申报；按规定延迟退休的，请在「上传其他附件」中上传证明材料`,
  };
}
