import { appendAudit } from '../../audit/audit.store';
import type { Deps } from '../../deps';
import type { Visit } from '../../http/route';

/** X1: records that somebody else than the applicant has been shown this attachment of the declaration. */
export async function auditReading(
  deps: Pick<Deps, 'db'>,
  visit: Pick<Visit, 'actor' | 'requestId'>,
  declaration: { id: string; personId: number },
  attachment: string,
): Promise<void> {
  if (visit.actor.accountId === declaration.personId) return;
  await appendAudit(deps.db, {
    actorId: visit.actor.accountId,
    actorName: visit.actor.name,
    action: 'attachment.read',
    subjectKind: 'declaration',
    subjectId: declaration.id,
    detail: { attachment },
    requestId: visit.requestId,
  });
}
