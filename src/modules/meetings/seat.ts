import { homeCrumb } from '../../http/crumbs';
import type { Db } from '../../db/db';
import { paths } from '../../http/paths';
import { meetingOf, type Crumb, type Visit } from '../../http/route';
import { showDate } from '../../lib/dates';
import { findMeetingHead, type MeetingHead } from './meeting.read';
import { findSeat } from './meeting.store';

/** A judge's seat in the meeting that the page is about; the route's access has made sure that there is one. */
export interface Seated {
  m: MeetingHead;
  judgeId: number;
  presentAt: Date | null;
}

export async function seated(db: Db, visit: Visit): Promise<Seated> {
  const { id } = meetingOf(visit);
  const m = await findMeetingHead(db, id);
  const seat = await findSeat(db, id, visit.actor.accountId);
  if (!m || !seat) throw new Error('the seat vanished between guard and handler');
  return { m, ...seat };
}

/** Whom a judge calls: 「评委会办事机构，电话 0631-5231234」. */
export const officeOf = (m: Pick<MeetingHead, 'phone'>): string => `评委会办事机构${m.phone === '' ? '' : `，电话 ${m.phone}`}`;

const sittingsCrumb: Crumb = { text: '我的评审', href: paths.sittings() };
export const sittingCrumbs = (m: MeetingHead, ...rest: Crumb[]): Crumb[] => [
  homeCrumb,
  sittingsCrumb,
  { text: `${showDate(m.meetsOn)}评审会议`, ...(rest.length > 0 ? { href: paths.sitting(m.id) } : {}) },
  ...rest,
];
