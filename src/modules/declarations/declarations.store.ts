import { APPEND_FROM, auditValues, type AuditEntry } from '../../audit/audit.store';
import { askPrepared, type Handle, type Trx } from '../../db/db';
import type { RawSection } from '../../form/field';
import { CLAIM_FROM, type ActClaim } from '../../http/one-time-token.store';
import { ADD_FROM, type PlannedFiles } from '../attachments';
import type { MoveName, StateName } from '../../policy/declaration-moves';
import type { Recheck } from './rechecks.store';

export interface Declaration {
  id: string;
  person_id: number;
  batch_id: number;
  year: number;
  series_id: number;
  level: string;
  state: StateName;
  applicant_name: string;
  title_id: number | null;
  speciality: string;
  way: string;
  unit_id: number | null;
  work_unit: string;
  is_entrusted: boolean;
  rank_n: number | null;
  rank_of: number | null;
  rank_fixed_at: Date | null;
  stop_position: number | null;
  holder_unit_id: number | null;
  holder_committee_id: number | null;
  return_position: number | null;
  reopened_sections: string[] | null;
  correction_due_on: string | null;
  round: number;
  version: number;
  submitted_at: Date | null;
  moved_at: Date;
  created_at: Date;
}

const TABLE = 'declarations';

const columns: Record<keyof Declaration, true> = {
  id: true,
  person_id: true,
  batch_id: true,
  year: true,
  series_id: true,
  level: true,
  state: true,
  applicant_name: true,
  title_id: true,
  speciality: true,
  way: true,
  unit_id: true,
  work_unit: true,
  is_entrusted: true,
  rank_n: true,
  rank_of: true,
  rank_fixed_at: true,
  stop_position: true,
  holder_unit_id: true,
  holder_committee_id: true,
  return_position: true,
  reopened_sections: true,
  correction_due_on: true,
  round: true,
  version: true,
  submitted_at: true,
  moved_at: true,
  created_at: true,
};
/** The columns of `d` one by one: a prepared statement with `d.*` fails from the moment when a newer version of the program has added one. */
export const DECLARATION_COLUMNS = Object.keys(columns)
  .map((name) => `d.${name}`)
  .join(', ');

export async function findDeclaration(h: Handle, id: string): Promise<Declaration | undefined> {
  return (await h(TABLE).where({ id }).whereNull('deleted_at').first()) as Declaration | undefined;
}

/** The row, locked until the transaction ends: every write to a declaration begins here. */
export async function lockDeclaration(trx: Trx, id: string): Promise<Declaration | undefined> {
  return (await lockDeclarations(trx, [id]))[0];
}

/** The same for many, locked in the order of their ids, so that two acts at once wait for each other in line. One query. */
export async function lockDeclarations(trx: Trx, ids: readonly string[]): Promise<Declaration[]> {
  return askPrepared<Declaration>(
    trx,
    'declarations-lock',
    `SELECT ${DECLARATION_COLUMNS} FROM declarations d WHERE d.id = ANY(?::uuid[]) AND d.deleted_at IS NULL ORDER BY d.id FOR UPDATE`,
    [ids],
  );
}

/** 人社厅发〔2022〕60号: one declaration under way per person and year; a unique index holds it too. */
export async function findRunning(h: Handle, personId: number, year: number): Promise<{ id: string } | undefined> {
  const [found] = await askPrepared<{ id: string }>(
    h,
    'declaration-running',
    `SELECT id FROM declarations WHERE person_id = ? AND year = ? AND deleted_at IS NULL AND state NOT IN ('draft', 'refused', 'abandoned', 'not_recommended') LIMIT 1`,
    [personId, year],
  );
  return found;
}

/** Two declarations of a person in one year are submitted one after the other: the second sees the first. Held until the transaction is over. */
export async function holdYear(trx: Trx, personId: number, year: number): Promise<void> {
  await askPrepared(
    trx,
    'year-hold',
    "SELECT pg_advisory_xact_lock(hashtextextended('running:' || CAST(? AS text) || ':' || CAST(? AS text), 0))",
    [personId, year],
  );
}

