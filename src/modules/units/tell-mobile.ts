import { NEWS_MINUTES, queueSms } from '../../adapters/sms';
import type { Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { tellFormerMobile } from '../accounts';

/**
 * C4, S13: tells the old number of a unit that another one has taken its place, and the new one what it is for now, in the transaction that corrects it. Whoever
 * holds the number can have the unit's password sent to it, so neither may come as a surprise.
 */
export async function tellUnitMobile(
  deps: Deps,
  trx: Trx,
  m: { unitName: string; before: string; after: string; by: string },
): Promise<void> {
  await tellFormerMobile(deps, trx, { before: m.before, after: m.after, by: m.by, isUnit: true });
  await queueSms(deps, trx, {
    mobile: m.after,
    text: `${m.by}已将本号码登记为${m.unitName}的手机号码，重置密码和找回密码的短信将发送到本号码。与您无关的，请拨打技术支持电话 ${deps.settings.known().supportPhone}。`,
    purpose: 'mobile-new',
    minutes: NEWS_MINUTES.unit,
  });
}
