import type { Handle, Trx } from '../../db/db';
import { isUuid } from '../../lib/ids';

export interface NewAttachment {
  section: string;
  part: string;
  rowId: string;
  field: string;
  name: string;
  mediaType: string;
  size: number;
  sha256: string;
  thumbSha256: string | null;
  pages: number | null;
}

export interface StoredAttachment {
  id: string;
  name: string;
  media_type: string;
  sha256: string;
  thumb_sha256: string | null;
}

/** At most this many files in one declaration (S51). */
export const MAX_FILES = 200;

export async function insertAttachments(trx: Trx, declaration: string, list: readonly NewAttachment[], by: number): Promise<void> {
  for (const a of list) {
    await trx('attachments').insert({
      declaration_id: declaration,
      section: a.section,
      part: a.part,
      row_id: a.rowId,
      field: a.field,
      position: trx.raw('(SELECT coalesce(max(position), 0) + 1 FROM attachments WHERE declaration_id = ? AND section = ?)', [
        declaration,
        a.section,
      ]),
      name: a.name,
      media_type: a.mediaType,
      size: a.size,
      sha256: a.sha256,
      thumb_sha256: a.thumbSha256,
      pages: a.pages,
      uploaded_by: by,
    });
  }
}

/** Takes a file out of the form. Its row stays: a version submitted earlier may still show it. */
export async function removeAttachment(trx: Trx, declaration: string, section: string, id: string): Promise<void> {
  if (!isUuid(id)) return;
  await trx('attachments')
    .where({ id, declaration_id: declaration, section })
    .whereNull('removed_at')
    .update({ removed_at: trx.raw('app_now()') });
}

/** An attachment of this declaration, also a removed one: who may see the declaration may see what its versions hold. */
export async function findAttachment(h: Handle, declaration: string, id: string): Promise<StoredAttachment | undefined> {
  if (!isUuid(id)) return undefined;
  return (await h('attachments').where({ id, declaration_id: declaration }).first('id', 'name', 'media_type', 'sha256', 'thumb_sha256')) as
    StoredAttachment | undefined;
}

export async function countAttachments(h: Handle, declaration: string): Promise<number> {
  const row = (await h('attachments').where({ declaration_id: declaration }).whereNull('removed_at').count('id as n').first()) as
    { n: number | string } | undefined;
  return Number(row?.n ?? 0);
}

/** Which of these contents something still refers to: attachments (also removed ones that a version may show), thumbnails, photographs, certificates, evidence of corrections. */
export async function referencedBlobs(h: Handle, hashes: readonly string[]): Promise<Set<string>> {
  const { rows } = await h.raw<{ rows: { sha256: string }[] }>(
    `SELECT x.sha256 FROM unnest(?::text[]) AS x(sha256) WHERE
       EXISTS (SELECT 1 FROM attachments a WHERE a.sha256 = x.sha256) OR EXISTS (SELECT 1 FROM attachments a WHERE a.thumb_sha256 = x.sha256)
       OR EXISTS (SELECT 1 FROM persons p WHERE p.photo_sha256 = x.sha256) OR EXISTS (SELECT 1 FROM certificates c WHERE c.pdf_sha256 = x.sha256)
       OR EXISTS (SELECT 1 FROM certificates c WHERE c.content->>'photoSha256' = x.sha256)
       OR EXISTS (SELECT 1 FROM identity_corrections i WHERE i.evidence_sha256 = x.sha256)
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
