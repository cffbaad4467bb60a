import { NEWS_MINUTES, queueAllSms } from '../../adapters/sms';
import type { Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { showDate } from '../../lib/dates';
import type { MoveName } from '../../policy/declaration-moves';
import { findMobiles } from '../accounts';
import { declarationName } from './declaration-pages';
import type { Declaration } from './declarations.store';
import type { MoveFacts } from './move-facts';
import type { MoveInput } from './move-input';

const LOOK = '请登录系统，在「我的申报信息」中查看';

/** What is said to the applicant of an act that asks something of them, or ends the year. What the reviewer wrote stands on their page only (X3). */
const words: Partial<Record<MoveName, (input: MoveInput, d: Declaration) => string | undefined>> = {
  'return-to-applicant': () => `已被退回修改。${LOOK}意见，修改后重新提交`,
  'request-correction': ({ dueOn }) =>
    `需要补正，${dueOn === undefined ? '' : `期限为${showDate(dueOn)}，`}逾期视为放弃。${LOOK}意见，补正后重新提交`,
  refuse: () => `未被受理。${LOOK}原因`,
  // to a lower unit: nothing is asked of the applicant
  'send-back': (_input, d) =>
    d.stop_position === 0
      ? `已被退回，因为申报单位没有「职称评审」权限。请登录系统，在「我的申报信息」中重新选择申报单位并提交`
      : undefined,
  withhold: () => `单位不予推荐。${LOOK}原因`,
};

/** D16, D17: tells applicants at once, in the transaction of the act: whoever is to correct something has but few days. Nothing when the administrator has switched it off. */
export async function tellMoves(
  deps: Deps,
  trx: Trx,
  move: MoveName,
  moved: readonly { d: Declaration; input: MoveInput }[],
  facts: MoveFacts,
): Promise<void> {
  const say = words[move];
  if (!say || !(await deps.settings.get()).moveMessagesOn) return;
  const mobiles = await findMobiles(
    trx,
    deps.cipher,
    moved.map(({ d }) => d.person_id),
  );
  const messages = [];
  for (const { d, input } of moved) {
    const said = say(input, d);
    if (said === undefined) continue;
    const [mobile, batch] = [mobiles.get(d.person_id), await facts.batch(d.batch_id)];
    if (mobile === undefined || !batch) throw new Error(`declaration ${d.id}: its person or batch is gone`);
    messages.push({
      mobile,
      text: `您的${declarationName(d, batch.seriesName, batch.levelText)}职称申报${said}。`,
      purpose: 'declaration-move',
      minutes: NEWS_MINUTES.person,
    });
  }
  await queueAllSms(deps, trx, messages);
}
