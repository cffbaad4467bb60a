import type { Deps } from '../../deps';
import { showSize } from '../../form/form-model';
import { homeCrumb } from '../../http/crumbs';
import { paths } from '../../http/paths';
import { declarationOf, notFound, page, refusal, type Reply, type Route, type Visit } from '../../http/route';
import { wholeNumber } from '../../lib/ids';
import { showMoment } from '../../lib/moment';
import { auditReading } from './audit-reading';
import { findAttachment, findItemFiles, findPhoto, type StoredAttachment } from './attachments.store';
import { readThumbnail } from './read-thumbnail';
import { withheld } from './withheld';

/** Seconds a person's own browser may keep a small picture: shorter than anybody stays signed in without a move. */
const PICTURE_AGE = 600;

const wayBack = (visit: Visit) => ({ text: '返回申报', href: paths.declaration(declarationOf(visit).id) });

/** J4: what an applicant adds to a request for a recheck lies beside the sections of the declaration; units have no part in a recheck. */
export const APPEAL_SECTION = 'appeal';

/** S29, S49: every file is served through the policy of its declaration, at every request. */
export function attachmentsRoutes(deps: Deps): Route[] {
  const find = async (visit: Visit): Promise<StoredAttachment | undefined> => {
    const found = await findAttachment(deps.db, declarationOf(visit).id, visit.param('attachment'));
    return found?.section === APPEAL_SECTION && visit.actor.role === 'unit' ? undefined : found;
  };

  async function original(visit: Visit): Promise<Reply> {
    const found = await find(visit);
    if (!found) return notFound;
    const no = withheld(found.scan, wayBack(visit));
    if (no) return no;
    await auditReading(deps, visit, declarationOf(visit), found.id);
    return {
      kind: 'file',
      body: await deps.storage.get(found.sha256),
      contentType: found.mediaType,
      fileName: found.name,
      // a browser shows no PDF in a sandbox; it is looked at page by page in the preview, and downloaded
      inline: found.mediaType !== 'application/pdf' && visit.query.one('download') !== '1',
      etag: found.sha256,
    };
  }

  /** D14: a picture, or the pages of a PDF drawn as pictures, in the page itself. */
  async function preview(visit: Visit): Promise<Reply> {
    const found = await find(visit);
    if (!found) return notFound;
    const no = withheld(found.scan, wayBack(visit));
    if (no) return no;
    const { id } = declarationOf(visit);
    await auditReading(deps, visit, declarationOf(visit), found.id);
    const siblings = await findItemFiles(deps.db, id, found);
    const at = siblings.findIndex((f) => f.id === found.id);
    const neighbour = (f: StoredAttachment | undefined) => f && { text: f.name, href: paths.preview(id, f.id) };
    const isPdf = found.mediaType === 'application/pdf';
    return page(
      'declarations/preview',
      { title: found.name, breadcrumbs: [homeCrumb, { text: '申报详情', href: paths.declaration(id) }, { text: '查看附件' }] },
      {
        facts: [isPdf ? `PDF，共 ${found.pages ?? 1} 页` : '图片', showSize(found.size), `${showMoment(found.uploadedAt)} 上传`],
        isPdf,
        pages: Array.from({ length: isPdf ? (found.pages ?? 1) : 1 }, (_x, i) => ({
          number: i + 1,
          src: paths.attachmentPage(id, found.id, i + 1),
        })),
        downloadHref: `${paths.attachment(id, found.id)}?download=1`,
        backHref: paths.declaration(id),
        position: siblings.length > 1 && at >= 0 ? { number: at + 1, of: siblings.length } : undefined,
        previous: neighbour(siblings[at - 1]),
        following: at < 0 ? undefined : neighbour(siblings[at + 1]),
      },
    );
  }

  async function pageOf(visit: Visit): Promise<Reply> {
    const found = await find(visit);
    const number = wholeNumber(visit.param('page'), 3);
    if (!found || number === undefined || withheld(found.scan, wayBack(visit))) return notFound;
    const picture = (body: Buffer, contentType: string): Reply => ({
      kind: 'file',
      body,
      contentType,
      fileName: `page-${number}`,
      inline: true,
      maxAge: PICTURE_AGE,
      etag: `${found.sha256}-${number}`,
    });
    if (found.mediaType !== 'application/pdf')
      return number === 1 ? picture(await deps.storage.get(found.sha256), found.mediaType) : notFound;
    const drawn = await deps.pdfPages.draw(found.sha256, number, () => deps.storage.get(found.sha256));
    if (drawn.kind === 'ok') return picture(drawn.content, 'image/jpeg');
    if (drawn.kind === 'missing') return notFound;
    return drawn.kind === 'busy'
      ? refusal(503, '系统正忙，这一页暂时不能显示，请稍后刷新页面')
      : refusal(422, '这一页不能在网页中显示，请下载原文件查看');
  }

  return [
    {
      method: 'get',
      path: '/declarations/:declaration/attachments/:attachment',
      access: 'declaration.read',
      audit: 'attachment.read',
      handle: original,
    },
    {
      method: 'get',
      path: '/declarations/:declaration/attachments/:attachment/preview',
      access: 'declaration.read',
      audit: 'attachment.read',
      handle: preview,
    },
    {
      method: 'get',
      path: '/declarations/:declaration/attachments/:attachment/pages/:page',
      access: 'declaration.read',
      audit: null,
      handle: pageOf,
    },
    {
      method: 'get',
      path: '/declarations/:declaration/attachments/:attachment/thumbnail',
      access: 'declaration.read',
      audit: null,
      async handle(visit) {
        const found = await find(visit);
        if (!found?.thumbSha256 || withheld(found.scan, wayBack(visit))) return notFound;
        const body = await readThumbnail(deps, found);
        if (!body) return notFound;
        return {
          kind: 'file',
          body,
          contentType: 'image/jpeg',
          fileName: 'thumbnail.jpg',
          inline: true,
          maxAge: PICTURE_AGE,
          etag: found.thumbSha256,
        };
      },
    },
    {
      method: 'get',
      path: '/declarations/:declaration/photo',
      access: 'declaration.read',
      audit: null,
      async handle(visit) {
        const photo = await findPhoto(deps.db, declarationOf(visit).id);
        if (photo === undefined) return notFound;
        return { kind: 'file', body: await deps.storage.get(photo), contentType: 'image/jpeg', fileName: 'photo.jpg', inline: true };
      },
    },
  ];
}