export interface NewDeclaration {
  person_id: number;
  batch_id: number;
  year: number;
  series_id: number;
  level: string;
  applicant_name: string;
}

/** Starts a declaration; gives the existing one when there is already one of this person and batch (D0). */
export async function insertDeclaration(trx: Trx, d: NewDeclaration): Promise<{ id: string; isNew: boolean }> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `INSERT INTO declarations (person_id, batch_id, year, series_id, level, applicant_name, state) VALUES (?, ?, ?, ?, ?, ?, 'draft')
     ON CONFLICT (person_id, batch_id) WHERE deleted_at IS NULL DO NOTHING RETURNING id`,
    [d.person_id, d.batch_id, d.year, d.series_id, d.level, d.applicant_name],
  );
  if (rows[0]) return { id: rows[0].id, isNew: true };
  const found = (await trx(TABLE).where({ person_id: d.person_id, batch_id: d.batch_id }).whereNull('deleted_at').first('id')) as {
    id: string;
  };
  return { id: found.id, isNew: false };
}

/** Writes columns and counts the version up; `moved` also moves the time since when it lies where it is. */
export async function updateDeclaration(trx: Trx, id: string, columns: Partial<Declaration>, moved = false): Promise<void> {
  await trx(TABLE)
    .where({ id })
    .update({ ...columns, version: trx.raw('version + 1'), ...(moved ? { moved_at: trx.raw('app_now()') } : {}) });
}

/** Columns that a move may write, with their types; what a change does not name stays as it is. Moments are those of the move itself. */
const MOVED_COLUMNS = {
  state: 'text',
  rank_n: 'int',
  rank_of: 'int',
  stop_position: 'int',
  holder_unit_id: 'bigint',
  holder_committee_id: 'bigint',
  return_position: 'int',
  correction_due_on: 'date',
  round: 'int',
} as const;
const MOMENTS = ['rank_fixed_at', 'submitted_at'] as const;
export type MovedColumns = Partial<
  Pick<Declaration, keyof typeof MOVED_COLUMNS | 'reopened_sections'> & Record<(typeof MOMENTS)[number], 'now'>
>;

const movedNames = Object.keys(MOVED_COLUMNS) as (keyof typeof MOVED_COLUMNS)[];

/** Writes what moves change: each declaration its own columns, the version counted up, and since when it lies where it is. One statement. */
export async function updateMoved(trx: Trx, changes: readonly { id: string; columns: MovedColumns }[]): Promise<void> {
  // together most change the same columns: those that nobody names are left out, those that all name need no question
  const set = (name: keyof MovedColumns, value: string): string[] => {
    const named = changes.filter((c) => c.columns[name] !== undefined).length;
    if (named === 0) return [];
    return [`${name} = ${named === changes.length ? value : `CASE WHEN jsonb_exists(x.c, '${name}') THEN ${value} ELSE d.${name} END`}`];
  };
  const assignments = [
    ...movedNames.flatMap((name) => set(name, `(x.c ->> '${name}')::${MOVED_COLUMNS[name]}`)),
    ...set(
      'reopened_sections',
      `CASE WHEN jsonb_typeof(x.c -> 'reopened_sections') = 'array' THEN array(SELECT jsonb_array_elements_text(x.c -> 'reopened_sections')) END`,
    ),
    ...MOMENTS.flatMap((name) => set(name, 'app_now()')),
    'version = d.version + 1',
    'moved_at = app_now()',
  ];
  const text = `UPDATE declarations d SET ${assignments.join(', ')} FROM jsonb_to_recordset(?::jsonb) AS x(id uuid, c jsonb) WHERE d.id = x.id`;
  const values = [JSON.stringify(changes.map(({ id, columns: c }) => ({ id, c })))];
  // where some name what others do not, there are as many texts as mixtures
  if (!text.includes('jsonb_exists')) await askPrepared(trx, moveName(text), text, values);
  else await trx.raw(text, values);
}

const moveNames = new Map<string, string>();
/** What a write is prepared as: each move writes the same columns whenever it is made, so that there are as many as kinds of moves. */
function moveName(text: string): string {
  const name = moveNames.get(text) ?? `moved-${moveNames.size + 1}`;
  moveNames.set(text, name);
  return name;
}

