import type { Knex } from 'knex';
import type { Handle } from '../../db/db';
import {
  FOUND,
  SCANNED,
  fromPlace,
  readSearch,
  readSlice,
  type Count,
  type FromPlace,
  type KeyOrder,
  type Place,
  type Slice,
} from '../../db/keyset';
import type { StateName } from '../../policy/declaration-moves';
import type { PlainDate } from '../../lib/dates';
import { gramsOf } from '../../lib/grams';
import type { DeclarationSubject, Scope } from '../../policy/policy';
import { SUBJECT_COLUMNS, toSubject, type SubjectRow } from '../declarations';
import { LINE_COLUMNS, type DeclarationLine } from './declaration-line.read';
import { BORN_ON } from './namesakes';

/**
 * What a list can be narrowed to, as conditions on the reader's entries and on their counts alike (migration 0029); only these constants ever reach the
 * database.
 */
export const queueConditions = {
  all: 'true',
  // a unit's list: what lies at the unit itself, and what has left it
  waiting: "e.bucket IN ('unit_review', 'returned_here')",
  unit_review: "e.bucket = 'unit_review'",
  returned_here: "e.bucket = 'returned_here'",
  // at the unit, or given back by it to the one below
  returned_to_unit: "e.bucket IN ('returned_here', 'given_back')",
  unit_passed: "e.bucket = 'unit_passed'",
  returned_to_applicant: "e.bucket = 'returned_to_applicant'",
  reported: 'e.is_reported',
  // a committee's list
  office_review: "e.bucket = 'office_review'",
  correction: "e.bucket = 'correction'",
  accepted: "e.bucket = 'accepted'",
  voted_passed: "e.bucket = 'voted_passed'",
  voted_failed: "e.bucket = 'voted_failed'",
  publicity: "e.bucket = 'publicity'",
  certified: "e.bucket = 'certified'",
  refused: "e.bucket = 'refused'",
  abandoned: "e.bucket = 'abandoned'",
  // a bureau's list
  publicity_over: "e.bucket = 'publicity' AND e.ends_on < app_today()",
  publicity_running: "e.bucket = 'publicity' AND e.ends_on >= app_today()",
} as const;

export type Show = keyof typeof queueConditions;

const ascending = (column: string): KeyOrder => ({ columns: [column, 'arrived_at', 'declaration_id'], way: 'ASC' });
const bothWays = (column: string): { up: KeyOrder; down: KeyOrder } => ({
  up: ascending(column),
  down: { ...ascending(column), way: 'DESC' },
});

/** The orders of a list. Those without a rank or an end stand last whichever way it is sorted, so these two have a column for each way. */
const orders = {
  arrived: {
    up: { columns: ['arrived_at', 'declaration_id'], way: 'ASC' },
    down: { columns: ['arrived_at', 'declaration_id'], way: 'DESC' },
  },
  name: bothWays('name'),
  unit: bothWays('unit_name'),
  rank: { up: ascending('rank_up'), down: ascending('rank_down') },
  state: bothWays('state_order'),
  ends: { up: ascending('ends_up'), down: ascending('ends_down') },
} as const satisfies Record<string, { up: KeyOrder; down: KeyOrder }>;

export type SortKey = keyof typeof orders;

/** One list: which of the reader's declarations, in which order. */
export interface QueueOrder {
  show: Show;
  sort: SortKey;
  descending: boolean;
}

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
  /** how often it was handed in */
  round: number;
  /** the applicant's day of birth: tells people of one name apart */
  bornOn: PlainDate;
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

const readerOf = (scope: Scope): { reader_kind: string; reader_id: number } | undefined => {
  switch (scope.kind) {
    case 'unit':
      return { reader_kind: 'unit', reader_id: scope.unitId };
    case 'committee':
      return { reader_kind: 'committee', reader_id: scope.committeeId };
    case 'division':
      return { reader_kind: 'division', reader_id: Number(scope.code) };
    case 'person':
    case 'none':
      return undefined;
  }
};

