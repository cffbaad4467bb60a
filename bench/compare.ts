import fs from 'node:fs';

/** Jiffies that others took from this machine, and all of them; zeros where the system does not say. */
function cpu(): { steal: number; total: number } {
  if (!fs.existsSync('/proc/stat')) return { steal: 0, total: 0 };
  const numbers = (fs.readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').trim().split(/\s+/).slice(1).map(Number);
  return { steal: numbers[7] ?? 0, total: numbers.reduce((a, b) => a + b, 0) };
}

export const median = (list: readonly number[]): number => {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
};
export const round = (n: number): number => Math.round(n * 1000) / 1000;

export const rangeOf = (list: readonly number[]): [number, number] => [round(Math.min(...list)), round(Math.max(...list))];

export interface Comparison {
  /** median of the ratios of the pairs, and their range */
  ratio: number;
  range: [number, number];
  /** medians in milliseconds */
  ours: number;
  floor: number;
  /** medians of the processor time of this process alone, in milliseconds, and the median of the pairs' ratios: what others do on the machine disturbs it less than the clock */
  cpu: { ours: number; floor: number; ratio: number };
  pairs: number;
  /** share of the machine that others took meanwhile, in per cent: above 25 the run is void */
  stealPercent: number;
}

/** Call what it gives for the share of the machine that others took since, in per cent. */
export function startStolen(): () => number {
  const before = cpu();
  return () => {
    const after = cpu();
    return after.total === before.total ? 0 : round((100 * (after.steal - before.steal)) / (after.total - before.total));
  };
}

async function timed(work: () => Promise<unknown>): Promise<{ ms: number; cpu: number }> {
  const [began, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  return { ms: performance.now() - began, cpu: (user + system) / 1000 };
}

/** Runs both in turn, the order changing from pair to pair, so that what slows the machine down slows both; one pair before is not counted. */
export async function compare(ours: () => Promise<unknown>, floor: () => Promise<unknown>, pairs = 9): Promise<Comparison> {
  const stolen = startStolen();
  const times: Record<'ours' | 'floor', { ms: number; cpu: number }>[] = [];
  for (let i = -1; i < pairs; i++) {
    const first = i % 2 === 0;
    const a = await timed(first ? ours : floor);
    const b = await timed(first ? floor : ours);
    if (i >= 0) times.push(first ? { ours: a, floor: b } : { ours: b, floor: a });
  }
  const ratios = times.map((t) => t.ours.ms / t.floor.ms);
  return {
    ratio: round(median(ratios)),
    range: rangeOf(ratios),
    ours: round(median(times.map((t) => t.ours.ms))),
    floor: round(median(times.map((t) => t.floor.ms))),
    cpu: {
      ours: round(median(times.map((t) => t.ours.cpu))),
      floor: round(median(times.map((t) => t.floor.cpu))),
      ratio: round(median(times.map((t) => t.ours.cpu / t.floor.cpu))),
    },
    pairs,
    stealPercent: stolen(),
  };
}