export async function deleteDraft(trx: Trx, id: string): Promise<void> {
  await trx(TABLE)
    .where({ id, state: 'draft' })
    .update({ deleted_at: trx.raw('app_now()') });
}

/** A draft that this person deleted less than so many days ago, locked. */
export async function lockDeletedDraft(trx: Trx, id: string, personId: number, days: number): Promise<Declaration | undefined> {
  return (await trx(TABLE)
    .where({ id, person_id: personId, state: 'draft' })
    .whereRaw('deleted_at > app_now() - make_interval(days => ?)', [days])
    .forUpdate()
    .first()) as Declaration | undefined;
}

/** Takes a deletion back. Another live one of the same person and batch violates `declarations_one_per_batch`. */
export async function undeleteDraft(trx: Trx, id: string): Promise<void> {
  await trx(TABLE).where({ id }).update({ deleted_at: null });
}

export interface StoredSection {
  section: string;
  raw: unknown;
  version: number;
  updated_at: Date;
  /** D0: what came over from an earlier year and is still to be looked at again */
  recheck: Recheck | null;
}

/** As `StoredSection`; a condition on `s` follows. */
export const SECTIONS_QUERY = `SELECT s.section, s.raw, s.version, s.updated_at,
  CASE WHEN r.section IS NOT NULL THEN jsonb_build_object('fromYear', r.from_year, 'places', r.places) END AS recheck
  FROM declaration_sections s LEFT JOIN declaration_rechecks r ON r.declaration_id = s.declaration_id AND r.section = s.section WHERE`;

/** What was typed into a declaration; `only`: into one section of it. One query. */
export async function findSections(h: Handle, declaration: string, only?: string): Promise<StoredSection[]> {
  return only === undefined
    ? askPrepared<StoredSection>(h, 'sections', `${SECTIONS_QUERY} s.declaration_id = ?`, [declaration])
    : askPrepared<StoredSection>(h, 'section', `${SECTIONS_QUERY} s.declaration_id = ? AND s.section = ?`, [declaration, only]);
}

/** Saves what was typed; `version` is the one the form was made from (0: nothing saved yet). False when somebody saved in between (D1). */
export async function saveSectionRow(
  trx: Trx,
  declaration: string,
  section: string,
  raw: RawSection,
  version: number,
  by: number,
): Promise<boolean> {
  const text = JSON.stringify(raw);
  const written =
    version === 0
      ? await askPrepared(
          trx,
          'section-insert',
          `INSERT INTO declaration_sections (declaration_id, section, raw, updated_by) VALUES (?, ?, ?::jsonb, ?) ON CONFLICT DO NOTHING RETURNING version`,
          [declaration, section, text, by],
        )
      : await askPrepared(
          trx,
          'section-update',
          `UPDATE declaration_sections SET raw = ?::jsonb, updated_by = ?, updated_at = app_now(), version = version + 1
           WHERE declaration_id = ? AND section = ? AND version = ? RETURNING version`,
          [text, by, declaration, section, version],
        );
  return written.length > 0;
}

const saveAtOnce = (whileHeld: string, more: string): string =>
  `WITH held AS (SELECT d.id FROM declarations d WHERE d.id = ? AND d.version = ? AND d.deleted_at IS NULL
    AND coalesce((SELECT s.version FROM declaration_sections s WHERE s.declaration_id = d.id AND s.section = ?), 0) = ?${whileHeld} FOR UPDATE),
  claimed AS (${CLAIM_FROM('held')}),
  written AS (INSERT INTO declaration_sections AS s (declaration_id, section, raw, updated_by)
    SELECT CAST(? AS uuid), CAST(? AS text), CAST(? AS jsonb), CAST(? AS bigint) FROM claimed
    ON CONFLICT (declaration_id, section) DO UPDATE SET raw = excluded.raw, updated_by = excluded.updated_by, updated_at = excluded.updated_at, version = s.version + 1
    RETURNING declaration_id),
  counted AS (UPDATE declarations d SET version = d.version + 1 FROM written WHERE d.id = written.declaration_id),
  logged AS (${APPEND_FROM('written')})${more}
  SELECT 1 FROM written`;
