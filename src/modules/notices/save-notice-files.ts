import { cleanFileName } from '../../adapters/files/inspect-file';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { UploadedFile } from '../../http/route';
import type { Actor } from '../../policy/actor';
import { takeFile } from '../attachments';
import { deleteNoticeFile, insertNoticeFile, listNoticeFiles, lockNotice, MAX_NOTICE_FILES, type NoticeFile } from './notice-files.store';

export type AddFilesOutcome = { kind: 'done'; added: number; problems: string[] } | { kind: 'gone' };

/** A5: attachments of a notice, judged by their content as those of declarations are; a bad file costs that file only. */
export async function addNoticeFiles(
  deps: Pick<Deps, 'db' | 'storage' | 'scanner' | 'inspector' | 'log'>,
  actor: Actor,
  notice: number,
  files: readonly UploadedFile[],
  requestId: string,
): Promise<AddFilesOutcome> {
  const problems: string[] = [];
  const good: Omit<NoticeFile, 'id'>[] = [];
  for (const file of files) {
    const name = cleanFileName(file.name);
    const outcome = await takeFile(deps, file);
    if (outcome.kind === 'refused') {
      problems.push(`「${name}」未能上传：${outcome.problem}`);
      continue;
    }
    const { name: kept, mediaType, size, sha256 } = outcome.file;
    good.push({ name: kept, mediaType, size, sha256 });
  }
  return inTransaction(deps.db, async (trx): Promise<AddFilesOutcome> => {
    if (!(await lockNotice(trx, notice))) return { kind: 'gone' };
    let count = (await listNoticeFiles(trx, notice)).length;
    let added = 0;
    for (const file of good) {
      if (count >= MAX_NOTICE_FILES) problems.push(`「${file.name}」未能上传：一则通知公告最多 ${MAX_NOTICE_FILES} 个附件`);
      else if (!(await insertNoticeFile(trx, notice, file, actor.accountId)))
        problems.push(`「${file.name}」与已有的附件相同，没有重复上传`);
      else {
        count += 1;
        added += 1;
        await appendAudit(trx, {
          actorId: actor.accountId,
          actorName: actor.name,
          action: 'notice.add-file',
          subjectKind: 'notice',
          subjectId: String(notice),
          detail: { name: file.name, sha256: file.sha256 },
          requestId,
        });
      }
    }
    return { kind: 'done', added, problems };
  });
}

/** False when it is gone already. The content is removed later, when nothing refers to it any more. */
export function removeNoticeFile(deps: Pick<Deps, 'db'>, actor: Actor, notice: number, id: string, requestId: string): Promise<boolean> {
  return inTransaction(deps.db, async (trx) => {
    const name = await deleteNoticeFile(trx, notice, id);
    if (name === undefined) return false;
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'notice.remove-file',
      subjectKind: 'notice',
      subjectId: String(notice),
      detail: { name },
      requestId,
    });
    return true;
  });
}
