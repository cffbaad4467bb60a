import type { Handle } from '../../db/db';
import {
  COUNTED,
  FOUND,
  SCANNED,
  countUpTo,
  fromPlace,
  readSearch,
  readSlice,
  type Count,
  type KeyOrder,
  type Place,
  type Slice,
} from '../../db/keyset';
import { divisionRange } from '../catalogue';
import { escapeLike, readSearchTerms } from './search-terms';
import { matchCondition, rowCondition } from './search-units.read';
import type { PermissionState } from './unit.store';

export interface BureauUnitFilter {
  /** part of the name or its pinyin initials; '' for all */
  name: string;
  /** how the credit code begins; '' for all */
  code: string;
  /** only units that share their name with another one */
  namesakes: boolean;
  /** only units whose permission was taken back and with which declarations still stand */
  held: boolean;
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

/** of all units, names that two have: one pass over the index of names */
const NAMESAKES = 'u.name IN (SELECT n.name FROM units n GROUP BY n.name HAVING count(*) > 1)';
const HELD = `u.id IN (SELECT w.unit_id FROM permission_withdrawals w) AND u.permission_state <> 'granted'
  AND EXISTS (SELECT 1 FROM declarations d WHERE d.holder_unit_id = u.id AND d.deleted_at IS NULL)`;
const NAMESAKE = 'EXISTS (SELECT 1 FROM units o WHERE o.name = u.name AND o.id <> u.id)';

/** `byRow`: the name is looked for in each unit; otherwise found by its grams. */
function conditions(f: BureauUnitFilter, byRow = false): { where: string; bindings: unknown[] } {
  const terms = readSearchTerms(f.name);
  const match = terms && (byRow ? rowCondition(terms) : matchCondition(terms));
  return {
    where: `true${match ? ` AND ${match.sql}` : ''}${f.code ? ' AND u.credit_code LIKE ?' : ''}${f.namesakes ? ` AND ${NAMESAKES}` : ''}${f.held ? ` AND ${HELD}` : ''}`,
    bindings: [...(match ? match.bindings : []), ...(f.code ? [`${escapeLike(f.code)}%`] : [])],
  };
}

export function countBureauUnits(h: Handle, divisionCode: string, f: BureauUnitFilter): Promise<Count> {
  const { where, bindings } = conditions(f);
  const isSearch = f.name !== '' || f.code !== '' || f.namesakes || f.held;
  const from = `FROM units u WHERE u.division_code BETWEEN ? AND ? AND ${where}`;
  return countUpTo(h, from, [...divisionRange(divisionCode), ...bindings], isSearch ? FOUND : COUNTED);
}

const order: KeyOrder = { columns: ['u.name', 'u.id'], way: 'ASC' };

/**
 * C4: one page of the units of a bureau's division by name. The index knows the order within a division, so the list is put together from the first rows of each; a
 * search finds first (by the grams or the beginning of the code) and sorts then. A name that many units of a province hold (`isMany`) is met in the order of all names, which a
 * smaller division has too small a part of. One query, seldom two.
 */
export function listBureauUnits(
  h: Handle,
  divisionCode: string,
  f: BureauUnitFilter,
  place: Place,
  limit: number,
  isMany: boolean,
): Promise<Slice<BureauUnit>> {
  const terms = readSearchTerms(f.name);
  const row = terms && isMany && !f.code && !f.namesakes && !f.held && divisionCode.endsWith('0000') ? rowCondition(terms) : undefined;
  const byRow = isMany && !row;
  const { where, bindings } = conditions(f, byRow);
  return readSlice(place, limit, async (at, n) => {
    const from = fromPlace(order, at, { from: 'units x WHERE x.id = ?' });
    const range = divisionRange(divisionCode);
    const byName = `FROM units u WHERE ${from.condition} ORDER BY ${from.orderBy}`;
    const found =
      f.name || f.code || f.namesakes || f.held
        ? {
            sql: `SELECT u.id FROM (WITH found AS ${byRow ? 'NOT MATERIALIZED' : 'MATERIALIZED'} (SELECT u.id, u.name FROM units u WHERE u.division_code BETWEEN ? AND ? AND ${where}) SELECT * FROM found) u
              WHERE ${from.condition} ORDER BY ${from.orderBy} LIMIT ?`,
            bindings: [...range, ...bindings, ...from.bindings, n],
          }
        : {
            sql: `SELECT u.id FROM divisions v CROSS JOIN LATERAL (SELECT u.id, u.name FROM units u WHERE u.division_code = v.code AND ${where} AND ${from.condition}
                ORDER BY ${from.orderBy} LIMIT ?) u WHERE v.code BETWEEN ? AND ? ORDER BY ${from.orderBy} LIMIT ?`,
            bindings: [...bindings, ...from.bindings, n, ...range, n],
          };
    const read = async (ids: { sql: string; bindings: unknown[] }): Promise<BureauUnit[]> => {
      const { rows } = await h.raw<{ rows: BureauUnit[] }>(
        `SELECT u.id, u.name, u.credit_code AS "creditCode", d.full_name AS "divisionName", u.contact_name AS "contactName",
         u.permission_state AS "permissionState", ${NAMESAKE} AS "hasNamesake"
       FROM (${ids.sql}) f JOIN units u ON u.id = f.id JOIN divisions d ON d.code = u.division_code ORDER BY u.name, u.id`,
        ids.bindings as string[],
      );
      return rows;
    };
    return readSearch(row !== undefined, n, {
      inOrder: () =>
        read({
          sql: `SELECT u.id FROM (SELECT u.id, u.name, u.pinyin, u.division_code ${byName} LIMIT ${SCANNED}) u
            WHERE u.division_code BETWEEN ? AND ? AND ${row?.sql} ORDER BY ${from.orderBy} LIMIT ?`,
          bindings: [...from.bindings, ...range, ...(row?.bindings ?? []), n],
        }),
      byGrams: () => read(found),
      goesOn: async () => {
        const { rows } = await h.raw<{ rows: unknown[] }>(`SELECT 1 ${byName} OFFSET ${SCANNED} LIMIT 1`, from.bindings as string[]);
        return rows.length > 0;
      },
    });
  });
}
