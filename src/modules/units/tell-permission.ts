import { NEWS_MINUTES, queueAllSms, queueSms } from '../../adapters/sms';
import type { Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { findMobiles } from '../accounts';
import { levelText } from '../catalogue';
import { listLowerMobiles, type Freed } from './permission.store';
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

const lowerTexts = {
  withdrawn: (name: string) =>
    `贵单位的上一级单位「${name}」的「职称评审」权限已被收回，不能再向其上报。请登录系统，在「单位路径申请」中终止该路径，向其他上级单位重新申请。`,
  granted: (name: string) => `贵单位的上一级单位「${name}」已重新取得「职称评审」权限，原来的路径继续有效，可以继续上报。`,
};

/** C3, P4: tells the units that report to this one that they cannot, or can again. By the same number of statements however many they are. */
export async function tellLowerUnits(deps: Deps, trx: Trx, unit: Pick<Unit, 'id' | 'name'>, state: keyof typeof lowerTexts): Promise<void> {
  const mobiles = await listLowerMobiles(trx, unit.id);
  const text = lowerTexts[state](unit.name);
  await queueAllSms(
    deps,
    trx,
    mobiles.map((m) => ({ mobile: deps.cipher.decrypt(m, 'unit.mobile'), text, purpose: `upstream-${state}`, minutes: NEWS_MINUTES.unit })),
  );
}

/** C3, D17: tells applicants who have to choose another unit, since the one that gave their declaration back has no permission any more. */
export async function tellFreed(deps: Deps, trx: Trx, freed: readonly Freed[]): Promise<void> {
  if (freed.length === 0) return;
  const [catalogue, mobiles] = [
    await deps.catalogue.get(),
    await findMobiles(
      trx,
      deps.cipher,
      freed.map((f) => f.personId),
    ),
  ];
  await queueAllSms(
    deps,
    trx,
    freed.map((f) => {
      const mobile = mobiles.get(f.personId);
      if (mobile === undefined) throw new Error(`person ${f.personId} is gone`);
      return {
        mobile,
        text: `您的${f.year}年度${catalogue.seriesName(f.seriesId)}${levelText(f.level)}职称申报尚未重新提交，申报单位的「职称评审」权限已被收回。请登录系统，在「我的申报信息」中重新选择申报单位并提交。`,
        purpose: 'declaration-move',
        minutes: NEWS_MINUTES.person,
      };
    }),
  );
}
