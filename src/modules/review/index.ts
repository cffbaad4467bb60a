export { reviewRoutes } from './review.routes';
export { queueRoutes, tickedIds, type Prepare, type QueuePage } from './queue.routes';
export { moveEach, moveTogether, vanished, type Answer, type BulkItem, type Reason, type TogetherOutcome } from './bulk';
export { findAct, keepAct, takeAct } from './act-draft.store';
export { conditionEntries, readCondition, withQuery } from './queue-filter';
export { listYears, type QueueCondition, type QueueRow } from './queue.read';
export { conditionControls, rankText, titleCell, unitCell } from './queue.view';
