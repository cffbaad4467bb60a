import { queueSms } from '../../adapters/sms';
import { inTransaction } from '../../db/db';
import type { Deps } from '../../deps';
import { showEnd } from '../../lib/moment';
import { listClosingWindows, takeReceivers, type ClosingWindow, type Receiver } from './reminders.store';

/** Hours before the end at which a reminder is due. */
const SPANS: readonly number[] = [72, 24];
const AT_ONCE = 200;

export interface ReminderSettings {
  isOn: boolean;
  /** hours of the day, Beijing time, between which messages may be sent */
  from: number;
  to: number;
}

function textOf(w: ClosingWindow, r: Receiver): string {
  const end = showEnd(w.closesAt);
  return w.kind === 'person'
    ? `您的${w.name}申报尚未提交，个人申报将于${end}截止，请及时登录系统核对并点击「确定申报」。不需要提醒的，可在「基本信息」中关闭。`
    : `贵单位有 ${r.waiting} 份${w.name}申报等待审核或者上报，单位上报将于${end}截止，请及时登录系统办理。不需要提醒的，可在「提醒短信」中关闭。`;
}

/**
 * R7: reminds applicants of their drafts and units of what waits with them, 72 and 24 hours before their window closes. Everybody once for each deadline: the mark and
 * the message stand or fall together, some at a time, so that a run that breaks off is gone on with by the next one. Gives how many messages were queued.
 */
export async function sendReminders(deps: Pick<Deps, 'db' | 'cipher' | 'jobs'>, settings: ReminderSettings): Promise<number> {
  if (!settings.isOn) return 0;
  let sent = 0;
  for (const w of await listClosingWindows(deps.db, SPANS, settings.from, settings.to)) {
    let after: number | undefined = 0;
    while (after !== undefined) {
      const from: number = after;
      const { receivers, last } = await inTransaction(deps.db, async (trx) => {
        const taken = await takeReceivers(trx, deps.cipher, w, from, AT_ONCE);
        for (const r of taken.receivers)
          await queueSms(deps, trx, { mobile: r.mobile, text: textOf(w, r), purpose: `reminder-${w.kind}`, minutes: 12 * 60 });
        return taken;
      });
      sent += receivers.length;
      after = last;
    }
  }
  return sent;
}
