import type { Comparison } from './compare';

/** One number that a bench gives, and the bar it is held against (docs/performance.md). */
export interface Measure {
  what: string;
  /** a ratio to the floor or a count, unless there is a unit */
  value: number;
  unit?: 'ms' | 'MB' | 'bytes';
  /** of the pairs or rounds of this run */
  range?: readonly [number, number];
  /** what it is a ratio of, and what that is counted in */
  sides?: { ours: number; floor: number; unit: string };
  /** absent where nothing is asked of it */
  goal?: { atMost: number } | { atLeast: number };
}

/** What a bench gives: the numbers of its table, and whatever explains them. */
export interface Measured {
  measures: Measure[];
  [detail: string]: unknown;
}

export function isMet({ value, goal }: Measure): boolean | undefined {
  if (!goal) return undefined;
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
}

/** Of a comparison by time: how many times as long as the floor. */
export const slower = (what: string, { ratio, range, ours, floor }: Comparison, atMost?: number): Measure => ({
  what,
  value: ratio,
  range,
  sides: { ours, floor, unit: 'ms' },
  ...(atMost === undefined ? {} : { goal: { atMost } }),
});

const turned = (n: number): number => Math.round(1000 / n) / 1000;

/** Of the same: the floor's throughput reached. */
export const throughput = (what: string, c: Comparison, atLeast: number): Measure => ({
  what,
  value: turned(c.ratio),
  range: [turned(c.range[1]), turned(c.range[0])],
  goal: { atLeast },
});

/** A count that is to be nothing: lost, doubled, failed. */
export const none = (what: string, n: number): Measure => ({ what, value: n, goal: { atMost: 0 } });

const HEAD = ['bench', 'what', 'measured', 'range', 'goal', '', 'ours to floor'] as const;

function cellsOf(name: string, m: Measure): string[] {
  const unit = m.unit === undefined ? '' : ` ${m.unit}`;
  const goal = !m.goal ? '' : 'atMost' in m.goal ? `≤ ${m.goal.atMost}${unit}` : `≥ ${m.goal.atLeast}${unit}`;
  const met = isMet(m);
  return [
    name,
    m.what,
    `${m.value}${unit}`,
    m.range ? `${m.range[0]}–${m.range[1]}` : '',
    goal,
    met === undefined ? '' : met ? 'met' : 'NOT MET',
    m.sides ? `${m.sides.ours} to ${m.sides.floor} ${m.sides.unit}` : '',
  ];
}

/** Columns that a text takes in a terminal: characters of Chinese two each. */
const widthOf = (text: string): number => [...text].reduce((n, c) => n + (c >= '\u2e80' ? 2 : 1), 0);

/** The table that is printed at the end, in lines; a run beside others that took more than a quarter of the machine says so. */
export function tableOf(results: readonly { name: string; measures: readonly Measure[]; stealPercent?: unknown }[]): string[] {
  const rows = [[...HEAD], ...results.flatMap((r) => r.measures.map((m) => cellsOf(r.name, m)))];
  const widths = HEAD.map((_, i) => Math.max(...rows.map((r) => widthOf(r[i] ?? ''))));
  const line = (r: string[]): string => r.map((c, i) => c + ' '.repeat((widths[i] ?? 0) - widthOf(c))).join('  ').trimEnd(); // prettier-ignore
  const [head = [], ...body] = rows;
  return [
    line(head),
    widths.map((w) => '-'.repeat(w)).join('  '),
    ...body.map(line),
    ...results
      .filter((r) => Number(r.stealPercent) > 25)
      .map((r) => `${r.name}: others took ${String(r.stealPercent)} % of the machine: void`),
  ];
}
