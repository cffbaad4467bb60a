import { NEWS_MINUTES, queueAllSms } from '../../adapters/sms';
import type { Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { showDate } from '../../lib/dates';
import type { MoveName, StateName } from '../../policy/declaration-moves';
import { findMobiles } from '../accounts';
import { declarationName } from './declaration-pages';
import { listUnitsToTell, type Declaration } from './declarations.store';
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

interface Told {
  d: Declaration;
  input: MoveInput;
  change: { to: StateName; columns: { holder_unit_id?: number | null }; detail?: Record<string, unknown> };
}

/** R3: what is said to a unit of declarations that came back to it, `n` of them by one act; undefined of what reaches a unit in the ordinary way, which its home page counts. */
function unitWords(move: MoveName, { change }: Told): ((n: number) => string) | undefined {
  const next = '请登录系统，在「职称申报数据审核」中查看原因，处理后重新上报';
  if (change.to === 'returned_to_unit') return (n) => `${move === 'send-back' ? '人社局' : '上一级'}退回贵单位 ${n} 份职称申报。${next}`;
  return change.detail?.passedOver === undefined
    ? undefined
    : (n) => `上一级单位的「职称评审」权限已被收回，申报人重新提交的 ${n} 份职称申报送达贵单位。${next}`;
}

/** R3: one message to each unit, and none where another one came back within the last day and still waits: that one was told of. */
async function tellUnits(deps: Deps, trx: Trx, move: MoveName, moved: readonly Told[]): Promise<void> {
  const back = new Map<number, { say: (n: number) => string; n: number }>();
  for (const step of moved) {
    const [unit, say] = [step.change.columns.holder_unit_id, unitWords(move, step)];
    if (!say || typeof unit !== 'number') continue;
    back.set(unit, { say, n: (back.get(unit)?.n ?? 0) + 1 });
  }
  if (back.size === 0) return;
  const units = await listUnitsToTell(
    trx,
    [...back.keys()],
    moved.map(({ d }) => d.id),
  );
  await queueAllSms(
    deps,
    trx,
    units.map((u) => {
      const news = back.get(u.id);
      if (!news) throw new Error(`unit ${u.id} was not asked for`);
      return {
        mobile: deps.cipher.decrypt(u.mobile, 'unit.mobile'),
        text: `${news.say(news.n)}。`,
        purpose: 'declaration-move',
        minutes: NEWS_MINUTES.unit,
      };
    }),
  );
}

/** D16, D17, R3: tells applicants, and units that get something back, at once, in the transaction of the act: whoever is to correct something has but few days. Nothing when the administrator has switched it off. */
export async function tellMoves(deps: Deps, trx: Trx, move: MoveName, moved: readonly Told[], facts: MoveFacts): Promise<void> {
  const say = words[move];
  const isForUnits = moved.some((step) => unitWords(move, step));
  if ((!say && !isForUnits) || !(await deps.settings.get()).moveMessagesOn) return;
  await tellUnits(deps, trx, move, moved);
  if (!say) return;
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
      text: `您的${declarationName(d, batch.seriesName, batch.levelText)}申报${said}。`,
      purpose: 'declaration-move',
      minutes: NEWS_MINUTES.person,
    });
  }
  await queueAllSms(deps, trx, messages);
}
