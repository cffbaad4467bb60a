import type { Handle } from '../../db/db';

/** K6: a division of GB/T 2260. */
export interface Division {
  code: string;
  name: string;
  /** with the names above it: 山东省威海市环翠区 */
  fullName: string;
  parentCode: string | null;
}

const COLUMNS = 'd.code, d.name, d.full_name AS "fullName", d.parent_code AS "parentCode"';

/**
 * The provinces (parent null) and the direct children of the given divisions, by code: what dependent selects need, in one query. Ended ones are left out, but for
 * those on the way to `kept`, which was chosen while it was in use.
 */
export async function listDivisions(h: Handle, parents: readonly string[], kept = ''): Promise<Division[]> {
  const path = kept === '' ? undefined : divisionPath(kept);
  const { rows } = await h.raw<{ rows: Division[] }>(
    `SELECT ${COLUMNS} FROM divisions d WHERE (d.parent_code IS NULL OR d.parent_code = ANY(?::text[])) AND (d.ended_at IS NULL OR d.code = ANY(?::text[])) ORDER BY d.code COLLATE "C"`,
    [[...parents], path ? [path.province, path.city, path.district] : []],
  );
  return rows;
}

export async function findDivision(h: Handle, code: string): Promise<Division | undefined> {
  const { rows } = await h.raw<{ rows: Division[] }>(`SELECT ${COLUMNS} FROM divisions d WHERE d.code = ?`, [code]);
  return rows[0];
}

/** Province, city and district of a code, '' where it does not reach so deep: 371002 is 370000, 371000, 371002. */
export function divisionPath(code: string): { province: string; city: string; district: string } {
  return {
    province: `${code.slice(0, 2)}0000`,
    city: code.endsWith('0000') ? '' : `${code.slice(0, 4)}00`,
    district: code.endsWith('00') ? '' : code,
  };
}

/** First and last code of what a division covers, for conditions that an index serves; the same rule as `covers` of the policy. */
export function divisionRange(code: string): [from: string, to: string] {
  if (code.endsWith('0000')) return [code, `${code.slice(0, 2)}9999`];
  if (code.endsWith('00')) return [code, `${code.slice(0, 4)}99`];
  return [code, code];
}

/** Whom to call about what a bureau decides. */
export interface BureauContact {
  name: string;
  /** its own telephone or the one of the bureau above it; null when none has put one down */
  phone: string | null;
}

export async function findBureauContact(h: Handle, divisionCode: string): Promise<BureauContact> {
  const { rows } = await h.raw<{ rows: { name: string; phone: string | null }[] }>(
    'SELECT full_name AS name, bureau_phone(code) AS phone FROM divisions WHERE code = ?',
    [divisionCode],
  );
  return { name: bureauName(rows[0]?.name ?? ''), phone: rows[0]?.phone ?? null };
}

/** The bureau a unit belongs to. */
export async function findUnitBureau(h: Handle, unitId: number): Promise<BureauContact> {
  const unit = (await h('units').where({ id: unitId }).first('division_code')) as { division_code: string } | undefined;
  return findBureauContact(h, unit?.division_code ?? '');
}

/** 「山东省威海市环翠区人力资源和社会保障局，电话 0631-5231234」; without a telephone of its own the one that serves all: 「…，人社服务电话 12333」. */
export const bureauContactText = (c: BureauContact, servicePhone: string): string =>
  `${c.name}，${c.phone === null ? `人社服务电话 ${servicePhone}` : `电话 ${c.phone}`}`;

/** 「山东省威海市环翠区人力资源和社会保障局」 */
export const bureauName = (divisionFullName: string): string => `${divisionFullName}人力资源和社会保障局`;
