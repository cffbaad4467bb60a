import { NEWS_MINUTES, queueSms } from '../../adapters/sms';
import { databaseNow, inTransaction, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { showDate } from '../../lib/dates';
import { findPerson } from '../accounts';
import { levelText } from '../catalogue';
import { findAppealChance, type AppealChance } from './appeals.read';
import { declarationName } from './declaration-pages';
import { takeResultNews, type ResultNews } from './result-news.store';

const AT_ONCE = 100;
export interface ResultMessageSettings {
  isOn: boolean;
  /** hours of the day, Beijing time, between which messages may be sent */
  from: number;
  to: number;
}

/** What is said of a result, and of 「申请复查」 where it can still be asked for. */
export function resultWords(n: Pick<ResultNews, 'move' | 'to' | 'committeePhone'>, chance: AppealChance | undefined): string {
  if (n.to === 'certified') return '评审结果已经确认，电子证书已经生成';
  const result = n.move === 'annul' ? '公示期间的异议经核查成立，评审结果作废，按评审未通过处理' : '评审结果为未通过';
  if (chance?.appeal) return `${result}。复查申请已经提交`;
  if (chance?.isOver) return `${result}。申请复查的期限已过`;
  const until = chance?.until === undefined ? '' : `在${showDate(chance.until)}前（含当日）`;
  return `${result}。对结果有疑问的，可以${until}申请复查${n.committeePhone ? `，或者联系评委会办事机构，电话 ${n.committeePhone}` : ''}`;
}

async function tell(deps: Deps, trx: Trx, n: ResultNews): Promise<void> {
  const person = await findPerson(trx, deps.cipher, n.personId);
  if (!person) throw new Error(`declaration ${n.declarationId}: its person is gone`);
  const chance = await findAppealChance(trx, { id: n.declarationId, state: n.state, batch_id: n.batchId });
  const name = declarationName(n, n.seriesName, levelText(n.level));
  const where = n.to === 'certified' ? '请登录系统，在「我的申报信息」中下载证书' : '请登录系统，在「我的申报信息」中查看';
  await queueSms(deps, trx, {
    mobile: person.mobile,
    text: `您的${name}申报${resultWords(n, chance)}。${where}。`,
    purpose: 'result',
    minutes: NEWS_MINUTES.person,
  });
}

/**
 * J4: tells applicants of their results: of one that is not passed as soon as it is recorded, because the days of the recheck run from then; of one that is passed when
 * the bureau has confirmed it. Everybody once for each result: the mark and the message stand or fall together. Gives how many messages were queued.
 */
export async function tellResults(deps: Deps, settings: ResultMessageSettings): Promise<number> {
  const { now } = await databaseNow(deps.db);
  const hour = (now.getUTCHours() + 8) % 24;
  if (settings.isOn && (hour < settings.from || hour >= settings.to)) return 0;
  let sent = 0;
  for (let more = true; more;) {
    more = await inTransaction(deps.db, async (trx) => {
      const taken = await takeResultNews(trx, AT_ONCE, settings.isOn);
      for (const n of taken.news) await tell(deps, trx, n);
      sent += taken.news.length;
      return taken.more;
    });
  }
  return sent;
}
