// Surnames of two characters; all others have one, so that for them the first character alone is kept.
const compoundSurnames = new Set(
  '欧阳 司马 上官 诸葛 夏侯 皇甫 尉迟 公孙 慕容 长孙 宇文 司徒 司空 令狐 东方 端木 轩辕 南宫 独孤 西门 百里 呼延 闻人 澹台 公冶 太史 申屠 钟离 赫连 万俟 濮阳 淳于 单于'.split(
    ' ',
  ),
);

function maskMiddle(s: string, head: number, tail: number): string {
  const characters = [...s];
  // Short values would show whole: keep the ends only.
  const [first, last] = characters.length > head + tail ? [head, tail] : [1, 1];
  return characters.map((c, index) => (index < first || index >= Math.max(first + 1, characters.length - last) ? c : '*')).join('');
}

/** An ID or document number with its first 3 and last 4 characters; of one with 7 or fewer only the first and the last. */
export function maskIdNumber(s: string): string {
  return maskMiddle(s, 3, 4);
}

/** A mobile number with its first 3 and last 4 digits. */
export function maskMobile(s: string): string {
  return maskMiddle(s, 3, 4);
}

/** A name with its surname: 「欧阳**」「张*」, dots in the names of ethnic minorities kept 「买**·**」. A name of one character is hidden. */
export function maskName(name: string): string {
  const characters = [...name];
  if (characters.length === 1) return '*';
  const kept = characters.length > 2 && compoundSurnames.has(characters.slice(0, 2).join('')) ? 2 : 1;
  return characters.map((c, index) => (index < kept || /[·•‧・.\s]/.test(c) ? c : '*')).join('');
}

/** Free text with every ID and mobile number in it masked: what staff type as a reason is kept in the log. */
export function maskNumbersIn(text: string): string {
  return text.replace(/(?<!\d)(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?![\dXx])/g, (number) => maskIdNumber(number));
}
