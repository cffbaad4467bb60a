import { askPrepared, type Handle, type Trx } from '../../db/db';
import { isUuid } from '../../lib/ids';

/** Where a file belongs: a file field of a part, of one row where the part has rows (otherwise `rowId` is ''). */
export interface AttachmentItem {
  section: string;
  part: string;
  rowId: string;
  field: string;
}

/** `unscanned`: no scanner is connected; `waiting`: it was away, so nobody may open the file yet (S51). */
export type ScanState = 'unscanned' | 'waiting' | 'clean' | 'infected';

export interface NewAttachment extends AttachmentItem {
  name: string;
  mediaType: string;
  size: number;
  sha256: string;
  thumbSha256: string | null;
  pages: number | null;
  scan: ScanState;
  /** how many files the item takes */
  itemMax: number;
}

export interface StoredAttachment extends AttachmentItem {
  id: string;
  position: number;
  name: string;
  mediaType: string;
  size: number;
  sha256: string;
  thumbSha256: string | null;
  pages: number | null;
  scan: ScanState;
  uploadedAt: Date;
}

const COLUMNS = [
  'id',
  'section',
  'part',
  'row_id as rowId',
  'field',
  'position',
  'name',
  'media_type as mediaType',
  'size',
  'sha256',
  'thumb_sha256 as thumbSha256',
  'pages',
  'scan',
  'uploaded_at as uploadedAt',
] as const;

const SELECTED = `id, section, part, row_id AS "rowId", field, position, name, media_type AS "mediaType", size, sha256, thumb_sha256 AS "thumbSha256", pages, scan, uploaded_at AS "uploadedAt"`;
const HELD = `SELECT ${SELECTED} FROM attachments WHERE declaration_id = ? AND removed_at IS NULL`;
const ADD = `INSERT INTO attachments (declaration_id, section, part, row_id, field, position, name, media_type, size, sha256, thumb_sha256, pages, scan, uploaded_by)
  VALUES (?, ?, ?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM attachments WHERE declaration_id = ? AND section = ?), ?, ?, ?, ?, ?, ?, ?, ?) RETURNING ${SELECTED}`;

/** S51: at most this many files and bytes in one declaration. A trigger holds the number too. */
export const MAX_FILES = 200;
export const MAX_TOTAL_BYTES = 300 * 1024 * 1024;
/** For so long a removed file can be taken back; afterwards nothing of it is kept unless a submitted version shows it. */
export const UNDO = '1 day';

/** Why a file was not added. `same`: the item holds this content already, under the name `as`. */
export type NotAdded =
  { name: string; why: 'same'; as: string } | { name: string; why: 'item-full'; max: number } | { name: string; why: 'declaration-full' };

const whereItem = (declaration: string, i: AttachmentItem) => ({
  declaration_id: declaration,
  section: i.section,
  part: i.part,
  row_id: i.rowId,
  field: i.field,
});

/** Everything a declaration holds at this moment. One query. */
const findHeld = (trx: Handle, declaration: string): Promise<StoredAttachment[]> =>
  askPrepared<StoredAttachment>(trx, 'attachments-held', HELD, [declaration]);

/** What a file's place is told from. */
type Placed = AttachmentItem & Pick<StoredAttachment, 'name' | 'size' | 'sha256'>;

/** Why this file has no place among `all` of a declaration; undefined when it has. The declaration's row must be locked. */
function placeFor(all: readonly Placed[], a: Omit<NewAttachment, 'thumbSha256'>): NotAdded | undefined {
  const here = itemFiles(all, a);
  const same = here.find((o) => o.sha256 === a.sha256);
  if (same) return { name: a.name, why: 'same', as: same.name };
  if (here.length >= a.itemMax) return { name: a.name, why: 'item-full', max: a.itemMax };
  const bytes = all.reduce((sum, o) => sum + o.size, 0);
  return all.length >= MAX_FILES || bytes + a.size > MAX_TOTAL_BYTES ? { name: a.name, why: 'declaration-full' } : undefined;
}

const itemFiles = (all: readonly Placed[], i: AttachmentItem): Placed[] =>
  all.filter((o) => o.section === i.section && o.part === i.part && o.rowId === i.rowId && o.field === i.field);

