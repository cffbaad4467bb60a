import type { Handle } from '../../db/db';
import { COUNTED, FOUND, countUpTo, fromPlace, readSlice, type Count, type KeyOrder, type Place, type Slice } from '../../db/keyset';
import { isFrequent, matchCondition, readSearchTerms, rowCondition } from '../units';
import type { PathState } from './path.store';

export interface PathRow {
  id: number;
  unitId: number;
  unitName: string;
  unitCode: string;
  unitDivision: string;
  year: number;
  seriesId: number;
  level: string;
  state: PathState;
  reason: string;
  requestedAt: Date;
  decidedAt: Date | null;
  decidedBy: string | null;
  upstreamUnitId: number | null;
  committeeId: number | null;
  upstreamName: string;
  /** it leads to a unit whose permission was taken back */
  isCut: boolean;
  /** whom to telephone about it: a person of the upstream unit; null for a committee */
  contactName: string | null;
  /** encrypted with purpose 'unit.mobile'; null for a committee */
  contactMobile: Buffer | null;
  committeePhone: string | null;
}

const SELECT = `SELECT p.id, p.unit_id AS "unitId", own.name AS "unitName", own.credit_code AS "unitCode", d.full_name AS "unitDivision", p.year,
    p.series_id AS "seriesId", p.level, p.state, p.reason, p.requested_at AS "requestedAt", p.decided_at AS "decidedAt", a.display_name AS "decidedBy",
    p.upstream_unit_id AS "upstreamUnitId", p.committee_id AS "committeeId", coalesce(up.name, c.name) AS "upstreamName",
    p.state IN ('requested', 'approved') AND up.permission_state IS DISTINCT FROM 'granted' AND up.id IS NOT NULL AS "isCut",
    up.contact_name AS "contactName", up.mobile AS "contactMobile", c.phone AS "committeePhone"
  FROM reporting_paths p JOIN units own ON own.id = p.unit_id JOIN divisions d ON d.code = own.division_code
    LEFT JOIN units up ON up.id = p.upstream_unit_id LEFT JOIN committees c ON c.id = p.committee_id LEFT JOIN accounts a ON a.id = p.decided_by`;

export async function findPath(h: Handle, id: number): Promise<PathRow | undefined> {
  const { rows } = await h.raw<{ rows: PathRow[] }>(`${SELECT} WHERE p.id = ?`, [id]);
  return rows[0];
}

export interface OwnFilter {
  /** undefined for all */
  year: number | undefined;
  seriesId: number | undefined;
}

function ownConditions(unitId: number, f: OwnFilter): { where: string; bindings: number[] } {
  return {
    where: `p.unit_id = ?${f.year === undefined ? '' : ' AND p.year = ?'}${f.seriesId === undefined ? '' : ' AND p.series_id = ?'}`,
    bindings: [unitId, ...(f.year === undefined ? [] : [f.year]), ...(f.seriesId === undefined ? [] : [f.seriesId])],
  };
}

export async function countUnitPaths(h: Handle, unitId: number, f: OwnFilter): Promise<number> {
  const { where, bindings } = ownConditions(unitId, f);
  const { rows } = await h.raw<{ rows: { n: number }[] }>(`SELECT count(*)::int AS n FROM reporting_paths p WHERE ${where}`, bindings);
  return rows[0]?.n ?? 0;
}

/** A unit's own paths, the newest year first, living ones before refused and ended ones. */
export async function listUnitPaths(h: Handle, unitId: number, f: OwnFilter, limit: number, offset: number): Promise<PathRow[]> {
  const { where, bindings } = ownConditions(unitId, f);
  const { rows } = await h.raw<{ rows: PathRow[] }>(
    `${SELECT} WHERE ${where} ORDER BY p.year DESC, p.state IN ('refused', 'ended'), p.series_id, p.level, p.id DESC LIMIT ? OFFSET ?`,
    [...bindings, limit, offset],
  );
  return rows;
}

/** The years in which a unit has paths, newest first. */
export async function listPathYears(h: Handle, unitId: number): Promise<number[]> {
  const { rows } = await h.raw<{ rows: { year: number }[] }>(
    'SELECT DISTINCT year FROM reporting_paths WHERE unit_id = ? ORDER BY year DESC',
    [unitId],
  );
  return rows.map((r) => r.year);
}

