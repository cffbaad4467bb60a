import type { Handle } from '../../db/db';
import type { Scope } from '../../policy/policy';
import { inScope, narrowed, queueConditions, sortExpressions, type QueueCondition, type Show, type SortKey } from './queue.read';

export interface Neighbours {
  previous: string | undefined;
  next: string | undefined;
}

/**
 * The declarations before and after this one in a list, by its order. The one itself need not be in the list any more (it was just passed): its place is where it
 * would stand. Two queries, each of which reads from that place on and takes one row.
 */
export async function findNeighbours(
  h: Handle,
  scope: Scope,
  condition: QueueCondition,
  list: { show: Show; sort: SortKey; descending: boolean },
  id: string,
): Promise<Neighbours> {
  const key = sortExpressions[list.sort];
  const one = async (forward: boolean): Promise<string | undefined> => {
    const [op, tie] = [forward === list.descending ? '<' : '>', forward ? '>' : '<'];
    const tied = `(s.arrived_at, d.id) ${tie} (me.arrived, me.id)`;
    // those without a value stand last, whichever way the list is sorted
    const apart = forward
      ? `(CASE WHEN me.key IS NULL THEN ${key} IS NULL AND ${tied} ELSE ${key} ${op} me.key OR ${key} IS NULL OR (${key} = me.key AND ${tied}) END)`
      : `(CASE WHEN me.key IS NULL THEN ${key} IS NOT NULL OR ${tied} ELSE ${key} ${op} me.key OR (${key} = me.key AND ${tied}) END)`;
    const me = inScope(h, scope)
      .where('d.id', id)
      .select(h.raw(`${key} AS key, s.arrived_at AS arrived, d.id`));
    const way = forward ? 'ASC' : 'DESC';
    const keyWay = list.descending === forward ? 'DESC' : 'ASC';
    const rows = (await narrowed(inScope(h, scope), condition)
      .with('me', me)
      .joinRaw('CROSS JOIN me')
      .whereRaw(queueConditions[list.show])
      .whereRaw('d.id <> me.id')
      .whereRaw(apart)
      .orderByRaw(`${key} ${keyWay} NULLS ${forward ? 'LAST' : 'FIRST'}, s.arrived_at ${way}, d.id ${way}`)
      .limit(1)
      .select('d.id')) as { id: string }[];
    return rows[0]?.id;
  };
  return { next: await one(true), previous: await one(false) };
}
