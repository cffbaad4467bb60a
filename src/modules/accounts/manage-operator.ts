import { hashPassword } from '../../adapters/passwords';
import { queueSms } from '../../adapters/sms';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { can, type Action } from '../../policy/policy';
import { findOperatorSubject } from './account-subject.store';
import { findActor } from './actor.store';
import { PASSWORD_SMS_MINUTES } from './add-operator';
import { oneTimePassword } from './one-time-password';
import { findOperator, lockOperators, markRemoved, moveOwnership, writeOperatorMobile, type Operator } from './operator.store';
import { writePassword } from './password.store';
import { switchAccount } from './staff.store';

/** refused: what was allowed when the page was asked for is not any more */
export type ManageOutcome = { kind: 'done' } | { kind: 'unchanged' } | { kind: 'refused'; reason: string };

interface Task {
  actor: Actor & { unitId: number };
  operatorId: number;
  requestId: string;
}
interface Act {
  /** of the policy */
  needs: Action;
  audit: string;
  /** gives false when there is nothing to do */
  run: (trx: Trx, operator: Operator) => Promise<boolean | void>;
}

/** Holds the unit, asks the policy again about what is there now, acts, and writes the record: all or nothing. */
function manage(deps: Deps, { actor, operatorId, requestId }: Task, { needs, audit, run }: Act): Promise<ManageOutcome> {
  return inTransaction(deps.db, async (trx): Promise<ManageOutcome> => {
    await lockOperators(trx, actor.unitId);
    const [now, subject, operator] = [
      await findActor(trx, actor.accountId),
      await findOperatorSubject(trx, operatorId),
      await findOperator(trx, deps.cipher, operatorId),
    ];
    if (!now || !subject || !operator) return { kind: 'refused', reason: '没有这个经办人' };
    const decision = can(now, needs, subject);
    if (!decision.ok) return { kind: 'refused', reason: decision.why === 'not-now' ? decision.reason : '没有这个经办人' };
    if ((await run(trx, operator)) === false) return { kind: 'unchanged' };
    await appendAudit(trx, {
      actorId: actor.accountId,
      actorName: actor.name,
      action: audit,
      subjectKind: 'account',
      subjectId: String(operatorId),
      detail: { unitId: actor.unitId, name: operator.name },
      requestId,
    });
    return { kind: 'done' };
  });
}

/** C6: suspends an operator, whose sessions end, or lets them in again. */
export const switchOperator = (deps: Deps, task: Task, isOn: boolean): Promise<ManageOutcome> =>
  manage(deps, task, {
    needs: 'operator.manage',
    audit: isOn ? 'operator.resume' : 'operator.suspend',
    run: (trx, o) => switchAccount(trx, o.id, isOn),
  });

/** C6: takes somebody out of the unit for good; what they did stays under their name. */
export const removeOperator = (deps: Deps, task: Task): Promise<ManageOutcome> =>
  manage(deps, task, { needs: 'operator.manage', audit: 'operator.remove', run: (trx, o) => markRemoved(trx, o.id) });

/** S13: a new one-time password to the operator's own telephone; the owner neither sees nor chooses it. */
export async function sendOperatorPassword(deps: Deps, task: Task): Promise<ManageOutcome> {
  const password = oneTimePassword();
  const passwordHash = await hashPassword(password);
  return manage(deps, task, {
    needs: 'operator.manage',
    audit: 'account.reset-password',
    async run(trx, o) {
      await writePassword(trx, o.id, { passwordHash, mustChange: true });
      await queueSms(deps, trx, {
        mobile: o.mobile,
        text: `${task.actor.behalf}已重置您的登录密码。登录名：${o.loginName}，临时密码：${password}。登录后请立即修改密码。请勿转发本短信。`,
        purpose: 'operator-password',
        minutes: PASSWORD_SMS_MINUTES,
      });
    },
  });
}

/** A new telephone for an operator; the old one is told, in case this was not wanted. */
export const changeOperatorMobile = (deps: Deps, task: Task, mobile: string): Promise<ManageOutcome> =>
  manage(deps, task, {
    needs: 'operator.manage',
    audit: 'operator.mobile',
    async run(trx, o) {
      if (o.mobile === mobile) return false;
      await writeOperatorMobile(trx, deps.cipher, o.id, mobile);
      await queueSms(deps, trx, {
        mobile: o.mobile,
        text: `您在${task.actor.behalf}的经办人账号，手机号码已由主经办人更换为尾号 ${mobile.slice(-4)} 的号码。有疑问的，请联系本单位主经办人。`,
        purpose: 'mobile-changed',
        minutes: PASSWORD_SMS_MINUTES,
      });
      return true;
    },
  });

/** C6: the owner hands the unit over to another operator and stays as one of them. */
export const handOver = (deps: Deps, task: Task): Promise<ManageOutcome> =>
  manage(deps, task, {
    needs: 'operator.promote',
    audit: 'operator.hand-over',
    async run(trx, o) {
      const from = await findOperator(trx, deps.cipher, task.actor.accountId);
      if (!from) throw new Error(`hand over: no account ${task.actor.accountId}`);
      await moveOwnership(trx, deps.cipher, task.actor.unitId, from, o);
      await queueSms(deps, trx, {
        mobile: o.mobile,
        text: `${from.name}已将${task.actor.behalf}的主经办人移交给您。单位的联系人和手机号码已改为您的，统一社会信用代码可用于登录您的账号。`,
        purpose: 'unit-owner',
        minutes: PASSWORD_SMS_MINUTES,
      });
    },
  });