const SAVE_AT_ONCE = saveAtOnce('', '');
const AS_MANY_FILES = ` AND (SELECT count(*) FROM attachments a WHERE a.declaration_id = d.id AND a.removed_at IS NULL) = ?`;
const SAVE_FILES_AT_ONCE = saveAtOnce(AS_MANY_FILES, `, added AS (${ADD_FROM('written')})`);

/**
 * Writes a section, the files that came with it, the declaration's version, the row of the log and the form's answer, by one statement that is its own transaction: for a save of which everything was decided on the
 * declaration and the section as they were at these versions (0: nothing saved in it yet). False: they have changed since, or the form was answered before; then nothing is written. Whoever
 * writes a section or its files or moves a declaration counts its version up under its lock: who waited for the lock here finds another one.
 */
export async function saveSectionAtOnce(
  h: Handle,
  { id, version }: Pick<Declaration, 'id' | 'version'>,
  saved: { section: string; version: number; raw: RawSection; by: number },
  claim: ReturnType<ActClaim['values']>,
  entry: AuditEntry,
  planned?: PlannedFiles,
): Promise<boolean> {
  const values = [
    id,
    version,
    saved.section,
    saved.version,
    ...(planned ? [planned.before] : []),
    ...claim,
    id,
    saved.section,
    JSON.stringify(saved.raw),
    saved.by,
    ...auditValues(entry),
    ...(planned ? [id, saved.by, planned.files] : []),
  ];
  const written = planned
    ? await askPrepared(h, 'section-save-files', SAVE_FILES_AT_ONCE, values)
    : await askPrepared(h, 'section-save', SAVE_AT_ONCE, values);
  return written.length > 0;
}

export interface AttachmentRow {
  id: string;
  section: string;
  part: string;
  row_id: string;
  field: string;
  position: number;
  name: string;
  media_type: string;
  size: number;
  sha256: string;
  thumb_sha256: string | null;
  scan: 'unscanned' | 'waiting' | 'clean' | 'infected';
  damaged_at: Date | null;
}

const ATTACHMENT_COLUMNS = 'id, section, part, row_id, field, position, name, media_type, size, sha256, thumb_sha256, scan, damaged_at';

export async function findAttachments(h: Handle, declaration: string): Promise<AttachmentRow[]> {
  return askPrepared<AttachmentRow>(
    h,
    'attachments',
    `SELECT ${ATTACHMENT_COLUMNS} FROM attachments WHERE declaration_id = ? AND removed_at IS NULL ORDER BY section, part, row_id, field, position`,
    [declaration],
  );
}

/** The same, and what was taken out of `:section` and can still be taken back (`:undo`), the last one first. */
export const FILES_QUERY = `SELECT ${ATTACHMENT_COLUMNS}, removed_at FROM attachments WHERE declaration_id = :declaration AND removed_at IS NULL
  UNION ALL (SELECT ${ATTACHMENT_COLUMNS}, removed_at FROM attachments
    WHERE declaration_id = :declaration AND section = :section AND removed_at > app_now() - :undo::interval ORDER BY removed_at DESC, id LIMIT 50)
  ORDER BY removed_at DESC NULLS FIRST, section, part, row_id, field, position`;

export interface DeclarationEvent {
  id: number;
  move: MoveName;
  from_state: StateName;
  to_state: StateName;
  round: number;
  /** null: the site itself */
  actor_id: number | null;
  actor_name: string;
  on_behalf_of: string;
  stop_position: number | null;
  opinion: string;
  comments: SectionComment[];
  detail: Record<string, unknown>;
  at: Date;
}
export interface SectionComment {
  section: string;
  text: string;
}

