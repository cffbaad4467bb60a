import { cleanFileName, type FileVerdict } from '../../adapters/files/inspect-file';
import type { Deps } from '../../deps';
import type { UploadedFile } from '../../http/route';
import type { ScanState } from './attachments.store';
import { noteScan } from './file-scans.store';
import { withExtension } from './file-names';
import { scanUpload, VIRUS_FOUND } from './scan-upload';

type Accepted = Extract<FileVerdict, { kind: 'ok' }>;

export interface TakenFile extends Pick<Accepted, 'mediaType' | 'content' | 'extension' | 'scaled'> {
  /** as it was called, with the extension of what it really is */
  name: string;
  size: number;
  sha256: string;
  /** of PDFs */
  pages: number | undefined;
  scan: Exclude<ScanState, 'infected'>;
  /** where looking at it has made one already */
  thumbnail: Buffer | undefined;
}

export type TakeOutcome = { kind: 'taken'; file: TakenFile } | { kind: 'refused'; problem: string };

/**
 * What every uploaded file goes through, whatever it is for (D14, S46–S51): the virus scanner, the judgement by content, the store. `problem` is a sentence for the person who
 * chose the file. Nothing refers to the content yet: what is never referred to is collected later.
 */
export async function takeFile(
  deps: Pick<Deps, 'db' | 'storage' | 'scanner' | 'inspector' | 'log'>,
  file: UploadedFile,
): Promise<TakeOutcome> {
  const scanned = await scanUpload(deps, file.content);
  if (scanned.kind === 'infected') return { kind: 'refused', problem: VIRUS_FOUND };
  const verdict = await deps.inspector.inspect({ content: file.content, name: file.name });
  if (verdict.kind === 'refused') return verdict;
  const { mediaType, content, extension, scaled, pages, thumbnail } = verdict;
  const { sha256, size } = await deps.storage.put(content, content === file.content ? file.sha256 : undefined);
  await noteScan(deps.db, sha256, scanned.scan);
  const name = withExtension(cleanFileName(file.name), extension);
  return { kind: 'taken', file: { name, mediaType, content, extension, scaled, size, sha256, pages, scan: scanned.scan, thumbnail } };
}
