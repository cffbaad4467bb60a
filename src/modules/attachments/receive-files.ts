import { cleanFileName, inspectFile, makeThumbnail } from '../../adapters/files/inspect-file';
import type { Deps } from '../../deps';
import type { RawSection } from '../../form/field';
import type { SectionDefinition } from '../../form/section';
import type { UploadedFile } from '../../http/route';
import { countAttachments, MAX_FILES, type NewAttachment } from './attachments.store';

export interface ReceivedFiles {
  good: NewAttachment[];
  /** one sentence for each file that was not taken; a bad file costs that file only (D14) */
  problems: string[];
  notes: string[];
}

/** Finds the item a file field belongs to: `files:<part>.<field>` or `files:<part>.<row>.<field>`. */
function itemOf(
  section: SectionDefinition,
  raw: RawSection,
  name: string,
): { part: string; rowId: string; field: string; max: number } | undefined {
  if (!name.startsWith('files:')) return undefined;
  const bits = name.slice('files:'.length).split('.');
  const [partId = '', rowId, fieldId] = bits.length === 2 ? [bits[0], '', bits[1]] : bits;
  const part = section.parts.find((p) => p.id === partId);
  const field = part?.fields.find((f) => f.type === 'files' && f.id === fieldId);
  if (!part || !field || (part.kind === 'rows') !== (rowId !== '')) return undefined;
  if (part.kind === 'rows' && !raw.rows[partId]?.some((r) => r.id === rowId)) return undefined;
  return { part: partId, rowId: rowId ?? '', field: field.id, max: (field as { max?: number }).max ?? 10 };
}

/** Inspects what was uploaded and stores the good contents; the rows are written later, in the transaction that saves the section. */
export async function receiveFiles(
  deps: Deps,
  declaration: string,
  section: SectionDefinition,
  raw: RawSection,
  files: readonly UploadedFile[],
): Promise<ReceivedFiles> {
  const result: ReceivedFiles = { good: [], problems: [], notes: [] };
  if (files.length === 0) return result;
  let count = await countAttachments(deps.db, declaration);
  for (const file of files) {
    const item = itemOf(section, raw, file.field);
    const name = cleanFileName(file.name);
    if (!item) {
      result.problems.push(`「${name}」没有对应的上传项目，请在相应的项目中重新上传`);
      continue;
    }
    if (count >= MAX_FILES) {
      result.problems.push(`「${name}」未能上传：一份申报最多上传 ${MAX_FILES} 个文件，请合并后上传`);
      continue;
    }
    const verdict = await inspectFile({ content: file.content, name: file.name });
    if (verdict.kind === 'refused') {
      result.problems.push(`「${name}」未能上传：${verdict.problem}`);
      continue;
    }
    const { sha256, size } = await deps.storage.put(verdict.content);
    const thumbnail = await makeThumbnail(verdict.content, verdict.mediaType);
    const thumb = thumbnail ? await deps.storage.put(thumbnail) : undefined;
    if (verdict.scaled) result.notes.push(`「${name}」超过 5 MB，已自动缩小后保存`);
    count += 1;
    result.good.push({
      section: section.id,
      part: item.part,
      rowId: item.rowId,
      field: item.field,
      name: withExtension(name, verdict.extension),
      mediaType: verdict.mediaType,
      size,
      sha256,
      thumbSha256: thumb?.sha256 ?? null,
      pages: verdict.pages ?? null,
    });
  }
  return result;
}

/** The name keeps its words and gets the extension of what the file really is. */
function withExtension(name: string, extension: string): string {
  const bare = extension.replace(/^\./, '');
  return new RegExp(`\\.${bare}$`, 'i').test(name) || (bare === 'jpg' && /\.jpeg$/i.test(name))
    ? name
    : `${name.replace(/\.[^.]*$/, '')}.${bare}`;
}
