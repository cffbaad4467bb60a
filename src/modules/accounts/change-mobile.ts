import { queueSms } from '../../adapters/sms';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { removeDraft } from '../../http/form-drafts.store';
import type { Actor } from '../../policy/actor';
import { findOwnMobile, updateMobile, updateStaffMobile } from './profile.store';

/**
 * Tells the number that an account had before, in case it was not its owner who changed it. `by`: by whom, when it was not done on the owner's own page;
 * `isUnit`: the account is a unit's.
 */
export async function tellFormerMobile(
  deps: Deps,
  trx: Trx,
  m: { before: string; after: string; by?: string; isUnit?: boolean },
): Promise<void> {
  const [whose, self] = m.isUnit === true ? ['贵单位', '贵单位'] : ['您', '您本人'];
  await queueSms(deps, trx, {
    mobile: m.before,
    text: `${whose}账号的手机号码已${m.by === undefined ? '' : `由${m.by}`}更换为尾号 ${m.after.slice(-4)} 的号码。不是${self}${m.by === undefined ? '操作' : '申请'}的，请立即拨打技术支持电话 ${deps.settings.known().supportPhone}。`,
    purpose: 'mobile-changed',
    minutes: 24 * 60,
  });
}

/** B3: writes the number that a code has proven, of a person or of staff, and tells the old number. */
export function changeMobile(deps: Deps, actor: Actor, mobile: string, draftId: string, requestId: string): Promise<void> {
  return inTransaction(deps.db, async (trx) => {
    const before = await findOwnMobile(trx, deps.cipher, actor.accountId);
    if (actor.role === 'person') await updateMobile(trx, deps.cipher, actor.accountId, mobile);
    else await updateStaffMobile(trx, deps.cipher, actor.accountId, mobile);
    if (before !== undefined) await tellFormerMobile(deps, trx, { before, after: mobile });
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