/** S30: only what was reported to the reader, and never a draft. `table` holds entries or their counts. */
function inScope(h: Handle, scope: Scope, table: 'queue_entries' | 'queue_counts' = 'queue_entries'): Knex.QueryBuilder {
  const reader = readerOf(scope);
  const q = h(`${table} as e`);
  return reader ? q.where({ 'e.reader_kind': reader.reader_kind, 'e.reader_id': reader.reader_id }) : q.whereRaw('false');
}

/** Conditions that the kept counts know. */
function inGroup(q: Knex.QueryBuilder, c: QueueCondition): Knex.QueryBuilder {
  if (c.year !== undefined) q.where('e.year', c.year);
  if (c.seriesId !== undefined) q.where('e.series_id', c.seriesId);
  if (c.level !== undefined) q.where('e.level', c.level);
  return q;
}

/** Small letters as the database makes them of A to Z. */
const small = (name: string): string => name.replace(/[A-Z]+/g, (s) => s.toLowerCase());

/**
 * The reader's entries `e` whose grams are those of the name. A gram names its reader too (migration 0029), so the index of grams alone finds them; the fence keeps the planner from
 * multiplying the two conditions as if they were independent, and from reading the whole list of the reader besides.
 */
function foundByGrams(h: Handle, reader: { reader_kind: string; reader_id: number }, name: string): Knex.QueryBuilder {
  const grams = gramsOf(small(name)).map((g) => `${reader.reader_kind.slice(0, 1)}${reader.reader_id}:${g}`);
  const found: Knex.QueryBuilder = h.from(h.raw('(SELECT * FROM queue_entries WHERE grams @> ?::text[] OFFSET 0) AS e', [grams]) as never);
  const q = found.where({ 'e.reader_kind': reader.reader_kind, 'e.reader_id': reader.reader_id });
  // one or two characters are grams themselves; of longer ones grams do not know the order
  return [...name].length > 2 ? holding(q, name) : q;
}
const holding = (q: Knex.QueryBuilder, name: string): Knex.QueryBuilder => q.whereRaw('strpos(lower(e.name), ?) > 0', [small(name)]);

function narrowed(h: Handle, scope: Scope, c: QueueCondition): Knex.QueryBuilder {
  const reader = readerOf(scope);
  const q = inGroup(c.name !== '' && reader ? foundByGrams(h, reader, c.name) : inScope(h, scope), c);
  if (c.unit !== '')
    q.whereRaw("strpos(translate(e.unit_name, '（）', '()'), ?) > 0", [c.unit.replaceAll('（', '(').replaceAll('）', ')')]);
  return q;
}

/** The reader's entries of a list under these conditions: `e` is the entry. */
export const listEntries = (h: Handle, scope: Scope, c: QueueCondition, show: Show): Knex.QueryBuilder =>
  narrowed(h, scope, c).whereRaw(queueConditions[show]);

/** What begins at a place of the list, in its order. */
function placed(scope: Scope, list: QueueOrder, place: Place): FromPlace & { columns: readonly string[] } {
  const order: KeyOrder = orders[list.sort][list.descending ? 'down' : 'up'];
  const reader = readerOf(scope);
  const from = fromPlace({ ...order, columns: order.columns.map((c) => `e.${c}`) }, place, {
    from: 'queue_entries m WHERE m.declaration_id = ? AND m.reader_kind = ? AND m.reader_id = ?',
    bindings: [reader?.reader_kind ?? '', reader?.reader_id ?? 0],
  });
  return { ...from, columns: ['e.declaration_id', 'e.arrived_at', ...order.columns.slice(0, -2).map((c) => `e.${c}`)] };
}

/** The ids of a list from a place on, `limit` at most. Beside a declaration that the reader does not have, nothing. */
function idsFrom(h: Handle, scope: Scope, condition: QueueCondition, list: QueueOrder, place: Place, limit: number): Knex.QueryBuilder {
  const from = placed(scope, list, place);
  return listEntries(h, scope, condition, list.show)
    .whereRaw(from.condition, from.bindings)
    .select(from.columns as string[])
    .orderByRaw(from.orderBy)
    .limit(limit);
}

/** Rows of the whole list by name that are looked at for part of a name: the index of names has all that is asked, so that a hundred thousand cost 30 ms and 1,200 pages. */
const SCANNED_NAMES = 100_000;
const isWholeByName = (c: QueueCondition, list: QueueOrder): boolean =>
  list.sort === 'name' && list.show === 'all' && c.unit === '' && c.year === undefined && c.seriesId === undefined && c.level === undefined;
