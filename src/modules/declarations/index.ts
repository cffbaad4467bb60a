export { findDeclarationSubject } from './declaration-subject.store';
export {
  findDeclaration,
  findEvents,
  findStops,
  findVote,
  findPublicity,
  type Declaration,
  type DeclarationEvent,
} from './declarations.store';
export { loadDeclaration } from './load-declaration';
export { currentContent, type FrozenContent } from './freeze-version';
export { moveDeclaration, openPublicity, type MoveOutcome } from './move-declaration';
export { noInput, readRank, type MoveInput } from './move-input';
export { declarationsRoutes } from './declarations.routes';
