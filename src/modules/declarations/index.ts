import type { Deps } from '../../deps';
import type { Route } from '../../http/route';
import { overviewRoutes } from './declarations.routes';
import { filesRoutes } from './files.routes';
import { movesRoutes } from './moves.routes';
import { sectionsRoutes } from './sections.routes';

export { declarationQuestion, findDeclarationSubject, SUBJECT_COLUMNS, toSubject, type SubjectRow } from './declaration-subject.store';
export {
  ENTRUSTED_SECTION,
  findAttachments,
  findDeclaration,
  findEvents,
  findLastEvents,
  findStops,
  findVersion,
  findVote,
  listEntrustedEvidence,
  lockDeclaration,
  findPublicity,
  type AttachmentRow,
  type Declaration,
  type DeclarationEvent,
} from './declarations.store';
export { APPEAL_SELECT, findAppealChance, findAppeals, type Appeal, type AppealChance, type AppealState } from './appeals.read';
export { loadDeclaration } from './load-declaration';
export { contentOfRound, currentContent, submittedContent, type FrozenContent } from './freeze-version';
export { explain, moveDeclaration, moveDeclarations, openPublicity, type MoveItem, type MoveOutcome } from './move-declaration';
export { OBJECTION_WORDS, readDecision, settleObjection, type SettleOutcome } from './settle-objection';
export { rosterFacts, type RosterFacts } from './roster-facts';
export { purgeDrafts } from './purge-drafts';
export { watchCorrections } from './watch-corrections';
export { dismissResultNews, listResultNews, type ResultNews } from './result-news.store';
export { resultWords, tellResults } from './tell-results';
export { loadMoveDays, proposeCorrectionDay, type MoveDays } from './correction-day';
export { noInput, readMoveInput, readRank, type MoveInput } from './move-input';
export { stateText, summaryOf } from './declarations.view';
export { ownState, type OwnFacts } from './own-state.view';
export { OWN_FACTS, OWN_FACTS_FROM } from './declarations.read';
export { declarationName } from './declaration-pages';
export { sections as declarationSections } from './sections';
export { sectionTitleOf } from './section-title';
export { ownWords } from './own-words';

/** All pages of declarations. */
export const declarationsRoutes = (deps: Deps): Route[] => [
  ...overviewRoutes(deps),
  ...sectionsRoutes(deps),
  ...filesRoutes(deps),
  ...movesRoutes(deps),
];
