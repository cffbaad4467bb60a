import { hashPassword } from '../../adapters/passwords';
import { NEWS_MINUTES, queueSms } from '../../adapters/sms';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { oneTimePassword, writePassword } from '../accounts';
import { findUnitAccount } from './unit-correction.store';
import { lockUnit } from './unit.store';

/**
 * C4, S13: gives a unit's account a random password that goes to the unit's telephone and nowhere else, ends its sessions, and makes it choose one of its own
 * when it signs in. The officer neither sees nor chooses it.
 */
export async function resetUnitPassword(
  deps: Deps,
  actor: Actor,
  unitId: number,
  requestId: string,
): Promise<{ kind: 'done' } | { kind: 'no-account' }> {
  const password = oneTimePassword();
  const passwordHash = await hashPassword(password);
  return inTransaction(deps.db, async (trx) => {
    const unit = await lockUnit(trx, unitId);
    const account = await findUnitAccount(trx, unitId);
    if (!account) return { kind: 'no-account' };
    await writePassword(trx, account.id, { passwordHash, mustChange: true });
    await queueSms(deps, trx, {
      mobile: deps.cipher.decrypt(unit.mobile, 'unit.mobile'),
      text: `${actor.behalf}已重置贵单位的登录密码。登录名：${account.loginName}，临时密码：${password}。登录后请立即修改密码。请勿转发本短信。`,
      purpose: 'unit-password',
      minutes: NEWS_MINUTES.unit,
    });
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'account.reset-password',
      subjectKind: 'account',
      subjectId: String(account.id),
      detail: { unitId },
      requestId,
    });
    return { kind: 'done' };
  });
}