const scanned = (c: QueueCondition, list: QueueOrder): number => (isWholeByName(c, list) ? SCANNED_NAMES : SCANNED);

/** The first rows from a place on that are looked at, whatever they are called. */
function firstRows(h: Handle, scope: Scope, c: QueueCondition, list: QueueOrder, place: Place): Knex.QueryBuilder {
  const from = placed(scope, list, place);
  return inScope(h, scope)
    .whereRaw(queueConditions[list.show])
    .whereRaw(from.condition, from.bindings)
    .orderByRaw(from.orderBy)
    .limit(scanned(c, list));
}

/** The same ids as idsFrom gives, as far as they are among the first rows. */
function idsInOrder(h: Handle, scope: Scope, c: QueueCondition, list: QueueOrder, place: Place, limit: number): Knex.QueryBuilder {
  const from = placed(scope, list, place);
  const q = inGroup(h.from(firstRows(h, scope, c, list, place).select('e.*').as('e')), c);
  if (c.unit !== '')
    q.whereRaw("strpos(translate(e.unit_name, '（）', '()'), ?) > 0", [c.unit.replaceAll('（', '(').replaceAll('）', ')')]);
  return holding(q, c.name)
    .select(from.columns as string[])
    .orderByRaw(from.orderBy)
    .limit(limit);
}

async function goesOn(h: Handle, scope: Scope, c: QueueCondition, list: QueueOrder, place: Place): Promise<boolean> {
  const [row] = (await h.from(firstRows(h, scope, c, list, place).select(h.raw('1')).as('e')).select(h.raw('count(*)::int AS n'))) as {
    n: number;
  }[];
  return row?.n === scanned(c, list);
}

/** Entries `e` with what a list says of them. */
function withColumns(h: Handle, q: Knex.QueryBuilder): Knex.QueryBuilder {
  return q
    .join('declarations as d', 'd.id', 'e.declaration_id')
    .join('batches as b', 'b.id', 'd.batch_id')
    .join('committees as c', 'c.id', 'b.committee_id')
    .leftJoin('units as u', 'u.id', 'd.unit_id')
    .joinRaw('LEFT JOIN publicity_items i ON i.declaration_id = d.id AND i.superseded_at IS NULL')
    .leftJoin('publicities as p', 'p.id', 'i.publicity_id')
    .select(
      h.raw(
        `${LINE_COLUMNS}, ${BORN_ON}, ${SUBJECT_COLUMNS}, d.rank_n AS "rankN", d.rank_of AS "rankOf", d.round, d.version, d.batch_id AS "batchId", e.arrived_at AS "arrivedAt",
       p.id AS "publicityId", p.starts_on AS "startsOn", p.ends_on AS "endsOn", p.ends_on < app_today() AS "isOver",
       committee_is_valid(c) AS "isCommitteeValid"`,
      ),
    );
}

const toRow = (r: Row): QueueRow => ({
  ...r,
  publicity: r.publicityId === null ? undefined : { id: r.publicityId, startsOn: r.startsOn, endsOn: r.endsOn, isOver: r.isOver },
  subject: toSubject(r),
});

export interface QueueCounts {
  of: ReadonlyMap<Show, number>;
  /** there are more: a search found more than FOUND */
  isOpen: boolean;
}

export const countOf = (counts: QueueCounts, show: Show): Count => ({ n: counts.of.get(show) ?? 0, isOpen: counts.isOpen });

/**
 * How many there are of each of `shows` under these conditions. One query. Exact at any size, because counts by year, series and level are kept; a search by
 * name or unit counts what it finds, FOUND at most.
 */
