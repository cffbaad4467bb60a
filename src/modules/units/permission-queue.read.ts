import type { Handle } from '../../db/db';
import { COUNTED, FOUND, countUpTo, fromPlace, readSlice, type Count, type KeyOrder, type Place, type Slice } from '../../db/keyset';
import { divisionRange } from '../catalogue';
import { readSearchTerms } from './search-terms';
import { isFrequent, matchCondition, rowCondition } from './search-units.read';
import type { PermissionRequest } from './permission.store';

export interface QueueFilter {
  /** '' for all */
  state: '' | PermissionRequest['state'];
  /** part of the unit's name or its pinyin initials; '' for all */
  name: string;
}
export interface PermissionRow {
  id: number;
  unitName: string;
  creditCode: string;
  divisionName: string;
  state: PermissionRequest['state'];
  isAutomatic: boolean;
  checkNote: string;
  requestedAt: Date;
  /** what it granted was taken back later */
  isWithdrawn: boolean;
}

const states: readonly PermissionRequest['state'][] = ['requested', 'granted', 'refused'];

function conditions(f: QueueFilter): { match: string; bindings: unknown[] } {
  const terms = readSearchTerms(f.name);
  const match = terms ? matchCondition(terms) : undefined;
  return match ? { match: match.sql, bindings: match.bindings } : { match: 'true', bindings: [] };
}

export interface PermissionCount extends Count {
  /** more than FOUND units hold the name */
  isMany: boolean;
}

/** One query, two for a search. */
export async function countPermissionRequests(h: Handle, divisionCode: string, f: QueueFilter): Promise<PermissionCount> {
  const terms = readSearchTerms(f.name);
  const asked = f.state === '' ? [...states] : [f.state];
  const range = divisionRange(divisionCode);
  if (terms) {
    // a smaller division holds few of them, and its requests are a small part of those by time
    const isMany = divisionCode.endsWith('0000') && (await isFrequent(h, terms));
    const { match, bindings } = conditions(f);
    const row = rowCondition(terms);
    const named = isMany
      ? { sql: `FROM permission_requests r WHERE (SELECT ${row.sql} FROM units u WHERE u.id = r.unit_id) AND`, bindings: row.bindings }
      : {
          sql: `FROM (WITH found AS MATERIALIZED (SELECT u.id FROM units u WHERE ${match}) SELECT r.* FROM found JOIN permission_requests r ON r.unit_id = found.id) r WHERE`,
          bindings,
        };
    const from = `${named.sql} r.division_code BETWEEN ? AND ? AND r.state = ANY(CAST(? AS text[]))`;
    return { ...(await countUpTo(h, from, [...named.bindings, ...range, asked], FOUND)), isMany };
  }
  // by division and state, so that states that are rare cost nothing
  const count = await countUpTo(
    h,
    `FROM divisions v CROSS JOIN unnest(CAST(? AS text[])) s(state)
       CROSS JOIN LATERAL (SELECT 1 FROM permission_requests r WHERE r.division_code = v.code AND r.state = s.state LIMIT ${COUNTED + 1}) x WHERE v.code BETWEEN ? AND ?`,
    [asked, ...range],
  );
  return { ...count, isMany: false };
}

/**
 * One page of the requests of a bureau's division: those that wait longest first, others the newest first. The index knows the order within a division and a state, so
 * the list is put together from the first rows of each. A search by name begins with the units, unless many are called so (`isMany`, as counted), whom the order of the list meets soon. One query, seldom two.
 */
export function listPermissionRequests(
  h: Handle,
  divisionCode: string,
  f: QueueFilter,
  place: Place,
  limit: number,
  isMany = false,
): Promise<Slice<PermissionRow>> {
  const order: KeyOrder = { columns: ['r.requested_at', 'r.id'], way: f.state === 'requested' ? 'ASC' : 'DESC' };
  const { match, bindings } = conditions(f);
  return readSlice(place, limit, async (at, n) => {
    const from = fromPlace(order, at, { from: 'permission_requests x WHERE x.id = ?' });
    const range = divisionRange(divisionCode);
    const asked = f.state === '' ? [...states] : [f.state];
    const terms = isMany ? readSearchTerms(f.name) : undefined;
    const row = terms && rowCondition(terms);
    const ids = row
      ? {
          sql: `SELECT r.id FROM unnest(CAST(? AS text[])) s(state) CROSS JOIN LATERAL (SELECT r.id, r.requested_at FROM permission_requests r
              WHERE r.state = s.state AND r.division_code BETWEEN ? AND ? AND (SELECT ${row.sql} FROM units u WHERE u.id = r.unit_id)
                AND ${from.condition} ORDER BY ${from.orderBy} LIMIT ?) r ORDER BY ${from.orderBy} LIMIT ?`,
          bindings: [asked, ...range, ...row.bindings, ...from.bindings, n, n],
        }
      : f.name
        ? {
            sql: `SELECT r.id FROM (WITH found AS MATERIALIZED (SELECT u.id FROM units u WHERE ${match})
              SELECT r.* FROM found JOIN permission_requests r ON r.unit_id = found.id) r
            WHERE r.division_code BETWEEN ? AND ? AND r.state = ANY(CAST(? AS text[])) AND ${from.condition} ORDER BY ${from.orderBy} LIMIT ?`,
            bindings: [...bindings, ...range, asked, ...from.bindings, n],
          }
        : {
            sql: `SELECT r.id FROM divisions v CROSS JOIN unnest(CAST(? AS text[])) s(state) CROSS JOIN LATERAL (SELECT r.id, r.requested_at FROM permission_requests r
              WHERE r.division_code = v.code AND r.state = s.state AND ${from.condition} ORDER BY ${from.orderBy} LIMIT ?) r
            WHERE v.code BETWEEN ? AND ? ORDER BY ${from.orderBy} LIMIT ?`,
            bindings: [asked, ...from.bindings, n, ...range, n],
          };
    const { rows } = await h.raw<{ rows: PermissionRow[] }>(
      `SELECT r.id, u.name AS "unitName", u.credit_code AS "creditCode", d.full_name AS "divisionName", r.state, r.is_automatic AS "isAutomatic",
         r.check_note AS "checkNote", r.requested_at AS "requestedAt",
         EXISTS (SELECT 1 FROM permission_withdrawals w WHERE w.request_id = r.id) AS "isWithdrawn"
       FROM (${ids.sql}) f JOIN permission_requests r ON r.id = f.id JOIN units u ON u.id = r.unit_id JOIN divisions d ON d.code = r.division_code
       ORDER BY ${order.columns.map((c) => `${c} ${order.way}`).join(', ')}`,
      ids.bindings as string[],
    );
    return rows;
  });
}

export interface Namesake {
  id: number;
  name: string;
  creditCode: string;
  divisionName: string;
  permissionState: string;
  createdAt: Date;
}

/** C4: other registered units of the same name, those with the permission first. */
export async function listNamesakes(h: Handle, name: string, exceptId: number): Promise<Namesake[]> {
  const { rows } = await h.raw<{ rows: Namesake[] }>(
    `SELECT u.id, u.name, u.credit_code AS "creditCode", d.full_name AS "divisionName", u.permission_state AS "permissionState", u.created_at AS "createdAt"
     FROM units u JOIN divisions d ON d.code = u.division_code WHERE u.name = ? AND u.id <> ? ORDER BY u.permission_state <> 'granted', u.id LIMIT 20`,
    [name, exceptId],
  );
  return rows;
}
