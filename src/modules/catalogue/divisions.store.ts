import type { Handle, Trx } from '../../db/db';

export interface DivisionEntry {
  code: string;
  name: string;
  fullName: string;
  parentCode: string | null;
  isEnded: boolean;
  /** units registered in it, itself only */
  units: number;
}

export interface DivisionFilter {
  /** part of the full name, or the beginning of the code; '' for all */
  text: string;
  state: '' | 'used' | 'ended';
}

const CONDITION = `(:text = '' OR strpos(d.full_name, :text) > 0 OR left(d.code, length(:text)) = :text)
  AND (:state = '' OR (d.ended_at IS NULL) = (:state = 'used'))`;
const COLUMNS = `d.code, d.name, d.full_name AS "fullName", d.parent_code AS "parentCode", d.ended_at IS NOT NULL AS "isEnded",
  (SELECT count(*)::int FROM units u WHERE u.division_code = d.code) AS units`;

export async function countEntries(h: Handle, f: DivisionFilter): Promise<number> {
  const { rows } = await h.raw<{ rows: { n: number }[] }>(`SELECT count(*)::int AS n FROM divisions d WHERE ${CONDITION}`, { ...f });
  return rows[0]?.n ?? 0;
}

/** By code; about 3,300 in the whole country. */
export async function listEntries(h: Handle, f: DivisionFilter, limit: number, offset: number): Promise<DivisionEntry[]> {
  const { rows } = await h.raw<{ rows: DivisionEntry[] }>(
    `SELECT ${COLUMNS} FROM divisions d WHERE ${CONDITION} ORDER BY d.code COLLATE "C" LIMIT :limit OFFSET :offset`,
    { ...f, limit, offset },
  );
  return rows;
}

export async function findEntry(h: Handle, code: string): Promise<DivisionEntry | undefined> {
  const { rows } = await h.raw<{ rows: DivisionEntry[] }>(`SELECT ${COLUMNS} FROM divisions d WHERE d.code = ?`, [code]);
  return rows[0];
}

/** The administrators change divisions one after the other. */
export async function lockDivisions(trx: Trx): Promise<void> {
  await trx.raw("SELECT pg_advisory_xact_lock(hashtextextended('divisions', 0))");
}

/** Violates divisions_pkey or divisions_sibling_names when it is there already. */
export async function insertDivision(
  trx: Trx,
  d: { code: string; name: string; fullName: string; parentCode: string | null },
): Promise<void> {
  await trx('divisions').insert({ code: d.code, name: d.name, full_name: d.fullName, parent_code: d.parentCode });
}

/** The new name, also in the full names of everything below. Violates divisions_sibling_names. */
export async function renameDivision(trx: Trx, code: string, name: string): Promise<void> {
  await trx('divisions').where({ code }).update({ name });
  await trx.raw(
    `WITH RECURSIVE below AS (
       SELECT d.code, coalesce(p.full_name, '') || d.name AS full_name FROM divisions d LEFT JOIN divisions p ON p.code = d.parent_code WHERE d.code = :code
       UNION ALL SELECT c.code, b.full_name || c.name FROM divisions c JOIN below b ON c.parent_code = b.code)
     UPDATE divisions d SET full_name = b.full_name FROM below b WHERE d.code = b.code`,
    { code },
  );
}

export async function hasUsedChildren(h: Handle, code: string): Promise<boolean> {
  return (await h('divisions').where({ parent_code: code }).whereNull('ended_at').first('code')) !== undefined;
}

/** False when it is so already. */
export async function switchDivision(trx: Trx, code: string, isOn: boolean): Promise<boolean> {
  const query = trx('divisions').where({ code });
  const changed = isOn
    ? await query.whereNotNull('ended_at').update({ ended_at: null })
    : await query.whereNull('ended_at').update({ ended_at: trx.raw('app_now()') });
  return changed === 1;
}
