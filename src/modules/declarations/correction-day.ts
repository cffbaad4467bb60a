import { databaseNow, type Handle } from '../../db/db';
import { showDate, type PlainDate } from '../../lib/dates';
import { addWorkingDays, type WorkCalendar } from '../../lib/working-days';
import { findBatch, loadWorkCalendar } from '../batches';

/** What the dates given along with a move are held against. */
export interface MoveDays {
  /** by the database's clock */
  today: PlainDate;
  calendar: WorkCalendar;
}

export async function loadMoveDays(h: Handle): Promise<MoveDays> {
  return { today: (await databaseNow(h)).today, calendar: await loadWorkCalendar(h) };
}

/** Why this can't be the last day of a correction; undefined when it can. It is a working day after today, so that somebody is there to be asked. */
export function correctionDayProblem(due: PlainDate, { today, calendar }: MoveDays): string | undefined {
  if (due <= today) return '补正期限应当在今天之后';
  if (due > calendar.until) return `工作日历只到${showDate(calendar.until)}，补正期限不能晚于该日，需要更晚的请联系系统管理员`;
  return calendar.isWorkday(due) ? undefined : `${showDate(due)}不是工作日，请把补正期限改为工作日`;
}

/** K2: the last day of a correction that is asked for today, as its batch provides, and in words where it comes from. Day '' when the calendar ends before. */
export async function proposeCorrectionDay(h: Handle, batchId: number): Promise<{ day: string; hint: string }> {
  const batch = await findBatch(h, batchId);
  if (!batch) throw new Error(`no batch ${batchId}`);
  const answer = addWorkingDays(await loadWorkCalendar(h), batch.today, batch.correctionDays);
  const rule = `本批次的补正期限为 ${batch.correctionDays} 个工作日`;
  return answer.ok
    ? { day: answer.value.split('-').map(Number).join('.'), hint: `${rule}，从今天算起到${showDate(answer.value)}；可以改为其他工作日` }
    : { day: '', hint: `${rule}；${answer.problem}` };
}
