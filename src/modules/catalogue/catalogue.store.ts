import type { Handle, Trx } from '../../db/db';
import type { Level } from './levels';

export const entryKinds = ['series', 'title', 'speciality'] as const;
export type EntryKind = (typeof entryKinds)[number];
export const isEntryKind = (text: string): text is EntryKind => entryKinds.some((k) => k === text);

export const tables: Record<EntryKind, string> = { series: 'series', title: 'titles', speciality: 'specialities' };

export interface Entry {
  id: number;
  seriesId: number;
  name: string;
  code: string;
  level: Level | '';
  rankName: string;
  branch: string;
  isEnded: boolean;
}

const SELECTS: Record<EntryKind, string> = {
  series: `SELECT id, id AS "seriesId", name, code, '' AS level, '' AS "rankName", '' AS branch, ended_at IS NOT NULL AS "isEnded", position FROM series`,
  title: `SELECT id, series_id AS "seriesId", name, coalesce(code, '') AS code, level, rank_name AS "rankName", coalesce(branch, '') AS branch, ended_at IS NOT NULL AS "isEnded", position FROM titles`,
  speciality: `SELECT id, series_id AS "seriesId", name, '' AS code, '' AS level, '' AS "rankName", '' AS branch, ended_at IS NOT NULL AS "isEnded", position FROM specialities`,
};

/** Entries in the order of the catalogue, those that are ended last; of one series unless it is the series themselves. */
export async function listEntries(h: Handle, kind: EntryKind, seriesId?: number): Promise<Entry[]> {
  const { rows } = await h.raw<{ rows: Entry[] }>(
    `SELECT * FROM (${SELECTS[kind]}) e WHERE :series::int IS NULL OR e."seriesId" = :series::int ORDER BY e."isEnded", e.position, e.id`,
    { series: kind === 'series' ? null : (seriesId ?? null) },
  );
  return rows;
}

export async function findEntry(h: Handle, kind: EntryKind, id: number): Promise<Entry | undefined> {
  const { rows } = await h.raw<{ rows: Entry[] }>(`SELECT * FROM (${SELECTS[kind]}) e WHERE e.id = ?`, [id]);
  return rows[0];
}

/** The administrators change the catalogue one after the other. */
export async function lockCatalogue(trx: Trx): Promise<void> {
  await trx.raw("SELECT pg_advisory_xact_lock(hashtextextended('catalogue', 0))");
}

export interface EntryInput {
  seriesId: number;
  name: string;
  code: string;
  level: Level | '';
  rankName: string;
  branch: string;
}

/** Violates series_code_key, series_name_key, titles_series_id_rank_name_name_branch_key or specialities_series_id_name_key when it is there already. */
export async function insertEntry(trx: Trx, kind: EntryKind, e: EntryInput, position?: number): Promise<number> {
  const next =
    position ??
    trx.raw(
      `(SELECT coalesce(max(position), 0) + 1 FROM ${tables[kind]} ${kind === 'series' ? '' : 'WHERE series_id = ?'})`,
      kind === 'series' ? [] : [e.seriesId],
    );
  const row =
    kind === 'series'
      ? { id: Number(e.code), code: e.code, name: e.name }
      : kind === 'title'
        ? { series_id: e.seriesId, level: e.level, rank_name: e.rankName, name: e.name, branch: e.branch || null }
        : { series_id: e.seriesId, name: e.name };
  const [made] = (await trx(tables[kind])
    .insert({ ...row, position: next })
    .returning('id')) as { id: number }[];
  if (!made) throw new Error(`${tables[kind]}: insert gave no id`);
  return made.id;
}

/** Declarations hold titles by id and specialities by name: only a name that nobody has chosen may change where it stands. */
export async function isSpecialityUsed(trx: Trx, seriesId: number, name: string): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: { used: boolean }[] }>(
    `SELECT EXISTS (SELECT 1 FROM declarations WHERE series_id = :series AND speciality = :name)
       OR EXISTS (SELECT 1 FROM declaration_sections s JOIN declarations d ON d.id = s.declaration_id
         WHERE s.section = 'application' AND d.series_id = :series AND s.raw->'groups'->'main'->>'speciality' = :name) AS used`,
    { series: seriesId, name },
  );
  return rows[0]?.used ?? false;
}

export async function renameEntry(trx: Trx, kind: EntryKind, id: number, name: string, branch?: string): Promise<void> {
  await trx(tables[kind])
    .where({ id })
    .update({ name, ...(kind === 'title' ? { branch: branch || null } : {}) });
}

export async function positionOf(trx: Trx, kind: EntryKind, id: number): Promise<number> {
  const row = (await trx(tables[kind]).where({ id }).first('position')) as { position: number } | undefined;
  return row?.position ?? 0;
}

/** Whether a batch of this series has not ended for the units: until then people declare in it, and units ask for paths. */
export async function hasRunningBatch(trx: Trx, seriesId: number): Promise<boolean> {
  return (await trx('batches').where({ series_id: seriesId }).whereRaw('unit_closes_at > app_now()').first('id')) !== undefined;
}

/** False when it is so already. */
export async function switchEntry(trx: Trx, kind: EntryKind, id: number, isOn: boolean): Promise<boolean> {
  const query = trx(tables[kind]).where({ id });
  return (
    (isOn
      ? await query.whereNotNull('ended_at').update({ ended_at: null })
      : await query.whereNull('ended_at').update({ ended_at: trx.raw('app_now()') })) === 1
  );
}

/** Changes places with the neighbour of the same list; false at its end. */
export async function moveEntry(trx: Trx, kind: EntryKind, e: Entry, by: -1 | 1): Promise<boolean> {
  const order = (await listEntries(trx, kind, e.seriesId)).filter((x) => x.isEnded === e.isEnded).map((x) => x.id);
  const at = order.indexOf(e.id);
  const other = order[at + by];
  if (at < 0 || other === undefined) return false;
  order[at + by] = e.id;
  order[at] = other;
  await trx.raw(`UPDATE ${tables[kind]} t SET position = x.place FROM unnest(?::int[]) WITH ORDINALITY AS x(id, place) WHERE t.id = x.id`, [
    order,
  ]);
  return true;
}
