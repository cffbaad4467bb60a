import { appendAudit } from '../../audit/audit.store';
import type { Deps } from '../../deps';
import { declarationOf, type Visit } from '../../http/route';

/** X1: records that somebody else than the applicant has been shown this attachment of the declaration the page is about. */
export async function auditReading(deps: Pick<Deps, 'db'>, visit: Visit, attachment: string): Promise<void> {
  const subject = declarationOf(visit);
  if (visit.actor.accountId === subject.personId) return;
  await appendAudit(deps.db, {
    actorId: visit.actor.accountId,
    actorName: visit.actor.name,
    action: 'attachment.read',
    subjectKind: 'declaration',
    subjectId: subject.id,
    detail: { attachment },
    requestId: visit.requestId,
  });
}
