import { NEWS_MINUTES, queueSms } from '../../adapters/sms';
import { databaseNow, inTransaction, type Trx } from '../../db/db';
import type { Deps } from '../../deps';
import { nextDay, showDate, type PlainDate } from '../../lib/dates';
import type { WorkCalendar } from '../../lib/working-days';
import { systemActor } from '../../policy/actor';
import { findPerson } from '../accounts';
import { loadWorkCalendar } from '../batches';
import { levelText } from '../catalogue';
import { listEndingUntil, listOverdue, markTold, type Correction } from './correction-deadlines.store';
import { declarationName } from './declaration-pages';
import { moveDeclaration } from './move-declaration';
import { noInput } from './move-input';

const PAGE = 200;
const NO_ID = '00000000-0000-0000-0000-000000000000';
const REQUEST_ID = 'corrections:watch';

/** The next working day; the next day of all where the calendar does not reach, because a reminder too early does no harm. */
export function nextWorkingDay(calendar: WorkCalendar, today: PlainDate): PlainDate {
  for (let day = nextDay(today); day <= calendar.until; day = nextDay(day)) if (calendar.isWorkday(day)) return day;
  return nextDay(today);
}

async function tell(deps: Deps, trx: Trx, c: Correction, purpose: string, words: string): Promise<void> {
  const person = await findPerson(trx, deps.cipher, c.personId);
  if (!person) throw new Error(`declaration ${c.id}: its person is gone`);
  const name = declarationName(c, c.seriesName, levelText(c.level));
  await queueSms(deps, trx, { mobile: person.mobile, text: `您的${name}申报${words}`, purpose, minutes: NEWS_MINUTES.person });
}

const askThem = (c: Correction): string => `如有疑问，请联系评委会办事机构${c.officePhone ? `，电话 ${c.officePhone}` : ''}。`;

/**
 * D16, D17: who has one working day left (the last day of the correction is today, or the next working day, or a day off before it) is told once; what missed its
 * last day is given up, and its applicant told. By the database's clock; run twice or by two processes at once, it does everything once.
 */
export async function watchCorrections(deps: Deps): Promise<void> {
  const { today } = await databaseNow(deps.db);
  const until = nextWorkingDay(await loadWorkCalendar(deps.db), today);
  for (let found = await listEndingUntil(deps.db, until, PAGE); found.length > 0;) {
    for (const c of found) {
      await inTransaction(deps.db, async (trx) => {
        if (await markTold(trx, c.id, c.dueOn))
          await tell(
            deps,
            trx,
            c,
            'correction-due',
            `补正期限为${showDate(c.dueOn)}，请在期限内修改并重新提交，逾期视为放弃。${askThem(c)}`,
          );
      });
    }
    found = found.length < PAGE ? [] : await listEndingUntil(deps.db, until, PAGE);
  }
  for (let after = NO_ID; ;) {
    const overdue = await listOverdue(deps.db, after, PAGE);
    for (const c of overdue) {
      after = c.id;
      await inTransaction(deps.db, async (trx) => {
        const outcome = await moveDeclaration(deps, trx, c.id, 'abandon', systemActor, noInput, REQUEST_ID);
        // resubmitted or given a later day in the meantime: there is nothing to tell
        if (outcome.kind === 'moved')
          await tell(deps, trx, c, 'correction-missed', `未在补正期限（${showDate(c.dueOn)}）内重新提交，视为放弃。${askThem(c)}`);
      });
    }
    if (overdue.length < PAGE) return;
  }
}
