import { compactCode } from './text';

export type FractionReading = { ok: true; value: { n: number; of: number }; text: string } | { ok: false; problem: string };

/**
 * Reads a rank such as 「3/5」 (third of five): full-width and blanks are accepted, 「独立」 is 1/1. Both numbers are 1 to 999 and the rank is
 * not above the total (guide of 2022, part 3, paragraph 2).
 */
export function readFraction(raw: string): FractionReading {
  const typed = compactCode(raw).replace(/[\u2044\u2215]/g, '/');
  if (typed === '') return { ok: false, problem: '请按「位次/总人数」的格式填写，例如 3/5' };
  const match = /^(\d{1,3})\/(\d{1,3})$/.exec(typed === '独立' ? '1/1' : typed);
  if (!match) return { ok: false, problem: '请按「位次/总人数」的格式填写，例如 3/5，两个数都不超过 999' };
  const n = Number(match[1]);
  const of = Number(match[2]);
  if (n < 1 || of < 1) return { ok: false, problem: '位次和总人数都应从 1 起，请核对' };
  if (n > of) return { ok: false, problem: `位次 ${n} 大于总人数 ${of}，请核对` };
  return { ok: true, value: { n, of }, text: `${n}/${of}` };
}