/** What happened, in its order. One statement. */
export async function insertEvents(
  trx: Trx,
  events: readonly (Omit<DeclarationEvent, 'id' | 'at'> & { declaration_id: string })[],
): Promise<void> {
  await askPrepared(
    trx,
    'events-insert',
    `INSERT INTO declaration_events (declaration_id, move, from_state, to_state, round, actor_id, actor_name, on_behalf_of, stop_position, opinion, comments, detail)
     SELECT declaration_id, move, from_state, to_state, round, actor_id, actor_name, on_behalf_of, stop_position, opinion, comments, detail
     FROM jsonb_to_recordset(?::jsonb) AS x(declaration_id uuid, move text, from_state text, to_state text, round int, actor_id bigint, actor_name text,
       on_behalf_of text, stop_position int, opinion text, comments jsonb, detail jsonb)`,
    [JSON.stringify(events)],
  );
}
/** The last act at each of these declarations. One query. */
export async function findLastEvents(h: Handle, ids: readonly string[]): Promise<Map<string, DeclarationEvent>> {
  const { rows } = await h.raw<{ rows: (DeclarationEvent & { declaration_id: string })[] }>(
    `SELECT e.* FROM unnest(?::uuid[]) AS x(id)
       CROSS JOIN LATERAL (SELECT * FROM declaration_events e WHERE e.declaration_id = x.id ORDER BY e.id DESC LIMIT 1) e`,
    [[...ids]],
  );
  return new Map(rows.map((r) => [r.declaration_id, r]));
}
export async function findEvents(h: Handle, declaration: string): Promise<DeclarationEvent[]> {
  return askPrepared<DeclarationEvent>(
    h,
    'events',
    `SELECT id, move, from_state, to_state, round, actor_id, actor_name, on_behalf_of, stop_position, opinion, comments, detail, at
     FROM declaration_events WHERE declaration_id = ? ORDER BY id`,
    [declaration],
  );
}

export interface Stop {
  position: number;
  unit_id: number | null;
  committee_id: number | null;
  name: string;
  arrived_at: Date;
  passed_at: Date | null;
  /** the unit holds the permission now; null for a committee */
  isPermitted: boolean | null;
  reported_at: Date | null;
}

export async function findStops(h: Handle, declaration: string): Promise<Stop[]> {
  return askPrepared<Stop>(
    h,
    'stops',
    `SELECT s.position, s.unit_id, s.committee_id, coalesce(u.name, c.name) AS name, u.permission_state = 'granted' AS "isPermitted", s.arrived_at, s.passed_at, s.reported_at
     FROM declaration_stops s LEFT JOIN units u ON u.id = s.unit_id LEFT JOIN committees c ON c.id = s.committee_id WHERE s.declaration_id = ? ORDER BY s.position`,
    [declaration],
  );
}

/**
 * Those of these units that hold the permission and have nothing else that came back to them within the last day and still waits; `others`: the declarations of this act. `mobile`: encrypted
 * with purpose 'unit.mobile'. One query.
 */
export async function listUnitsToTell(
  h: Handle,
  unitIds: readonly number[],
  others: readonly string[],
): Promise<{ id: number; mobile: Buffer }[]> {
  const { rows } = await h.raw<{ rows: { id: number; mobile: Buffer }[] }>(
    `SELECT u.id, u.mobile FROM units u WHERE u.id = ANY(CAST(? AS bigint[])) AND u.permission_state = 'granted'
       AND NOT EXISTS (SELECT 1 FROM declarations d WHERE d.holder_unit_id = u.id AND d.state = 'returned_to_unit' AND d.moved_at > app_now() - interval '24 hours'
         AND d.id <> ALL(CAST(? AS uuid[])) AND d.deleted_at IS NULL) ORDER BY u.id`,
    [[...unitIds], [...others]] as unknown as string[],
  );
  return rows;
}

/** Those of these declarations that have been at a committee's office, which may have given them back since. One query. */
export async function findBeenAtOffice(h: Handle, ids: readonly string[]): Promise<Set<string>> {
  const rows = (await h('declaration_events')
    .whereIn('declaration_id', [...ids])
    .where({ to_state: 'office_review' })
    .distinct('declaration_id')) as { declaration_id: string }[];
  return new Set(rows.map((r) => r.declaration_id));
}

export interface Arrival {
  unitId: number | null;
  committeeId: number | null;
  pathId: number | null;
}

/** The declaration arrives at a stop: a new one, or one it was at before. */
export const arriveAt = (trx: Trx, id: string, position: number, where: Arrival): Promise<void> =>
  arriveAll(trx, [{ id, position, ...where }]);

