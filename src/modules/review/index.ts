export { reviewRoutes } from './review.routes';
export { queueRoutes, tickedIds, type Prepare, type QueuePage } from './queue.routes';
export {
  BULK_LIMIT,
  moveEach,
  moveTogether,
  vanished,
  type Answer,
  type BulkItem,
  type BulkResult,
  type Reason,
  type TogetherOutcome,
} from './bulk';
export { conditionEntries, readCondition, readFilter, type QueueFilter } from './queue-filter';
export {
  evidenceToRead,
  notesToShow,
  openDossier,
  photoOf,
  previewBeside,
  sectionsToRead,
  type Dossier,
  type RefusedNote,
} from './dossier';
export { LINE_COLUMNS, type DeclarationLine } from './declaration-line.read';
export { BORN_ON, tellApart } from './namesakes';
export { countOf, countQueue, foldQueueCounts, listEntries, listYears, type QueueCondition, type QueueRow, type Show } from './queue.read';
export { findQueueFaults } from './queue-proof.read';
export { conditionControls, rankText, titleCell, unitCell, type ShowOption } from './queue.view';