export type Upstream = { kind: 'unit'; unitId: number } | { kind: 'committee'; committeeId: number };
export interface ReviewFilter {
  /** '' for all */
  state: '' | PathState;
  seriesId: number | undefined;
  level: string;
  /** part of the unit's name or its pinyin initials; '' for all */
  name: string;
}

const pathStates: readonly PathState[] = ['requested', 'approved', 'refused', 'ended'];

/** Conditions on `p`. `byRow`: each path's unit is looked at for the name; otherwise the units of that name are found by their grams, and their paths. */
function reviewConditions(upstream: Upstream, f: ReviewFilter, byRow: boolean): { where: string; bindings: unknown[] } {
  const column = upstream.kind === 'unit' ? 'upstream_unit_id' : 'committee_id';
  const id = upstream.kind === 'unit' ? upstream.unitId : upstream.committeeId;
  const terms = readSearchTerms(f.name);
  const match = terms && (byRow ? rowCondition(terms) : matchCondition(terms));
  // not as EXISTS, which the planner turns into a join that reads all of both
  const named = byRow
    ? `(SELECT ${match?.sql} FROM units u WHERE u.id = p.unit_id)`
    : `p.id = ANY(ARRAY(SELECT x.id FROM units u JOIN reporting_paths x ON x.unit_id = u.id WHERE ${match?.sql} AND x.${column} = ?))`;
  return {
    where: [
      `p.${column} = ?`,
      ...(f.seriesId === undefined ? [] : ['p.series_id = ?']),
      ...(f.level ? ['p.level = ?'] : []),
      ...(match ? [named] : []),
    ].join(' AND '),
    bindings: [
      id,
      ...(f.seriesId === undefined ? [] : [f.seriesId]),
      ...(f.level ? [f.level] : []),
      ...(match ? [...match.bindings, ...(byRow ? [] : [id])] : []),
    ],
  };
}
const askedStates = (f: ReviewFilter): PathState[] => (f.state ? [f.state] : [...pathStates]);

export interface ReviewCount extends Count {
  /** more than FOUND units hold the name */
  isMany: boolean;
}

/** One query, two for a search. */
export async function countPathsToReview(h: Handle, upstream: Upstream, f: ReviewFilter): Promise<ReviewCount> {
  const terms = readSearchTerms(f.name);
  const isMany = terms !== undefined && (await isFrequent(h, terms));
  const { where, bindings } = reviewConditions(upstream, f, isMany);
  const from = `FROM reporting_paths p WHERE ${where} AND p.state = ANY(CAST(? AS text[]))`;
  return { ...(await countUpTo(h, from, [...bindings, askedStates(f)], terms ? FOUND : COUNTED)), isMany };
}

/**
 * One page of the paths that lead to this unit or committee: those that wait longest first, others the newest first. The index knows the order within a state, so the
 * list is put together from the first rows of each. `isMany`: as counted; the order of the list meets such a name soon. One query, seldom two.
 */
export function listPathsToReview(
  h: Handle,
  upstream: Upstream,
  f: ReviewFilter,
  place: Place,
  limit: number,
  isMany = false,
): Promise<Slice<PathRow>> {
  const { where, bindings } = reviewConditions(upstream, f, isMany);
  const order: KeyOrder = { columns: ['p.requested_at', 'p.id'], way: f.state === 'requested' ? 'ASC' : 'DESC' };
  return readSlice(place, limit, async (at, n) => {
    const from = fromPlace(order, at, { from: 'reporting_paths x WHERE x.id = ?' });
    const { rows } = await h.raw<{ rows: PathRow[] }>(
      `${SELECT} JOIN (SELECT p.id FROM unnest(CAST(? AS text[])) s(state) CROSS JOIN LATERAL (SELECT p.id, p.requested_at FROM reporting_paths p
           WHERE p.state = s.state AND ${where} AND ${from.condition} ORDER BY ${from.orderBy} LIMIT ?) p ORDER BY ${from.orderBy} LIMIT ?) f ON f.id = p.id
       ORDER BY ${order.columns.map((c) => `${c} ${order.way}`).join(', ')}`,
      [askedStates(f), ...bindings, ...from.bindings, n, n] as string[],
    );
    return rows;
  });
}

export interface CommitteeOption {
  id: number;
  name: string;
  divisionName: string;
}

