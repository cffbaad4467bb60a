import type { Handle, Trx } from '../../db/db';
import type { Actor } from '../../policy/actor';

/** Objections to a publicity of a unit (R5) and to one of results (J4) are kept apart and decided alike. */
export type ObjectionTable = 'unit_objections' | 'result_objections';

/** False when it was decided already. */
export async function decideObjectionRow(
  trx: Trx,
  table: ObjectionTable,
  id: number,
  d: { outcome: string; finding: string; by: Actor },
): Promise<boolean> {
  return (
    (await trx(table)
      .where({ id })
      .whereNull('outcome')
      .update({
        outcome: d.outcome,
        finding: d.finding,
        decided_by: d.by.accountId,
        decider_name: d.by.name,
        decided_at: trx.raw('app_now()'),
      })) === 1
  );
}

export async function findDecider(h: Handle, table: ObjectionTable, id: number): Promise<string | undefined> {
  const row = (await h(table).where({ id }).first('decider_name')) as { decider_name: string } | undefined;
  return row?.decider_name;
}