const ARRIVE = `INSERT INTO declaration_stops (declaration_id, position, unit_id, committee_id, path_id)
  SELECT id, position, "unitId", "committeeId", "pathId"
  FROM jsonb_to_recordset(?::jsonb) AS x(id uuid, position int, "unitId" bigint, "committeeId" bigint, "pathId" bigint)
  ON CONFLICT (declaration_id, position) DO UPDATE SET unit_id = excluded.unit_id, committee_id = excluded.committee_id, path_id = excluded.path_id,
    arrived_at = app_now(), passed_at = NULL, reported_at = NULL`;

/** The same for many. One statement. */
export async function arriveAll(trx: Trx, arrivals: readonly (Arrival & { id: string; position: number })[]): Promise<void> {
  await askPrepared(trx, 'stops-arrive', ARRIVE, [JSON.stringify(arrivals)]);
}

/** The declaration arrives at the unit it is submitted to; later stops, if there are any, are forgotten. One statement. */
export async function arriveAtFirst(trx: Trx, id: string, unitId: number | null): Promise<void> {
  const arrival = { id, position: 0, unitId, committeeId: null, pathId: null };
  await askPrepared(
    trx,
    'stops-first',
    `WITH gone AS (DELETE FROM declaration_stops WHERE declaration_id = ? AND position > 0) ${ARRIVE}`,
    [id, JSON.stringify([arrival])],
  );
}

export type StopMark = 'passed' | 'reported' | 'reopened';
const MARKS: Record<StopMark, string> = {
  passed: 'passed_at = app_now()',
  reported: 'reported_at = app_now()',
  // given back by the next stop, or handed in again: it has come once more
  reopened: 'arrived_at = app_now(), passed_at = NULL, reported_at = NULL',
};
export const markStop = (trx: Trx, id: string, position: number, mark: StopMark): Promise<void> => markStops(trx, [{ id, position }], mark);

/** The same for many. One statement. */
export async function markStops(trx: Trx, stops: readonly { id: string; position: number }[], mark: StopMark): Promise<void> {
  await trx.raw(
    `UPDATE declaration_stops s SET ${MARKS[mark]} FROM unnest(?::uuid[], ?::int[]) AS x(id, position)
     WHERE s.declaration_id = x.id AND s.position = x.position`,
    [stops.map((s) => s.id), stops.map((s) => s.position)],
  );
}
/** Stops from this position on are forgotten: the declaration went back to before them. */
export async function removeStopsFrom(trx: Trx, declaration: string, position: number): Promise<void> {
  await trx('declaration_stops').where({ declaration_id: declaration }).where('position', '>=', position).delete();
}

export async function insertVersion(
  trx: Trx,
  declaration: string,
  round: number,
  version: { content: object; sha256: string; roster: object },
): Promise<void> {
  await askPrepared(
    trx,
    'version-insert',
    'INSERT INTO declaration_versions (declaration_id, round, content, sha256, roster) VALUES (?, ?, ?, ?, ?)',
    [declaration, round, JSON.stringify(version.content), version.sha256, JSON.stringify(version.roster)],
  );
}
export async function findVersion(
  h: Handle,
  declaration: string,
  round: number,
): Promise<{ content: unknown; sha256: string; frozen_at: Date } | undefined> {
  const [found] = await askPrepared<{ content: unknown; sha256: string; frozen_at: Date }>(
    h,
    'version',
    'SELECT content, sha256, frozen_at FROM declaration_versions WHERE declaration_id = ? AND round = ?',
    [declaration, round],
  );
  return found;
}

/** What a person needs to hand anything in to this batch. One query. @throws when there is no such person */
export async function findStanding(h: Handle, accountId: number, batchId: number): Promise<{ isCommitted: boolean; hasPhoto: boolean }> {
  const [standing] = await askPrepared<{ isCommitted: boolean; hasPhoto: boolean }>(
    h,
    'standing',
    `SELECT EXISTS (SELECT 1 FROM commitments c WHERE c.account_id = p.account_id AND c.batch_id = :batchId) AS "isCommitted", p.photo_sha256 IS NOT NULL AS "hasPhoto"
     FROM persons p WHERE p.account_id = :accountId`,
    { accountId, batchId },
  );
  if (!standing) throw new Error(`person ${accountId} is gone`);
  return standing;
}
export async function insertCommitment(trx: Trx, accountId: number, batchId: number, text: string): Promise<void> {
  await trx('commitments').insert({ account_id: accountId, batch_id: batchId, text }).onConflict().ignore();
}

