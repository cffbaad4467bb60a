import type { Deps } from '../../deps';
import { keepDraft } from '../../http/form-drafts.store';
import { addressOf } from '../../http/paging';
import { paths } from '../../http/paths';
import { notFound, refusal, seeOther, type Reply, type Route, type Visit } from '../../http/route';
import { wholeNumber } from '../../lib/ids';
import { withheldContent } from '../attachments';
import { findPublicNoticeFile } from './notice-files.store';
import { addNoticeFiles, removeNoticeFile } from './save-notice-files';

/** A5: attachments of notices: staff add and remove them, everybody reads those of a published notice. */
export function noticeFilesRoutes(deps: Deps): Route[] {
  const back = (id: number): { text: string; href: string } => ({ text: '返回通知公告', href: paths.editNotice(id) });

  const add = async (visit: Visit): Promise<Reply> => {
    const id = wholeNumber(visit.param('entry'), 9);
    if (id === undefined) return notFound;
    const files = visit.files.filter((f) => f.field === 'files' && f.content.length + f.name.length > 0);
    const outcome =
      files.length === 0
        ? ({ kind: 'done', added: 0, problems: ['请先选择文件，再点击「上传」'] } as const)
        : await addNoticeFiles(deps, visit.actor, id, files, visit.requestId);
    if (outcome.kind === 'gone') return refusal(409, '该通知公告已被其他人员删除', { text: '返回通知公告维护', href: paths.editNotices() });
    const key =
      outcome.problems.length === 0
        ? ''
        : await keepDraft(deps.db, deps.cipher, 'file-problems', visit.owner, { notice: id, problems: outcome.problems });
    return seeOther(addressOf(paths.editNotice(id), { files: key, added: String(outcome.added) }));
  };

  const remove = async (visit: Visit): Promise<Reply> => {
    const id = wholeNumber(visit.param('entry'), 9);
    if (id === undefined) return notFound;
    if (!(await removeNoticeFile(deps, visit.actor, id, visit.param('file'), visit.requestId)))
      return refusal(409, '该附件已经删除', back(id));
    return seeOther(addressOf(paths.editNotice(id), { removed: '1' }));
  };

  const download = async (visit: Visit): Promise<Reply> => {
    const id = wholeNumber(visit.param('notice'), 9);
    const found = id === undefined ? undefined : await findPublicNoticeFile(deps.db, id, visit.param('file'));
    if (!found) return notFound;
    const no = await withheldContent(deps.db, found.sha256, { text: '返回通知公告', href: paths.notice(id ?? 0) });
    if (no) return no;
    return { kind: 'file', body: await deps.storage.get(found.sha256), contentType: found.mediaType, fileName: found.name, inline: false };
  };

  return [
    { method: 'post', path: paths.noticeFiles(':entry'), access: 'content.edit', audit: 'notice.add-file', files: 10, handle: add },
    {
      method: 'post',
      path: paths.removeNoticeFile(':entry', ':file'),
      access: 'content.edit',
      audit: 'notice.remove-file',
      handle: remove,
    },
    { method: 'get', path: paths.noticeFile(':notice', ':file'), access: 'public', onlyShows: true, audit: null, handle: download },
  ];
}
