import type { Handle } from '../../db/db';
import { divisionRange } from '../catalogue';
import { readSearchTerms } from './search-terms';
import { matchCondition } from './search-units.read';
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
}

function conditions(divisionCode: string, f: QueueFilter): { where: string; bindings: unknown[] } {
  const [from, to] = divisionRange(divisionCode);
  const terms = readSearchTerms(f.name);
  const match = terms ? matchCondition(terms) : undefined;
  return {
    where: `r.division_code BETWEEN ? AND ?${f.state ? ' AND r.state = ?' : ''}${match ? ` AND ${match.sql}` : ''}`,
    bindings: [from, to, ...(f.state ? [f.state] : []), ...(match ? match.bindings : [])],
  };
}

export async function countPermissionRequests(h: Handle, divisionCode: string, f: QueueFilter): Promise<number> {
  const { where, bindings } = conditions(divisionCode, f);
  const { rows } = await h.raw<{ rows: { n: number }[] }>(
    `SELECT count(*)::int AS n FROM permission_requests r${f.name ? ' JOIN units u ON u.id = r.unit_id' : ''} WHERE ${where}`,
    bindings as string[],
  );
  return rows[0]?.n ?? 0;
}

/** Requests of a bureau's division: those that wait longest first, decided ones the newest first. */
export async function listPermissionRequests(
  h: Handle,
  divisionCode: string,
  f: QueueFilter,
  limit: number,
  offset: number,
): Promise<PermissionRow[]> {
  const { where, bindings } = conditions(divisionCode, f);
  const order = f.state === 'requested' ? 'r.requested_at, r.id' : 'r.requested_at DESC, r.id DESC';
  const { rows } = await h.raw<{ rows: PermissionRow[] }>(
    `SELECT r.id, u.name AS "unitName", u.credit_code AS "creditCode", d.full_name AS "divisionName", r.state, r.is_automatic AS "isAutomatic",
       r.check_note AS "checkNote", r.requested_at AS "requestedAt"
     FROM permission_requests r JOIN units u ON u.id = r.unit_id JOIN divisions d ON d.code = r.division_code
     WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?`,
    [...bindings, limit, offset] as string[],
  );
  return rows;
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
