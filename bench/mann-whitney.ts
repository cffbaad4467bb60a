/**
 * Mann–Whitney U test, two-sided p by the normal approximation with correction for ties and continuity (good from 20 values on each side): how likely two samples differ as much or more when both come
 * from one distribution.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((value) => ({ value, mine: true })), ...b.map((value) => ({ value, mine: false }))].sort(
    (x, y) => x.value - y.value,
  );
  let rankSum = 0;
  let ties = 0;
  for (let i = 0; i < all.length;) {
    let j = i;
    while (j < all.length && all[j]?.value === all[i]?.value) j++;
    const same = j - i;
    ties += same ** 3 - same;
    rankSum += all.slice(i, j).filter((x) => x.mine).length * ((i + 1 + j) / 2);
    i = j;
  }
  const [m, n] = [a.length, b.length];
  const total = m + n;
  const u = rankSum - (m * (m + 1)) / 2;
  const deviation = Math.sqrt(((m * n) / 12) * (total + 1 - ties / (total * (total - 1))));
  if (deviation === 0) return 1;
  const z = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5) / deviation;
  return Math.min(1, 2 * (1 - normal(z)));
}

/** Distribution function of the normal distribution for z ≥ 0 (Abramowitz and Stegun 26.2.17, error below 7.5e-8). */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const tail = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * tail;
}
