import { appendAudit, verifyAudit, type AuditVerdict } from '../../audit/audit.store';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';

/** X1: recomputes the chain of the log and writes the verdict into the log. */
export async function verifyLog(deps: Deps, actor: Actor, requestId: string): Promise<AuditVerdict> {
  const verdict = await verifyAudit(deps.db);
  await appendAudit(deps.db, {
    actorId: actor.accountId,
    actorName: actor.name,
    action: 'audit.verify',
    subjectKind: 'audit',
    subjectId: 'chain',
    detail: { ...verdict },
    requestId,
  });
  return verdict;
}

/** The verdict that an entry of the log holds, in words. */
export function verdictText(detail: Record<string, unknown>): { isWhole: boolean; text: string } {
  if (detail.kind === 'whole') {
    const waiting = Number(detail.unsealed);
    return { isWhole: true, text: `完整，共 ${String(detail.rows)} 条${waiting > 0 ? `，另有 ${waiting} 条新记录等待加入验证链` : ''}` };
  }
  const entry = typeof detail.auditId === 'number' ? `记录编号 ${detail.auditId}` : '该条记录已被删除';
  return { isWhole: false, text: `不完整，从第 ${String(detail.seq)} 条起与验证链不一致（${entry}），请立即核查` };
}
