import type { Deps } from '../../deps';
import type { Route } from '../../http/route';
import { judgesRoutes } from './judges.routes';
import { meetingsRoutes as officeMeetings } from './meetings.routes';
import { readingRoutes } from './reading.routes';
import { sittingsRoutes } from './sittings.routes';

export { findJudgeSubject } from './judge.store';
export { findMeetingSubject, listSittings, type Sitting } from './meeting.read';
export { sittingHint, sittingStatus } from './meeting.view';
export { sweepBallotKeys } from './hold-ballot';
export { pruneJudgeNotes } from './judge-notes.store';

/** J2, J3: experts, their draw, meetings and ballots. */
export const meetingsRoutes = (deps: Deps): Route[] => [
  ...judgesRoutes(deps),
  ...officeMeetings(deps),
  ...sittingsRoutes(deps),
  ...readingRoutes(deps),
];
