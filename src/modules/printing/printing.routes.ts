import type { Deps } from '../../deps';
import { declarationOf, notFound, type Route } from '../../http/route';
import { renderReviewForm } from './render-review-form';

/** R4 「评审表」. */
export function printingRoutes(deps: Deps): Route[] {
  return [
    {
      method: 'get',
      path: '/declarations/:declaration/review-form.pdf',
      heavy: true,
      access: 'declaration.read',
      audit: 'review-form.download',
      handle: async (visit) => {
        const { id, personId } = declarationOf(visit);
        const isApplicant = visit.actor.accountId === personId;
        const made = await renderReviewForm(
          deps,
          id,
          isApplicant ? 'applicant' : 'other',
          isApplicant
            ? {}
            : {
                record: {
                  actorId: visit.actor.accountId,
                  actorName: visit.actor.name,
                  action: 'review-form.download',
                  subjectKind: 'declaration',
                  subjectId: id,
                  requestId: visit.requestId,
                },
              },
        );
        if (!made) return notFound;
        return {
          kind: 'file',
          body: made.pdf,
          contentType: 'application/pdf',
          fileName: `${made.applicantName}职称评审表.pdf`,
          inline: false,
          ...(made.sha256 === undefined ? {} : { etag: made.sha256 }),
        };
      },
    },
  ];
}
