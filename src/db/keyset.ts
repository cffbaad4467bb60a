import type { Handle } from './db';

/** R6: an order in which every two rows differ, by columns without null that go the same way: one index serves it, in both directions and from any place. */
export interface KeyOrder {
  columns: readonly string[];
  way: 'ASC' | 'DESC';
}

/** Where a list is read from: its beginning, its end, or beside one row. */
export type Place = { kind: 'first' } | { kind: 'last' } | { kind: 'after' | 'before'; id: string };

/** SQL for the rows from a place on. */
export interface FromPlace {
  condition: string;
  bindings: (string | number)[];
  /** how to read on from the place: backwards for what lies before it */
  orderBy: string;
  isBackward: boolean;
}

/**
 * What begins at the place. `own`: the row of the place as a table expression with `?` for its id, and further bindings after it. Its columns are compared as scalar
 * subqueries, that is with known values: only then does an index begin there. The row need not belong to the list any more: its place is where it would stand.
 */
export function fromPlace(order: KeyOrder, place: Place, own: { from: string; bindings?: readonly (string | number)[] }): FromPlace {
  const isBackward = place.kind === 'last' || place.kind === 'before';
  const way = (order.way === 'ASC') === isBackward ? 'DESC' : 'ASC';
  const orderBy = order.columns.map((c) => `${c} ${way}`).join(', ');
  if (place.kind === 'first' || place.kind === 'last') return { condition: 'true', bindings: [], orderBy, isBackward };
  const bare = order.columns.map((c) => c.slice(c.indexOf('.') + 1));
  return {
    condition: `(${order.columns.join(', ')}) ${way === 'ASC' ? '>' : '<'} (${bare.map((c) => `(SELECT ${c} FROM ${own.from})`).join(', ')})`,
    bindings: bare.flatMap(() => [place.id, ...(own.bindings ?? [])]),
    orderBy,
    isBackward,
  };
}

/** Part of a list, and whether more lies before and behind it. */
export interface Slice<T> {
  rows: T[];
  hasBefore: boolean;
  hasAfter: boolean;
}

/**
 * One page of a list: `limit` rows from the place on, fewer at the end. Reads those rows and one more, however long the list is. Before a place near the beginning,
 * and beside a row that is not there, it is the first page. `read` gives rows in the order of the list. One query, seldom two.
 */
export async function readSlice<T>(place: Place, limit: number, read: (place: Place, limit: number) => Promise<T[]>): Promise<Slice<T>> {
  const found = await read(place, limit + 1);
  const isMore = found.length > limit;
  switch (place.kind) {
    case 'first':
      return { rows: found.slice(0, limit), hasBefore: false, hasAfter: isMore };
    case 'last':
      return { rows: found.slice(-limit), hasBefore: isMore, hasAfter: false };
    case 'after':
      if (found.length > 0) return { rows: found.slice(0, limit), hasBefore: true, hasAfter: isMore };
      break;
    case 'before':
      if (found.length >= limit) return { rows: found.slice(-limit), hasBefore: isMore, hasAfter: true };
      break;
  }
  return readSlice({ kind: 'first' }, limit, read);
}

/** How many rows are counted before a list says 「以上」. */
export const COUNTED = 5000;
/** How many a search counts: each is a row that has to be looked at, and who finds so many types another character. */
export const FOUND = 500;

export interface Count {
  n: number;
  /** there are more than were counted */
  isOpen: boolean;
}

/** How many rows `from` (a FROM clause with its conditions) has, `most` at most. One query. */
export async function countUpTo(h: Handle, from: string, bindings: readonly unknown[], most = COUNTED): Promise<Count> {
  const { rows } = await h.raw<{ rows: { n: number }[] }>(`SELECT count(*)::int AS n FROM (SELECT 1 ${from} LIMIT ${most + 1}) x`, [
    ...bindings,
  ] as string[]);
  const n = rows[0]?.n ?? 0;
  return { n: Math.min(n, most), isOpen: n > most };
}

/** Rows of a list that are looked at one after the other for a word before its grams are asked. */
export const SCANNED = 5000;

/**
 * The rows of a search. A word that many rows hold (`isMany`) is met soon in the order of the list: reading on until the page is full costs less than finding all of them and
 * sorting. Where it is not met within SCANNED rows, few enough hold it to be found by grams. So the work is bounded either way.
 */
export async function readSearch<T>(
  isMany: boolean,
  limit: number,
  ways: {
    /** in the order of the list, out of its first SCANNED rows */
    inOrder: () => Promise<T[]>;
    byGrams: () => Promise<T[]>;
    /** whether the list goes on after SCANNED rows */
    goesOn: () => Promise<boolean>;
  },
): Promise<T[]> {
  if (!isMany) return ways.byGrams();
  const rows = await ways.inOrder();
  return rows.length >= limit || !(await ways.goesOn()) ? rows : ways.byGrams();
}
