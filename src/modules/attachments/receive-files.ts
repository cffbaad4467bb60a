import { cleanFileName, makeThumbnail } from '../../adapters/files/inspect-file';
import type { Deps } from '../../deps';
import type { RawSection } from '../../form/field';
import type { SectionDefinition } from '../../form/section';
import type { UploadedFile } from '../../http/route';
import { findItem } from './attachment-item';
import { type NewAttachment, type NotAdded } from './attachments.store';
import { fileNameOf, isTelling } from './file-names';
import { takeFile } from './take-file';

export interface ReceivedFiles {
  good: NewAttachment[];
  /** one sentence for each file that was not taken; a bad file costs that file only (D14) */
  problems: string[];
  notes: string[];
}

const STORE_FULL = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES', 'EMFILE', 'ENFILE', 'ENOTDIR', 'EFBIG']);

/** The disk is full or gone: this file cannot be kept, everything else of the form can (F09). */
const isStoreAway = (e: unknown): boolean => STORE_FULL.has(String((e as NodeJS.ErrnoException).code));

/** Inspects what was uploaded and stores the good contents; the rows are written later, in the transaction that saves the section. */
export async function receiveFiles(
  deps: Pick<Deps, 'db' | 'storage' | 'scanner' | 'inspector' | 'log'>,
  section: SectionDefinition,
  raw: RawSection,
  files: readonly UploadedFile[],
): Promise<ReceivedFiles> {
  const result: ReceivedFiles = { good: [], problems: [], notes: [] };
  for (const file of files) {
    const name = cleanFileName(file.name);
    try {
      await receive(deps, section, raw, file, name, result);
    } catch (e) {
      if (!isStoreAway(e)) throw e;
      deps.log.error({ err: e }, 'an uploaded file cannot be stored');
      result.problems.push(`「${name}」未能上传：系统暂时无法保存文件，填写的内容已经保存。请稍后重新上传`);
    }
  }
  return result;
}

async function receive(
  deps: Pick<Deps, 'db' | 'storage' | 'scanner' | 'inspector' | 'log'>,
  section: SectionDefinition,
  raw: RawSection,
  file: UploadedFile,
  name: string,
  result: ReceivedFiles,
): Promise<void> {
  const item = file.field.startsWith('files:') ? findItem(section, raw, file.field.slice('files:'.length)) : undefined;
  if (!item) {
    result.problems.push(`「${name}」没有对应的上传项目，请在相应的项目中重新上传`);
    return;
  }
  const outcome = await takeFile(deps, file);
  if (outcome.kind === 'refused') {
    result.problems.push(`「${name}」未能上传：${outcome.problem}`);
    return;
  }
  const taken = outcome.file;
  const thumbnail = taken.thumbnail ?? (await makeThumbnail(taken.content, taken.mediaType));
  const thumb = thumbnail ? await deps.storage.putDerived(thumbnail) : undefined;
  const proposal = isTelling(name) ? undefined : item.definition.proposeName(item.raw);
  const finalName = proposal === undefined ? taken.name : fileNameOf(proposal, taken.extension);
  if (taken.scaled) result.notes.push(`「${finalName}」超过 5 MB，已自动缩小后保存`);
  if (proposal !== undefined) result.notes.push(`「${name}」已按「时间+内容」命名为「${finalName}」`);
  if (taken.scan === 'waiting') result.notes.push(`「${finalName}」正在等待病毒扫描，扫描后才能打开`);
  result.good.push({
    section: item.section,
    part: item.part,
    rowId: item.rowId,
    field: item.field,
    name: finalName,
    mediaType: taken.mediaType,
    size: taken.size,
    sha256: taken.sha256,
    thumbSha256: thumb?.sha256 ?? null,
    pages: taken.pages ?? null,
    scan: taken.scan,
    itemMax: item.definition.max,
  });
}

/** What the applicant reads about a file that was fit to be kept but had no place. */
export function sayNotAdded(n: NotAdded): string {
  switch (n.why) {
    case 'same':
      return `「${n.name}」没有再次添加：它与本项目中已有的「${n.as}」内容相同`;
    case 'item-full':
      return `「${n.name}」未能上传：本项目最多上传 ${n.max} 个文件，请先合并或者删除其他文件`;
    case 'declaration-full':
      return `「${n.name}」未能上传：一份申报最多上传 200 个文件、共 300 MB，请先合并或者删除其他文件`;
  }
}
