import { readRank } from '../declarations';

export interface TypedRank {
  id: string;
  name: string;
  /** ranks are compared within the declaring unit and the batch: unit, series, level and year */
  unitId: number;
  batchId: number;
  typed: string;
}

export type CheckedRanks = { ranks: Map<string, { n: number; of: number }>; problems: Map<string, string> };

/** What is wrong with the ranks typed for one click: each is `n/m`, all name the same total, no two the same place (R2). A missing one is left to the move. */
export function checkRanks(rows: readonly TypedRank[]): CheckedRanks {
  const ranks: CheckedRanks['ranks'] = new Map();
  const problems: CheckedRanks['problems'] = new Map();
  for (const row of rows) {
    const { rank, problem } = readRank(row.typed);
    if (rank) ranks.set(row.id, rank);
    if (problem) problems.set(row.id, problem);
  }
  const groups = new Map<string, TypedRank[]>();
  for (const row of rows) {
    if (!ranks.has(row.id)) continue;
    const key = `${row.unitId}:${row.batchId}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  for (const group of groups.values()) {
    const totals = new Set(group.map((r) => ranks.get(r.id)?.of));
    for (const row of group) {
      const rank = ranks.get(row.id);
      const twin = group.find((r) => r.id !== row.id && ranks.get(r.id)?.n === rank?.n);
      if (twin) problems.set(row.id, `名次与${twin.name}重复，请核对`);
      else if (totals.size > 1)
        problems.set(
          row.id,
          `同一单位、同一系列级别的推荐总人数应当一致，现在有 ${[...totals].sort((a, b) => Number(a) - Number(b)).join('、')}`,
        );
    }
  }
  return { ranks, problems };
}
