import type { Deps } from '../../deps';
import { appendAudit } from '../../audit/audit.store';
import { declarationOf, notFound, type Route } from '../../http/route';
import { findAttachment, findPhoto } from './attachments.store';

/** S29: every file is served through the policy of its declaration, at every request. */
export function attachmentsRoutes(deps: Deps): Route[] {
  return [
    {
      method: 'get',
      path: '/declarations/:declaration/attachments/:attachment',
      access: 'declaration.read',
      audit: 'attachment.read',
      async handle(visit) {
        const subject = declarationOf(visit);
        const found = await findAttachment(deps.db, subject.id, visit.param('attachment'));
        if (!found) return notFound;
        if (visit.actor.accountId !== subject.personId) {
          await appendAudit(deps.db, {
            actorId: visit.actor.accountId,
            actorName: visit.actor.name,
            action: 'attachment.read',
            subjectKind: 'declaration',
            subjectId: subject.id,
            detail: { attachment: found.id },
            requestId: visit.requestId,
          });
        }
        return {
          kind: 'file',
          body: await deps.storage.get(found.sha256),
          contentType: found.media_type,
          fileName: found.name,
          inline: true,
        };
      },
    },
    {
      method: 'get',
      path: '/declarations/:declaration/attachments/:attachment/thumbnail',
      access: 'declaration.read',
      audit: null,
      async handle(visit) {
        const found = await findAttachment(deps.db, declarationOf(visit).id, visit.param('attachment'));
        if (!found?.thumb_sha256) return notFound;
        return {
          kind: 'file',
          body: await deps.storage.get(found.thumb_sha256),
          contentType: 'image/jpeg',
          fileName: 'thumbnail.jpg',
          inline: true,
          maxAge: 600,
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
