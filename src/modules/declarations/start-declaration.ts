import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { emptySection } from '../../form/read-section';
import { isUuid } from '../../lib/ids';
import type { Actor } from '../../policy/actor';
import { findBatch } from '../batches';
import { askPlatform } from '../education';
import { copyDeclaration } from './copy-declaration';
import { findStanding, insertCommitment, insertDeclaration, isCommitteeEnded, lockDeclaration, saveSectionRow } from './declarations.store';
import { application } from './sections/application.section';

export type StartOutcome =
  | { kind: 'started'; id: string; isNew: boolean }
  | { kind: 'no-batch' }
  | { kind: 'closed' }
  | { kind: 'committee-ended' }
  | { kind: 'commitment-needed' };

/**
 * D0: 「新增申报信息」. The commitment must be accepted first; `agreed` says that it was just now. An existing declaration of the batch is given back instead of a
 * second one. What the batch decides (年度, 级别, 系列) is filled in.
 */
export async function startDeclaration(
  deps: Deps,
  actor: Actor,
  batchId: number,
  agreed: boolean,
  requestId: string,
  /** an earlier declaration to begin with, or '' */
  copyFrom = '',
): Promise<StartOutcome> {
  return inTransaction(deps.db, async (trx): Promise<StartOutcome> => {
    const batch = await findBatch(trx, batchId, { personId: actor.accountId });
    if (!batch?.isPublished) return { kind: 'no-batch' };
    if (!batch.isOpenForApplicants) return { kind: 'closed' };
    if (await isCommitteeEnded(trx, batch.committeeId)) return { kind: 'committee-ended' };
    if (!(await findStanding(trx, actor.accountId, batchId)).isCommitted) {
      if (!agreed) return { kind: 'commitment-needed' };
      await insertCommitment(trx, actor.accountId, batchId, batch.commitment);
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'commitment.accept',
        subjectKind: 'batch',
        subjectId: String(batchId),
        requestId,
      });
    }
    const { id, isNew } = await insertDeclaration(trx, {
      person_id: actor.accountId,
      batch_id: batch.id,
      year: batch.year,
      series_id: batch.seriesId,
      level: batch.level,
      applicant_name: actor.name,
    });
    if (isNew) {
      const raw = emptySection(application);
      raw.groups.main = { year: String(batch.year), level: batch.level, series: String(batch.seriesId) };
      await saveSectionRow(trx, id, application.id, raw, 0, actor.accountId);
      const copied = copyFrom !== '' && isUuid(copyFrom) ? await lockDeclaration(trx, id) : undefined;
      if (copied) await copyDeclaration(deps, trx, actor, copied, copyFrom, requestId);
      await askPlatform(deps, trx, actor.accountId);
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'declaration.start',
        subjectKind: 'declaration',
        subjectId: id,
        requestId,
      });
    }
    return { kind: 'started', id, isNew };
  });
}
