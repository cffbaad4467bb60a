import type { Knex } from 'knex';
import type { Handle } from '../../db/db';
import { stateNames, type StateName } from '../../policy/declaration-moves';
import type { DeclarationSubject, Scope } from '../../policy/policy';
import { divisionRange } from '../catalogue';
import { SUBJECT_COLUMNS, toSubject, type SubjectRow } from '../declarations';
import { LINE_COLUMNS, type DeclarationLine } from './declaration-line.read';

/**
 * What a list can be narrowed to, as conditions; only these constants ever reach the database. `s` is the declaration's stop at the reader, `p` the
 * publicity of its result.
 */
export const queueConditions = {
  all: 'true',
  // a unit's list: what lies at the unit itself, and what has left it
  waiting: "d.state IN ('unit_review', 'returned_to_unit') AND d.holder_unit_id = s.unit_id",
  unit_review: "d.state = 'unit_review' AND d.holder_unit_id = s.unit_id",
  // at the unit, or given back by it to the one below
  returned_to_unit: "d.state = 'returned_to_unit' AND s.position >= d.stop_position",
  unit_passed: "d.state = 'unit_passed' AND d.holder_unit_id = s.unit_id",
  returned_to_applicant: "d.state = 'returned_to_applicant' AND d.return_position = s.position",
  reported: 's.reported_at IS NOT NULL',
  // a committee's list
  office_review: "d.state = 'office_review'",
  correction: "d.state = 'correction'",
  accepted: "d.state = 'accepted'",
  voted_passed: "d.state = 'voted_passed'",
  voted_failed: "d.state = 'voted_failed'",
  publicity: "d.state = 'publicity'",
  certified: "d.state = 'certified'",
  refused: "d.state = 'refused'",
  abandoned: "d.state = 'abandoned'",
  // a bureau's list
  publicity_over: "d.state = 'publicity' AND p.ends_on < app_today()",
  publicity_running: "d.state = 'publicity' AND p.ends_on >= app_today()",
} as const;

export type Show = keyof typeof queueConditions;

/** Columns a list can be sorted by. */
const sorts = {
  arrived: 's.arrived_at',
  name: 'd.applicant_name',
  unit: 'u.name',
  rank: 'd.rank_n',
  state: 'state_order',
  ends: 'p.ends_on',
} as const;

export type SortKey = keyof typeof sorts;

/** What each sort compares, as an expression of its own. */
export const sortExpressions: Readonly<Record<SortKey, string>> = {
  ...sorts,
  state: `array_position(ARRAY[${stateNames.map((s) => `'${s}'`).join(', ')}], d.state)`,
};

export interface QueueCondition {
  year?: number;
  seriesId?: number;
  level?: string;
  /** part of the applicant's name */
  name: string;
  /** part of the declaring unit's name */
  unit: string;
}

interface QueueColumns extends DeclarationLine {
  rankN: number | null;
  rankOf: number | null;
  version: number;
  batchId: number;
  /** when it came to the reader */
  arrivedAt: Date;
  /** the committee is approved and within its term (J0) */
  isCommitteeValid: boolean;
}

export interface QueueRow extends QueueColumns {
  id: string;
  state: StateName;
  publicity: { id: number; startsOn: string; endsOn: string; isOver: boolean } | undefined;
  /** for the policy */
  subject: DeclarationSubject;
}

interface Row extends QueueColumns, SubjectRow {
  publicityId: number | null;
  startsOn: string;
  endsOn: string;
  isOver: boolean;
}

/** S30: only what was reported to the reader, and never a draft. */
export function inScope(h: Handle, scope: Scope): Knex.QueryBuilder {
  const q = h('declarations as d')
    .join('declaration_stops as s', 's.declaration_id', 'd.id')
    .join('batches as b', 'b.id', 'd.batch_id')
    .join('committees as c', 'c.id', 'b.committee_id')
    .leftJoin('units as u', 'u.id', 'd.unit_id')
    .leftJoin('publicity_items as i', 'i.declaration_id', 'd.id')
    .leftJoin('publicities as p', 'p.id', 'i.publicity_id')
    .whereNull('d.deleted_at')
    .whereNot('d.state', 'draft');
  switch (scope.kind) {
    case 'unit':
      return q
        .where('s.unit_id', scope.unitId)
        .whereRaw('s.position = (SELECT max(x.position) FROM declaration_stops x WHERE x.declaration_id = d.id AND x.unit_id = s.unit_id)');
    case 'committee':
      return q
        .where('s.committee_id', scope.committeeId)
        .whereRaw(
          's.position = (SELECT max(x.position) FROM declaration_stops x WHERE x.declaration_id = d.id AND x.committee_id = s.committee_id)',
        );
    case 'division':
      return q
        .whereIn('d.state', ['publicity', 'certified'])
        .whereBetween('c.division_code', divisionRange(scope.code))
        .whereRaw(
          's.position = (SELECT max(x.position) FROM declaration_stops x WHERE x.declaration_id = d.id AND x.committee_id IS NOT NULL)',
        );
    case 'person':
    case 'none':
      return q.whereRaw('false');
  }
}

