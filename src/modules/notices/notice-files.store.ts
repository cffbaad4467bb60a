import type { Handle, Trx } from '../../db/db';
import { isUuid } from '../../lib/ids';

export interface NoticeFile {
  id: string;
  name: string;
  mediaType: string;
  size: number;
  sha256: string;
}
/** At most so many files of one notice. */
export const MAX_NOTICE_FILES = 10;

const COLUMNS = ['id', 'name', 'media_type as mediaType', 'size', 'sha256'] as const;

export async function listNoticeFiles(h: Handle, notice: number): Promise<NoticeFile[]> {
  return (await h('notice_files').where({ notice_id: notice }).orderBy(['position', 'id']).select(COLUMNS)) as NoticeFile[];
}

/** A file of a notice that is published by now. */
export async function findPublicNoticeFile(h: Handle, notice: number, id: string): Promise<NoticeFile | undefined> {
  if (!isUuid(id)) return undefined;
  return (await h('notice_files')
    .where({ id, notice_id: notice })
    .whereRaw('EXISTS (SELECT 1 FROM notices n WHERE n.id = notice_files.notice_id AND n.published_at <= app_now())')
    .first(COLUMNS)) as NoticeFile | undefined;
}

/** Locks the notice, so that files are added one request after the other; false when it is gone. */
export async function lockNotice(trx: Trx, notice: number): Promise<boolean> {
  return (await trx('notices').where({ id: notice }).forUpdate().first('id')) !== undefined;
}

/** False when the notice has this very file already. */
export async function insertNoticeFile(trx: Trx, notice: number, file: Omit<NoticeFile, 'id'>, by: number): Promise<boolean> {
  const rows = (await trx('notice_files')
    .insert({
      notice_id: notice,
      position: trx.raw('(SELECT coalesce(max(position), 0) + 1 FROM notice_files WHERE notice_id = ?)', [notice]),
      name: file.name,
      media_type: file.mediaType,
      size: file.size,
      sha256: file.sha256,
      uploaded_by: by,
    })
    .onConflict(['notice_id', 'sha256'])
    .ignore()
    .returning('id')) as unknown[];
  return rows.length > 0;
}

/** Gives the name of the file that was taken away; undefined when it is gone already. */
export async function deleteNoticeFile(trx: Trx, notice: number, id: string): Promise<string | undefined> {
  if (!isUuid(id)) return undefined;
  const rows = (await trx('notice_files').where({ id, notice_id: notice }).delete('name')) as unknown as { name: string }[];
  return rows[0]?.name;
}
