import type { AuditDetail } from '../../audit/audit-facts';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { issueCertificate } from './issue-certificate';
import { lockCertificateOf, revokeCertificateRow } from './certificates.store';

/** revoke: the title is no longer held · replace: revoke, and issue another with the person's present name · reissue: one more after a revocation */
export type CertificateAct = 'revoke' | 'replace' | 'reissue';

export type CertificateActOutcome = { kind: 'done'; number: string | undefined } | { kind: 'not-now'; reason: string };

/** J5: the bureau revokes a certificate, issues another in its place, or both, with a reason. `number`: the certificate that was on the page. One transaction. */
export async function actOnCertificate(
  deps: Pick<Deps, 'db' | 'catalogue' | 'jobs' | 'signer'>,
  actor: Actor,
  declarationId: string,
  a: { act: CertificateAct; number: string; reason: string; requestId: string },
): Promise<CertificateActOutcome> {
  return inTransaction(deps.db, async (trx): Promise<CertificateActOutcome> => {
    const c = await lockCertificateOf(trx, declarationId);
    const isInForce = c?.revokedAt === null;
    if (!c || c.number !== a.number || isInForce !== (a.act !== 'reissue'))
      return { kind: 'not-now', reason: '您打开页面之后该证书已有变化，请核对当前状态后再操作' };
    if (a.act !== 'revoke' && !deps.signer)
      return { kind: 'not-now', reason: '系统还没有配置电子证书的签名密钥，暂时不能重新核发，请联系系统管理员' };
    const audit = (action: string, detail: AuditDetail): Promise<void> =>
      appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action,
        subjectKind: 'declaration',
        subjectId: declarationId,
        detail: { ...detail, reason: a.reason },
        requestId: a.requestId,
      });
    if (isInForce) {
      await revokeCertificateRow(trx, c.id, a.reason, actor);
      await audit('certificate.revoke', { number: c.number });
    }
    if (a.act === 'revoke') return { kind: 'done', number: undefined };
    const number = await issueCertificate(deps, trx, declarationId, c.id);
    await audit('certificate.reissue', { number, replaces: c.number });
    return { kind: 'done', number };
  });
}
