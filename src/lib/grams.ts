/**
 * What a gram index (SQL function grams()) must hold for a text to contain this word: a single character, or pairs that cover the word, side by side: 有限公司 is
 * 有限 and 公司. Overlapping ones would add nothing but mislead the planner, which takes every pair for an independent condition.
 */
export function gramsOf(word: string): string[] {
  const characters = [...word];
  if (characters.length < 2) return characters;
  const starts = characters.map((_, i) => i).filter((i) => i + 1 < characters.length && (i % 2 === 0 || i + 2 === characters.length));
  return starts.map((i) => characters.slice(i, i + 2).join(''));
}
