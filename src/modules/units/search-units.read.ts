import { askPrepared, type Handle } from '../../db/db';
import { FOUND, countUpTo } from '../../db/keyset';
import type { UnitOption } from '../../form/field';
import { withdrawnText, type Withdrawal } from '../../lib/withdrawal';
import { escapeLike, readCodeQuery, readSearchTerms, type SearchTerms } from './search-terms';

export interface UnitHit {
  id: number;
  name: string;
  creditCode: string;
  divisionName: string;
  /** holds the permission for 「职称评审」 and can be chosen (C3) */
  permitted: boolean;
  /** it has no permission any more; null for those that have it or never had it */
  withdrawal: Withdrawal | null;
}
export interface UnitSearch {
  rows: UnitHit[];
  /** how many units match, counted to 200 at most */
  total: number;
  /** there are more matches than rows */
  more: boolean;
}

const COUNTED = 200;
// Looked at before the shortest names are taken: bounds the work for words that are in every other name.
const SAMPLE = 300;

/**
 * A condition on `units u` that the gram index serves, and its bindings. Words of one or two characters are grams themselves; longer ones are checked again,
 * because grams know no order. By strpos, not LIKE: of an expression without statistics the planner takes a LIKE to be rare, and would read every 公司.
 */
export function matchCondition(t: SearchTerms): { sql: string; bindings: unknown[] } {
  const long = t.words.filter((w) => [...w].length > 2);
  return {
    sql: `u.grams @> ?::text[]${' AND strpos(lower(u.name) || chr(1) || u.pinyin, ?) > 0'.repeat(long.length)}`,
    bindings: [t.grams, ...long],
  };
}

/** The same as a condition on one row `units u`, for lists that meet the words soon in an order of their own. */
export const rowCondition = (t: SearchTerms): { sql: string; bindings: string[] } => ({
  sql: t.words.map(() => 'strpos(lower(u.name) || chr(1) || u.pinyin, ?) > 0').join(' AND '),
  bindings: t.words,
});

/** Whether more than FOUND units hold the words. One query. */
export async function isFrequent(h: Handle, t: SearchTerms): Promise<boolean> {
  const match = matchCondition(t);
  return (await countUpTo(h, `FROM units u WHERE ${match.sql}`, match.bindings, FOUND)).isOpen;
}

/** Units in the order of the ids `:units`, as choices of a form and hits of a search; a query also for statements that bring more with it. */
export const UNITS_QUERY = `SELECT u.id, u.name, u.credit_code AS "creditCode", d.full_name AS "divisionName", u.permission_state = 'granted' AS permitted,
    CASE WHEN u.permission_state <> 'granted' THEN unit_withdrawal(u.id) END AS withdrawal
  FROM unnest(:units::bigint[]) WITH ORDINALITY AS x(id, place) JOIN units u ON u.id = x.id JOIN divisions d ON d.code = u.division_code ORDER BY x.place`;

const describe = (h: Handle, ids: readonly number[]): Promise<UnitHit[]> =>
  askPrepared<UnitHit>(h, 'units-by-id', UNITS_QUERY, { units: ids });

/**
 * D2 申报单位: units by any part of the name, by pinyin initials, or by the whole credit code. Several words must all occur. Units whose name begins with
 * what was typed come first, then shorter names; units without the permission come after all others, marked, so that people see that theirs is registered.
 * `limit` rows at most. Nothing typed finds nothing.
 */
export async function searchUnits(h: Handle, query: string, limit = 20): Promise<UnitSearch> {
  const terms = readSearchTerms(query);
  if (!terms) return { rows: [], total: 0, more: false };
  const code = readCodeQuery(query);
  if (code !== undefined) {
    const found = (await h('units').where({ credit_code: code }).first('id')) as { id: number } | undefined;
    if (found) return { rows: await describe(h, [found.id]), total: 1, more: false };
  }
  const match = matchCondition(terms);
  const prefix = await h.raw<{ rows: { id: number }[] }>(
    "SELECT u.id FROM units u WHERE u.name LIKE ? AND u.permission_state = 'granted' ORDER BY u.name LIMIT ?",
    [`${escapeLike(terms.line)}%`, limit],
  );
  const ids = prefix.rows.map((r) => r.id);
  let seen = ids.length;
  for (const state of ["= 'granted'", "<> 'granted'"]) {
    if (ids.length >= limit) break;
    // Not ORDER BY over the whole match: the sample keeps frequent words as quick as rare ones.
    const { rows } = await h.raw<{ rows: { id: number; sampled: number }[] }>(
      `SELECT x.id, count(*) OVER ()::int AS sampled
       FROM (SELECT u.id, u.name FROM units u WHERE ${match.sql} AND u.permission_state ${state} AND u.id <> ALL(?::bigint[]) LIMIT ${SAMPLE}) x
       ORDER BY length(x.name), x.name LIMIT ?`,
      [...match.bindings, [...ids], limit - ids.length] as string[],
    );
    ids.push(...rows.map((r) => r.id));
    seen += rows[0]?.sampled ?? 0;
  }
  // every state was looked through unless the page was full before
  const known = ids.length < limit || seen > COUNTED ? seen : await countMatches(h, match);
  return { rows: await describe(h, ids), total: Math.max(Math.min(known, COUNTED), ids.length), more: known > ids.length };
}

/** Counted to one more than COUNTED. */
async function countMatches(h: Handle, match: ReturnType<typeof matchCondition>): Promise<number> {
  const { rows } = await h.raw<{ rows: { n: number }[] }>(
    `SELECT count(*)::int AS n FROM (SELECT 1 FROM units u WHERE ${match.sql} LIMIT ${COUNTED + 1}) x`,
    match.bindings as string[],
  );
  return rows[0]?.n ?? 0;
}

/** One unit as a choice of a form: its name, where it is, and whether it may be chosen. */
export async function findUnitOption(h: Handle, id: number): Promise<UnitOption | undefined> {
  return (await findUnitOptions(h, [id]))[0];
}

/** The same for many; those that are not there are left out. One query. */
export const findUnitOptions = async (h: Handle, ids: readonly number[]): Promise<UnitOption[]> =>
  (await describe(h, ids)).map(unitOptionOf);

/** Out of a row of `UNITS_QUERY`. */
export const unitOptionOf = (hit: UnitHit): UnitOption => ({
  id: hit.id,
  name: hit.name,
  detail: detailOf(hit),
  permitted: hit.permitted,
  ...(hit.withdrawal ? { withdrawal: hit.withdrawal } : {}),
});

/** The second line of a hit: 「山东省威海市环翠区，尚未取得职称评审权限」. */
export const detailOf = (hit: UnitHit): string =>
  hit.permitted
    ? hit.divisionName
    : `${hit.divisionName}，${hit.withdrawal ? `「职称评审」权限${withdrawnText(hit.withdrawal)}` : '尚未取得「职称评审」权限'}`;
