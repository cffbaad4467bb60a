import type { Handle } from '../../db/db';
import { divisionRange } from '../catalogue';
import { escapeLike, readSearchTerms } from './search-terms';
import { matchCondition } from './search-units.read';
import type { PermissionState } from './unit.store';

export interface BureauUnitFilter {
  /** part of the name or its pinyin initials; '' for all */
  name: string;
  /** how the credit code begins; '' for all */
  code: string;
  /** only units that share their name with another one */
  namesakes: boolean;
}
export interface BureauUnit {
  id: number;
  name: string;
  creditCode: string;
  divisionName: string;
  contactName: string;
  permissionState: PermissionState;
  hasNamesake: boolean;
}

function conditions(divisionCode: string, f: BureauUnitFilter): { where: string; bindings: unknown[] } {
  const [from, to] = divisionRange(divisionCode);
  const terms = readSearchTerms(f.name);
  const match = terms ? matchCondition(terms) : undefined;
  return {
    where: `u.division_code BETWEEN ? AND ?${match ? ` AND ${match.sql}` : ''}${f.code ? ' AND u.credit_code LIKE ?' : ''}${f.namesakes ? ` AND ${NAMESAKE}` : ''}`,
    bindings: [from, to, ...(match ? match.bindings : []), ...(f.code ? [`${escapeLike(f.code)}%`] : [])],
  };
}
const NAMESAKE = 'EXISTS (SELECT 1 FROM units o WHERE o.name = u.name AND o.id <> u.id)';

export async function countBureauUnits(h: Handle, divisionCode: string, f: BureauUnitFilter): Promise<number> {
  const { where, bindings } = conditions(divisionCode, f);
  const { rows } = await h.raw<{ rows: { n: number }[] }>(`SELECT count(*)::int AS n FROM units u WHERE ${where}`, bindings as string[]);
  return rows[0]?.n ?? 0;
}

/** C4: units of a bureau's division by name. */
export async function listBureauUnits(
  h: Handle,
  divisionCode: string,
  f: BureauUnitFilter,
  limit: number,
  offset: number,
): Promise<BureauUnit[]> {
  const { where, bindings } = conditions(divisionCode, f);
  const { rows } = await h.raw<{ rows: BureauUnit[] }>(
    `SELECT u.id, u.name, u.credit_code AS "creditCode", d.full_name AS "divisionName", u.contact_name AS "contactName",
       u.permission_state AS "permissionState", ${NAMESAKE} AS "hasNamesake"
     FROM units u JOIN divisions d ON d.code = u.division_code WHERE ${where} ORDER BY u.name, u.id LIMIT ? OFFSET ?`,
    [...bindings, limit, offset] as string[],
  );
  return rows;
}