export function narrowed(q: Knex.QueryBuilder, c: QueueCondition): Knex.QueryBuilder {
  if (c.year !== undefined) q.where('d.year', c.year);
  if (c.seriesId !== undefined) q.where('d.series_id', c.seriesId);
  if (c.level !== undefined) q.where('d.level', c.level);
  if (c.name !== '') q.whereRaw('strpos(d.applicant_name, ?) > 0', [c.name]);
  if (c.unit !== '') q.whereRaw('strpos(u.name, ?) > 0', [c.unit]);
  return q;
}

function withColumns(h: Handle, q: Knex.QueryBuilder): Knex.QueryBuilder {
  return q.select(
    h.raw(
      `${LINE_COLUMNS}, ${SUBJECT_COLUMNS}, d.rank_n AS "rankN", d.rank_of AS "rankOf", d.version, d.batch_id AS "batchId", s.arrived_at AS "arrivedAt",
       p.id AS "publicityId", p.starts_on AS "startsOn", p.ends_on AS "endsOn", p.ends_on < app_today() AS "isOver",
       committee_is_valid(c) AS "isCommitteeValid",
       array_position(?::text[], d.state) AS state_order`,
      [[...stateNames]],
    ),
  );
}

const toRow = (r: Row): QueueRow => ({
  ...r,
  publicity: r.publicityId === null ? undefined : { id: r.publicityId, startsOn: r.startsOn, endsOn: r.endsOn, isOver: r.isOver },
  subject: toSubject(r),
});

/** How many there are of each of `shows` under these conditions. One query. */
export async function countQueue(h: Handle, scope: Scope, condition: QueueCondition, shows: readonly Show[]): Promise<Map<Show, number>> {
  const counts = shows.map((show) => h.raw(`(count(*) FILTER (WHERE ${queueConditions[show]}))::int AS ${show}`));
  const [row] = (await narrowed(inScope(h, scope), condition).select(counts)) as Record<string, number>[];
  return new Map(shows.map((show) => [show, row?.[show] ?? 0]));
}

export interface QueueSlice {
  show: Show;
  sort: SortKey;
  descending: boolean;
  offset: number;
  limit: number;
}

/** One page of the list. One query. */
export async function listQueue(h: Handle, scope: Scope, condition: QueueCondition, slice: QueueSlice): Promise<QueueRow[]> {
  const order = slice.descending ? 'desc' : 'asc';
  const q = withColumns(h, narrowed(inScope(h, scope), condition).whereRaw(queueConditions[slice.show]));
  q.orderBy([
    slice.sort === 'state' ? { column: sorts.state, order } : { column: sorts[slice.sort], order, nulls: 'last' as const },
    { column: 's.arrived_at' },
    { column: 'd.id' },
  ]);
  return ((await q.offset(slice.offset).limit(slice.limit)) as Row[]).map(toRow);
}

/** The named declarations as far as the reader may see them, in the order of arrival. One query. */
export async function findQueueRows(h: Handle, scope: Scope, ids: readonly string[]): Promise<QueueRow[]> {
  if (ids.length === 0) return [];
  const q = withColumns(h, inScope(h, scope).whereIn('d.id', [...ids])).orderBy([{ column: 's.arrived_at' }, { column: 'd.id' }]);
  return ((await q) as Row[]).map(toRow);
}

/** The years of all batches, newest first. */
export async function listYears(h: Handle): Promise<number[]> {
  const rows = (await h('batches').distinct('year').orderBy('year', 'desc')) as { year: number }[];
  return rows.map((r) => r.year);
}
