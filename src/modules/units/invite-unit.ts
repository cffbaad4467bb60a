import { NEWS_MINUTES, queueSms } from '../../adapters/sms';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { insertInvitation } from './invitation.store';
import { findUnit, lockUnit } from './unit.store';

export type InviteOutcome = { kind: 'invited' | 'no-unit' | 'permitted' | 'asked-today' | 'too-many' };

/**
 * P4: asks a registered unit without the permission to apply for it, by message to its registered number. The message names neither the person nor anything of
 * theirs. A unit gets one a day, whoever asks, a person sends three: the lock on the unit and on the account makes two at once one.
 */
export async function inviteUnit(deps: Deps, actor: Actor, unitId: number, requestId: string): Promise<InviteOutcome> {
  return inTransaction(deps.db, async (trx): Promise<InviteOutcome> => {
    if (!(await findUnit(trx, unitId))) return { kind: 'no-unit' };
    const unit = await lockUnit(trx, unitId);
    if (unit.permissionState === 'granted') return { kind: 'permitted' };
    const isNoted = await insertInvitation(trx, unitId, actor.accountId);
    if (isNoted !== true) return { kind: isNoted === false ? 'asked-today' : 'too-many' };
    await queueSms(deps, trx, {
      mobile: deps.cipher.decrypt(unit.mobile, 'unit.mobile'),
      text: '贵单位有职工需要申报职称，但贵单位尚未取得「职称评审」权限，职工不能选择贵单位。请用单位账号登录系统，办理「权限申请」。',
      purpose: 'unit-invitation',
      minutes: NEWS_MINUTES.unit,
    });
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: 'unit.invite',
      subjectKind: 'unit',
      subjectId: String(unitId),
      requestId,
    });
    return { kind: 'invited' };
  });
}
