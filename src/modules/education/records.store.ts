import type { LearningRecord } from '../../adapters/continuing-education';
import { askPrepared, type Handle, type Trx } from '../../db/db';

export interface DrawnRecord extends Omit<LearningRecord, 'id'> {
  id: number;
  sourceName: string;
  fetchedAt: Date;
}
/** What is said of a record wherever it is read or printed. */
export type RecordFacts = Omit<DrawnRecord, 'fetchedAt'>;

/** A record on its way into the table. `person`: the keyed index of the ID number. */
export interface NewRecord extends Omit<LearningRecord, 'id'> {
  person: Buffer;
  externalId: string;
}

const personAt = (place: string): string =>
  `(SELECT n.name_index FROM sign_in_names n WHERE n.account_id = ${place} AND n.kind = 'id-number')`;
const PERSON = personAt('?');

/** The records of the account `:person` from `:fromYear` to `:toYear`, the newest first; a query also for statements that bring more with it. */
export const DRAWN_QUERY = `SELECT id, year, kind, title, hours::float8 AS hours, begins_on AS "beginsOn", ends_on AS "endsOn", place, witness, source_name AS "sourceName", fetched_at AS "fetchedAt"
  FROM learning_records WHERE person_index = ${personAt(':person')} AND year BETWEEN :fromYear AND :toYear ORDER BY year DESC, begins_on DESC, title, id`;

/** What platform and bureaus know of a person's years, the newest first. One query, whatever there is. */
export async function findDrawnRecords(h: Handle, accountId: number, fromYear: number, toYear: number): Promise<DrawnRecord[]> {
  return askPrepared<DrawnRecord>(h, 'learning-drawn', DRAWN_QUERY, { person: accountId, fromYear, toYear });
}

export type FetchState = 'waiting' | 'found' | 'unknown' | 'refused' | 'unreachable';
export interface Fetch {
  state: FetchState;
  askedAt: Date;
  answeredAt: Date | null;
}

export async function findFetch(h: Handle, accountId: number): Promise<Fetch | undefined> {
  const { rows } = await h.raw<{ rows: Fetch[] }>(
    `SELECT state, asked_at AS "askedAt", answered_at AS "answeredAt" FROM learning_fetches WHERE person_index = ${PERSON}`,
    [accountId],
  );
  return rows[0];
}

/** Notes that the platform is to be asked. False when that was said less than a minute ago, or less than a day ago and the answer is still to come. */
export async function noteAsked(trx: Trx, person: Buffer): Promise<boolean> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `INSERT INTO learning_fetches AS f (person_index, state) VALUES (?, 'waiting')
     ON CONFLICT (person_index) DO UPDATE SET state = 'waiting', asked_at = app_now()
     WHERE f.asked_at < app_now() - (CASE WHEN f.state = 'waiting' THEN interval '1 day' ELSE interval '1 minute' END)`,
    [person],
  );
  return rowCount > 0;
}

export async function noteAnswer(h: Handle, person: Buffer, state: FetchState): Promise<void> {
  await h('learning_fetches')
    .where({ person_index: person })
    .update({ state, answered_at: h.raw('app_now()') });
}

export interface Counts {
  added: number;
  changed: number;
  unchanged: number;
}

/**
 * Puts records into the table in one statement: new ones are added, those that say something else are written over, the same ones are left alone. No two of them may
 * be of the same person and external id.
 */
