import { hashPassword } from '../../adapters/passwords';
import { queueSms } from '../../adapters/sms';
import { appendAudit } from '../../audit/audit.store';
import { inTransaction, isViolationOf } from '../../db/db';
import type { Deps } from '../../deps';
import type { Actor } from '../../policy/actor';
import { can } from '../../policy/policy';
import { createOperatorAccount } from './account.store';
import { findActor } from './actor.store';
import { oneTimePassword } from './one-time-password';
import { lockOperators } from './operator.store';

export interface OperatorInput {
  name: string;
  loginName: string;
  /** checked, 11 digits */
  mobile: string;
}
export type AddOperatorOutcome = { kind: 'done'; accountId: number } | { kind: 'name-taken' } | { kind: 'full' } | { kind: 'not-owner' };

/** A message that has not gone out by then is not sent any more, in minutes. */
export const PASSWORD_SMS_MINUTES = 24 * 60;

/** C6: an account for one more person of the unit. The first password goes to that person's telephone and nowhere else, and must be changed (S12, S13). */
export async function addOperator(
  deps: Deps,
  actor: Actor & { unitId: number },
  input: OperatorInput,
  requestId: string,
): Promise<AddOperatorOutcome> {
  const password = oneTimePassword();
  const passwordHash = await hashPassword(password);
  try {
    return await inTransaction(deps.db, async (trx): Promise<AddOperatorOutcome> => {
      await lockOperators(trx, actor.unitId);
      const owner = await findActor(trx, actor.accountId);
      if (!owner || !can(owner, 'operator.add').ok) return { kind: 'not-owner' };
      const accountId = await createOperatorAccount(trx, deps, { ...input, unitId: actor.unitId, passwordHash });
      await queueSms(deps, trx, {
        mobile: input.mobile,
        text: `${actor.behalf}为您建立了经办人账号。登录名：${input.loginName}，临时密码：${password}。登录后请立即修改密码。请勿转发本短信。`,
        purpose: 'operator-password',
        minutes: PASSWORD_SMS_MINUTES,
      });
      await appendAudit(trx, {
        actorId: actor.accountId,
        actorName: actor.name,
        action: 'operator.add',
        subjectKind: 'account',
        subjectId: String(accountId),
        detail: { unitId: actor.unitId, name: input.name },
        requestId,
      });
      return { kind: 'done', accountId };
    });
  } catch (e) {
    if (isViolationOf(e, 'accounts_login_name') || isViolationOf(e, 'sign_in_names_pkey')) return { kind: 'name-taken' };
    if (isViolationOf(e, 'accounts_operator_limit')) return { kind: 'full' };
    throw e;
  }
}
