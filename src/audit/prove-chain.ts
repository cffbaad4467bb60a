import type { Db } from '../db/db';
import { sealAudit, verifyAudit, type AuditVerdict } from './audit.store';

/** S56: chains what is not chained yet, then recomputes the whole chain. Gives the verdict and the sentence for the operator. */
export async function proveChain(db: Db): Promise<{ verdict: AuditVerdict; sentence: string }> {
  while ((await sealAudit(db)) === 1000);
  const verdict = await verifyAudit(db);
  if (verdict.kind === 'whole') return { verdict, sentence: `完整：${verdict.rows} 条` };
  const entry = verdict.auditId === null ? '该条记录已被删除' : `记录编号 ${verdict.auditId}`;
  return { verdict, sentence: `不完整：从第 ${verdict.seq} 条起与验证链不一致（${entry}）` };
}
