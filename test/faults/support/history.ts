/**
 * What was asked and what became of it. `ok`: acknowledged, so it must be there once · `fail`: refused, so it must not be there · `unknown`: no answer, so it is there once or not at all,
 * and the same request sent again says which.
 */
export interface Entry {
  op: string;
  key: string;
  start: number;
  end: number;
  outcome: 'ok' | 'fail' | 'unknown';
  note: string;
}

/** A schedule that can be repeated: FAULT_SEED takes the seed that a failed run has printed. */
export function makeSchedule(name: string): { random: () => number; between: (from: number, to: number) => number; seed: number } {
  const seed = Number(process.env.FAULT_SEED ?? Date.now() % 2 ** 31);
  console.log(`${name}: FAULT_SEED=${seed}`);
  let state = seed >>> 0;
  // mulberry32
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { random, seed, between: (from, to) => from + Math.floor(random() * (to - from + 1)) };
}

export class History {
  readonly entries: Entry[] = [];

  /** Runs `work`, which says what became of it; what it throws is an answer that never came. */
  async record(op: string, key: string, work: () => Promise<{ outcome: 'ok' | 'fail'; note: string }>): Promise<Entry> {
    const start = performance.now();
    const end = await work().catch((e: unknown) => ({ outcome: 'unknown' as const, note: String((e as Error).message) }));
    const entry: Entry = { op, key, start, end: performance.now(), ...end };
    this.entries.push(entry);
    return entry;
  }

  count(op: string): Record<Entry['outcome'], number> {
    const of = (outcome: Entry['outcome']): number => this.entries.filter((e) => e.op === op && e.outcome === outcome).length;
    return { ok: of('ok'), fail: of('fail'), unknown: of('unknown') };
  }
}