/** `毕业证书.jpg` where the item holds one of that name: `毕业证书（2）.jpg`. */
function freeName(all: readonly Placed[], a: AttachmentItem, name: string): string {
  const taken = new Set(itemFiles(all, a).map((o) => o.name));
  const dot = name.lastIndexOf('.');
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name.slice(0, dot)}（${n}）${name.slice(dot)}`;
  return free;
}

/** Adds files at the end of their items; gives those that have no place there. The declaration's row must be locked. */
export async function insertAttachments(trx: Trx, declaration: string, list: readonly NewAttachment[], by: number): Promise<NotAdded[]> {
  const notAdded: NotAdded[] = [];
  if (list.length === 0) return notAdded;
  const held = await findHeld(trx, declaration);
  for (const a of list) {
    const problem = placeFor(held, a);
    if (problem) {
      notAdded.push(problem);
      continue;
    }
    const [added] = await askPrepared<StoredAttachment>(trx, 'attachment-add', ADD, [
      declaration,
      a.section,
      a.part,
      a.rowId,
      a.field,
      declaration,
      a.section,
      freeName(held, a, a.name),
      a.mediaType,
      a.size,
      a.sha256,
      a.thumbSha256,
      a.pages,
      a.scan,
      by,
    ]);
    held.push(added as StoredAttachment);
  }
  return notAdded;
}

/** Files that are added by the statement of an act, and how many there were when they found their places. */
export interface PlannedFiles {
  before: number;
  count: number;
  files: string;
}

/** Finds the places of these files beside what is there now, for `ADD_FROM`; undefined where one of them has none. One query. */
export async function planAttachments(h: Handle, declaration: string, list: readonly NewAttachment[]): Promise<PlannedFiles | undefined> {
  const held: Placed[] = await findHeld(h, declaration);
  const before = held.length;
  const files: object[] = [];
  for (const a of list) {
    if (placeFor(held, a)) return undefined;
    const name = freeName(held, a, a.name);
    const { section, part, rowId: row_id, field, mediaType: media_type, size, sha256, thumbSha256: thumb_sha256, pages, scan } = a;
    files.push({ n: files.length + 1, section, part, row_id, field, name, media_type, size, sha256, thumb_sha256, pages, scan });
    held.push({ ...a, name });
  }
  return { before, count: files.length, files: JSON.stringify(files) };
}

/**
 * Part of an act's own statement, as a WITH query: adds files at the end of their section for each row of `source` (one or none). Values: declaration, account, `files` of `planAttachments`.
 * The statement itself has to hold the declaration as it was when they were planned.
 */
export const ADD_FROM = (source: string): string =>
  `INSERT INTO attachments (declaration_id, section, part, row_id, field, position, name, media_type, size, sha256, thumb_sha256, pages, scan, uploaded_by)
   SELECT x.declaration, f.section, f.part, f.row_id, f.field,
     (SELECT coalesce(max(a.position), 0) FROM attachments a WHERE a.declaration_id = x.declaration AND a.section = f.section) + f.n,
     f.name, f.media_type, f.size, f.sha256, f.thumb_sha256, f.pages, f.scan, x.account
   FROM ${source}, (SELECT CAST(? AS uuid) AS declaration, CAST(? AS bigint) AS account) x,
     jsonb_to_recordset(CAST(? AS jsonb)) AS f(n int, section text, part text, row_id text, field text, name text, media_type text, size int, sha256 text, thumb_sha256 text, pages int, scan text)`;

/** The same contents once more, for another declaration (D0). */
export async function copyAttachments(trx: Trx, ids: readonly string[], to: string, by: number): Promise<void> {
  await trx.raw(
    `INSERT INTO attachments (declaration_id, section, part, row_id, field, position, name, media_type, size, sha256, thumb_sha256, pages, scan, uploaded_by)
     SELECT ?, section, part, row_id, field, position, name, media_type, size, sha256, thumb_sha256, pages, scan, ?
     FROM attachments WHERE id = ANY(?::uuid[]) AND removed_at IS NULL`,
    [to, by, [...ids]],
  );
}

/** Takes a file out of the form. It can be taken back for a day; a version submitted earlier goes on showing it. False when it was not there. */
export async function removeAttachment(trx: Trx, declaration: string, section: string, id: string): Promise<boolean> {
  if (!isUuid(id)) return false;
  const count = await trx('attachments')
    .where({ id, declaration_id: declaration, section })
    .whereNull('removed_at')
    .update({ removed_at: trx.raw('app_now()') });
  return count > 0;
}

/** The files of a row that was taken out of the form go with it. */
export async function removeAttachmentsOfRow(
  trx: Trx,
  declaration: string,
  section: string,
  part: string,
  rowId: string,
): Promise<string[]> {
  const removed = (await trx('attachments')
    .where({ declaration_id: declaration, section, part, row_id: rowId })
    .whereNull('removed_at')
    .update({ removed_at: trx.raw('app_now()') })
    .returning('id')) as { id: string }[];
  return removed.map((f) => f.id);
}

/** Takes a removed file back; `notAdded` says why there is no place for it. Undefined when there is nothing to take back. */
export async function restoreAttachment(
  trx: Trx,
  declaration: string,
  section: string,
  id: string,
  maxOf: (item: AttachmentItem) => number | undefined,
): Promise<{ name: string; notAdded?: NotAdded } | undefined> {
  if (!isUuid(id)) return undefined;
  const removed = (await trx('attachments')
    .where({ id, declaration_id: declaration, section })
    .whereRaw('removed_at > app_now() - ?::interval', [UNDO])
    .first(...COLUMNS)) as StoredAttachment | undefined;
  const itemMax = removed && maxOf(removed);
  if (!removed || itemMax === undefined) return undefined;
  const held = await findHeld(trx, declaration);
  const notAdded = placeFor(held, { ...removed, itemMax });
  if (notAdded) return { name: removed.name, notAdded };
  await trx('attachments')
    .where({ id })
    .update({ removed_at: null, name: freeName(held, removed, removed.name) });
  return { name: removed.name };
}

/** Names and order of the files of one item; ids of other items are ignored. */
export async function arrangeAttachments(
  trx: Trx,
  declaration: string,
  item: AttachmentItem,
  list: readonly { id: string; name: string; position: number }[],
): Promise<void> {
  for (const { id, name, position } of list) {
    await trx('attachments')
      .where({ id, ...whereItem(declaration, item) })
      .whereNull('removed_at')
      .update({ name, position });
  }
}

/** The files of one item in their order. */
export async function findItemFiles(h: Handle, declaration: string, item: AttachmentItem): Promise<StoredAttachment[]> {
  return (await h('attachments')
    .where(whereItem(declaration, item))
    .whereNull('removed_at')
    .orderBy(['position', 'id'])
    .select(...COLUMNS)) as StoredAttachment[];
}

/** What was removed from a section and can still be taken back, the last one first. */
export async function findRemoved(h: Handle, declaration: string, section: string): Promise<StoredAttachment[]> {
  return (await h('attachments')
    .where({ declaration_id: declaration, section })
    .whereRaw('removed_at > app_now() - ?::interval', [UNDO])
    .orderBy([{ column: 'removed_at', order: 'desc' }, 'id'])
    .limit(50)
    .select(...COLUMNS)) as StoredAttachment[];
}

/** A removed file that a submitted version holds. A version names its files by id. */
const IS_FROZEN = `EXISTS (SELECT 1 FROM declaration_versions v WHERE v.declaration_id = attachments.declaration_id AND strpos(v.content::text, attachments.id::text) > 0)`;

/** A file of this declaration; a removed one only where a submitted version holds it. */
export async function findAttachment(h: Handle, declaration: string, id: string): Promise<StoredAttachment | undefined> {
  if (!isUuid(id)) return undefined;
  return (await h('attachments')
    .where({ id, declaration_id: declaration })
    .whereRaw(`(removed_at IS NULL OR ${IS_FROZEN})`)
    .first(...COLUMNS)) as StoredAttachment | undefined;
}

/**
 * S52: forgets removed files that can no longer be taken back and that no version holds, and all files of drafts deleted more than `deletedDays` days ago: until then
 * a draft comes back with its files. Gives how many.
 */
export async function purgeRemoved(h: Handle, deletedDays: number): Promise<number> {
  await h.raw(
    `UPDATE attachments SET removed_at = d.deleted_at FROM declarations d
     WHERE d.id = attachments.declaration_id AND d.deleted_at < app_now() - make_interval(days => ?) AND attachments.removed_at IS NULL`,
    [deletedDays],
  );
  return h('attachments').whereRaw('removed_at < app_now() - ?::interval', [UNDO]).whereRaw(`NOT ${IS_FROZEN}`).delete();
}

/** M6: prints of review forms older than this are forgotten; whoever asks for one of them prints it anew. */
const PRINTS_KEPT = '30 days';
export async function purgePrints(h: Handle): Promise<number> {
  return h('printed_forms').whereRaw('printed_at < app_now() - ?::interval', [PRINTS_KEPT]).delete();
}

/** Contents that attachments refer to, in the order of their hashes, after `after`. */
export async function nextHashes(h: Handle, after: string, limit: number): Promise<string[]> {
  const { rows } = await h.raw<{ rows: { sha256: string }[] }>(
    `SELECT sha256 FROM (
       (SELECT DISTINCT sha256 FROM attachments WHERE sha256 > ? ORDER BY sha256 LIMIT ?)
       UNION (SELECT DISTINCT thumb_sha256 FROM attachments WHERE thumb_sha256 > ? ORDER BY thumb_sha256 LIMIT ?)) x
     ORDER BY sha256 LIMIT ?`,
    [after, limit, after, limit, limit],
  );
  return rows.map((r) => r.sha256);
}

/** Whose small picture this content is: of each stored picture one of its attachments. */
export async function ownersOfThumbnail(h: Handle, thumbSha256: string): Promise<Pick<StoredAttachment, 'id' | 'sha256' | 'mediaType'>[]> {
  return (await h('attachments')
    .where({ thumb_sha256: thumbSha256 })
    .distinctOn('sha256')
    .orderBy('sha256')
    .select('id', 'sha256', 'media_type as mediaType')) as Pick<StoredAttachment, 'id' | 'sha256' | 'mediaType'>[];
}

/** The small picture of a stored picture has been drawn anew, and a little otherwise. */
export async function replaceThumbnail(h: Handle, of: { sha256: string; old: string; drawn: string }): Promise<void> {
  await h('attachments').where({ sha256: of.sha256, thumb_sha256: of.old }).update({ thumb_sha256: of.drawn });
}

/** S52: notes when the stored bytes of a content were found lost or changed, or whole again. Gives the attachments whose state changed. A lost thumbnail that could not be drawn again is only no longer shown. */
export async function recordIntegrity(h: Handle, sha256: string, isWhole: boolean): Promise<{ id: string; declarationId: string }[]> {
  const changed = (await h('attachments')
    .where({ sha256 })
    .whereRaw(isWhole ? 'damaged_at IS NOT NULL' : 'damaged_at IS NULL')
    .update({ damaged_at: isWhole ? null : h.raw('app_now()') })
    .returning(['id', 'declaration_id as declarationId'])) as { id: string; declarationId: string }[];
  if (!isWhole) await h('attachments').where({ thumb_sha256: sha256 }).update({ thumb_sha256: null });
  return changed;
}

/** Which of these contents something still refers to: attachments (also removed ones that a version may show), thumbnails, photographs, certificates, evidence of corrections. */
export async function referencedBlobs(h: Handle, hashes: readonly string[]): Promise<Set<string>> {
  const { rows } = await h.raw<{ rows: { sha256: string }[] }>(
    `SELECT x.sha256 FROM unnest(?::text[]) AS x(sha256) WHERE
       EXISTS (SELECT 1 FROM attachments a WHERE a.sha256 = x.sha256) OR EXISTS (SELECT 1 FROM attachments a WHERE a.thumb_sha256 = x.sha256)
       OR EXISTS (SELECT 1 FROM persons p WHERE p.photo_sha256 = x.sha256) OR EXISTS (SELECT 1 FROM certificates c WHERE c.pdf_sha256 = x.sha256)
       OR EXISTS (SELECT 1 FROM certificate_files cf WHERE cf.sha256 = x.sha256)
       OR EXISTS (SELECT 1 FROM certificates c WHERE c.content->>'photoSha256' = x.sha256)
       OR EXISTS (SELECT 1 FROM tasks k WHERE k.result_sha256 = x.sha256)
       OR EXISTS (SELECT 1 FROM identity_corrections i WHERE i.evidence_sha256 = x.sha256)
       OR EXISTS (SELECT 1 FROM result_objections o WHERE o.file_sha256 = x.sha256)
       OR EXISTS (SELECT 1 FROM printed_forms pf WHERE pf.sha256 = x.sha256)
       OR EXISTS (SELECT 1 FROM notice_files n WHERE n.sha256 = x.sha256)
       OR EXISTS (SELECT 1 FROM declaration_versions v WHERE v.content->'applicant'->>'photoSha256' = x.sha256)`,
    [[...hashes]],
  );
  return new Set(rows.map((r) => r.sha256));
}

/** The applicant's present photograph. */
export async function findPhoto(h: Handle, declaration: string): Promise<string | undefined> {
  const row = (await h('declarations as d')
    .join('persons as p', 'p.account_id', 'd.person_id')
    .where('d.id', declaration)
    .first('p.photo_sha256')) as { photo_sha256: string | null } | undefined;
  return row?.photo_sha256 ?? undefined;
}
