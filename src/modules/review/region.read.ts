import type { Knex } from 'knex';
import type { Handle } from '../../db/db';
import type { StateName } from '../../policy/declaration-moves';
import type { DeclarationSubject } from '../../policy/policy';
import { SUBJECT_COLUMNS, toSubject, type SubjectRow } from '../declarations';
import { LINE_COLUMNS, type DeclarationLine } from './declaration-line.read';
import type { QueueCondition } from './queue.read';

export interface RegionRow extends DeclarationLine {
  id: string;
  state: StateName;
  movedAt: Date;
  /** for the policy */
  subject: DeclarationSubject;
}

/** What units of these divisions (first and last code) have declared, submitted ones only. */
function inRegion(h: Handle, range: readonly [string, string], c: QueueCondition): Knex.QueryBuilder {
  const q = h('declarations as d')
    .join('units as u', 'u.id', 'd.unit_id')
    .join('batches as b', 'b.id', 'd.batch_id')
    .join('committees as c', 'c.id', 'b.committee_id')
    .whereBetween('u.division_code', [...range])
    .whereNull('d.deleted_at')
    .whereNot('d.state', 'draft');
  if (c.year !== undefined) q.where('d.year', c.year);
  if (c.seriesId !== undefined) q.where('d.series_id', c.seriesId);
  if (c.level !== undefined) q.where('d.level', c.level);
  if (c.name !== '') q.whereRaw('strpos(lower(d.applicant_name), lower(?)) > 0', [c.name]);
  if (c.unit !== '') q.whereRaw('strpos(u.name, ?) > 0', [c.unit]);
  return q;
}

/** How many there are in each state. One query. */
export async function countRegion(h: Handle, range: readonly [string, string], c: QueueCondition): Promise<Map<StateName, number>> {
  const rows = (await inRegion(h, range, c).groupBy('d.state').select('d.state as state', h.raw('count(*)::int AS n'))) as {
    state: StateName;
    n: number;
  }[];
  return new Map(rows.map((r) => [r.state, r.n]));
}

/** The declarations moved last, `limit` at most; `after`: those that follow this one. One query, by keyset. */
export async function listRegion(
  h: Handle,
  range: readonly [string, string],
  c: QueueCondition,
  o: { state: StateName | undefined; after: string | undefined; limit: number },
): Promise<RegionRow[]> {
  const q = inRegion(h, range, c);
  if (o.state !== undefined) q.where('d.state', o.state);
  if (o.after !== undefined) q.whereRaw('(d.moved_at, d.id) < (SELECT x.moved_at, x.id FROM declarations x WHERE x.id = ?)', [o.after]);
  const rows = (await q
    .select(h.raw(`${LINE_COLUMNS}, ${SUBJECT_COLUMNS}, d.moved_at AS "movedAt"`))
    .orderBy([
      { column: 'd.moved_at', order: 'desc' },
      { column: 'd.id', order: 'desc' },
    ])
    .limit(o.limit)) as (SubjectRow & Omit<RegionRow, 'subject'>)[];
  return rows.map((r) => ({ ...r, subject: toSubject(r) }));
}