/** J0: committees that may receive this series and level from this unit today: approved, within their term, and there for its division. */
export async function listFitCommittees(h: Handle, seriesId: number, level: string, unitId: number): Promise<CommitteeOption[]> {
  const { rows } = await h.raw<{ rows: CommitteeOption[] }>(
    `SELECT c.id, c.name, d.full_name AS "divisionName" FROM committees c JOIN committee_scopes s ON s.committee_id = c.id JOIN divisions d ON d.code = c.division_code
     WHERE s.series_id = ? AND s.level = ? AND committee_is_valid(c)
       AND committee_serves(c.id, (SELECT u.division_code FROM units u WHERE u.id = ?))
     ORDER BY c.division_code COLLATE "C", c.name`,
    [seriesId, level, unitId],
  );
  return rows;
}

export interface ChainStep {
  pathId: number;
  hop: number;
  state: 'requested' | 'approved';
  name: string;
  isCommittee: boolean;
  /** a unit whose permission was taken back: nothing can be reported to it */
  isCut: boolean;
}

/**
 * P3: the way from each of these paths up to the committee, as far as it exists, following living paths of the same series, level and year. One query for
 * all; a path that is refused or ended has no steps.
 */
export async function listChains(h: Handle, pathIds: readonly number[]): Promise<Map<number, ChainStep[]>> {
  const chains = new Map<number, ChainStep[]>(pathIds.map((id) => [id, []]));
  if (pathIds.length === 0) return chains;
  const { rows } = await h.raw<{ rows: ChainStep[] }>(
    `WITH RECURSIVE up AS (
       SELECT p.id AS start_id, 1 AS hop, p.* FROM reporting_paths p WHERE p.id = ANY(?::bigint[]) AND p.state IN ('requested', 'approved')
       UNION ALL
       SELECT up.start_id, up.hop + 1, n.* FROM up JOIN reporting_paths n
         ON n.unit_id = up.upstream_unit_id AND n.series_id = up.series_id AND n.level = up.level AND n.year = up.year AND n.state IN ('requested', 'approved')
       WHERE up.hop < 50
     )
     SELECT up.start_id AS "pathId", up.hop, up.state, coalesce(u.name, c.name) AS name, up.committee_id IS NOT NULL AS "isCommittee",
       u.id IS NOT NULL AND u.permission_state <> 'granted' AS "isCut"
     FROM up LEFT JOIN units u ON u.id = up.upstream_unit_id LEFT JOIN committees c ON c.id = up.committee_id ORDER BY up.start_id, up.hop`,
    [[...pathIds]],
  );
  for (const row of rows) chains.get(row.pathId)?.push(row);
  return chains;
}

export interface CopyablePath {
  id: number;
  seriesId: number;
  level: string;
  upstreamUnitId: number | null;
  committeeId: number | null;
  upstreamName: string;
  /** the next year's path is asked for or approved already */
  isLive: boolean;
  /** the upstream unit has its permission, the committee is in its term, today */
  isFit: boolean;
}

/** P3: a unit's approved paths of a year, with whether each can be asked for again for the next one. One query. */
export async function listCopyable(h: Handle, unitId: number, year: number): Promise<CopyablePath[]> {
  const { rows } = await h.raw<{ rows: CopyablePath[] }>(
    `SELECT p.id, p.series_id AS "seriesId", p.level, p.upstream_unit_id AS "upstreamUnitId", p.committee_id AS "committeeId", coalesce(u.name, c.name) AS "upstreamName",
       EXISTS (SELECT 1 FROM reporting_paths n WHERE n.unit_id = p.unit_id AND n.series_id = p.series_id AND n.level = p.level AND n.year = p.year + 1
         AND n.state IN ('requested', 'approved')) AS "isLive",
       CASE WHEN u.id IS NOT NULL THEN u.permission_state = 'granted'
         ELSE committee_is_valid(c)
           AND EXISTS (SELECT 1 FROM committee_scopes s WHERE s.committee_id = c.id AND s.series_id = p.series_id AND s.level = p.level) END AS "isFit"
     FROM reporting_paths p LEFT JOIN units u ON u.id = p.upstream_unit_id LEFT JOIN committees c ON c.id = p.committee_id
     WHERE p.unit_id = ? AND p.year = ? AND p.state = 'approved' ORDER BY p.series_id, p.level, p.id LIMIT 500`,
    [unitId, year],
  );
  return rows;
}