export interface VoteRow {
  total: number;
  present: number;
  yes: number;
  no: number;
  abstain: number;
  is_passed: boolean;
  met_on: string;
}
export async function insertVote(trx: Trx, declaration: string, vote: VoteRow, by: number): Promise<void> {
  await trx('votes').insert({ declaration_id: declaration, ...vote, entered_by: by });
}
export async function findVote(h: Handle, declaration: string): Promise<VoteRow | undefined> {
  const [found] = await askPrepared<VoteRow>(
    h,
    'vote',
    'SELECT total, present, yes, no, abstain, is_passed, met_on FROM votes WHERE declaration_id = ?',
    [declaration],
  );
  return found;
}

export async function insertPublicity(trx: Trx, committeeId: number, startsOn: string, endsOn: string, by: number): Promise<number> {
  const [row] = (await trx('publicities')
    .insert({ committee_id: committeeId, starts_on: startsOn, ends_on: endsOn, created_by: by })
    .returning('id')) as { id: number }[];
  return (row as { id: number }).id;
}
/** One statement. */
export async function insertPublicityItems(trx: Trx, items: readonly { id: string; publicityId: number }[]): Promise<void> {
  await trx.raw('INSERT INTO publicity_items (publicity_id, declaration_id) SELECT * FROM unnest(?::bigint[], ?::uuid[])', [
    items.map((i) => i.publicityId),
    items.map((i) => i.id),
  ]);
}
/**
 * J4: a new review takes the place of the result: the figures of the vote are kept aside, the publicity of the old result counts no more, and the declaration
 * can be put before another meeting.
 */
export async function supersedeResult(trx: Trx, declaration: string): Promise<void> {
  await trx.raw(
    `INSERT INTO former_votes (declaration_id, total, present, yes, no, abstain, is_passed, met_on, entered_by, entered_at)
     SELECT declaration_id, total, present, yes, no, abstain, is_passed, met_on, entered_by, entered_at FROM votes WHERE declaration_id = ?`,
    [declaration],
  );
  await trx('votes').where({ declaration_id: declaration }).delete();
  await trx('publicity_items')
    .where({ declaration_id: declaration })
    .whereNull('superseded_at')
    .update({ superseded_at: trx.raw('app_now()') });
  await trx('meeting_items').where({ declaration_id: declaration, is_live: true }).update({ is_live: false });
}

export interface PublicityOfResult {
  id: number;
  starts_on: string;
  ends_on: string;
  is_over: boolean;
  /** objections that are not decided yet (J4) */
  open: number;
}
export const findPublicity = async (h: Handle, declaration: string): Promise<PublicityOfResult | undefined> =>
  (await findPublicities(h, [declaration])).get(declaration);

/** Whether an objection to the result that is put up now was found right. */
export const hasUpheldObjection = async (h: Handle, declaration: string): Promise<boolean> =>
  (await h('result_objections as o')
    .join('publicity_items as i', { 'i.publicity_id': 'o.publicity_id', 'i.declaration_id': 'o.declaration_id' })
    .where({ 'o.declaration_id': declaration, 'o.outcome': 'upheld' })
    .whereNull('i.superseded_at')
    .first('o.id')) !== undefined;

/** The same for many. One query. */
export async function findPublicities(h: Handle, ids: readonly string[]): Promise<Map<string, PublicityOfResult>> {
  const rows = (await h('publicity_items as i')
    .join('publicities as p', 'p.id', 'i.publicity_id')
    .whereIn('i.declaration_id', [...ids])
    .whereNull('i.superseded_at')
    .select(
      'i.declaration_id',
      'p.id',
      'p.starts_on',
      'p.ends_on',
      h.raw('p.ends_on < app_today() AS is_over'),
      h.raw(
        '(SELECT count(*)::int FROM result_objections o WHERE o.publicity_id = p.id AND o.declaration_id = i.declaration_id AND o.outcome IS NULL) AS open',
      ),
    )) as (PublicityOfResult & {
    declaration_id: string;
  })[];
  return new Map(rows.map(({ declaration_id, ...p }) => [declaration_id, p]));
}

