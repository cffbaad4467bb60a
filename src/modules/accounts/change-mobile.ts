import { queueSms } from '../../adapters/sms';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { removeDraft } from '../../http/form-drafts.store';
import type { Actor } from '../../policy/actor';
import { findPerson } from './account.store';
import { updateMobile } from './profile.store';

/** B3: writes the number that a code has proven, and tells the old number, in case it was not its owner who changed it. */
export function changeMobile(deps: Deps, actor: Actor, mobile: string, draftId: string, requestId: string): Promise<void> {
  return inTransaction(deps.db, async (trx) => {
    const before = await findPerson(trx, deps.cipher, actor.accountId);
    if (!before) throw new Error('change of mobile: the signed-in person has no record');
    await updateMobile(trx, deps.cipher, actor.accountId, mobile);
    await queueSms(deps, trx, {
      mobile: before.mobile,
      text: `您账号的手机号码已更换为尾号 ${mobile.slice(-4)} 的号码。不是您本人操作的，请立即拨打技术支持电话 ${deps.settings.known().supportPhone}。`,
      purpose: 'mobile-changed',
      minutes: 24 * 60,
    });
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'profile.mobile',
      subjectKind: 'account',
      subjectId: String(actor.accountId),
      requestId,
    });
    await removeDraft(trx, draftId);
  });
}
