import type { Trx } from '../../db/db';

/** Holds these declarations as far as they lie with the unit, until the transaction ends. One statement. */
export async function lockOwn(trx: Trx, unitId: number, ids: readonly string[]): Promise<void> {
  await trx.raw('SELECT 1 FROM declarations WHERE id = ANY(CAST(? AS uuid[])) AND holder_unit_id = ? ORDER BY id FOR UPDATE', [
    [...ids],
    unitId,
  ]);
}

/** Writes ranks that are not fixed by a report yet; null takes one away. One statement. */
export async function writeRanks(trx: Trx, ranks: readonly { id: string; rank: { n: number; of: number } | null }[]): Promise<void> {
  await trx.raw(
    `UPDATE declarations d SET rank_n = x.n, rank_of = x.total
     FROM unnest(CAST(:ids AS uuid[]), CAST(:places AS int[]), CAST(:totals AS int[])) AS x (id, n, total)
     WHERE d.id = x.id AND d.rank_fixed_at IS NULL`,
    { ids: ranks.map((r) => r.id), places: ranks.map((r) => r.rank?.n ?? null), totals: ranks.map((r) => r.rank?.of ?? null) },
  );
}
