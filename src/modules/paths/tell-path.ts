import { NEWS_MINUTES, queueSms } from '../../adapters/sms';
import type { Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { findUnit } from '../units';
import type { PathRow } from './path.read';
import { pathTitle } from './path.view';

const words = {
  approved: '已通过，可以按该路径上报数据。请登录系统，在「单位路径申请」中查看。',
  refused: '未通过。请登录系统，在「单位路径申请」中查看原因，核对后可以重新申请。',
};

/** P2, P4: tells a unit what became of its path, in the transaction that decides it: until then what its applicants hand in stays with it. The reason stands on its page only. */
export async function tellPath(
  deps: Deps,
  trx: Trx,
  path: Pick<PathRow, 'unitId' | 'year' | 'seriesId' | 'level'>,
  state: keyof typeof words,
): Promise<void> {
  const [unit, catalogue] = [await findUnit(trx, path.unitId), await deps.catalogue.get()];
  if (!unit) throw new Error(`no unit ${path.unitId}`);
  await queueSms(deps, trx, {
    mobile: deps.cipher.decrypt(unit.mobile, 'unit.mobile'),
    text: `贵单位申请的${pathTitle(path, catalogue)}路径${words[state]}`,
    purpose: `path-${state}`,
    minutes: NEWS_MINUTES.unit,
  });
}
