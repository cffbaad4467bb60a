import { NEWS_MINUTES, queueSms } from '../../adapters/sms';
import type { Trx } from '../../db/db';
import type { Deps } from '../../deps';
import type { Unit } from './unit.store';

const texts = {
  granted: '贵单位的「职称评审」权限申请已通过，职工现在可以选择贵单位。请登录系统办理「单位路径申请」。',
  withdrawn: '贵单位的「职称评审」权限已被收回，不能再审核和上报。请登录系统，在「权限申请」中查看原因，可以重新申请。',
  refused: '贵单位的「职称评审」权限申请未通过。请登录系统，在「权限申请」中查看原因，修改后可以重新申请。',
};

/** C2, P4: tells a unit what became of its request for the permission, in the transaction that decides it. */
export const tellPermission = (deps: Deps, trx: Trx, unit: Pick<Unit, 'mobile'>, state: keyof typeof texts): Promise<unknown> =>
  queueSms(deps, trx, {
    mobile: deps.cipher.decrypt(unit.mobile, 'unit.mobile'),
    text: texts[state],
    purpose: `permission-${state}`,
    minutes: NEWS_MINUTES.unit,
  });