/**
 * Ranks that are fixed already in the declaring units and batches of these declarations, by `unit:batch`: the totals they name (R2: equal on all rows) and the
 * places that are taken. One query.
 */
export async function findFixedRanks(
  h: Handle,
  of: readonly Pick<Declaration, 'unit_id' | 'batch_id'>[],
): Promise<Map<string, { totals: number[]; places: Set<number> }>> {
  const groups = [...new Map(of.map((d) => [`${d.unit_id}:${d.batch_id}`, d])).values()].filter((d) => d.unit_id !== null);
  const { rows } = await h.raw<{ rows: { key: string; totals: number[]; places: number[] }[] }>(
    `SELECT x.unit || ':' || x.batch AS key, array_agg(DISTINCT d.rank_of) AS totals, array_agg(d.rank_n) AS places
     FROM unnest(?::bigint[], ?::bigint[]) AS x(unit, batch) JOIN declarations d ON d.unit_id = x.unit AND d.batch_id = x.batch
     WHERE d.rank_fixed_at IS NOT NULL AND d.state NOT IN ('refused', 'abandoned', 'not_recommended') GROUP BY 1`,
    [groups.map((d) => d.unit_id), groups.map((d) => d.batch_id)] as never,
  );
  return new Map(rows.map((r) => [r.key, { totals: r.totals, places: new Set(r.places) }]));
}

/** J0: whether the committee is in its term and there for this series and level; with a speciality, for that too ('' is none yet). */
export async function isCommitteeValid(h: Handle, committeeId: number, seriesId: number, level: string, speciality = ''): Promise<boolean> {
  const { rows } = await h.raw<{ rows: unknown[] }>(
    `SELECT 1 FROM committees c JOIN committee_scopes s ON s.committee_id = c.id AND s.series_id = ? AND s.level = ?
     WHERE c.id = ? AND committee_is_valid(c) AND (s.specialities = '{}' OR ?::text = '' OR ?::text = ANY(s.specialities))`,
    [seriesId, level, committeeId, speciality, speciality],
  );
  return rows.length > 0;
}

/** Whether the committee has been ended, held against an end until the transaction is over. */
export async function isCommitteeEnded(trx: Trx, committeeId: number): Promise<boolean> {
  const row = (await trx('committees').where({ id: committeeId }).forKeyShare().first('ended_at')) as { ended_at: Date | null } | undefined;
  if (!row) throw new Error(`no committee ${committeeId}`);
  return row.ended_at !== null;
}

/** Where the reporting unit's evidence of 「委托评审」 lies among the attachments. */
export const ENTRUSTED_SECTION = 'entrusted';

/** Those of these declarations for which the unit has uploaded its evidence of 「委托评审」 (R2; guide of 2023, part 4, paragraph 8). One query. */
export async function findEntrustedEvidence(h: Handle, ids: readonly string[]): Promise<Set<string>> {
  const rows = (await h('attachments')
    .whereIn('declaration_id', [...ids])
    .where({ section: ENTRUSTED_SECTION })
    .whereNull('removed_at')
    .distinct('declaration_id')) as { declaration_id: string }[];
  return new Set(rows.map((r) => r.declaration_id));
}

/** The evidence of 「委托评审」 as it stands. One query. */
export async function listEntrustedEvidence(h: Handle, declaration: string): Promise<AttachmentRow[]> {
  return (await findAttachments(h, declaration)).filter((a) => a.section === ENTRUSTED_SECTION);
}

/** J3: whether the declaration stands before a meeting, whose ballot alone gives its result. */
export async function isBeforeMeeting(h: Handle, declaration: string): Promise<boolean> {
  return (await h('meeting_items').where({ declaration_id: declaration, is_live: true }).first('meeting_id')) !== undefined;
}