export async function putRecords(
  trx: Trx,
  records: readonly NewRecord[],
  from: { source: 'platform' | 'import'; sourceName: string; importId: number | null },
): Promise<Counts> {
  const values = records.map((r) => ({ ...r, person: r.person.toString('hex') }));
  const { rows } = await trx.raw<{ rows: { is_new: boolean }[] }>(
    `INSERT INTO learning_records AS t (person_index, source, source_name, external_id, import_id, year, kind, title, hours, begins_on, ends_on, place, witness)
     SELECT decode(x.person, 'hex'), :source, :sourceName, x."externalId", :importId::bigint, x.year, x.kind, x.title, x.hours, x."beginsOn", x."endsOn", x.place, x.witness
     FROM jsonb_to_recordset(:values::jsonb) AS x(person text, "externalId" text, year int, kind text, title text, hours numeric, "beginsOn" date, "endsOn" date, place text, witness text)
     ON CONFLICT (person_index, source, external_id) DO UPDATE SET source_name = excluded.source_name, import_id = excluded.import_id, year = excluded.year, kind = excluded.kind,
       title = excluded.title, hours = excluded.hours, begins_on = excluded.begins_on, ends_on = excluded.ends_on, place = excluded.place, witness = excluded.witness, fetched_at = app_now()
     WHERE (t.year, t.kind, t.title, t.hours, t.begins_on, t.ends_on, t.place, t.witness)
       IS DISTINCT FROM (excluded.year, excluded.kind, excluded.title, excluded.hours, excluded.begins_on, excluded.ends_on, excluded.place, excluded.witness)
     RETURNING (xmax = 0) AS is_new`,
    { ...from, values: JSON.stringify(values) },
  );
  const added = rows.filter((r) => r.is_new).length;
  return { added, changed: rows.length - added, unchanged: records.length - rows.length };
}

/** What the platform does not hold any more goes. */
export async function dropPlatformRecords(
  trx: Trx,
  person: Buffer,
  keep: readonly string[],
  fromYear: number,
  toYear: number,
): Promise<void> {
  await trx('learning_records')
    .where({ person_index: person, source: 'platform' })
    .whereBetween('year', [fromYear, toYear])
    .whereRaw('external_id <> ALL(?::text[])', [[...keep]])
    .delete();
}

/** The names of registered people by the hexadecimal form of their index; one query for all. */
export async function findNames(h: Handle, persons: readonly Buffer[]): Promise<Map<string, string>> {
  const { rows } = await h.raw<{ rows: { index: string; name: string }[] }>(
    `SELECT encode(n.name_index, 'hex') AS index, p.name FROM sign_in_names n JOIN persons p ON p.account_id = n.account_id
     WHERE n.name_index IN (SELECT decode(x, 'hex') FROM unnest(?::text[]) AS x)`,
    [persons.map((p) => p.toString('hex'))],
  );
  return new Map(rows.map((r) => [r.index, r.name]));
}

export interface ImportRow extends Counts {
  id: number;
  fileName: string;
  refused: number;
  by: string;
  at: Date;
  /** records that still come from this import */
  standing: number;
}

export async function insertImport(trx: Trx, divisionCode: string, fileName: string, by: number): Promise<number> {
  const [row] = (await trx('learning_imports')
    .insert({ division_code: divisionCode, file_name: fileName, added: 0, changed: 0, unchanged: 0, refused: 0, imported_by: by })
    .returning('id')) as { id: number }[];
  if (!row) throw new Error('learning_imports: insert gave no id');
  return row.id;
}

export async function finishImport(trx: Trx, id: number, counts: Counts & { refused: number }): Promise<void> {
  const { added, changed, unchanged, refused } = counts;
  await trx('learning_imports').where({ id }).update({ added, changed, unchanged, refused });
}

const IMPORTS = `SELECT i.id, i.file_name AS "fileName", i.added, i.changed, i.unchanged, i.refused, a.display_name AS by, i.imported_at AS at,
    (SELECT count(*)::int FROM learning_records r WHERE r.import_id = i.id) AS standing
  FROM learning_imports i JOIN accounts a ON a.id = i.imported_by WHERE i.division_code = ?`;

/** The latest imports of a bureau. */
export async function listImports(h: Handle, divisionCode: string, limit: number): Promise<ImportRow[]> {
  const { rows } = await h.raw<{ rows: ImportRow[] }>(`${IMPORTS} ORDER BY i.id DESC LIMIT ?`, [divisionCode, limit]);
  return rows;
}

export async function findImport(h: Handle, divisionCode: string, id: number): Promise<ImportRow | undefined> {
  const { rows } = await h.raw<{ rows: ImportRow[] }>(`${IMPORTS} AND i.id = ?`, [divisionCode, id]);
  return rows[0];
}

/** Takes the records of an import out again; gives how many. What it had written over does not come back. */
export async function removeImported(trx: Trx, divisionCode: string, id: number): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    'DELETE FROM learning_records r USING learning_imports i WHERE r.import_id = i.id AND i.id = ? AND i.division_code = ?',
    [id, divisionCode],
  );
  return rowCount;
}
