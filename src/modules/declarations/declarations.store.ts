import type { Handle, Trx } from '../../db/db';
import type { RawSection } from '../../form/field';
import type { MoveName, StateName } from '../../policy/declaration-moves';

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

export async function findDeclaration(h: Handle, id: string): Promise<Declaration | undefined> {
  return (await h(TABLE).where({ id }).whereNull('deleted_at').first()) as Declaration | undefined;
}

/** The row, locked until the transaction ends: every write to a declaration begins here. */
export async function lockDeclaration(trx: Trx, id: string): Promise<Declaration | undefined> {
  return (await trx(TABLE).where({ id }).whereNull('deleted_at').forUpdate().first()) as Declaration | undefined;
}

/** 人社厅发〔2022〕60号: one declaration under way per person and year; a unique index holds it too. */
export async function findRunning(h: Handle, personId: number, year: number): Promise<{ id: string } | undefined> {
  return (await h(TABLE)
    .where({ person_id: personId, year })
    .whereNull('deleted_at')
    .whereNotIn('state', ['draft', 'refused', 'abandoned', 'not_recommended'])
    .first('id')) as { id: string } | undefined;
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

export async function deleteDraft(trx: Trx, id: string): Promise<void> {
  await trx(TABLE)
    .where({ id, state: 'draft' })
    .update({ deleted_at: trx.raw('app_now()') });
}

export interface StoredSection {
  section: string;
  raw: unknown;
  version: number;
  updated_at: Date;
}

export async function findSections(h: Handle, declaration: string): Promise<StoredSection[]> {
  return (await h('declaration_sections')
    .where({ declaration_id: declaration })
    .select('section', 'raw', 'version', 'updated_at')) as StoredSection[];
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
  const row = { declaration_id: declaration, section, raw: JSON.stringify(raw), updated_by: by, updated_at: trx.raw('app_now()') };
  if (version === 0) {
    const { rowCount } = await trx.raw<{ rowCount: number }>(
      `INSERT INTO declaration_sections (declaration_id, section, raw, updated_by) VALUES (?, ?, ?::jsonb, ?) ON CONFLICT DO NOTHING`,
      [declaration, section, row.raw, by],
    );
    return rowCount > 0;
  }
  const count = await trx('declaration_sections')
    .where({ declaration_id: declaration, section, version })
    .update({ ...row, version: version + 1 });
  return count > 0;
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
}

export async function findAttachments(h: Handle, declaration: string): Promise<AttachmentRow[]> {
  return (await h('attachments')
    .where({ declaration_id: declaration })
    .whereNull('removed_at')
    .orderBy(['section', 'part', 'row_id', 'field', 'position'])
    .select(
      'id',
      'section',
      'part',
      'row_id',
      'field',
      'position',
      'name',
      'media_type',
      'size',
      'sha256',
      'thumb_sha256',
    )) as AttachmentRow[];
}

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

export async function insertEvent(trx: Trx, declaration: string, e: Omit<DeclarationEvent, 'id' | 'at'>): Promise<void> {
  await trx('declaration_events').insert({
    ...e,
    declaration_id: declaration,
    comments: JSON.stringify(e.comments),
    detail: JSON.stringify(e.detail),
  });
}
export async function findEvents(h: Handle, declaration: string): Promise<DeclarationEvent[]> {
  return (await h('declaration_events').where({ declaration_id: declaration }).orderBy('id')) as DeclarationEvent[];
}

export interface Stop {
  position: number;
  unit_id: number | null;
  committee_id: number | null;
  name: string;
  arrived_at: Date;
  passed_at: Date | null;
  reported_at: Date | null;
}

export async function findStops(h: Handle, declaration: string): Promise<Stop[]> {
  return (await h('declaration_stops as s')
    .leftJoin('units as u', 'u.id', 's.unit_id')
    .leftJoin('committees as c', 'c.id', 's.committee_id')
    .where('s.declaration_id', declaration)
    .orderBy('s.position')
    .select(
      's.position',
      's.unit_id',
      's.committee_id',
      h.raw('coalesce(u.name, c.name) AS name'),
      's.arrived_at',
      's.passed_at',
      's.reported_at',
    )) as Stop[];
}

/** The declaration arrives at a stop: a new one, or one it was at before. */
export async function arriveAt(
  trx: Trx,
  declaration: string,
  position: number,
  where: { unitId: number | null; committeeId: number | null; pathId: number | null },
): Promise<void> {
  await trx.raw(
    `INSERT INTO declaration_stops (declaration_id, position, unit_id, committee_id, path_id) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (declaration_id, position) DO UPDATE SET unit_id = excluded.unit_id, committee_id = excluded.committee_id, path_id = excluded.path_id,
       arrived_at = app_now(), passed_at = NULL, reported_at = NULL`,
    [declaration, position, where.unitId, where.committeeId, where.pathId],
  );
}
export async function markStop(trx: Trx, declaration: string, position: number, what: 'passed' | 'reported' | 'reopened'): Promise<void> {
  const now = trx.raw('app_now()');
  const set = what === 'passed' ? { passed_at: now } : what === 'reported' ? { reported_at: now } : { passed_at: null, reported_at: null };
  await trx('declaration_stops').where({ declaration_id: declaration, position }).update(set);
}
/** Stops from this position on are forgotten: the declaration went back to before them. */
export async function removeStopsFrom(trx: Trx, declaration: string, position: number): Promise<void> {
  await trx('declaration_stops').where({ declaration_id: declaration }).where('position', '>=', position).delete();
}

export async function insertVersion(trx: Trx, declaration: string, round: number, content: object, sha256: string): Promise<void> {
  await trx('declaration_versions').insert({ declaration_id: declaration, round, content: JSON.stringify(content), sha256 });
}
export async function findVersion(
  h: Handle,
  declaration: string,
  round: number,
): Promise<{ content: unknown; sha256: string; frozen_at: Date } | undefined> {
  return (await h('declaration_versions').where({ declaration_id: declaration, round }).first('content', 'sha256', 'frozen_at')) as
    { content: unknown; sha256: string; frozen_at: Date } | undefined;
}

export async function hasCommitment(h: Handle, accountId: number, batchId: number): Promise<boolean> {
  return (await h('commitments').where({ account_id: accountId, batch_id: batchId }).first('batch_id')) !== undefined;
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
  return (await h('votes')
    .where({ declaration_id: declaration })
    .first('total', 'present', 'yes', 'no', 'abstain', 'is_passed', 'met_on')) as VoteRow | undefined;
}

export async function insertPublicity(trx: Trx, committeeId: number, startsOn: string, endsOn: string, by: number): Promise<number> {
  const [row] = (await trx('publicities')
    .insert({ committee_id: committeeId, starts_on: startsOn, ends_on: endsOn, created_by: by })
    .returning('id')) as { id: number }[];
  return (row as { id: number }).id;
}
export async function insertPublicityItem(trx: Trx, publicity: number, declaration: string): Promise<void> {
  await trx('publicity_items').insert({ publicity_id: publicity, declaration_id: declaration });
}
export async function findPublicity(
  h: Handle,
  declaration: string,
): Promise<{ id: number; starts_on: string; ends_on: string; is_over: boolean } | undefined> {
  return (await h('publicity_items as i')
    .join('publicities as p', 'p.id', 'i.publicity_id')
    .where('i.declaration_id', declaration)
    .first('p.id', 'p.starts_on', 'p.ends_on', h.raw('p.ends_on < app_today() AS is_over'))) as
    { id: number; starts_on: string; ends_on: string; is_over: boolean } | undefined;
}

/** How many of the unit's already ranked declarations in this batch name another total (R2: y equal on all rows). */
export async function otherRankTotal(h: Handle, unitId: number, batchId: number, id: string): Promise<number | undefined> {
  const row = (await h(TABLE)
    .where({ unit_id: unitId, batch_id: batchId })
    .whereNotNull('rank_fixed_at')
    .whereNot({ id })
    .whereNotIn('state', ['refused', 'abandoned', 'not_recommended'])
    .first('rank_of')) as { rank_of: number } | undefined;
  return row?.rank_of;
}

export async function isCommitteeValid(h: Handle, committeeId: number, seriesId: number, level: string): Promise<boolean> {
  const { rows } = await h.raw<{ rows: unknown[] }>(
    `SELECT 1 FROM committees c JOIN committee_scopes s ON s.committee_id = c.id AND s.series_id = ? AND s.level = ?
     WHERE c.id = ? AND c.approved_at IS NOT NULL AND app_today() BETWEEN c.valid_from AND c.valid_until`,
    [seriesId, level, committeeId],
  );
  return rows.length > 0;
}

/** Where the reporting unit's evidence of 「委托评审」 lies among the attachments. */
export const ENTRUSTED_SECTION = 'entrusted';

/** Whether the unit has uploaded its evidence of 「委托评审」 (R2; guide of 2023, part 4, paragraph 8). */
export async function hasEntrustedEvidence(h: Handle, declaration: string): Promise<boolean> {
  return (
    (await h('attachments').where({ declaration_id: declaration, section: ENTRUSTED_SECTION }).whereNull('removed_at').first('id')) !==
    undefined
  );
}

/** The evidence of 「委托评审」 as it stands. One query. */
export async function listEntrustedEvidence(h: Handle, declaration: string): Promise<AttachmentRow[]> {
  return (await findAttachments(h, declaration)).filter((a) => a.section === ENTRUSTED_SECTION);
}