export async function countQueue(h: Handle, scope: Scope, condition: QueueCondition, shows: readonly Show[]): Promise<QueueCounts> {
  const isSearch = condition.name !== '' || condition.unit !== '';
  const sums = (what: string): Knex.Raw[] => [
    ...shows.map((show) => h.raw(`(coalesce(${what} FILTER (WHERE ${queueConditions[show]}), 0))::int AS ${show}`)),
    h.raw(`(coalesce(${what}, 0))::int AS found`),
  ];
  const [row] = (await (isSearch
    ? h
        .from(
          narrowed(h, scope, condition)
            .select('e.bucket', 'e.is_reported', 'e.ends_on')
            .limit(FOUND + 1)
            .as('e'),
        )
        .select(sums('count(*)'))
    : inGroup(inScope(h, scope, 'queue_counts'), condition).select(sums('sum(e.n)')))) as Record<string, number>[];
  return {
    of: new Map(shows.map((show) => [show, isSearch ? Math.min(FOUND, row?.[show] ?? 0) : (row?.[show] ?? 0)])),
    isOpen: isSearch && (row?.found ?? 0) > FOUND,
  };
}

/** One page of the list. `isMany`: a search has found more than FOUND. One query, seldom two. */
export const listQueue = (
  h: Handle,
  scope: Scope,
  condition: QueueCondition,
  list: QueueOrder,
  place: Place,
  limit: number,
  isMany = false,
): Promise<Slice<QueueRow>> =>
  readSlice(place, limit, (at, n) => {
    const { columns, way } = orders[list.sort][list.descending ? 'down' : 'up'];
    const read = async (ids: Knex.QueryBuilder): Promise<QueueRow[]> => {
      const q = withColumns(h, h.from(ids.as('e'))).orderByRaw(columns.map((c) => `e.${c} ${way}`).join(', '));
      return ((await q) as Row[]).map(toRow);
    };
    return readSearch(isMany && condition.name !== '', n, {
      inOrder: () => read(idsInOrder(h, scope, condition, list, at, n)),
      byGrams: () => read(idsFrom(h, scope, condition, list, at, n)),
      goesOn: () => goesOn(h, scope, condition, list, at),
    });
  });

export interface Neighbours {
  previous: string | undefined;
  next: string | undefined;
}

/** The declarations before and after this one in a list. Two queries that read one row each, seldom two more. */
export async function findNeighbours(
  h: Handle,
  scope: Scope,
  condition: QueueCondition,
  list: QueueOrder,
  id: string,
): Promise<Neighbours> {
  const one = async (kind: 'after' | 'before'): Promise<string | undefined> => {
    const place: Place = { kind, id };
    // how many there are is not known here: a word that is not met soon is found by its grams
    const [row] = await readSearch<{ declaration_id: string }>(condition.name !== '', 1, {
      inOrder: async () => (await idsInOrder(h, scope, condition, list, place, 1)) as { declaration_id: string }[],
      byGrams: async () => (await idsFrom(h, scope, condition, list, place, 1)) as { declaration_id: string }[],
      goesOn: () => goesOn(h, scope, condition, list, place),
    });
    return row?.declaration_id;
  };
  return { next: await one('after'), previous: await one('before') };
}

/** The named declarations as far as the reader may see them, in the order of arrival. One query. */
export async function findQueueRows(h: Handle, scope: Scope, ids: readonly string[]): Promise<QueueRow[]> {
  if (ids.length === 0) return [];
  const q = withColumns(h, inScope(h, scope).whereIn('e.declaration_id', [...ids])).orderBy(['e.arrived_at', 'e.declaration_id']);
  return ((await q) as Row[]).map(toRow);
}

/** The years of all batches, newest first. */
export async function listYears(h: Handle): Promise<number[]> {
  const rows = (await h('batches').distinct('year').orderBy('year', 'desc')) as { year: number }[];
  return rows.map((r) => r.year);
}

/** R6: puts the sums of counts together that changes left behind. What two do at once is right: each puts together only what it took away. */
export async function foldQueueCounts(h: Handle): Promise<void> {
  await h.raw(
    `WITH readers AS (SELECT DISTINCT reader_kind, reader_id FROM queue_counts WHERE NOT is_folded),
       gone AS (DELETE FROM queue_counts c USING readers r WHERE c.reader_kind = r.reader_kind AND c.reader_id = r.reader_id RETURNING c.*)
     INSERT INTO queue_counts (reader_kind, reader_id, year, series_id, level, bucket, is_reported, ends_on, n, is_folded)
       SELECT reader_kind, reader_id, year, series_id, level, bucket, is_reported, ends_on, sum(n), true FROM gone
       GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 HAVING sum(n) <> 0`,
  );
}
